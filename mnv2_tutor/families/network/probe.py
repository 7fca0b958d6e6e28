"""How a whole network is probed: what its observer and its judge must both know."""

from typing import NamedTuple

LARGE = 224
"""Pixels of the paper's pictures."""


class BlockRow(NamedTuple):
    """One block, read from outside: sizes are heights of square maps, in pixels.

    ``low`` and ``high`` are the smallest and the largest number that enters the depthwise step,
    the projection, and whatever follows the block.
    """

    size_in: float
    size_out: float
    channels_in: float
    wide: float
    channels_out: float
    adds: float
    macs: float
    depthwise_low: float
    depthwise_high: float
    projection_low: float
    projection_high: float
    end_low: float
    end_high: float


class OutsideRow(NamedTuple):
    """What surrounds the blocks: the stem, the last convolution, the classifier."""

    stem_size: float
    stem_channels: float
    stem_low: float
    stem_high: float
    head_channels: float
    head_size: float
    head_low: float
    head_high: float
    features: float
