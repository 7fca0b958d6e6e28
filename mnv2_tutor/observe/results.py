"""Naming the kind of anything that a learner's function may return, without trusting it.

Types are compared by ``type(value)``: an object may claim any ``__class__`` and any equality.
"""

import contextlib
import types
from typing import Any

from mnv2_tutor.observation import Array, Result
from mnv2_tutor.observe.calls import name_of

LONGEST_SEQUENCE = 100
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

    NumPy's scalars count as numbers; their type is kept in ``type_name``: ``int64``, or
    ``tuple of int, int64``.
    """
    kind = type(value)
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


def _number(value: Any) -> float | None:
    """The number as a float, exact up to 2**53; None if it is none."""
    kind = type(value)
    if not (issubclass(kind, int | float) or kind.__module__ == "numpy"):
        return None
    try:
        return float(value)
    except OverflowError:
        return float("inf")
    except (TypeError, ValueError):
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
