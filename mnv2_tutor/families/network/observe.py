"""Watching a function that builds a whole network.

Each case builds a model; the weights are counted before any data runs through. Results:

- ``value``: that a model came back, as ``built``, or what came back instead, or the error of its
  first run;
- ``weights``: how many numbers can be trained, and how many not;
- ``input``: the shape that the model declares, 0 where it leaves a size open;
- ``probabilities``: the output for a few inputs under weights that are alive
  (``weight_values.calm``), as the network is used;
- ``logits``: their logarithms, centred for each input: what is left of logits after a softmax;
- ``unsteady``: how far the output for the first picture differs where the batch holds it again;
- ``drift``, ``constrained``, ``trained``, ``momentum``, ``statistics``: as for a block, the
  statistics of each batch norm as their mean over its channels;
- ``chance``: how far a second pass in training mode over the same batch differs;
- ``blocks``, ``outside``: what happens inside, see ``probe``;
- ``rebuilt``: the counts of a network that was built with the same arguments before, and after
  them those of the one that is looked at, where there is one;
- ``shared``: how many weights the last network of the case has in common with those before it.

A result of kind ``unobserved`` was to be looked at, and the looking itself raised: our fault.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import keras
import numpy as np

from mnv2_tutor.engine.exercise import Asked
from mnv2_tutor.engine.keras_models import weight_values
from mnv2_tutor.engine.keras_models.inspection import (
    all_layers,
    constrained,
    counts,
    layer_facts,
    reading,
    set_weights,
    weights_of,
    with_roles,
)
from mnv2_tutor.engine.keras_models.origin import Origins, noting_origins
from mnv2_tutor.engine.keras_models.training_behaviour import (
    distance,
    numbers,
    part,
    run,
    two_steps,
    used,
)
from mnv2_tutor.engine.observation import COUNT, UNOBSERVED, Array, CaseResult, Result, Signature
from mnv2_tutor.engine.observe.calls import Stopped, call, name_of
from mnv2_tutor.engine.observe.cases import ABSENT, each_case
from mnv2_tutor.engine.observe.code import arguments
from mnv2_tutor.engine.observe.tensors import keras_input, tensor_result, verify_tensorflow
from mnv2_tutor.families.network.cases import BlockCall, NetworkCase
from mnv2_tutor.families.network.probe import LARGE
from mnv2_tutor.families.network.traced import inside

_Model, _StatelessScope = keras.Model, keras.StatelessScope
SMALLEST = 1e-30
"""Stands for a probability of 0 where a logarithm is taken."""
PICTURES = 3

Results = dict[str, Result]
Build = Callable[[NetworkCase], tuple[Any, Result]]
QUICK = False


def watch(
    function: Callable[..., Any], signature: Signature | None, asked: Asked
) -> tuple[tuple[CaseResult, ...], dict[str, str]]:
    """Build a network for every case and look at it; cases seen and facts about the layers.

    Raises:
        Unusable: TensorFlow itself was tampered with.
    """
    verify_tensorflow()
    earlier: list[Any] = []

    def look(case: NetworkCase) -> tuple[Results, dict[str, str]]:
        with noting_origins(asked.in_library) as origins:
            alone = partial(_block_alone, function, case.block)
            return _look_at(partial(_built, function, signature), case, earlier, origins, alone)

    return each_case(asked.cases, look)


def _built(
    function: Callable[..., Any], signature: Signature | None, case: NetworkCase
) -> tuple[Any, Result]:
    """The model of a case, and what to say of it: ``built``, an error, or another kind."""
    args, kwargs = arguments(signature, case.arguments)
    model, error = call(function, *args, **kwargs)
    if error:
        return None, Result("error", error=error)
    if not issubclass(type(model), _Model):
        return None, tensor_result(model)
    # A subclassed model has no weights before its first call, whatever it says of being built.
    if not weights_of(model):
        ran = run(model, np.zeros((1, *case.input_shape)))
        if ran.error:
            return None, ran
    return model, Result("built", name_of(type(model)))


def _look_at(
    build: Build,
    case: NetworkCase,
    earlier: list[Any],
    origins: Origins,
    alone: Callable[[Result], dict[str, str]],
) -> tuple[Results, dict[str, str]]:
    """Build the network of a case.

    Args:
        earlier: the weights of all networks before it.
        origins: by whose code each weight was made.
        alone: what to say, where no model came back, of the block that was called.
    """
    found: Results = {}
    before: Result | None = None
    if "rebuilt" in case.looks:
        first, found["rebuilt"] = _without_values(build, case)
        if first is not None:
            before = found["rebuilt"] = counts(first)
            _in_common(first, earlier)
    runs = "probabilities" in case.looks
    model, found["value"] = build(case) if runs else _without_values(build, case)
    if model is None:
        return found, {**_larger(build, case, found), **alone(found["value"])}
    found["shared"] = _in_common(model, earlier)
    found |= _ours("weights", lambda: {"weights": counts(model)})
    if before is not None:
        found["rebuilt"] = _joined(before, found["weights"])
    found["input"] = _declared_input(model)
    found |= _ours("constrained", lambda: {"constrained": constrained(model)})
    if runs:
        found |= _alive(model, case)
    return found, {**_facts(model, origins), **_larger(build, case, found)}


def _joined(a: Result, b: Result) -> Result:
    """Both counts in one."""
    values = tuple(value for one in (a, b) if one.array for value in one.array.values)
    return Result("tensor", array=Array((len(values),), COUNT, values))


def _ours(name: str, look: Callable[[], Results], *more: str) -> Results:
    """What ``look`` sees. Where it raises, the fault is ours: the results are ``unobserved``."""
    try:
        return look()
    except Stopped:
        raise
    except Exception:  # noqa: BLE001 - a model may be odd in more ways than anybody thought of
        return dict.fromkeys((name, *more), Result(UNOBSERVED))


def _facts(model: Any, origins: Origins) -> dict[str, str]:
    names = [str(vars(layer).get("name", vars(layer).get("_name"))) for layer in all_layers(model)]
    origin = origins.of(weights_of(model), names)
    facts = {"delegated": origin} if origin else {}
    try:
        return {**layer_facts(model), **facts}
    except Exception:  # noqa: BLE001 - names and kinds are for remarks alone
        return facts


def _block_alone(
    function: Callable[..., Any], block: BlockCall | None, value: Result
) -> dict[str, str]:
    """Whether the learner's block stops at the sum of two maps also when called alone."""
    if not block or not value.error or "incompatible shapes" not in value.error.message:
        return {}
    own = getattr(function, "__globals__", {}).get(block.name)
    if not callable(own):
        return {}
    _, error = call(own, keras_input(block.shape), *block.arguments)
    is_alike = error is not None and "incompatible shapes" in error.message
    shown = f"{block.name}(x, {', '.join(map(str, block.arguments))})"
    return {"block_alone": shown} if is_alike else {}


def _larger(build: Build, case: NetworkCase, found: Results) -> dict[str, str]:
    """Whether what cannot be at this size is there in a larger picture."""
    if "blocks" not in case.looks or not _has_no_place(found.get("probabilities", found["value"])):
        return {}
    larger = replace(case, input_shape=(LARGE, LARGE, case.input_shape[2]))
    model, _ = build(larger)
    if model is None:
        return {}
    output = run(model, np.zeros((1, *larger.input_shape)))
    return {} if output.error or _has_no_place(output) else {"larger": case.name}


def _has_no_place(result: Result) -> bool:
    """Whether it is an error about shapes, or nothing, or the mean of nothing."""
    if result.error:
        return result.error.type in ("ValueError", "InvalidArgumentError")
    values = result.array.values if result.array else (0.0,)
    return not values or all(value != value for value in values)


def _without_values(build: Build, case: NetworkCase) -> tuple[Any, Result]:
    """The model of a case whose weights are counted only: half of the time they are drawn.

    A function that needs their values meanwhile builds again, with values.
    """
    with _StatelessScope(initialize_variables=False):
        model, value = build(case)
    return (model, value) if model is not None else build(case)


def _in_common(model: Any, earlier: list[Any]) -> Result:
    """How many weights are among the ``earlier`` ones, which they then join."""
    known = {id(weight) for weight in earlier}
    weights = weights_of(model)
    earlier += weights
    count = sum(id(weight) in known for weight in weights)
    if count:
        with _StatelessScope():  # when it ends, weights from ``_without_values`` get their values
            pass
    return numbers(np.array(float(count)))


def _declared_input(model: Any) -> Result:
    shape, error = call(lambda: tuple(int(size or 0) for size in model.input_shape[1:]))
    return ABSENT if error else numbers(np.array(shape, "float64"))


def _inputs(case: NetworkCase) -> np.ndarray:
    return weight_values.pictures(case.seed, (PICTURES, *case.input_shape))


def _alive(model: Any, case: NetworkCase) -> Results:
    """What the model does; its ``value`` where that is an error, or nothing at all."""
    weights: list[tuple[Any, str]] = []
    x = _inputs(case)

    def filled() -> Results:
        weights.extend(with_roles(model))
        set_weights(weights, partial(weight_values.calm, case.seed))
        return {}

    found = _ours("probabilities", filled, "logits", "drift")
    if found:
        return found
    found = _ours("probabilities", lambda: _in_use(model, weights, x), "logits", "drift")
    if "value" in found:
        return found
    if "blocks" in case.looks:
        found |= _ours("blocks", lambda: _inside(model, x), "outside")
    if "statistics" in case.looks:
        # Whatever raises in training mode is the learner's, and is seen in ``trained``.
        steps = lambda: two_steps(model, weights, x, of_each=_mean)  # noqa: E731
        found |= _ours("trained", steps, "statistics", "momentum", "chance")
    return found


def _in_use(model: Any, weights: list[tuple[Any, str]], x: np.ndarray) -> Results:
    # The first picture twice: chance at work in the network then shows without another run.
    with reading() as read:
        output, drift = used(model, weights, np.concatenate([x, x[:1]]))
    if output.error:
        return {"value": output}
    found = {"weights": counts(model, read), "drift": drift}
    if output.array is None or output.array.shape[:1] != (PICTURES + 1,):
        return {**found, "probabilities": output}
    output, again = part(output, slice(0, PICTURES)), part(output, slice(PICTURES, None))
    found |= {"probabilities": output, "logits": _logits(output)}
    found["unsteady"] = numbers(np.array([distance(part(output, slice(0, 1)), again)]))
    return found


def _inside(model: Any, x: np.ndarray) -> Results:
    tables = inside(model, x)
    return dict(zip(("blocks", "outside"), map(numbers, tables), strict=True)) if tables else {}


def _mean(values: np.ndarray) -> np.ndarray:
    return np.array([values.mean()])


def _logits(output: Result) -> Result:
    array = output.array
    if array is None or len(array.shape) != 2 or not array.values or min(array.values) < 0:
        return ABSENT
    logarithms = np.log(np.maximum(np.reshape(array.values, array.shape), SMALLEST))
    centred = logarithms - logarithms.mean(axis=1, keepdims=True)
    return Result("tensor", array=Array(array.shape, "number", tuple(map(float, centred.ravel()))))
