"""Naming the kind of anything that a learner's function may return, without trusting it.

Types are compared by ``type(value)``: an object may claim any ``__class__`` and any equality.
"""

import types
from typing import Any

from mnv2_tutor.observation import Array, Result

_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (type(None), "none"),
    (bool, "bool"),
    ((int, float, complex), "number"),
    ((str, bytes), "text"),
    ((list, tuple, dict, set), "sequence"),
    ((types.GeneratorType, types.AsyncGeneratorType), "generator"),
    (types.CoroutineType, "coroutine"),
    ((types.FunctionType, types.BuiltinFunctionType, types.MethodType), "function"),
    (type, "class"),
)


def plain_result(value: Any) -> Result:
    """The kind of a value that is no array."""
    kind = next((name for types_, name in _KINDS if issubclass(type(value), types_)), "other")
    if kind == "coroutine":
        value.close()  # or Python warns, much later, that nobody awaited it
    return Result(kind, _type_name(value))


def array_result(kind: str, array: Any) -> Result:
    """A NumPy array as data. Types without numbers keep their shape and lose their values."""
    flat = array.ravel()
    numeric = array.dtype.kind in "biuf"
    values = tuple(map(float, flat.tolist())) if numeric else (float("nan"),) * flat.size
    return Result(kind, "", Array(tuple(array.shape), str(array.dtype), values))


def _type_name(value: Any) -> str:
    name = type(value).__name__
    return name if isinstance(name, str) else "object"
