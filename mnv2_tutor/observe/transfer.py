"""Watching a function that copies the weights of one network into another.

The reference is Keras's own MobileNetV2 with its names; the student is the same network as the
course writes it: the course's names, and 'same' padding in place of Keras's padding layers, so that
their lists of layers are not of equal length.

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
from typing import Any

import keras
import numpy as np

from mnv2_tutor.block_probe import SEPARATOR
from mnv2_tutor.exercise import TransferCase
from mnv2_tutor.observation import Result, Seen, Signature
from mnv2_tutor.observe.calls import call, name_of
from mnv2_tutor.observe.code import arguments
from mnv2_tutor.observe.each import Found, each_case
from mnv2_tutor.observe.fill import calm
from mnv2_tutor.observe.models import role_of, weights_of
from mnv2_tutor.observe.modes import numbers
from mnv2_tutor.observe.tensors import verify_tensorflow

_MobileNetV2, _Model = keras.applications.MobileNetV2, keras.Model
_clone_model, _ZeroPadding2D = keras.models.clone_model, keras.layers.ZeroPadding2D
_DepthwiseConv2D = keras.layers.DepthwiseConv2D
SIZE = 32
"""Pixels of the networks, which never see a picture."""
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
ENDS = {
    "Conv1": "conv1", "bn_Conv1": "conv1_bn", "Conv1_relu": "conv1_relu",
    "Conv_1": "last_conv", "Conv_1_bn": "last_bn", "out_relu": "last_relu",
}  # fmt: skip
"""Keras's names outside the blocks, and the course's."""
PARTS = {
    "expand": "expand", "expand_BN": "expand_bn", "expand_relu": "expand_relu",
    "depthwise": "depthwise_conv", "depthwise_BN": "dw_bn", "depthwise_relu": "dw_relu",
    "project": "compress", "project_BN": "compress_bn",
}  # fmt: skip
"""The same for the layers of a block."""


def watch(
    function: Callable[..., Any], signature: Signature | None, cases: tuple[TransferCase, ...]
) -> tuple[tuple[Seen, ...], dict[str, str]]:
    """Call ``function`` on every case; cases seen, and the names of the arrays as facts.

    Raises:
        Unusable: TensorFlow itself was tampered with.
    """
    verify_tensorflow()
    build = cache(_networks)

    def look(case: TransferCase) -> Found:
        student, reference = build(case.alpha, case.n_classes)
        return _after(function, signature, case, student, reference), _names(student)

    return each_case(cases, look)


def _networks(alpha: float, n_classes: int) -> tuple[Any, Any]:
    """A student and a reference."""
    reference = _MobileNetV2((SIZE, SIZE, 3), alpha=alpha, weights=None, classes=n_classes)
    return _as_the_course_writes_it(reference), reference


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


def _as_the_course_writes_it(network: Any) -> Any:
    """A network of the same weights, with the course's names and no padding layers."""

    def renamed(layer: Any) -> Any:
        config = layer.get_config() | {"name": _course_name(layer.name)}
        if issubclass(type(layer), _DepthwiseConv2D):
            config["padding"] = "same"
        return type(layer).from_config(config)

    def called(layer: Any, *args: Any, **kwargs: Any) -> Any:
        return args[0] if issubclass(type(layer), _ZeroPadding2D) else layer(*args, **kwargs)

    return _clone_model(network, clone_function=renamed, call_function=called)


def _course_name(name: str) -> str:
    """``block_3_project_BN`` of Keras is block 4's ``compress_bn`` here: Keras counts from 0."""
    if name in ENDS:
        return ENDS[name]
    first = name.replace("expanded_conv_", "block_0_")
    if first.startswith("block_"):
        _, number, part = first.split("_", 2)
        return f"block_{int(number) + 1}_{PARTS.get(part, part)}"
    # Keras numbers the pooling layers of a session.
    return "global_average_pool" if name.startswith("global_average_pooling") else name


def _names(student: Any) -> dict[str, str]:
    """Which arrays the numbers of each group stand for, in their order."""
    names: dict[str, list[str]] = {group: [] for group in GROUPS.values()}
    for layer in student.layers:
        for weight in layer.weights:
            role = role_of(weight)
            names[GROUPS[_role(weight)]].append(f"{role} of {layer.name}")
    return {group: SEPARATOR.join(found) for group, found in names.items()}
