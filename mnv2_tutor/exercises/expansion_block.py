"""Chapter 2: ``expansion_block(x, t, filters, block_id)``, the widening step of a bottleneck.

1x1 convolution from ``filters`` to t * filters channels without bias, batch norm, ReLU6. Source:
Sandler et al., "MobileNetV2", table 1, first row.
"""

import random

from mnv2_tutor.exercise import BlockCase, Exercise, Item, case_seed
from mnv2_tutor.judge import blocks
from mnv2_tutor.judge.evidence import TOLERANCE, Counts

FIRST = (
    "channel", "pixel", "drift", "constrained", "trained", "chance", "statistics", "momentum",
    "gradient", "pair", "again",
)  # fmt: skip


def probe(seed: int | None) -> tuple[BlockCase, ...]:
    """Two blocks with different expansion factors, neither square nor equally deep.

    No number of channels is a multiple of 4, before or after: who rounds them is seen at any seed.
    """
    if seed is None:
        (h, w, c), t, i, (h2, w2, c2), t2, j = (5, 6, 10), 5, 3, (4, 5, 6), 3, 11
    else:
        draw = random.Random(f"expansion_block, {seed}")
        h, w, c, t = draw.randint(4, 6), draw.randint(5, 7), draw.choice((10, 14)), 5
        h2, w2, c2, t2 = draw.randint(4, 6), draw.randint(4, 6), 6, draw.choice((3, 7))
        i, j = draw.randint(1, 15), draw.randint(1, 17)
    return (
        BlockCase("first", (h, w, c), (t, c, i), case_seed("expansion_block, 1", seed), FIRST),
        BlockCase(
            "other",
            (h2, w2, c2),
            (t2, c2, j),
            case_seed("expansion_block, 2", seed),
            ("channel", "pixel"),
        ),
    )


def _channels(case: BlockCase) -> int:
    t, filters, _ = case.arguments
    return int(t * filters)


def _weights(case: BlockCase) -> Counts:
    wide = _channels(case)
    return blocks.total((case.shape[-1] * wide, 0), blocks.batch_norm(wide))


EXERCISE = Exercise(
    key="expansion_block",
    chapter=2,
    parameters=("x", "t", "filters", "block_id"),
    observer="block",
    probe=probe,
    rubric=blocks.rubric(
        _weights,
        Item("shape", 2, blocks.shape(_channels, lambda _: 1), blocks.NEEDS),
        Item("pixelwise", 1, blocks.pixelwise, (*blocks.NEEDS, "shape")),
        Item("mixes", 1, blocks.mixes, (*blocks.NEEDS, "shape")),
        Item("weights", 1, blocks.weights(_weights), (*blocks.NEEDS, "shape")),
        Item("capped", 2, blocks.capped, blocks.NEEDS),
    ),
    tolerance=TOLERANCE,
    notes=blocks.notes,
)
