"""Chapter 5: ``bottleneck(x, t, filters, out_channels, stride, block_id)``, the whole block.

Expansion, depthwise and projection in this order; x is added to the result exactly when the stride
is 1 and the channels match. Source: Sandler et al., "MobileNetV2", section 3.3, table 1, figure 4.
"""

import random

from mnv2_tutor.course.layer_names import names_in
from mnv2_tutor.engine.exercise import Exercise, Item, case_seed
from mnv2_tutor.engine.judge.model_evidence import TOLERANCE, Counts
from mnv2_tutor.families.block import judge
from mnv2_tutor.families.block.cases import BlockCase

BUILT = (*judge.NEEDS, "shape", "weights")
FIRST = (
    "drift", "constrained", "silent", "paths", "trained", "chance", "momentum", "gradient", "pair",
    "again",
)  # fmt: skip
STRIDE = ("silent", "paths", "trained", "chance", "statistics", "momentum")
CHANNELS = ("silent", "paths")


def probe(seed: int | None) -> tuple[BlockCase, ...]:
    """With a shortcut; none because of the stride; none because of the channels; each at another t.

    The block with a stride has an even height and an odd width. No number of channels is a multiple
    of 4, outside or inside: who rounds them is seen at any seed. What happens inside is asked in
    all three, since a sum of unequal shapes lets two of them not run.
    """
    if seed is None:
        (h, w), c, i, (h2, w2), narrow, t, j = (5, 6), 22, 3, (6, 7), 14, 3, 11
    else:
        draw = random.Random(f"bottleneck, {seed}")
        h, w, c = draw.randint(4, 6), draw.randint(5, 7), draw.choice((18, 22, 26))
        h2, w2 = 2 * draw.randint(3, 4), 2 * draw.randint(3, 4) + 1
        narrow, t = draw.choice((11, 13, 14)), draw.choice((3, 7))
        i, j = draw.randint(1, 16), draw.randint(1, 17)
    seeds = [case_seed(f"bottleneck, {n}", seed) for n in (1, 2, 3)]
    return (
        BlockCase("shortcut", (h, w, c), (5, c, c, 1, i), seeds[0], FIRST),
        BlockCase("stride", (h2, w2, c), (7, c, c, 2, j), seeds[1], STRIDE),
        BlockCase("channels", (w, h, narrow), (t, narrow, c, 1, j), seeds[2], CHANNELS),
    )


def _stride(case: BlockCase) -> int:
    return int(case.arguments[3])


def _channels(case: BlockCase) -> int:
    return int(case.arguments[2])


def _has_shortcut(case: BlockCase) -> bool:
    return _stride(case) == 1 and case.shape[-1] == _channels(case)


def _weights(case: BlockCase) -> Counts:
    c, out = case.shape[-1], _channels(case)
    wide = case.arguments[0] * c
    convolutions = (c * wide + 9 * wide + wide * out, 0)
    norms = [judge.batch_norm(channels) for channels in (wide, wide, out)]
    return judge.total(convolutions, *norms)


NAMES = names_in("bottleneck")
EXERCISE = Exercise(
    key="bottleneck",
    chapter=5,
    parameters=("x", "t", "filters", "out_channels", "stride", "block_id"),
    family="block",
    probe=probe,
    rubric=judge.rubric(
        _weights,
        NAMES,
        Item("shape", 1, judge.shape(_channels, _stride, of_all=False), judge.NEEDS),
        Item("weights", 1, judge.weights(_weights), (*judge.NEEDS, "shape")),
        Item("add", 2, judge.add(_has_shortcut), (*judge.NEEDS, "shape")),
        Item("inside", 2, judge.inside(_has_shortcut), BUILT),
        Item("linear", 1, judge.linear_end(_has_shortcut), BUILT),
    ),
    tolerance=TOLERANCE,
    notes=judge.notes(NAMES),
    slowness=4,
)
