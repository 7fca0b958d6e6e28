"""Train a MobileNetV2 on several machines at once, each with a part of every batch.

Start it once on each machine. TF_CONFIG tells a process who the others are and which one it is:

    TF_CONFIG='{"cluster": {"worker": ["host0:12345", "host1:12345"]},
                "task": {"type": "worker", "index": 0}}' python train_on_workers.py

A cluster's scheduler usually sets it. Without it there is one worker, and all batches are its own.
The task is small, scikit-learn's digits, so that the script can be tried on one machine, with two
processes and two ports of localhost. For photos replace ``batches``.
"""

import argparse
import json
import os
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

SIDE = 32


def batches(global_batch: int, steps: int, worker: int, workers: int) -> tf.data.Dataset:
    """This worker's part of each global batch: the rows that the others leave to it."""
    digits = load_digits()
    pictures = digits.images.repeat(4, axis=1).repeat(4, axis=2)[..., None] / 8 - 1
    pictures = pictures.repeat(3, axis=3).astype("float32")
    order = np.random.default_rng(0).permutation(len(pictures))  # the same on every worker
    count = global_batch * steps
    rows = np.resize(order, count).reshape(steps, global_batch)[:, worker::workers].ravel()
    chosen = tf.data.Dataset.from_tensor_slices((pictures[rows], digits.target[rows]))
    return chosen.batch(global_batch // workers, drop_remainder=True).prefetch(tf.data.AUTOTUNE)


def small_network() -> keras.Model:
    """Keras's MobileNetV2 at width 0.35, with batch norms that take statistics of all workers."""
    plain = keras.applications.MobileNetV2((SIDE, SIDE, 3), alpha=0.35, weights=None, classes=10)

    def together(layer: keras.Layer) -> keras.Layer:
        settings = layer.get_config()
        if isinstance(layer, keras.layers.BatchNormalization):
            settings["synchronized"] = True
        return type(layer).from_config(settings)

    return keras.models.clone_model(plain, clone_function=together)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=64, help="photos in a step, of all workers")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rate", type=float, default=0.02, help="learning rate of the step")
    parser.add_argument("--out", default="trained.weights.h5", help="written by worker 0")
    settings = parser.parse_args()

    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    workers = strategy.num_replicas_in_sync
    worker = json.loads(os.environ.get("TF_CONFIG", "{}")).get("task", {}).get("index", 0)
    if settings.batch % workers:
        parser.error(f"--batch {settings.batch} cannot be shared by {workers} workers equally")

    with strategy.scope():
        keras.utils.set_random_seed(worker)
        # The first weights of worker 0 are sent to all.
        network = small_network()
        optimizer = keras.optimizers.SGD(settings.rate, momentum=0.9)
        optimizer.build(network.trainable_variables)
    crossentropy = keras.losses.sparse_categorical_crossentropy

    def step(pictures: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            losses = crossentropy(labels, network(pictures, training=True))
            # By the global batch: the sum of all workers is then the mean.
            loss = tf.reduce_sum(losses) / settings.batch
        variables = network.trainable_variables
        gradients = tape.gradient(loss, [each.value for each in variables])
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return loss

    @tf.function
    def step_of_all(pictures: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        losses = strategy.run(step, args=(pictures, labels))
        return strategy.reduce("SUM", losses, axis=None)

    own = strategy.distribute_datasets_from_function(
        lambda _: batches(settings.batch, settings.steps, worker, workers)
    )
    for number, (pictures, labels) in enumerate(own):
        loss = float(step_of_all(pictures, labels))
        if worker == 0:
            print(f"step {number + 1}: loss {loss:.4f}", flush=True)
    if worker == 0:  # one writes; two would destroy each other's file
        part = Path(f"{settings.out}.part.weights.h5")
        network.save_weights(part)
        part.replace(settings.out)
    kernel = np.abs(network.layers[-1].get_weights()[0]).sum()
    print(f"worker {worker} of {workers}: sum of the last kernel {kernel:.4f}", flush=True)


if __name__ == "__main__":
    main()
