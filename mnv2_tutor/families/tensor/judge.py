"""Numbers of a tensor side by side with what came back in their places."""

from collections.abc import Iterator
from dataclasses import dataclass

from mnv2_tutor.engine.exercise import Evidence
from mnv2_tutor.engine.judge.compare import close, number
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.families.array.cases import ArrayCase
from mnv2_tutor.families.tensor.cases import TensorCase


@dataclass(frozen=True)
class Point:
    """One number of the input and what came back in its place; ``y`` is None if nothing did."""

    case: TensorCase | ArrayCase
    x: float
    y: float | None


def points(evidence: Evidence, name: str) -> Iterator[Point]:
    """Input and output side by side, in every case where the result ``name`` was looked at."""
    cases = {case.name: case for case in evidence.cases}
    for case_name, result in evidence.observation.results(name):
        case = cases[case_name]
        found: tuple[float | None, ...] = (None,) * len(case.values)
        if result.array is not None and result.array.shape == case.shape:
            found = result.array.values
        for x, y in zip(case.values, found, strict=True):
            yield Point(case, x, y)


def constant(evidence: Evidence, name: str) -> str | None:
    """The one value that comes back whatever the input, in words; None if values differ."""
    found = [point.y for point in points(evidence, name)]
    first = found[0] if found else None
    if first is None or not all(close(y, first) for y in found):
        return None
    return f"{number(first)} every time"


def at_point(key: str, what: str, point: Point, expected: float) -> Message:
    """A message about one point: ``what`` names the value that was looked at."""
    where = "" if len(point.case.shape) < 2 else f", in a tensor of shape {point.case.shape}"
    return Message(
        key,
        input=f"x = {number(point.x)}{where}",
        expected=f"{what} = {number(expected)}",
        found="nothing" if point.y is None else f"{what} = {number(point.y)}",
    )
