"""Running a converted network, the way a phone does: with TensorFlow Lite's interpreter.

TensorFlow's entry points are looked up once, when this module is imported (see ``tensors``).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from mnv2_tutor.engine.observation import LearnerError
from mnv2_tutor.engine.observe.calls import call
from mnv2_tutor.engine.observe.tensors import silenced_libraries

_Interpreter = tf.lite.Interpreter
_read, _allocate = _Interpreter.__init__, _Interpreter.allocate_tensors
_set, _invoke, _get = _Interpreter.set_tensor, _Interpreter.invoke, _Interpreter.get_tensor
_inputs, _outputs = _Interpreter.get_input_details, _Interpreter.get_output_details
_tensors = _Interpreter.get_tensor_details


def quietly(
    function: Callable[..., Any], *args: Any, **kwargs: Any
) -> tuple[Any, LearnerError | None]:
    """``call``, without the lines that the converter and the interpreter write to stderr."""
    with silenced_libraries():
        return call(function, *args, **kwargs)


def opened(file: bytes) -> Any:
    """An interpreter that holds the file and is ready to run.

    Raises:
        ValueError, RuntimeError: the file cannot be run.
    """
    interpreter = object.__new__(_Interpreter)
    _read(interpreter, model_content=file)
    _allocate(interpreter)
    return interpreter


def answers(interpreter: Any, x: np.ndarray) -> np.ndarray:
    """What the file says to each picture of ``x``, (n, h, w, c) float32, as float numbers.

    Numbers are rounded to the grid of the input and read from the grid of the output.
    """
    given, gives = ends(interpreter)
    found = []
    for picture in x:
        _set(interpreter, given["index"], _on_grid(picture[None], given))
        _invoke(interpreter)
        found.append(_from_grid(_get(interpreter, gives["index"]), gives)[0])
    return np.asarray(found, "float32")


def ends(interpreter: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The details of the one input and of the one output.

    Raises:
        ValueError: there are several.
    """
    (given,), (gives,) = _inputs(interpreter), _outputs(interpreter)
    return given, gives


def types_between(interpreter: Any) -> set[str]:
    """The types of all tensors but input and output."""
    outer = {end["index"] for end in ends(interpreter)}
    return {
        np.dtype(tensor["dtype"]).name
        for tensor in _tensors(interpreter)
        if tensor["index"] not in outer
    }


def reach(end: dict[str, Any]) -> tuple[float, float] | None:
    """The smallest and the largest number of the grid of an input or output; None for floats."""
    if np.dtype(end["dtype"]).kind not in "iu":
        return None
    limits, (scale, zero) = np.iinfo(end["dtype"]), end["quantization"]
    return float((limits.min - zero) * scale), float((limits.max - zero) * scale)


def _on_grid(x: np.ndarray, end: dict[str, Any]) -> np.ndarray:
    if reach(end) is None:
        return np.asarray(x, end["dtype"])
    limits, (scale, zero) = np.iinfo(end["dtype"]), end["quantization"]
    steps = np.round(x / (scale or 1.0)) + zero
    return np.asarray(np.clip(steps, limits.min, limits.max), end["dtype"])


def _from_grid(y: np.ndarray, end: dict[str, Any]) -> np.ndarray:
    if reach(end) is None:
        return y
    scale, zero = end["quantization"]
    return np.asarray((y.astype("float32") - zero) * scale)
