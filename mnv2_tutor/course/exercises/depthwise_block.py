"""Chapter 3: ``depthwise_block(x, stride, block_id)``, the filtering step of a bottleneck.

3x3 depthwise convolution with 'same' padding and without bias, batch norm, ReLU6. Source: Sandler
et al., "MobileNetV2", table 1, second row; Howard et al., "MobileNets", section 3.1.
"""

import random

from mnv2_tutor.course.layer_names import names_in
from mnv2_tutor.engine.exercise import Exercise, Item, case_seed
from mnv2_tutor.engine.judge.model_evidence import TOLERANCE, Counts
from mnv2_tutor.families.block import judge
from mnv2_tutor.families.block.cases import BlockCase

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
    return judge.total((9 * _channels(case), 0), judge.batch_norm(_channels(case)))


NAMES = names_in("depthwise_block")
EXERCISE = Exercise(
    key="depthwise_block",
    chapter=3,
    parameters=("x", "stride", "block_id"),
    family="block",
    probe=probe,
    rubric=judge.rubric(
        _weights,
        NAMES,
        Item("shape", 2, judge.shape(_channels, _stride), judge.NEEDS),
        Item("apart", 2, judge.apart, (*judge.NEEDS, "shape")),
        Item("window", 1, judge.window(_stride), (*judge.NEEDS, "shape")),
        Item("weights", 1, judge.weights(_weights), (*judge.NEEDS, "shape")),
        Item("capped", 1, judge.capped, judge.NEEDS),
    ),
    tolerance=TOLERANCE,
    notes=judge.notes(NAMES),
    slowness=2,
)
