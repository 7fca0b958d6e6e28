"""Chapter 6: ``make_divisible(v, divisor=8, min_value=None)``, a number of channels rounded.

Half up; at least ``min_value``, which is None or a positive multiple of the divisor; and never
more than 10 % below v. Source: ``_make_divisible`` in the code released with Sandler et al.,
"MobileNetV2" (tensorflow/models, research/slim/nets/mobilenet/conv_blocks.py). Left open, and so
never asked for: v of 0 or less, and a ``min_value`` that is no multiple of the divisor.
"""

import random
from collections.abc import Mapping

from mnv2_tutor.engine.exercise import Exercise, Item
from mnv2_tutor.families.plain.cases import PlainCase
from mnv2_tutor.families.plain.judge import (
    one_number,
    type_notes,
    values_where,
    whole_numbers,
    with_default,
)

Groups = Mapping[str, tuple[tuple[float | None, ...], ...]]

PUBLIC: Groups = {
    "nearest": ((70,), (64,), (33, 8), (1280, 8, None), (44.8,), (67.2,), (89.6, 8), (134.4,)),
    "half": ((60,), (52,), (12,), (20, 8), (84,), (100,)),
    "divisor": ((33, 4), (34, 4), (110, 16), (100, 16), (144, 10), (136, 10, None), (52.6, 5)),
    "small": ((3,), (1.05,), (4,), (6, 8), (1, 4), (5, 16), (3, 10)),
    "limit": (
        (11.2,), (18.0,), (10,), (27, 8), (17.92,), (17,), (35,), (17.7,), (26.5,),
        (18, 16), (13, 10), (10, 9), (40, 36),
    ),
    "least": (
        (3, 8, 16), (11.2, 8, 24), (30, 8, 16), (18, 8, 16), (64, 8, 64), (3, 8, 32), (1, 4, 12),
        (100, 16, 48),
    ),
}  # fmt: skip
"""What each group asks for is the item of its name.

Below about 40 the 10 % rule hides how a half is rounded, since it lifts what was rounded down; so
both directions, and halves over an even multiple, are asked for above that as well.
"""


def probe(seed: int | None) -> tuple[PlainCase, ...]:
    """Every group with all its arguments; that two of them have defaults is asked for by itself."""
    groups = PUBLIC if seed is None else _drawn(random.Random(f"make_divisible, {seed}"))
    given = (
        PlainCase(f"{group} {' '.join(map(str, arguments))}", arguments)
        for group, calls in groups.items()
        for arguments in dict.fromkeys(map(_whole, calls))  # two draws may give the same call
    )
    first, second, small = groups["nearest"][0], groups["nearest"][1], groups["small"][0]
    left_out = first[:1], (second[0], 8), small[:1]
    return (*given, *(with_default(*arguments) for arguments in left_out))


def _whole(call: tuple[float | None, ...]) -> tuple[float | None, ...]:
    v, *rest = call
    return (v, *rest, *(8, None)[len(rest) :])


def _drawn(draw: random.Random) -> Groups:
    def eights(least: int = 9) -> int:
        return 8 * draw.randint(least, 240)

    def off(most: int) -> int:
        return draw.randint(1, most)

    def hundredths(low: int, high: int) -> float:
        return draw.randint(low, high) / 100

    tie, odd = draw.randint(1, 9), draw.choice((5, 7))
    return {
        "nearest": (
            (eights() - off(3),), (eights() + off(3), 8), (eights(1),), (eights(160) + off(3),),
            (eights() - off(3), 8, None), (eights() + off(35) / 10,), (eights() - off(35) / 10,),
        ),
        "half": (
            (16 * draw.randint(3, 80) + 12,), (16 * draw.randint(3, 80) + 4,),
            (draw.choice((12, 20)),), (16 * draw.randint(3, 80) + 4, 8),
        ),
        "divisor": (
            (4 * (2 * draw.randint(9, 60) + 1) + 1, 4), (8 * draw.randint(9, 60) + 2, 4),
            (16 * draw.randint(9, 60) - off(7), 16), (16 * draw.randint(9, 60) + off(7), 16),
            (10 * (2 * draw.randint(9, 60) + 1) + off(4), 10),
            (10 * (2 * draw.randint(9, 60) + 1) - off(4), 10, None),
            (odd * draw.randint(9, 60) + (odd + 1) // 2 - 0.4, odd),
        ),
        "small": (
            (off(3),), (hundredths(50, 350),), (4,), (4 + off(3), 8), (1, 4), (off(7), 16),
            (off(4), 10),
        ),
        "limit": (
            (8 + off(3),), (16 + draw.choice((2, 3)),), (27, 8), (8 + hundredths(120, 360),),
            (hundredths(1782, 1798),), (draw.choice((17, 26)),), (draw.choice((34, 35)),),
            (hundredths(1765, 1775),), (hundredths(2645, 2660),),
            (17 + off(6), 16), (11 + off(3), 10), (10 * tie, 9 * tie),
        ),
        "least": (
            (off(3), 8, eights(2)), (8 + off(3), 8, eights(3)), (eights(20) - off(3), 8, 16),
            (18, 8, 16), (off(15), 4, 20), (16 * draw.randint(9, 60) + off(7), 16, 48),
        ),
    }  # fmt: skip


def _of_group(group: str, points: int, *needs: str) -> Item:
    key = f"make_divisible.{group}"
    judge = values_where(one_number, lambda case: case.name.split()[0] == group, key)
    return Item(group, points, judge, needs)


EXERCISE = Exercise(
    key="make_divisible",
    chapter=6,
    parameters=("v", "divisor", "min_value"),
    family="plain",
    probe=probe,
    rubric=(
        Item("form", 0, one_number),
        _of_group("nearest", 1),
        _of_group("half", 1, "nearest"),
        _of_group("divisor", 1, "nearest"),
        _of_group("small", 1, "nearest", "divisor"),
        _of_group("default", 1, "nearest", "small"),
        _of_group("limit", 2, "nearest", "divisor"),
        _of_group("least", 2, "nearest", "divisor"),
        Item("whole", 1, whole_numbers("make_divisible.returns_float"), ("nearest",)),
    ),
    tolerance=1e-6,
    notes=type_notes,
)
