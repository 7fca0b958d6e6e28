"""Chapter 3: ``depthwise_block(x, stride, block_id)``, the filtering step of a bottleneck.

3x3 depthwise convolution with 'same' padding and without bias, batch norm, ReLU6. Source: Sandler
et al., "MobileNetV2", table 1, second row; Howard et al., "MobileNets", section 3.1.
"""

import random

from mnv2_tutor.exercise import BlockCase, Exercise, Item, case_seed
from mnv2_tutor.judge import blocks
from mnv2_tutor.judge.evidence import TOLERANCE, Counts

FIRST = ("channel", "pixel", "drift", "constrained", "gradient", "pair", "again")
EVEN = ("channel", "pixel", "gradient", "trained", "chance", "statistics", "momentum")


def probe(seed: int | None) -> tuple[BlockCase, ...]:
    """Stride 1, then stride 2 on even sizes, then on an odd height with an even width.

    Symmetric padding is wrong on the even ones, (0, 1) on the odd. Batch norm is looked at where
    there is a stride: who skips places after it learns from too many.
    """
    if seed is None:
        (h, w), c, i, even, mixed, j = (6, 7), 12, 3, (8, 6), (5, 8), 11
    else:
        draw = random.Random(f"depthwise_block, {seed}")
        h, w, c = draw.randint(5, 7), draw.randint(6, 8), draw.choice((10, 12, 14))
        even = (2 * draw.randint(3, 4), 2 * draw.randint(3, 4))
        mixed = (2 * draw.randint(2, 3) + 1, 2 * draw.randint(3, 4))
        i, j = draw.randint(1, 16), draw.randint(1, 17)
    return (
        BlockCase("stride 1", (h, w, c), (1, i), case_seed("depthwise_block, 1", seed), FIRST),
        BlockCase("even", (*even, c), (2, j), case_seed("depthwise_block, 2", seed), EVEN),
        BlockCase("mixed", (*mixed, c), (2, j), case_seed("depthwise_block, 3", seed), ("pixel",)),
    )


def _stride(case: BlockCase) -> int:
    return int(case.arguments[0])


def _channels(case: BlockCase) -> int:
    return case.shape[-1]


def _weights(case: BlockCase) -> Counts:
    return blocks.total((9 * _channels(case), 0), blocks.batch_norm(_channels(case)))


EXERCISE = Exercise(
    key="depthwise_block",
    chapter=3,
    parameters=("x", "stride", "block_id"),
    observer="block",
    probe=probe,
    rubric=blocks.rubric(
        _weights,
        Item("shape", 2, blocks.shape(_channels, _stride), blocks.NEEDS),
        Item("apart", 2, blocks.apart, (*blocks.NEEDS, "shape")),
        Item("window", 1, blocks.window(_stride), (*blocks.NEEDS, "shape")),
        Item("weights", 1, blocks.weights(_weights), (*blocks.NEEDS, "shape")),
        Item("capped", 1, blocks.capped, blocks.NEEDS),
    ),
    tolerance=TOLERANCE,
    notes=blocks.notes,
)
