"""Tensors to data and back.

TensorFlow's entry points are looked up once, when this module is imported, so that a name patched
in a learner's cell afterwards is not the one used here. No op runs at import: a process that has
only imported this may still be forked.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from mnv2_tutor.engine.observation import Result
from mnv2_tutor.engine.observe.results import array_result, plain_result
from mnv2_tutor.errors import Unusable

_constant, _dense, _is_eager = tf.constant, tf.convert_to_tensor, tf.executing_eagerly
_float32 = tf.float32
_Tensor, _Variable, _Tape = tf.Tensor, tf.Variable, tf.GradientTape
_KerasTensor, _Layer, _Input = keras.KerasTensor, keras.Layer, keras.Input
_CANARY = (1.5, -2.25, 1e4)


def tensor(values: tuple[float, ...], shape: tuple[int, ...]) -> tf.Tensor:
    """A float32 tensor of ``shape``, filled row by row."""
    return _constant(list(values), shape=shape, dtype=_float32)


def float_tensor(values: np.ndarray) -> tf.Tensor:
    """The same numbers as a float32 tensor."""
    return _constant(values, dtype=_float32)


def tensor_result(value: Any) -> Result:
    """What came back, as data."""
    kind = type(value)
    if kind is type(_constant(0.0)):
        return array_result("tensor", np.asarray(value.numpy()))
    if issubclass(kind, np.ndarray | np.generic):
        return array_result("numpy", np.asarray(value))
    for base, name in (
        (_Variable, "variable"),
        (_Tensor, "symbolic tensor"),
        (_KerasTensor, "keras tensor"),
        (_Layer, "layer"),
    ):
        if issubclass(kind, base):
            return Result(name, kind.__name__)
    return plain_result(value)


def verify_tensorflow() -> None:
    """See whether a tensor still holds the numbers that were put into it.

    Raises:
        Unusable: something replaced TensorFlow's own functions in this process.
    """
    if not _is_eager():
        raise Unusable("TensorFlow is not in its eager mode here: restart the kernel")
    _start()
    x = tensor(_CANARY, (3,))
    with recording() as tape:
        tape.watch(x)
        y = x + x
    found, slope = tensor_result(x), tensor_result(tape.gradient(y, x))
    both = [result.array.values if result.array else () for result in (found, slope)]
    if both != [_CANARY, (2.0, 2.0, 2.0)]:
        raise Unusable("TensorFlow's own functions were replaced here: restart the kernel")


@cache
def _start() -> None:
    """Run TensorFlow's first op."""
    with silenced_libraries():
        _constant(0.0)


@contextmanager
def silenced_libraries() -> Iterator[None]:
    """Drop what TensorFlow's C code writes to stderr meanwhile.

    A grader such as nbgrader gives no points to a cell with anything on stderr.
    """
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def dense(value: Any) -> Any:
    """A gradient as one tensor, also where TensorFlow keeps it in slices."""
    return _dense(value)


def keras_input(shape: tuple[int, ...]) -> Any:
    """A Keras tensor of ``shape`` without its batch."""
    return _Input(shape)


def recording() -> tf.GradientTape:
    return _Tape(watch_accessed_variables=False)
