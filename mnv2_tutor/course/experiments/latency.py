"""How long convolutions of different kinds take, beside their multiply-adds.

Times depend on the machine, so they are measured once and kept beside this module as multiples of
the standard 3x3 convolution with the fewest channels. ``stored()`` reads them;
``python -m mnv2_tutor.course.experiments.latency`` measures again and prints, and keeps the result
with ``--store``.
"""

import csv
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

SIZE = 56
CHANNELS = (32, 64, 128, 256)
"""Channels in and out of the convolutions that were timed."""
BATCH = 8
REPEATS = 31
TABLE = Path(__file__).with_suffix(".csv")


class Row(NamedTuple):
    """One convolution: kind, channels before and after, million MACs, relative time."""

    kind: str
    channels: int
    million_macs: float
    time: float


def layer_of(kind: str, channels: int) -> keras.Layer:
    """A convolution of one kind, with as many channels after it as before."""
    if kind == "depthwise":
        return keras.layers.DepthwiseConv2D(3, padding="same", use_bias=False)
    kernel = 3 if kind == "standard" else 1
    return keras.layers.Conv2D(channels, kernel, padding="same", use_bias=False)


def measured(kind: str, channels: int) -> tuple[float, float]:
    """Million MACs of one picture, and the median seconds of a batch on the threads at hand."""
    x = keras.Input((SIZE, SIZE, channels), batch_size=BATCH)
    model = keras.Model(x, layer_of(kind, channels)(x))
    macs = SIZE * SIZE * sum(int(np.prod(weight.shape)) for weight in model.weights)
    run: Callable[[tf.Tensor], tf.Tensor] = tf.function(lambda t: model(t), jit_compile=False)
    picture = tf.random.stateless_uniform((BATCH, SIZE, SIZE, channels), seed=(0, 0))
    for _ in range(5):
        run(picture)
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        run(picture)
        seconds.append(time.perf_counter() - start)
    return macs / 1e6, statistics.median(seconds)


def stored() -> list[Row]:
    """Read the measurement kept beside this module."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        return [
            Row(row["kind"], int(row["channels"]), float(row["million_macs"]), float(row["time"]))
            for row in csv.DictReader(file)
        ]


def main(store: bool) -> None:
    """Measure every kind, print, and rewrite the table if asked to. TensorFlow gets one thread."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    measured("standard", CHANNELS[0])  # the first one finds the processor cold
    call = measured("pointwise", 1)[1]  # hardly any work: what a call costs by itself
    rows: list[Row] = []
    unit = 1.0
    for kind in ("standard", "pointwise", "depthwise"):
        for channels in CHANNELS:
            macs, seconds = measured(kind, channels)
            unit = unit if rows else seconds - call
            rows.append(Row(kind, channels, round(macs, 2), round((seconds - call) / unit, 2)))
            print(*rows[-1], flush=True)
    if store:
        with TABLE.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(Row._fields)
            writer.writerows(rows)


if __name__ == "__main__":
    main(store="--store" in sys.argv)
