"""Chapter 5: ``bottleneck(x, t, filters, out_channels, stride, block_id)``, the whole block.

Expansion, depthwise and projection in this order; x is added to the result exactly when the stride
is 1 and the channels match. Source: Sandler et al., "MobileNetV2", section 3.3, table 1, figure 4.
"""

import random

from mnv2_tutor.exercise import BlockCase, Exercise, Item
from mnv2_tutor.judge import blocks
from mnv2_tutor.judge.evidence import TOLERANCE, Counts

BUILT = (*blocks.NEEDS, "shape", "weights")
FIRST = ("drift", "constrained", "silent", "trained", "chance", "gradient", "pair", "again")
STRIDE = ("silent", "trained", "chance", "statistics", "momentum")


def probe(seed: int | None) -> tuple[BlockCase, ...]:
    """With a shortcut; none because of the stride; none because of the channels; each at another t.

    The block with a stride has an even height and an odd width, the one with other channels shows
    what happens inside: nothing is added to it.
    """
    if seed is None:
        (h, w), c, i, (h2, w2), narrow, t, j = (5, 6), 24, 3, (6, 7), 16, 3, 11
    else:
        draw = random.Random(f"bottleneck, {seed}")
        h, w, c = draw.randint(4, 6), draw.randint(5, 7), draw.choice((20, 28))
        h2, w2 = 2 * draw.randint(3, 4), 2 * draw.randint(3, 4) + 1
        narrow, t = draw.choice((12, 14, 16)), draw.choice((3, 7))
        i, j = draw.randint(1, 16), draw.randint(1, 17)
    name = f"bottleneck, {seed}"
    return (
        BlockCase("shortcut", (h, w, c), (5, c, c, 1, i), f"{name}, 1", FIRST),
        BlockCase("stride", (h2, w2, c), (6, c, c, 2, j), f"{name}, 2", STRIDE),
        BlockCase(
            "channels", (w, h, narrow), (t, narrow, c, 1, j), f"{name}, 3", ("silent", "paths")
        ),
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
    norms = [blocks.batch_norm(channels) for channels in (wide, wide, out)]
    return blocks.total(convolutions, *norms)


EXERCISE = Exercise(
    key="bottleneck",
    chapter=5,
    parameters=("x", "t", "filters", "out_channels", "stride", "block_id"),
    observer="block",
    probe=probe,
    rubric=blocks.rubric(
        _weights,
        Item("shape", 1, blocks.shape(_channels, _stride, of_all=False), blocks.NEEDS),
        Item("weights", 1, blocks.weights(_weights), (*blocks.NEEDS, "shape")),
        Item("add", 2, blocks.add(_has_shortcut), (*blocks.NEEDS, "shape")),
        Item("inside", 2, blocks.inside((0, 1, 2, 3)), BUILT),
        Item("linear", 1, blocks.inside((4, 5)), BUILT),
    ),
    tolerance=TOLERANCE,
    notes=blocks.notes,
)
