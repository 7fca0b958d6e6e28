"""Chapter 1: ``relu6(x)`` = min(max(x, 0), 6) for every number of a tensor.

Source: Sandler et al., "MobileNetV2", section 4 ("We use ReLU6 as the non-linearity because of its
robustness when used with low-precision computation").
"""

import random
from collections.abc import Callable, Iterator
from math import prod

from mnv2_tutor.engine.exercise import Evidence, Exercise, Item
from mnv2_tutor.engine.judge.answer_form import float32, float_tensors
from mnv2_tutor.engine.judge.compare import close, steadiness
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.families.tensor.cases import TensorCase
from mnv2_tutor.families.tensor.judge import at_point, constant, points

CAP = 6.0
FAR = 100.0
"""Numbers beyond this are "large" in messages: an answer may be right near the corners only."""

NEEDS = ("form", "depends")
"""Without these a constant 0 would earn the points for "nothing above 6"."""
VALUES = ("between", "below", "above")


def probe(seed: int | None) -> tuple[TensorCase, ...]:
    """A line of numbers around both corners, then other ranks, sizes and magnitudes.

    Gradients are asked only where x is neither 0 nor 6: at the corners any value between the two
    slopes is a right subgradient. The numbers of the case "inside" lie on no grid, so that an
    answer that computes in 16 bits, or rounds, is seen.
    """
    if seed is None:
        draw = random.Random("relu6, public")
        line: tuple[float, ...] = (*(-4.0 + 0.75 * step for step in range(20)), 0.0, 6.0)
        inside: tuple[float, ...] = (0.01, 1.618, 3.1416, 5.98)
        feature_map, matrix, picture = (2, 2, 3, 3), (3, 4), (1, 16, 16, 3)
    else:
        draw = random.Random(f"relu6, {seed}")
        line = tuple(_grid(draw, 24))
        inside = tuple(round(draw.uniform(0.002, 5.998), 4) for _ in range(4))
        feature_map = (draw.randint(1, 3), draw.randint(2, 5), draw.randint(2, 5), 3)
        matrix = (draw.randint(2, 6), draw.randint(2, 6))
        picture = (1, 16 + draw.randint(0, 4), 16, 3)
    far = float(draw.randint(300, 9000))
    return (
        TensorCase("line", (len(line),), line),
        TensorCase("feature map", feature_map, _filled(draw, feature_map), gradient=True),
        TensorCase("matrix", matrix, _filled(draw, matrix), gradient=True),
        TensorCase("inside", (4,), inside),
        TensorCase("picture", picture, _filled(draw, picture)),
        TensorCase("far", (2, 1, 2), (-far, far, -far * 800, far * 800)),
        TensorCase("scalar", (), (draw.randint(9, 80) / 8,)),
    )


def _filled(draw: random.Random, shape: tuple[int, ...]) -> tuple[float, ...]:
    return tuple(_grid(draw, prod(shape)))


def _grid(draw: random.Random, count: int) -> Iterator[float]:
    """Sixteenths between -10 and 16, never a corner: exact in float32 and short when printed."""
    for _ in range(count):
        yield (2 * draw.randint(-80, 127) + 1) / 16


def _values_where(
    condition: Callable[[float], bool], key: str
) -> Callable[[Evidence], Message | None]:
    """An item: wherever the input meets ``condition``, relu6 must give min(max(x, 0), 6)."""

    def judge(evidence: Evidence) -> Message | None:
        wrong = [
            point
            for point in points(evidence, "value")
            if condition(point.x) and not close(point.y, min(max(point.x, 0.0), CAP))
        ]
        if not wrong:
            return None
        near = [point for point in wrong if abs(point.x) < FAR]
        first = (near or wrong)[0]
        return at_point(
            key if near else "relu6.far", "relu6(x)", first, min(max(first.x, 0.0), CAP)
        )

    return judge


def _depends(evidence: Evidence) -> Message | None:
    value = constant(evidence, "value")
    if value is None:
        return None
    return Message("relu6.constant", "relu6(x) for different x", "different values", value)


def _gradient(evidence: Evidence) -> Message | None:
    for point in points(evidence, "gradient"):
        slope = 1.0 if 0.0 < point.x < CAP else 0.0
        if point.y is None:
            return at_point("relu6.gradient_absent", "slope of relu6", point, slope)
        if not close(point.y, slope):
            return at_point("relu6.gradient", "slope of relu6", point, slope)
    return None


def _notes(evidence: Evidence) -> tuple[Message, ...]:
    fails = evidence.observation.facts.get("on_keras_tensor") == "fails"
    return (Message("relu6.eager_only"),) if fails else ()


EXERCISE = Exercise(
    key="relu6",
    chapter=1,
    parameters=("x",),
    family="tensor",
    probe=probe,
    rubric=(
        Item("form", 0, float_tensors),
        Item("dtype", 1, float32("common.dtype", "tensor"), ("form",)),
        Item("depends", 0, _depends, needs=("form",)),
        Item("steady", 1, steadiness, NEEDS),
        Item("between", 3, _values_where(lambda x: 0 <= x <= CAP, "relu6.between"), NEEDS),
        Item("below", 2, _values_where(lambda x: x < 0, "relu6.below"), NEEDS),
        Item("above", 2, _values_where(lambda x: x > CAP, "relu6.above"), NEEDS),
        Item("gradient", 1, _gradient, (*NEEDS, *VALUES)),
    ),
    notes=_notes,
)
