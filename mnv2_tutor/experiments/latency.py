"""How long convolutions of different kinds take, beside their multiply-adds.

Times depend on the machine, so they are measured once and kept beside this module as multiples of
the standard 3x3 convolution with the fewest channels. ``stored()`` reads them; ``main()`` measures
them again: ``python -m mnv2_tutor.experiments.latency``.
"""

import csv
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

SIZE = 56
CHANNELS = (16, 32, 64, 128, 256)
BATCH = 8
REPEATS = 15
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
        run(picture).numpy()
        seconds.append(time.perf_counter() - start)
    return macs / 1e6, statistics.median(seconds)


def stored() -> list[Row]:
    """Read the measurement kept beside this module."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        return [
            Row(row["kind"], int(row["channels"]), float(row["million_macs"]), float(row["time"]))
            for row in csv.DictReader(file)
        ]


def main() -> None:
    """Measure every kind and rewrite the table. TensorFlow gets one thread."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    unit = measured("standard", CHANNELS[0])[1]
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields)
        for kind in ("standard", "pointwise", "depthwise"):
            for channels in CHANNELS:
                macs, seconds = measured(kind, channels)
                writer.writerow((kind, channels, round(macs, 2), round(seconds / unit, 2)))
                print(kind, channels, round(macs, 2), round(seconds / unit, 2), flush=True)


if __name__ == "__main__":
    main()
