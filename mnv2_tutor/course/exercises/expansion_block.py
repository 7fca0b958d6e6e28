"""Chapter 2: ``expansion_block(x, t, filters, block_id)``, the widening step of a bottleneck.

1x1 convolution from ``filters`` to t * filters channels without bias, batch norm, ReLU6. Source:
Sandler et al., "MobileNetV2", table 1, first row.
"""

import random

from mnv2_tutor.course.layer_names import names_in
from mnv2_tutor.engine.exercise import Exercise, Item, case_seed
from mnv2_tutor.engine.judge.model_evidence import TOLERANCE, Counts
from mnv2_tutor.families.block import judge
from mnv2_tutor.families.block.cases import BlockCase

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
    return judge.total((case.shape[-1] * wide, 0), judge.batch_norm(wide))


NAMES = names_in("expansion_block")
EXERCISE = Exercise(
    key="expansion_block",
    chapter=2,
    parameters=("x", "t", "filters", "block_id"),
    family="block",
    probe=probe,
    rubric=judge.rubric(
        _weights,
        NAMES,
        Item("shape", 2, judge.shape(_channels, lambda _: 1), judge.NEEDS),
        Item("pixelwise", 1, judge.pixelwise, (*judge.NEEDS, "shape")),
        Item("mixes", 1, judge.mixes, (*judge.NEEDS, "shape")),
        Item("weights", 1, judge.weights(_weights), (*judge.NEEDS, "shape")),
        Item("capped", 2, judge.capped, judge.NEEDS),
    ),
    tolerance=TOLERANCE,
    notes=judge.notes(NAMES),
    slowness=2,
)
