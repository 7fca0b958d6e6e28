"""Chapter 2: ``count_params(kind, k, c_in, c_out)``, the weights of a convolution without bias.

Source: Howard et al., "MobileNets", section 3.1; Sandler et al., "MobileNetV2", section 3.1.
"""

import random

from mnv2_tutor.engine.exercise import Exercise, Item
from mnv2_tutor.families.plain.cases import PlainCase
from mnv2_tutor.families.plain.judge import one_number, type_notes, values_where

KINDS = ("standard", "depthwise", "pointwise", "separable")
PUBLIC = ((3, 16, 24), (3, 8, 8), (5, 3, 32), (1, 10, 6), (7, 4, 4))


def probe(seed: int | None) -> tuple[PlainCase, ...]:
    """Every kind at several sizes, with as many, fewer and more channels after it than before."""
    if seed is None:
        sizes: tuple[tuple[int, int, int], ...] = PUBLIC
    else:
        draw = random.Random(f"count_params, {seed}")
        sizes = tuple(
            (draw.choice((1, 3, 5, 7)), draw.randint(2, 200), draw.randint(2, 200))
            for _ in range(6)
        )
    return tuple(
        PlainCase(f"{kind} {k} {c_in} {c_out}", (kind, k, c_in, c_out))
        for k, c_in, c_out in sizes
        for kind in KINDS
    )


def _of_kind(kind: str, points: int) -> Item:
    judge = values_where(one_number, lambda c: c.arguments[0] == kind, f"count_params.{kind}")
    return Item(kind, points, judge)


EXERCISE = Exercise(
    key="count_params",
    chapter=2,
    parameters=("kind", "k", "c_in", "c_out"),
    family="plain",
    probe=probe,
    rubric=(
        Item("form", 0, one_number),
        _of_kind("standard", 3),
        _of_kind("depthwise", 2),
        _of_kind("pointwise", 2),
        _of_kind("separable", 3),
    ),
    tolerance=1e-6,
    notes=type_notes,
)
