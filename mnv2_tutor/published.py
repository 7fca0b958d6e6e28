"""The 22 published checkpoints of MobileNetV2, as their authors describe them.

Transcribed from the table in tensorflow/models, research/slim/nets/mobilenet/README.md.
"""

import csv
from pathlib import Path
from typing import NamedTuple


class Checkpoint(NamedTuple):
    """One network: its width and input size, what it costs and how often it is right.

    Attributes:
        alpha: width multiplier.
        resolution: height and width of the picture, in pixels.
        million_macs: multiply-adds of one picture, rounded down.
        million_params: weights of the convolutions and the classifier, without batch norm.
        top1: share of ImageNet's validation pictures named at once, in percent.
        top5: the same for the first five names.
        pixel1_ms: one picture on one large core of a Google Pixel 1, in milliseconds.
    """

    alpha: float
    resolution: int
    million_macs: int
    million_params: float
    top1: float
    top5: float
    pixel1_ms: float


def checkpoints() -> list[Checkpoint]:
    """All 22, the widest first, the largest picture first."""
    with Path(__file__).with_suffix(".csv").open(newline="", encoding="utf-8") as file:
        return [
            Checkpoint(
                float(row["alpha"]),
                int(row["resolution"]),
                int(row["million_macs"]),
                float(row["million_params"]),
                float(row["top1"]),
                float(row["top5"]),
                float(row["pixel1_ms"]),
            )
            for row in csv.DictReader(file)
        ]
