"""Right ways to write relu6: every function, and every object in OTHERS, must pass."""

import keras
import numpy as np
import tensorflow as tf


def by_max_and_min(x):
    return tf.minimum(tf.maximum(x, 0.0), 6.0)


def by_min_then_max(x):
    return tf.maximum(tf.minimum(x, 6.0), 0.0)


def by_clip(x):
    return tf.clip_by_value(x, 0.0, 6.0)


def by_keras_clip(x):
    return keras.ops.clip(x, 0.0, 6.0)


def by_keras_ops(x):
    return keras.ops.minimum(keras.ops.maximum(x, 0.0), 6.0)


def by_ops_relu6(x):
    return keras.ops.relu6(x)


def by_tf_nn(x):
    return tf.nn.relu6(x)


def by_layer(x):
    return keras.layers.ReLU(6.0)(x)


def by_activation_layer(x):
    return keras.layers.Activation("relu6")(x)


def by_where(x):
    return tf.where(x < 0.0, tf.zeros_like(x), tf.where(x > 6.0, 6.0 * tf.ones_like(x), x))


def by_two_relus(x):
    return tf.nn.relu(x) - tf.nn.relu(x - 6.0)


def by_hinge_from_the_top(x):
    return 6.0 - tf.nn.relu(6.0 - tf.nn.relu(x))


def by_activation_argument(x):
    return keras.activations.relu(x, max_value=6.0)


def by_comparison_masks(x):
    inside = tf.cast((x > 0) & (x < 6), x.dtype)
    return inside * x + 6.0 * tf.cast(x >= 6, x.dtype)


@tf.function
def by_tf_function(x):
    return tf.minimum(tf.nn.relu(x), 6.0)


def by_map(x):
    flat = tf.map_fn(lambda v: tf.minimum(tf.maximum(v, 0.0), 6.0), tf.reshape(x, [-1]))
    return tf.reshape(flat, tf.shape(x))


def with_another_name(value):
    return tf.clip_by_value(value, 0.0, 6.0)


def with_default(x, cap=6.0):
    return tf.minimum(tf.nn.relu(x), cap)


def keyword_only(*, x):
    return tf.nn.relu6(x)


def any_arguments(*args):
    return tf.nn.relu6(args[0])


@tf.custom_gradient
def own_gradient(x):
    def gradient(upstream):
        return upstream * tf.cast((x > 0) & (x < 6), x.dtype)

    return tf.clip_by_value(x, 0.0, 6.0), gradient


def prints_and_warns(x):
    import warnings

    print("working" * 1000)
    warnings.warn("look out", stacklevel=1)
    return tf.nn.relu6(x)


def uses_numpy_constants(x):
    return tf.minimum(tf.maximum(x, np.float32(0)), np.float32(6))


class Relu6Layer(keras.layers.Layer):
    def call(self, x):
        return keras.ops.clip(x, 0.0, 6.0)


OTHERS = {
    "a_layer_instance": keras.layers.ReLU(6.0),
    "a_layer_of_ones_own": Relu6Layer(),
    "an_activation_instance": keras.layers.Activation("relu6"),
    "a_lambda": lambda x: tf.minimum(tf.nn.relu(x), 6.0),
    "by_tf_function": by_tf_function,
    "own_gradient": own_gradient,
    "the_library_function": tf.nn.relu6,
}
