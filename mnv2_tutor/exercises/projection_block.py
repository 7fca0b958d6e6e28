"""Chapter 4: ``projection_block(x, out_channels, block_id)``, the narrowing step of a bottleneck.

1x1 convolution without bias and batch norm; linear: no activation. Source: Sandler et al.,
"MobileNetV2", section 3.2 (linear bottlenecks) and table 1, third row.
"""

import random

from mnv2_tutor.exercise import BlockCase, Exercise, Item
from mnv2_tutor.judge import blocks
from mnv2_tutor.judge.evidence import TOLERANCE, Counts

FIRST = (
    "channel", "pixel", "doubled", "zero", "drift", "constrained", "trained", "chance",
    "statistics", "momentum", "gradient", "pair", "again",
)  # fmt: skip


def probe(seed: int | None) -> tuple[BlockCase, ...]:
    """A wide map made narrow, and one that keeps its depth."""
    if seed is None:
        (h, w, c), out, i, same, j = (5, 6, 48), 10, 3, 16, 11
    else:
        draw = random.Random(f"projection_block, {seed}")
        h, w, c = draw.randint(4, 6), draw.randint(5, 7), draw.choice((36, 48, 60))
        out, same = draw.randint(7, 12), draw.randint(12, 18)
        i, j = draw.randint(1, 16), draw.randint(1, 17)
    name = f"projection_block, {seed}"
    return (
        BlockCase("narrow", (h, w, c), (out, i), f"{name}, 1", FIRST),
        BlockCase("same", (4, 5, same), (same, j), f"{name}, 2", ("channel", "doubled", "zero")),
    )


def _channels(case: BlockCase) -> int:
    return int(case.arguments[0])


def _weights(case: BlockCase) -> Counts:
    out = _channels(case)
    return blocks.total((case.shape[-1] * out, 0), blocks.batch_norm(out))


EXERCISE = Exercise(
    key="projection_block",
    chapter=4,
    parameters=("x", "out_channels", "block_id"),
    observer="block",
    probe=probe,
    rubric=blocks.rubric(
        _weights,
        Item("shape", 2, blocks.shape(_channels, lambda _: 1), blocks.NEEDS),
        Item("pixelwise", 1, blocks.pixelwise, (*blocks.NEEDS, "shape")),
        Item("mixes", 1, blocks.mixes, (*blocks.NEEDS, "shape")),
        Item("weights", 1, blocks.weights(_weights), (*blocks.NEEDS, "shape")),
        Item("linear", 2, blocks.linear, blocks.NEEDS),
    ),
    tolerance=TOLERANCE,
    notes=blocks.notes,
)
