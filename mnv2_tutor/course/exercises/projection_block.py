"""Chapter 4: ``projection_block(x, out_channels, block_id)``, the narrowing step of a bottleneck.

1x1 convolution without bias and batch norm; linear: no activation. Source: Sandler et al.,
"MobileNetV2", section 3.2 (linear bottlenecks) and table 1, third row.
"""

import random

from mnv2_tutor.course.layer_names import names_in
from mnv2_tutor.engine.exercise import Exercise, Item, case_seed
from mnv2_tutor.engine.judge.model_evidence import TOLERANCE, Counts
from mnv2_tutor.families.block import judge
from mnv2_tutor.families.block.cases import BlockCase

FIRST = (
    "channel", "pixel", "doubled", "zero", "drift", "constrained", "trained", "chance",
    "statistics", "momentum", "gradient", "pair", "again",
)  # fmt: skip


def probe(seed: int | None) -> tuple[BlockCase, ...]:
    """A wide map made narrow, and one that keeps its depth.

    No number of channels that comes out is a multiple of 4: who rounds it is seen at any seed.
    """
    if seed is None:
        (h, w, c), out, i, same, j = (5, 6, 48), 10, 3, 18, 11
    else:
        draw = random.Random(f"projection_block, {seed}")
        h, w, c = draw.randint(4, 6), draw.randint(5, 7), draw.choice((36, 48, 60))
        out, same = draw.choice((7, 9, 10, 11)), draw.choice((13, 14, 15, 17, 18))
        i, j = draw.randint(1, 16), draw.randint(1, 17)
    return (
        BlockCase("narrow", (h, w, c), (out, i), case_seed("projection_block, 1", seed), FIRST),
        BlockCase(
            "same",
            (4, 5, same),
            (same, j),
            case_seed("projection_block, 2", seed),
            ("channel", "doubled", "zero"),
        ),
    )


def _channels(case: BlockCase) -> int:
    return int(case.arguments[0])


def _weights(case: BlockCase) -> Counts:
    out = _channels(case)
    return judge.total((case.shape[-1] * out, 0), judge.batch_norm(out))


NAMES = names_in("projection_block")
EXERCISE = Exercise(
    key="projection_block",
    chapter=4,
    parameters=("x", "out_channels", "block_id"),
    family="block",
    probe=probe,
    rubric=judge.rubric(
        _weights,
        NAMES,
        Item("shape", 2, judge.shape(_channels, lambda _: 1), judge.NEEDS),
        Item("pixelwise", 1, judge.pixelwise, (*judge.NEEDS, "shape")),
        Item("mixes", 1, judge.mixes, (*judge.NEEDS, "shape")),
        Item("weights", 1, judge.weights(_weights), (*judge.NEEDS, "shape")),
        Item("linear", 2, judge.linear, judge.NEEDS),
    ),
    tolerance=TOLERANCE,
    notes=judge.notes(NAMES),
    slowness=2,
)
