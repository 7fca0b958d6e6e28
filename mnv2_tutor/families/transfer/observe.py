"""Watching a function that copies the weights of one network into another.

Both networks are made by a function that the exercise names: the reference, and the student of the
same weights, whose list of layers may be another one.

Results of a case:

- ``value``: ``done``, with the kind of what was returned in ``type_name``; or ``reference`` or
  ``model`` where a network came back that is not the student;
- ``kernels`` (of the convolutions), ``classifier`` (kernel and bias), ``scales`` (gamma, beta),
  ``statistics`` (moving mean and variance): of each of the student's arrays after the call one
  number that depends on all its values and their places;
- ``reference``: the same of all the reference's arrays.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

import keras
import numpy as np

from mnv2_tutor.engine.exercise import Asked
from mnv2_tutor.engine.keras_models.inspection import role_of, weights_of
from mnv2_tutor.engine.keras_models.training_behaviour import numbers
from mnv2_tutor.engine.keras_models.weight_values import calm
from mnv2_tutor.engine.observation import SEPARATOR, CaseResult, Result, Signature
from mnv2_tutor.engine.observe.calls import call, name_of
from mnv2_tutor.engine.observe.cases import Found, each_case
from mnv2_tutor.engine.observe.code import arguments
from mnv2_tutor.engine.observe.tensors import verify_tensorflow
from mnv2_tutor.families.transfer.cases import TransferCase

_Model = keras.Model
GROUPS = {
    "convolution": "kernels",
    "kernel": "classifier",
    "bias": "classifier",
    "gamma": "scales",
    "beta": "scales",
    "mean": "statistics",
    "variance": "statistics",
}
"""Roles of arrays, and the result in which they are."""
QUICK = False


def watch(
    function: Callable[..., Any], signature: Signature | None, asked: Asked
) -> tuple[tuple[CaseResult, ...], dict[str, str]]:
    """Call ``function`` on every case; cases seen, and the names of the arrays as facts.

    Raises:
        Unusable: TensorFlow itself was tampered with.
    """
    verify_tensorflow()
    build = cache(_networks)

    def look(case: TransferCase) -> Found:
        student, reference = build(case.networks, case.alpha, case.n_classes)
        return _after(function, signature, case, student, reference), _names(student)

    return each_case(asked.cases, look)


def _networks(path: str, alpha: float, n_classes: int) -> tuple[Any, Any]:
    """A student and a reference, by the function at ``path``."""
    module, _, name = path.partition(":")
    student, reference = getattr(import_module(module), name)(alpha, n_classes)
    return student, reference


def _after(
    function: Callable[..., Any],
    signature: Signature | None,
    case: TransferCase,
    student: Any,
    reference: Any,
) -> dict[str, Result]:
    """What is there once the function was called on the two."""
    # Held on to before the call: what it exchanges is not what the student computes with.
    own, theirs = weights_of(student), weights_of(reference)
    roles = [_role(weight) for weight in own]
    for side, weights in (("student", own), ("reference", theirs)):
        for place, (weight, role) in enumerate(zip(weights, roles, strict=True)):
            filled_as = {"bias": "beta", "convolution": "kernel"}.get(role, role)
            weight.assign(calm(f"{case.seed} {side} {place}", filled_as, tuple(weight.shape)))
    args, kwargs = arguments(signature, (student, reference))
    value, error = call(function, *args, **kwargs)
    return {
        "value": Result("error", error=error) if error else _named(value, student, reference),
        **{
            group: _prints([w for w, role in zip(own, roles, strict=True) if GROUPS[role] == group])
            for group in dict.fromkeys(GROUPS.values())
        },
        "reference": _prints(theirs),
    }


def _named(value: Any, student: Any, reference: Any) -> Result:
    if value is None or value is student:
        return Result("done", "" if value is None else "student")
    if issubclass(type(value), _Model):
        return Result("reference" if value is reference else "model")
    return Result("done", name_of(type(value)))


def _role(weight: Any) -> str:
    role = role_of(weight)
    return "convolution" if role == "kernel" and len(weight.shape) > 2 else role


def _prints(weights: list[Any]) -> Result:
    """One number an array, in which each of its values has a factor of its own."""
    found = []
    for weight in weights:
        values = np.asarray(weight, "float64").ravel()
        factors = np.cos(1.0 + np.arange(values.size) * 0.7)
        found.append(float(values @ factors))
    return numbers(np.array(found))


def _names(student: Any) -> dict[str, str]:
    """Which arrays the numbers of each group stand for, in their order."""
    names: dict[str, list[str]] = {group: [] for group in GROUPS.values()}
    for layer in student.layers:
        for weight in layer.weights:
            role = role_of(weight)
            names[GROUPS[_role(weight)]].append(f"{role} of {layer.name}")
    return {group: SEPARATOR.join(found) for group, found in names.items()}
