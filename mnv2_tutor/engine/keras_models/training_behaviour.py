"""A model in use and in training: what it answers, and what it does to its moving statistics."""

from collections.abc import Callable
from typing import Any

import numpy as np

from mnv2_tutor.engine.observation import Array, Result
from mnv2_tutor.engine.observe.calls import call
from mnv2_tutor.engine.observe.tensors import float_tensor, tensor_result

Results = dict[str, Result]
Weights = list[tuple[Any, str]]
"""Weights with their roles."""


def run(model: Any, x: np.ndarray, **how: Any) -> Result:
    value, error = call(model, float_tensor(x), **how)
    return Result("error", error=error) if error else tensor_result(value)


def used(model: Any, weights: Weights, x: np.ndarray) -> tuple[Result, Result]:
    """What the model answers without training, and how far that moved its statistics."""
    before = _statistics_of(weights)
    output = run(model, x)
    pairs = zip(_statistics_of(weights), before, strict=True)
    drift = [float(np.abs(a - b).max(initial=0.0)) for a, b in pairs]
    return output, numbers(np.array([max(drift, default=0.0)]))


def _statistics_of(weights: Weights) -> list[np.ndarray]:
    return [np.array(weight.numpy()) for weight, role in weights if role in ("mean", "variance")]


def two_steps(
    model: Any,
    weights: Weights,
    x: np.ndarray,
    of_each: Callable[[np.ndarray], np.ndarray] = np.asarray,
) -> Results:
    """Two steps in training mode on the same batch, from moving statistics that begin at 0.

    After one step a statistic is (1 - momentum) * batch, after two (1 - momentum**2) * batch. So
    both are known, whatever layer keeps them. ``of_each`` says what to keep of one layer's.
    """
    moving = [(w, role) for role in ("mean", "variance") for w, r in weights if r == role]
    for weight, _ in moving:
        weight.assign(np.zeros(weight.shape))
    trained = run(model, x, training=True)
    first = [np.array(weight.numpy(), "float64") for weight, _ in moving]
    repeated = run(model, x, training=True)
    second = [np.array(weight.numpy(), "float64") for weight, _ in moving]
    momenta, batch = [], []
    for (_, role), one, two in zip(moving, first, second, strict=True):
        momentum = _momentum(one, two)
        momenta.append(momentum)
        if momentum < 1:
            batch.append((role, one.size, of_each(one / (1 - momentum))))
    batch.sort(key=lambda entry: (entry[0], entry[1], float(entry[2].sum())))
    found: Results = {
        "trained": trained,
        "chance": numbers(np.array([distance(trained, repeated)])),
        "momentum": numbers(np.array(momenta)),
    }
    if batch:
        found["statistics"] = numbers(np.concatenate([values for *_, values in batch]))
    return found


def part(result: Result, index: Any) -> Result:
    """Some of the outputs of a batch."""
    if result.array is None or not result.array.shape:
        return result  # nothing that has parts
    y = np.reshape(result.array.values, result.array.shape)[index]
    array = Array(y.shape, result.array.dtype, tuple(map(float, y.ravel())))
    return Result(result.kind, result.type_name, array)


def distance(a: Result, b: Result) -> float:
    """The largest difference of two results of equal shape; infinite if they are of other kinds."""
    if a.array is None or b.array is None or a.array.shape != b.array.shape:
        return float("inf")
    return float(np.abs(np.subtract(a.array.values, b.array.values)).max(initial=0.0))


def _momentum(first: np.ndarray, second: np.ndarray) -> float:
    """By least squares over the channels; 1 where nothing moved."""
    size = float((first * first).sum())
    return round(float(((second - first) * first).sum()) / size, 5) if size else 1.0


def numbers(values: np.ndarray) -> Result:
    """Numbers of our own making, as a result."""
    return Result("tensor", array=Array(values.shape, "number", tuple(map(float, values.ravel()))))
