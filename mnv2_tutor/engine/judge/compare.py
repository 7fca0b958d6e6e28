"""Comparing numbers: what counts as equal, and how a difference is shown.

NaN is never equal to anything, shapes are compared before values.
"""

import re
from collections.abc import Callable

from mnv2_tutor.engine.exercise import Evidence
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observation import COUNT, Array, Observation, Result

TOLERANCE = 1e-4


def close(a: float | None, b: float, tolerance: float = TOLERANCE) -> bool:
    """Equal within ``tolerance``: absolute up to 1, relative above."""
    return a is not None and (a == b or abs(a - b) <= tolerance * max(1.0, abs(b)))


def same_array(a: Array, b: Array, tolerance: float = TOLERANCE) -> bool:
    """Equal in type, shape and numbers. Where one was thinned, its numbers are compared."""
    if (a.dtype, a.shape) != (b.dtype, b.shape):
        return False
    if a.dtype == COUNT:
        return a.values == b.values
    step = max(a.every, b.every)
    ours, theirs = a.values[:: step // a.every], b.values[:: step // b.every]
    # Thousands of numbers an answer: nearly all are equal at once, without another call.
    for x, y in zip(ours, theirs, strict=True):
        if not -tolerance <= x - y <= tolerance and not close(x, y, tolerance):
            return False
    return True


def same_result(a: Result, b: Result, tolerance: float = TOLERANCE) -> bool:
    """Equal in kind and numbers. True is 1: whether a truth was asked for, an item judges."""
    if _kind(a) != _kind(b):
        return False
    if a.error is not None and b.error is not None:
        return a.error.type == b.error.type and _same_shapes(a.error.message, b.error.message)
    if a.array is None or b.array is None:
        return a.array is b.array
    return same_array(a.array, b.array, tolerance)


def _same_shapes(a: str, b: str) -> bool:
    """Whether two errors speak of the same shapes, where both speak of any."""
    ours, theirs = (re.findall(r"\([\d, ]+\)", message) for message in (a, b))
    return not ours or not theirs or ours == theirs


def _kind(result: Result) -> str:
    return "number" if result.kind == "bool" else result.kind


def same_observation(
    a: Observation,
    b: Observation,
    tolerance: float = TOLERANCE,
    same: Callable[[Result, Result, float], bool] = same_result,
) -> bool:
    """Whether two functions did the same in every case, whatever their code looks like."""
    if [seen.case for seen in a.cases] != [seen.case for seen in b.cases]:
        return False
    return all(
        ours.results.keys() == theirs.results.keys()
        and all(same(ours.results[name], theirs.results[name], tolerance) for name in ours.results)
        for ours, theirs in zip(a.cases, b.cases, strict=True)
    )


def steadiness(evidence: Evidence) -> Message | None:
    """An item: the same input gives the same output, however often it is asked."""
    again = dict(evidence.observation.results("again"))
    expected = dict(evidence.expected.results("value"))
    for case, first in evidence.observation.results("value"):
        if case not in again or again[case].kind == "absent" or same_result(first, again[case]):
            continue
        right_first = case in expected and same_result(first, expected[case])
        return Message(
            "common.first_call_only" if right_first else "common.changing",
            input=_twice(first),
            expected="the same result twice",
            found=_difference(first, again[case]),
            parameters={"name": evidence.observation.exercise},
        )
    return None


def _twice(result: Result) -> str:
    """What was asked twice: in the words of tensors, or of plain arguments."""
    if result.array is None or result.array.dtype == "number":
        return "the same arguments twice"
    return f"the same tensor twice, of shape {result.array.shape}"


def _difference(first: Result, again: Result) -> str:
    if first.array is None or again.array is None or first.array.shape != again.array.shape:
        return "two results of different kinds or shapes"
    pairs = zip(first.array.values, again.array.values, strict=True)
    for a, b in pairs:
        if not close(a, b):
            return f"{number(a)}, then {number(b)}"
    return "two results of different types"


def number(value: float) -> str:
    """A number as it stands in a message: at most five digits, whole numbers with ``.0``."""
    return f"{value:.1f}" if value % 1 == 0 and abs(value) < 1e9 else f"{value:.5g}"
