"""Watching a function that builds a whole network.

Each case builds a model; the weights are counted before any data runs through. Results:

- ``value``: that a model came back, as ``built``, or what came back instead, or the error of its
  first run;
- ``weights``: how many numbers can be trained, and how many not;
- ``input``: the shape that the model declares, 0 where it leaves a size open;
- ``probabilities``: the output for a few inputs under weights that are alive (``fill.calm``), as
  the network is used;
- ``logits``: their logarithms, centred for each input: what is left of logits after a softmax;
- ``unsteady``: how far the output for the first picture differs where the batch holds it again;
- ``drift``, ``constrained``, ``trained``, ``momentum``, ``statistics``: as for a block, the
  statistics of each batch norm as their mean over its channels;
- ``chance``: how far a second pass in training mode over the same batch differs;
- ``blocks``, ``outside``: what happens inside, see ``network_probe``;
- ``rebuilt``: the probabilities of a second network built with the same arguments;
- ``shared``: how many weights the last network of the case has in common with those before it.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import keras
import numpy as np

from mnv2_tutor.exercise import NetworkCase
from mnv2_tutor.observation import Array, Result, Seen, Signature
from mnv2_tutor.observe import fill
from mnv2_tutor.observe.calls import call, name_of, noticing
from mnv2_tutor.observe.code import arguments
from mnv2_tutor.observe.each import ABSENT, each_case
from mnv2_tutor.observe.models import (
    constrained,
    counts,
    layer_facts,
    set_weights,
    weights_of,
    with_roles,
)
from mnv2_tutor.observe.modes import distance, numbers, part, run, two_steps, used
from mnv2_tutor.observe.tensors import tensor_result, verify_tensorflow
from mnv2_tutor.observe.traced import inside

_Model, _StatelessScope = keras.Model, keras.StatelessScope
SMALLEST = 1e-30
"""Stands for a probability of 0 where a logarithm is taken."""
PICTURES = 3

Results = dict[str, Result]
Build = Callable[[NetworkCase], tuple[Any, Result]]


def watch(
    function: Callable[..., Any], signature: Signature | None, cases: tuple[NetworkCase, ...]
) -> tuple[tuple[Seen, ...], dict[str, str]]:
    """Build a network for every case and look at it; cases seen and facts about the layers.

    Raises:
        Unusable: TensorFlow itself was tampered with.
    """
    verify_tensorflow()
    earlier: list[Any] = []
    with noticing(keras.applications.MobileNetV2) as calls:
        seen, facts = each_case(
            cases, lambda case: _look_at(partial(_built, function, signature), case, earlier)
        )
    if calls:
        facts["delegated"] = "keras.applications.MobileNetV2"
    return seen, facts


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
    if not model.built or not weights_of(model):
        ran = run(model, np.zeros((1, *case.input_shape)))
        if ran.error:
            return None, ran
    return model, Result("built", name_of(type(model)))


def _look_at(build: Build, case: NetworkCase, earlier: list[Any]) -> tuple[Results, dict[str, str]]:
    """Build the network of a case; ``earlier`` are the weights of all networks before it."""
    runs = "probabilities" in case.looks
    model, value = build(case) if runs else _without_values(build, case)
    if model is None:
        return {"value": value}, {}
    shared = _in_common(model, earlier)
    found: Results = {
        "value": value,
        "weights": counts(model),
        "input": _declared_input(model),
        "constrained": constrained(model),
    }
    facts = layer_facts(model)
    if runs:
        found |= _alive(model, case)
    if "rebuilt" in case.looks:
        found["rebuilt"], shared = _rebuilt(build, case, earlier)
    return {**found, "shared": shared}, facts


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
    return fill.pictures(case.seed, (PICTURES, *case.input_shape))


def _alive(model: Any, case: NetworkCase) -> Results:
    weights = with_roles(model)
    set_weights(weights, partial(fill.calm, case.seed))
    x = _inputs(case)
    # The first picture twice: chance at work in the network then shows without another run.
    output, drift = used(model, weights, np.concatenate([x, x[:1]]))
    if output.error:
        return {"value": output}
    output, again = part(output, slice(0, PICTURES)), part(output, slice(PICTURES, None))
    found = {"probabilities": output, "logits": _logits(output), "drift": drift}
    found["unsteady"] = numbers(np.array([distance(part(output, slice(0, 1)), again)]))
    if "blocks" in case.looks:
        tables = inside(model, x)
        if tables:
            found["blocks"], found["outside"] = map(numbers, tables)
    if "statistics" in case.looks:
        found |= two_steps(model, weights, x, of_each=_mean)
    return found


def _mean(values: np.ndarray) -> np.ndarray:
    return np.array([values.mean()])


def _logits(output: Result) -> Result:
    array = output.array
    if array is None or len(array.shape) != 2 or not array.shape[1] or min(array.values) < 0:
        return ABSENT
    logarithms = np.log(np.maximum(np.reshape(array.values, array.shape), SMALLEST))
    centred = logarithms - logarithms.mean(axis=1, keepdims=True)
    return Result("tensor", array=Array(array.shape, "number", tuple(map(float, centred.ravel()))))


def _rebuilt(build: Build, case: NetworkCase, earlier: list[Any]) -> tuple[Result, Result]:
    model, value = build(case)
    if model is None:
        return value, ABSENT
    shared = _in_common(model, earlier)
    set_weights(with_roles(model), partial(fill.calm, case.seed))
    return run(model, _inputs(case)), shared
