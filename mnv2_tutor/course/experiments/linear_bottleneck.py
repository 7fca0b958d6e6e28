"""What the linear bottleneck and the shortcut are worth, measured on a small network.

One network of inverted residual blocks is trained in three variants on pictures drawn on the fly:

* "linear": as in the paper, the projection has a batch norm and no activation;
* "relu6": ReLU6 after the projection's batch norm, before the addition;
* "no residual": linear, with the additions left out.

For one seed the three variants have the same layers with weights, start from the same weights and
see the same pictures. No picture is shown twice, so the training loss is also an honest estimate
of the loss on new pictures (with the batch's own statistics in the batch norms).

``stored()`` gives the loss curves kept beside this module; ``main()`` measures them again, in some
five minutes: ``python -m mnv2_tutor.course.experiments.linear_bottleneck``.
"""

import csv
import time
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from mnv2_tutor.course.experiments.drawn_shapes import SHAPES, SIZE, batches

VARIANTS = ("linear", "relu6", "no residual")
"""The networks differ in what follows the projection and in whether x is added."""
SEEDS = (0, 1, 2)
"""Of the weights; each variant was trained with each of them."""
STEPS = 700
BATCH = 32
LEARNING_RATE = 4e-3
FINAL_STEPS = 50
"""The final loss is the mean over this many last steps."""

EXPANSION = 6
STAGES = ((4, 3, 2), (6, 6, 2))
"""Channels of the bottleneck, number of blocks, stride of the first block."""

CURVES = Path(__file__).with_suffix(".csv")
WINDOW = 25
"""A stored loss is the mean over this many steps."""


class Row(NamedTuple):
    """One line of the stored curves: the mean loss of the window that ends at a step."""

    variant: str
    seed: int
    step: int
    loss: float


# The network.


def network(variant: str) -> keras.Model:
    """Build one variant of the network; it answers with ten logits."""
    if variant not in VARIANTS:
        raise ValueError(f"{variant!r} is none of the variants {', '.join(map(repr, VARIANTS))}")
    pictures = keras.Input((SIZE, SIZE, 3))
    x = layers.Conv2D(16, 3, strides=2, padding="same", use_bias=False)(pictures)
    x = _normalised(x, relu6=True)
    for channels, blocks, stride in STAGES:
        for block in range(blocks):
            x = _inverted_residual(x, channels, stride if block == 0 else 1, variant)
    x = layers.Conv2D(64, 1, use_bias=False)(x)
    x = _normalised(x, relu6=True)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(pictures, layers.Dense(len(SHAPES))(x))


def _inverted_residual(
    x: keras.KerasTensor, channels: int, stride: int, variant: str
) -> keras.KerasTensor:
    """Expand, filter each channel, project; add the input where the shapes allow it."""
    incoming = x.shape[-1]
    y = layers.Conv2D(EXPANSION * incoming, 1, use_bias=False)(x)
    y = _normalised(y, relu6=True)
    y = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(y)
    y = _normalised(y, relu6=True)
    y = layers.Conv2D(channels, 1, use_bias=False)(y)
    y = _normalised(y, relu6=variant == "relu6")
    same_shape = stride == 1 and channels == incoming
    return layers.Add()([x, y]) if same_shape and variant != "no residual" else y


def _normalised(x: keras.KerasTensor, relu6: bool) -> keras.KerasTensor:
    """Batch norm, with or without ReLU6 after it."""
    x = layers.BatchNormalization()(x)
    return layers.ReLU(max_value=6.0)(x) if relu6 else x


# The measurement.


def train(variant: str, seed: int, steps: int = STEPS) -> list[float]:
    """Train one variant from scratch and return the loss of each step.

    The seed fixes the first weights and the pictures, so a run repeats on one machine as long as
    TensorFlow keeps the same number of threads; another number rounds differently.
    """
    keras.utils.set_random_seed(seed)
    model = network(variant)
    optimizer = keras.optimizers.Adam(LEARNING_RATE)
    optimizer.build(model.trainable_variables)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function  # type: ignore[untyped-decorator]
    def step(pictures: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = loss_of(labels, model(pictures, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    return [
        float(step(tf.constant(pictures), tf.constant(labels)))
        for pictures, labels in batches(seed, steps, BATCH)
    ]


def final_loss(losses: list[float]) -> float:
    """Average the last steps."""
    return float(np.mean(losses[-FINAL_STEPS:]))


# The stored curves.


def stored() -> list[Row]:
    """Read the curves kept beside this module."""
    with CURVES.open(newline="", encoding="utf-8") as file:
        return [
            Row(row["variant"], int(row["seed"]), int(row["step"]), float(row["loss"]))
            for row in csv.DictReader(file)
        ]


def _rows(variant: str, seed: int, losses: list[float]) -> list[Row]:
    """Average the losses over each window; a step is the last of its window, counted from 1."""
    windows = [losses[start : start + WINDOW] for start in range(0, len(losses), WINDOW)]
    ends = [min(start + WINDOW, len(losses)) for start in range(0, len(losses), WINDOW)]
    return [
        Row(variant, seed, end, round(float(np.mean(window)), 3))
        for end, window in zip(ends, windows, strict=True)
    ]


def _store(rows: list[Row]) -> None:
    with CURVES.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields)
        writer.writerows(rows)


def main() -> None:
    """Train every variant with every seed and rewrite the stored curves.

    TensorFlow gets one thread, so call this before anything else has used TensorFlow.
    """
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    runs = [(variant, seed) for variant in VARIANTS for seed in SEEDS]
    rows: list[Row] = []
    for number, (variant, seed) in enumerate(runs, start=1):
        start = time.perf_counter()
        losses = train(variant, seed)
        seconds = time.perf_counter() - start
        print(
            f"{number}/{len(runs)} {variant}, seed {seed}: "
            f"final loss {final_loss(losses):.3f} ({seconds:.0f} s)",
            flush=True,
        )
        rows += _rows(variant, seed, losses)
    _store(rows)


if __name__ == "__main__":
    main()
