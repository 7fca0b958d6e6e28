"""Chapter 8: ``preprocess(images)``, from pixels in 0..255 to float32 numbers in [-1, 1].

The range for which the published weights were trained. Source: ``preprocess_input`` of
``keras.applications.mobilenet_v2``, which divides by 127.5 and subtracts 1, in place where it can.
Images are NumPy arrays, uint8 or float32; an array and a tensor are equally good as an answer.
"""

import random
from collections.abc import Callable
from math import prod

from mnv2_tutor.engine.exercise import Evidence, Exercise, Item
from mnv2_tutor.engine.judge.answer_form import float32, float_arrays, raised
from mnv2_tutor.engine.judge.compare import close, steadiness
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.families.array.cases import ArrayCase
from mnv2_tutor.families.tensor.judge import at_point, constant, points

BLACK, WHITE = 0.0, 255.0
NEEDS = ("form", "depends")


def probe(seed: int | None) -> tuple[ArrayCase, ...]:
    """Batches and single pictures of both types; channels differ, so that their order shows.

    The picture of bytes is dark in places and bright in others: arithmetic in 8 bits overflows at
    either end. No picture of the last case is black or white anywhere, so a range that is taken
    from the picture itself shows.
    """
    draw = random.Random("preprocess, public" if seed is None else f"preprocess, {seed}")
    sides = (2, 3, 4) if seed is None else tuple(draw.randint(2, 5) for _ in range(3))
    shapes = ((2, sides[0], 4, 3), (sides[1], 5, 3), (1, sides[2], 3, 3), (1, 2, sides[0], 3))
    ends = tuple(draw.choice((BLACK, WHITE)) for _ in range(prod(shapes[0]) - 2))
    return (
        ArrayCase("ends", shapes[0], "float32", (BLACK, WHITE, *ends)),
        ArrayCase("bytes", shapes[1], "uint8", _pixels(draw, shapes[1], 0, 255)),
        ArrayCase("between", shapes[2], "float32", _pixels(draw, shapes[2], 20, 230)),
        ArrayCase("fractions", shapes[3], "float32", _fractions(draw, shapes[3])),
    )


def _pixels(draw: random.Random, shape: tuple[int, ...], low: int, high: int) -> tuple[float, ...]:
    return tuple(float(draw.randint(low, high)) for _ in range(prod(shape)))


def _fractions(draw: random.Random, shape: tuple[int, ...]) -> tuple[float, ...]:
    """What resizing leaves: numbers a quarter above a whole one."""
    return tuple(draw.randint(30, 220) + 0.25 for _ in range(prod(shape)))


def _scaled(pixel: float) -> float:
    return pixel / 127.5 - 1.0


def _values_in(*names: str, key: str) -> Callable[[Evidence], Message | None]:
    """An item: in the cases of these names, every number is that of its own pixel."""

    def judge(evidence: Evidence) -> Message | None:
        cases = {case.name: case for case in evidence.cases}
        for name, result in evidence.observation.results("value"):
            if name in names and result.error:
                return raised(evidence, cases[name].given, result)
        for point in points(evidence, "value"):
            if point.case.name in names and not close(point.y, _scaled(point.x)):
                return at_point(key, "its number", point, _scaled(point.x))
        return None

    return judge


def _depends(evidence: Evidence) -> Message | None:
    value = constant(evidence, "value")
    if value is None:
        return None
    return Message("preprocess.constant", "pictures that differ", "different values", value)


def _untouched(evidence: Evidence) -> Message | None:
    for case in evidence.cases:
        changed = dict(evidence.observation.results("changed"))[case.name]
        if changed.array is None or changed.array.values[0] > 0:
            count = changed.array.values[0] if changed.array else 0
            return Message(
                "preprocess.overwritten",
                input=case.given,
                expected="an array that is the same after the call",
                found=f"{count:.0f} of its {len(case.values)} numbers are others",
                parameters={"name": "preprocess"},
            )
    return None


EXERCISE = Exercise(
    key="preprocess",
    chapter=8,
    parameters=("images",),
    family="array",
    probe=probe,
    rubric=(
        Item("form", 0, float_arrays("preprocess.dtype")),
        Item("dtype", 1, float32("preprocess.dtype", "array or tensor"), ("form",)),
        Item("depends", 0, _depends, ("form",)),
        Item("steady", 1, steadiness, NEEDS),
        Item("ends", 2, _values_in("ends", key="preprocess.ends"), NEEDS),
        Item("between", 2, _values_in("between", "fractions", key="preprocess.between"), NEEDS),
        Item("bytes", 2, _values_in("bytes", key="preprocess.bytes"), NEEDS),
        Item("untouched", 2, _untouched, NEEDS),
    ),
)
