"""Right ways to write preprocess: every function, and every object in OTHERS, must pass."""

import keras
import numpy as np
import tensorflow as tf


def by_halves(images):
    return np.asarray(images, dtype="float32") / 127.5 - 1


def by_astype(images):
    return images.astype(np.float32) / 127.5 - 1.0


def by_255_and_two(images):
    return 2 * (images.astype("float32") / 255) - 1


def by_centre(images):
    return (images.astype("float32") - 127.5) / 127.5


def by_a_copy_in_place(images):
    x = np.array(images, dtype="float32")
    x /= 127.5
    x -= 1
    return x


def by_float64_and_back(images):
    return (images / 127.5 - 1).astype("float32")


def by_tensorflow(images):
    return tf.cast(images, tf.float32) / 127.5 - 1


def by_keras_ops(images):
    return keras.ops.subtract(keras.ops.divide(keras.ops.cast(images, "float32"), 127.5), 1)


def by_rescaling(images):
    return keras.layers.Rescaling(1 / 127.5, offset=-1)(images)


def by_keras_on_a_copy(images):
    copy = np.array(images, dtype="float32")
    return keras.applications.mobilenet_v2.preprocess_input(copy)


def by_table(images):
    table = np.linspace(-1, 1, 256, dtype="float32")
    if images.dtype == np.uint8:
        return table[images]
    return np.interp(images, np.arange(256), table).astype("float32")


def by_interp(images):
    return np.interp(images, (0, 255), (-1, 1)).astype("float32")


OTHERS = {"layer": keras.layers.Rescaling(1 / 127.5, offset=-1)}
