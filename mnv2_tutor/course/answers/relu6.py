"""ReLU6: the reference, and what people write instead."""

# Each wrong_ function is documented by its message in words/en/relu6.toml.

import keras
import tensorflow as tf


def reference(x: tf.Tensor) -> tf.Tensor:
    """min(max(x, 0), 6), number by number."""
    return keras.ops.minimum(keras.ops.maximum(x, 0.0), 6.0)


def wrong_no_cap(x):
    return tf.nn.relu(x)


def wrong_no_floor(x):
    return tf.minimum(x, 6.0)


def wrong_unchanged(x):
    return tf.identity(x)


def wrong_symmetric(x):
    return tf.clip_by_value(x, -6.0, 6.0)


def wrong_cap_one(x):
    return tf.clip_by_value(x, 0.0, 1.0)


def wrong_times_six(x):
    return 6.0 * tf.nn.relu(x)


def wrong_unit_scaled(x):
    return tf.nn.relu6(x) / 6.0


def wrong_hard_sigmoid(x):
    return tf.nn.relu6(x + 3.0) / 6.0


def wrong_hard_swish(x):
    return x * tf.nn.relu6(x + 3.0) / 6.0


def wrong_threshold(x):
    return keras.layers.ReLU(threshold=6.0)(x)


def wrong_window(x):
    return tf.where((x > 0.0) & (x < 6.0), x, tf.zeros_like(x))


def wrong_leaky(x):
    return tf.minimum(tf.nn.leaky_relu(x, alpha=0.2), 6.0)


def wrong_leaky__tenth(x):
    return tf.minimum(tf.nn.leaky_relu(x, alpha=0.1), 6.0)


def wrong_leaky__hundredth(x):
    return tf.minimum(tf.nn.leaky_relu(x, alpha=0.01), 6.0)


def wrong_leaky__keras(x):
    return tf.minimum(tf.nn.leaky_relu(x, alpha=0.3), 6.0)


def wrong_absolute(x):
    return tf.minimum(tf.abs(x), 6.0)


def wrong_rounded(x):
    return tf.round(tf.nn.relu6(x))


def wrong_rounded__down(x):
    return tf.floor(tf.nn.relu6(x))


def wrong_sigmoid(x):
    return 6.0 * tf.sigmoid(x)


def wrong_sigmoid__tanh(x):
    return 6.0 * tf.tanh(tf.nn.relu(x))


def wrong_elu(x):
    return tf.minimum(tf.nn.elu(x), 6.0)


def wrong_softplus(x):
    return tf.minimum(tf.nn.softplus(x), 6.0)


def wrong_swapped(x):
    return tf.maximum(tf.minimum(x, 0.0), 6.0)


def wrong_swapped__zero(x):
    return tf.minimum(tf.maximum(x, 6.0), 0.0)


def wrong_step(x):
    return 6.0 * tf.cast(x > 0.0, tf.float32)


def wrong_mirrored(x):
    return tf.nn.relu6(-x)


def wrong_mask(x):
    return (x > 0.0) & (x < 6.0)


def wrong_mask__positive(x):
    return x > 0.0


def wrong_second_slope(x):
    return tf.nn.relu(x) + tf.nn.relu(x - 6.0)


def wrong_subtracted(x):
    return tf.nn.relu(x - 6.0)


def wrong_subtracted__after(x):
    return tf.nn.relu(x) - 6.0


def wrong_normalised(x):
    return 6.0 * tf.nn.relu(x) / tf.reduce_max(x)


def wrong_one_number(x):
    return tf.minimum(tf.maximum(tf.reduce_max(x), 0.0), 6.0)


def wrong_one_number__mean(x):
    return tf.minimum(tf.maximum(tf.reduce_mean(x), 0.0), 6.0)


def wrong_whole_numbers(x):
    return tf.cast(tf.nn.relu6(x), tf.int32)


def wrong_at_least_six(x):
    return tf.maximum(x, 6.0)


def wrong_at_least_six__where(x):
    return tf.where(x > 0.0, tf.maximum(x, 6.0), 0.0)


def wrong_from_the_top(x):
    return tf.nn.relu(6.0 - x)


def wrong_no_gradient(x):
    return tf.constant(tf.nn.relu6(x).numpy())


def wrong_no_gradient__stopped(x):
    return tf.stop_gradient(tf.nn.relu6(x))


def wrong_negatives_to_six(x):
    return tf.where((x < 0.0) | (x > 6.0), 6.0, x)


def wrong_squashed_sum(x):
    return 6.0 * tf.nn.softmax(x) if x.shape.rank else tf.nn.relu6(x)
