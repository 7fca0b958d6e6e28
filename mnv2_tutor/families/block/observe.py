"""Watching a function that builds a block of a network on a Keras tensor.

Each case builds a model and fills its weights by role and shape (``weight_values.alive``). Results:

- ``value``: output for two inputs, as the network is used (inference);
- ``weights``: how many numbers can be trained, and how many not;
- ``doubled``, ``zero``: output for twice the first input, and for zeros;
- ``channel``: the first input's output channels that follow its channel 0 (1 or 0 each);
- ``pixel``: the places of the output that follow the input's middle pixel (1 or 0 each);
- ``drift``: how far use, without training, moved the moving statistics;
- ``gradient``: of a weighted sum of the output by the input;
- ``trained``, ``statistics``, ``momentum``: output in training mode; mean and variance of the
  batch as the moving statistics saw them; and the momentum with which they followed;
- ``chance``: how far a second pass in training mode over the same batch differs;
- ``constrained``: how many weights an optimiser may not set freely;
- ``silent``: output for constant inputs when every kernel, gamma and beta is 0;
- ``paths``: one place of the output for constant inputs under ``path_weights.paths``;
- ``pair``: weights of a model of two blocks that differ in their ids, both built on the input;
- ``again``: ``value`` of the first block of that pair.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from mnv2_tutor.engine.exercise import Asked
from mnv2_tutor.engine.keras_models import weight_values
from mnv2_tutor.engine.keras_models.inspection import (
    constrained,
    counts,
    layer_facts,
    model_between,
    outer_names,
    reading,
    set_weights,
    with_roles,
)
from mnv2_tutor.engine.keras_models.training_behaviour import numbers, part, run, two_steps, used
from mnv2_tutor.engine.observation import CaseResult, LearnerError, Result, Signature
from mnv2_tutor.engine.observe.calls import call
from mnv2_tutor.engine.observe.cases import ABSENT, each_case
from mnv2_tutor.engine.observe.code import arguments
from mnv2_tutor.engine.observe.tensors import (
    dense,
    float_tensor,
    keras_input,
    recording,
    tensor_result,
    verify_tensorflow,
)
from mnv2_tutor.families.block.cases import BlockCase
from mnv2_tutor.families.block.path_weights import paths
from mnv2_tutor.families.block.paths import PATH_INPUTS, SILENT_INPUTS

CHANGED = 1e-4
"""An output that moves by less did not move."""

Results = dict[str, Result]
QUICK = False


def watch(
    function: Callable[..., Any], signature: Signature | None, asked: Asked
) -> tuple[tuple[CaseResult, ...], dict[str, str]]:
    """Build a model for every case and look at it; cases seen and facts about the layers.

    Raises:
        Unusable: TensorFlow itself was tampered with.
    """
    verify_tensorflow()
    return each_case(asked.cases, partial(_look_at, function, signature))


def _look_at(
    function: Callable[..., Any], signature: Signature | None, case: BlockCase
) -> tuple[Results, dict[str, str]]:
    x = keras_input(case.shape)
    y, error = _built(function, signature, x, case.arguments)
    if error:
        return {"value": Result("error", error=error)}, {}
    model, problem = model_between(x, y)
    if problem:
        return {"value": problem}, {}
    facts = layer_facts(model)
    weights = with_roles(model)
    found: Results = {"constrained": constrained(model)}
    set_weights(weights, partial(weight_values.alive, case.seed))
    with reading() as read:
        found |= _in_use(model, weights, case)
    found["weights"] = counts(model, read)  # also what no layer keeps
    if found["value"].kind == "tensor":
        if "gradient" in case.looks:
            found["gradient"] = _gradient(model, case)
        if "trained" in case.looks:
            found |= two_steps(model, weights, weight_values.inputs(case.seed, (2, *case.shape)))
        if "silent" in case.looks:
            set_weights(weights, weight_values.silent)
            found["silent"] = run(model, _constants(SILENT_INPUTS, case.shape))
        if "paths" in case.looks:
            set_weights(weights, paths)
            found["paths"] = _middle(run(model, _constants(PATH_INPUTS, case.shape)))
        if "pair" in case.looks:
            more, pair_facts = _pair(function, signature, case)
            found, facts = found | more, facts | pair_facts
    return found, facts


def _built(
    function: Callable[..., Any], signature: Signature | None, x: Any, rest: tuple[Any, ...]
) -> tuple[Any, LearnerError | None]:
    args, kwargs = arguments(signature, (x, *rest))
    return call(function, *args, **kwargs)


def _questions(case: BlockCase) -> np.ndarray:
    """One batch asks several things: inputs of a batch have nothing to do with each other.

    Two inputs, twice the first one, zeros, the first one changed in channel 0, and changed in its
    middle pixel.
    """
    two = weight_values.inputs(case.seed, (2, *case.shape))
    channel, pixel = two[0].copy(), two[0].copy()
    channel[..., 0] += 1.0
    pixel[case.shape[0] // 2, case.shape[1] // 2] += 1.0
    return np.stack([*two, 2 * two[0], 0 * two[0], channel, pixel])


def _in_use(model: Any, weights: list[tuple[Any, str]], case: BlockCase) -> Results:
    """What the model answers without training, and whether that moved its statistics."""
    questions = _questions(case)
    output, drift = used(model, weights, questions)
    if output.array is None or output.array.shape[:1] != questions.shape[:1]:
        return {"value": output}
    y = np.reshape(output.array.values, output.array.shape)
    found = {
        "value": part(output, slice(0, 2)),
        "doubled": part(output, 2),
        "zero": part(output, 3),
        "drift": drift,
    }
    if y.ndim == len(questions.shape):
        found["channel"] = _flags(np.abs(y[4] - y[0]).max(axis=(0, 1)))
        found["pixel"] = _flags(np.abs(y[5] - y[0]).max(axis=2))
    return found


def _gradient(model: Any, case: BlockCase) -> Result:
    x = float_tensor(weight_values.inputs(case.seed, (2, *case.shape)))
    with recording() as tape:
        tape.watch(x)
        value, error = call(model, x)
        if error:
            return ABSENT
        total = value * weight_values.inputs(f"{case.seed}, gradient", tuple(value.shape))
    gradient, error = call(tape.gradient, total, x)
    return ABSENT if error or gradient is None else tensor_result(dense(gradient))


def _pair(
    function: Callable[..., Any], signature: Signature | None, case: BlockCase
) -> tuple[Results, dict[str, str]]:
    x = keras_input(case.shape)
    middle, error = _built(function, signature, x, case.arguments)
    if error:
        return {"pair": Result("error", error=error), "again": Result("error", error=error)}, {}
    first, problem = model_between(x, middle)
    if problem:
        return {"pair": problem, "again": problem}, {}
    set_weights(with_roles(first), partial(weight_values.alive, case.seed))
    again = part(run(first, _questions(case)), slice(0, 2))
    other = (*case.arguments[:-1], case.arguments[-1] + 1)
    y, error = _built(function, signature, x, other)
    if error:
        return {"pair": Result("error", error=error), "again": again}, {}
    both, problem = model_between(x, middle, y)
    if problem:
        return {"pair": problem, "again": again}, {}
    return {"pair": counts(both), "again": again}, {"pair_names": outer_names(both)}


def _constants(values: tuple[float, ...], shape: tuple[int, ...]) -> np.ndarray:
    return np.stack([np.full(shape, value, "float32") for value in values])


def _middle(result: Result) -> Result:
    """The numbers at the middle place, for each input: borders see the padding."""
    if result.array is None or len(result.array.shape) != 4:
        return result
    y = np.reshape(result.array.values, result.array.shape)
    return numbers(y[:, y.shape[1] // 2, y.shape[2] // 2])


def _flags(change: np.ndarray) -> Result:
    return numbers(np.where(change > CHANGED, 1.0, 0.0))
