"""Chapter 7: ``bottleneck_memory(h, w, c_in, t, c_out, stride, bytes_per_value=2)``.

The most memory that a bottleneck's tensors take at once, in bytes: computed layer by layer, and
computed as one operation. Source: Sandler et al., "MobileNetV2", section 5.1. Weights are left
out, and so is the slice of the wide tensors that the fused way holds at a time: the paper calls the
inner tensor disposable. Left open, and so never asked for: t = 1, where there is no expansion.
"""

import random
from collections.abc import Mapping

from mnv2_tutor.engine.exercise import Exercise, Item
from mnv2_tutor.families.plain.cases import PlainCase
from mnv2_tutor.families.plain.judge import pair_of_numbers, type_notes, values_where, with_default

Groups = Mapping[str, tuple[tuple[int, ...], ...]]

PUBLIC: Groups = {
    "plain": (
        (112, 112, 16, 6, 24, 2), (8, 12, 16, 6, 24, 1), (12, 8, 8, 2, 16, 2), (6, 10, 4, 2, 48, 1),
        (14, 10, 24, 6, 24, 2), (10, 6, 12, 2, 20, 2),
    ),
    "kept": ((56, 56, 24, 6, 24, 1), (8, 12, 16, 2, 16, 1), (10, 6, 32, 4, 32, 1)),
    "rounds_up": ((7, 9, 16, 6, 24, 2), (12, 15, 8, 3, 16, 2), (11, 5, 6, 2, 40, 2)),
    "bytes": (
        (8, 12, 16, 6, 24, 1, 4), (12, 8, 8, 2, 16, 2, 1), (10, 6, 24, 6, 24, 1, 4),
        (10, 6, 24, 6, 24, 1, 2),
    ),
}  # fmt: skip
"""``plain``: no residual, a stride that divides the size, two bytes a value. The other groups: a
residual; a stride that does not divide; the bytes given.

Each of the three layers is the one with the peak somewhere: the expansion where t is small and the
stride large, the projection where c_out is more than the wide tensor has, and else the depthwise.
"""


def probe(seed: int | None) -> tuple[PlainCase, ...]:
    """Every group with two bytes a value, but for the one that asks for others.

    That two is the default is asked for by itself.
    """
    groups = PUBLIC if seed is None else _drawn(random.Random(f"bottleneck_memory, {seed}"))
    given = tuple(
        PlainCase(f"{group} {' '.join(map(str, arguments))}", _with_bytes(arguments))
        for group, calls in groups.items()
        for arguments in calls
    )
    return (*given, *(with_default(*arguments) for arguments in groups["plain"][:2]))


def _with_bytes(arguments: tuple[int, ...]) -> tuple[int, ...]:
    return arguments if len(arguments) == 7 else (*arguments, 2)


def _drawn(draw: random.Random) -> Groups:
    def size(step: int, rest: int = 0) -> tuple[int, int]:
        h, w = draw.sample(range(2, 20), 2)  # never a square: its sides could be mixed up
        return step * h + rest, step * w + rest

    def expands(least: int = 3) -> int:
        return draw.randint(least, 8)

    def wider(channels: int) -> int:
        return channels + draw.randint(1, 9)

    few, more, same, kept = (draw.randint(5, 60) for _ in range(4))
    return {
        "plain": (
            (*size(2), few, expands(), wider(few), 2),
            (*size(1), more, expands(), wider(more), 1),
            (*size(2), few, 2, wider(few), 2),
            (*size(1), few, 2, 2 * few + draw.randint(few, 99), 1),
            (*size(2), same, expands(4), same, 2),
            (*size(2), more, 2, wider(more), 2),
        ),
        "kept": ((*size(1), kept, expands(), kept, 1), (*size(1), same, 2, same, 1)),
        "rounds_up": (
            (*size(2, 1), few, expands(5), more + few, 2),
            (*size(2, 1), more, 3, wider(more), 2),
            (*size(2, 1), few, 2, 10 * few, 2),
        ),
        "bytes": (
            (*size(1), few, expands(), few + more, 1, draw.choice((4, 8))),
            (*size(2), more, 2, wider(more), 2, 1),
            (*size(1), same, expands(), same, 1, 4),
        ),
    }


def _of_group(group: str, points: int, *needs: str, place: int | None = None) -> Item:
    key = f"bottleneck_memory.{group}"
    judge = values_where(pair_of_numbers, lambda case: case.name.split()[0] == group, key, place)
    return Item(group, points, judge, needs)


def _is_whole(case: PlainCase) -> bool:
    return case.name.split()[0] in ("plain", "kept")


EXERCISE = Exercise(
    key="bottleneck_memory",
    chapter=7,
    parameters=("h", "w", "c_in", "t", "c_out", "stride", "bytes_per_value"),
    family="plain",
    probe=probe,
    rubric=(
        Item("form", 0, pair_of_numbers),
        _of_group("plain", 2, place=0),
        _of_group("kept", 2, "plain", place=0),
        Item("fused", 3, values_where(pair_of_numbers, _is_whole, "bottleneck_memory.fused", 1)),
        _of_group("rounds_up", 1, "plain", "fused"),
        _of_group("bytes", 1, "plain", "kept", "fused"),
        _of_group("default", 1, "plain", "fused"),
    ),
    tolerance=1e-5,  # kilobytes are fractions, kept to six digits; the items compare exactly
    notes=type_notes,
)
