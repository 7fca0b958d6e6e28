"""Chapter 2: ``count_macs(kind, h, w, k, c_in, c_out, stride=1)``, multiply-adds of a convolution.

'same' padding: the output has ceil(h / stride) rows. Source: Howard et al., "MobileNets",
section 3.1, equations 2 to 5; the MACs of all published checkpoints come out of these counts.
"""

import random

from mnv2_tutor.course.exercises.count_params import KINDS
from mnv2_tutor.engine.exercise import Exercise, Item
from mnv2_tutor.families.plain.cases import PlainCase
from mnv2_tutor.families.plain.judge import (
    is_default,
    one_number,
    type_notes,
    values_where,
    with_default,
)

PUBLIC = (
    (8, 8, 3, 16, 24, 1),
    (6, 10, 5, 3, 8, 1),
    (8, 12, 3, 16, 24, 2),
    (12, 8, 3, 4, 4, 2),
    (7, 9, 3, 16, 24, 2),
    (5, 11, 3, 6, 2, 2),
)


def probe(seed: int | None) -> tuple[PlainCase, ...]:
    """Every kind at stride 1, at a stride that divides the size, and at one that does not.

    The default of the stride is asked for by itself.
    """
    sizes = PUBLIC if seed is None else tuple(_drawn(random.Random(f"count_macs, {seed}")))
    given = tuple(
        PlainCase(f"{kind} {' '.join(map(str, size))}", (kind, *size))
        for size in sizes
        for kind in KINDS
    )
    return (*given, *(with_default("depthwise", *size[:-1]) for size in sizes[:2]))


def _drawn(draw: random.Random) -> list[tuple[int, int, int, int, int, int]]:
    def rest() -> tuple[int, int, int]:
        return draw.choice((3, 5)), draw.randint(2, 90), draw.randint(2, 90)

    even = [(2 * draw.randint(2, 40), 2 * draw.randint(2, 40), *rest()) for _ in range(4)]
    odd = [(2 * draw.randint(2, 40) + 1, 2 * draw.randint(2, 40) + 1, *rest()) for _ in range(2)]
    return [(*s, 1) for s in even[:2]] + [(*s, 2) for s in even[2:]] + [(*s, 2) for s in odd]


def _stride(case: PlainCase) -> int:
    return int(case.arguments[6]) if len(case.arguments) > 6 else 1


def _divides(case: PlainCase) -> bool:
    _, h, w, *_ = case.arguments
    return bool(h % _stride(case) == 0 and w % _stride(case) == 0)


def _of_kind(kind: str, points: int) -> Item:
    def asked(case: PlainCase) -> bool:
        return case.arguments[0] == kind and _stride(case) == 1 and not is_default(case)

    return Item(kind, points, values_where(one_number, asked, f"count_macs.{kind}"))


EXERCISE = Exercise(
    key="count_macs",
    chapter=2,
    parameters=("kind", "h", "w", "k", "c_in", "c_out", "stride"),
    family="plain",
    probe=probe,
    rubric=(
        Item("form", 0, one_number),
        _of_kind("standard", 2),
        _of_kind("depthwise", 2),
        _of_kind("pointwise", 1),
        _of_kind("separable", 2),
        Item(
            "default",
            1,
            values_where(one_number, is_default, "count_macs.default"),
            needs=("depthwise",),
        ),
        Item(
            "stride",
            1,
            values_where(one_number, lambda c: _stride(c) > 1 and _divides(c), "count_macs.stride"),
            needs=KINDS,
        ),
        Item(
            "rounds_up",
            1,
            values_where(one_number, lambda c: not _divides(c), "count_macs.rounds_up"),
            needs=("stride",),
        ),
    ),
    tolerance=1e-6,
    notes=type_notes,
)
