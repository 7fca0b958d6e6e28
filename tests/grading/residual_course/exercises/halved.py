"""``halved(size, stride)``: the height of a map after a convolution with 'same' padding."""

import random
from math import ceil

from mnv2_tutor.engine.exercise import Exercise, Item
from mnv2_tutor.families.plain.cases import PlainCase
from mnv2_tutor.families.plain.judge import one_number, values_where


def probe(seed):
    draw = random.Random(f"halved, {seed}")
    odd = 2 * draw.randint(3, 50) + 1
    pairs = ((2 * odd, 2), (odd, 2), (odd, 1), (odd, 3))
    return tuple(PlainCase(f"{size} {stride}", (size, stride)) for size, stride in pairs)


def is_whole(case):
    size, stride = case.arguments
    return ceil(size / stride) == size / stride


EXERCISE = Exercise(
    key="halved",
    chapter=1,
    parameters=("size", "stride"),
    family="plain",
    probe=probe,
    rubric=(
        Item("form", 0, one_number),
        Item("whole", 4, values_where(one_number, is_whole, "halved.whole")),
        Item("rest", 6, values_where(one_number, lambda case: not is_whole(case), "halved.rest")),
    ),
)
