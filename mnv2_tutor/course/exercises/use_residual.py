"""Chapter 5: ``use_residual(stride, c_in, c_out)``, whether a bottleneck adds its input.

Source: Sandler et al., "MobileNetV2", section 3.3 and figure 4(d).
"""

import random
from collections.abc import Callable

from mnv2_tutor.engine.exercise import Exercise, Item
from mnv2_tutor.families.plain.cases import PlainCase
from mnv2_tutor.families.plain.judge import one_truth, truth_notes, values_where


def probe(seed: int | None) -> tuple[PlainCase, ...]:
    """Equal channels, more and fewer, at strides 1 and 2, which are those of the network.

    Equal numbers arrive as two objects, as they do from a table: Python keeps the small ones once,
    so that ``is`` would seem to work for them.
    """
    draw = random.Random(f"use_residual, {seed}")
    if seed is None:
        equal, unequal = (24, 320), ((16, 24), (160, 320), (96, 64), (24, 25))
    else:
        equal = (8 * draw.randint(2, 20), 8 * draw.randint(40, 90))
        few = 8 * draw.randint(3, 30)
        unequal = ((few, few + 8), (few, 2 * few), (few, few - 8), (few, few + 1))
    pairs = (*((c, int(str(c))) for c in equal), *unequal)
    return tuple(PlainCase(f"{s} {a} {b}", (s, a, b)) for s in (1, 2) for a, b in pairs)


def _equal(case: PlainCase) -> bool:
    return bool(case.arguments[1] == case.arguments[2])


def _first(case: PlainCase) -> bool:
    return bool(case.arguments[0] == 1)


def _where(key: str, points: int, condition: Callable[[PlainCase], bool]) -> Item:
    return Item(key, points, values_where(one_truth, condition, f"use_residual.{key}"))


EXERCISE = Exercise(
    key="use_residual",
    chapter=5,
    parameters=("stride", "c_in", "c_out"),
    family="plain",
    probe=probe,
    rubric=(
        Item("form", 0, one_truth),
        _where("both", 4, lambda c: _first(c) and _equal(c)),
        _where("stride", 3, lambda c: not _first(c) and _equal(c)),
        _where("channels", 3, lambda c: not _equal(c)),
    ),
    tolerance=1e-6,
    notes=truth_notes,
)
