"""Naming the kind of anything that a learner's function may return, without trusting it.

Types are compared by ``type(value)``: an object may claim any ``__class__`` and any equality.
"""

import contextlib
import types
from decimal import Decimal
from fractions import Fraction
from typing import Any

from mnv2_tutor.engine.observation import Array, Result
from mnv2_tutor.engine.observe.calls import name_of

LONGEST_SEQUENCE = 100
ARRAY_LIBRARIES = ("numpy", "tensorflow")
LARGEST = 1_000_000
"""More numbers than this are no answer to any question here; reading them would take seconds."""

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
        with contextlib.suppress(BaseException):  # a hostile one may refuse
            value.close()  # or Python warns, much later, that nobody awaited it
    return Result(kind, name_of(type(value)))


def number_result(value: Any) -> Result:
    """A plain number, or a sequence of them, as data; of anything else the kind alone.

    NumPy's scalars, fractions and decimals count as numbers; their type is kept in ``type_name``:
    ``int64``, or ``tuple of int, int64``. So do an array and a tensor with no axis, and with one:
    ``ndarray of int64``.
    """
    kind = type(value)
    if kind.__module__.partition(".")[0] in ARRAY_LIBRARIES and hasattr(kind, "shape"):
        held = _array_of_numbers(value)
        if held:
            return held
    if issubclass(kind, tuple | list) and 0 < len(value) <= LONGEST_SEQUENCE:
        numbers = [_number(part) for part in value]
        if None not in numbers:
            array = Array((len(value),), "number", tuple(n for n in numbers if n is not None))
            types_ = ", ".join(sorted({name_of(type(part)) for part in value}))
            return Result("sequence", f"{kind.__name__} of {types_}", array)
        return plain_result(value)
    found = _number(value)
    if found is None:
        return plain_result(value)
    is_bool = kind is bool or kind.__name__ in ("bool", "bool_")
    return Result("bool" if is_bool else "number", kind.__name__, Array((), "number", (found,)))


def _array_of_numbers(value: Any) -> Result | None:
    """An array or a tensor with numbers in it and one axis at most; None for any other."""
    kind = type(value)
    try:
        inner = value.numpy() if hasattr(kind, "numpy") else value
        shape, dtype = tuple(map(int, inner.shape)), str(inner.dtype)
        parts = inner.tolist()
    except Exception:  # noqa: BLE001 - a tensor of a graph has none, and a hostile one may refuse
        return None
    is_scalar = kind.__module__ == "numpy" and kind.__name__ == dtype
    numbers = [_number(part) for part in (parts if shape else [parts])]
    if is_scalar or len(shape) > 1 or not 0 < len(numbers) <= LONGEST_SEQUENCE or None in numbers:
        return None
    name = "array" if kind.__name__ == "ndarray" else "tensor"
    array = Array(shape, "number", tuple(n for n in numbers if n is not None))
    alone = "bool" if dtype == "bool" else "number"
    return Result("sequence" if shape else alone, f"{name} of {dtype}", array)


def _number(value: Any) -> float | None:
    """The number as a float, exact up to 2**53; None if it is none."""
    kind = type(value)
    is_number = issubclass(kind, int | float | Fraction | Decimal)
    if not (is_number or kind.__module__ == "numpy"):
        return None
    try:
        return float(value)
    except OverflowError:
        return float("inf")
    except Exception:  # noqa: BLE001 - a class of the learner's may raise anything
        return None


def array_result(kind: str, array: Any) -> Result:
    """A NumPy array as data. Types without numbers keep their shape and lose their values."""
    if array.size > LARGEST:
        return Result("huge", f"tensor of shape {tuple(array.shape)}")
    flat = array.ravel()
    numeric = array.dtype.kind in "biuf"
    values = tuple(map(float, flat.tolist())) if numeric else (float("nan"),) * flat.size
    return Result(
        kind,
        "NumPy array" if kind == "numpy" else "",
        Array(tuple(array.shape), str(array.dtype), values),
    )
