"""Right ways to write expansion_block."""

import functools

import keras
from keras import layers

from mnv2_tutor.course.answers.expansion_block import reference


def _norm(momentum=0.999, **options):
    return layers.BatchNormalization(epsilon=1e-3, momentum=momentum, **options)


def course_names(x, t, filters, block_id):
    return reference(x, t, filters, block_id)


def no_names(x, t, filters, block_id):
    x = layers.Conv2D(t * filters, (1, 1), padding="same", use_bias=False)(x)
    return layers.ReLU(max_value=6.0)(layers.BatchNormalization()(x))


def dense(x, t, filters, block_id):
    x = layers.Dense(t * filters, use_bias=False, name=f"b{block_id}_dense")(x)
    return layers.Activation("relu6", name=f"b{block_id}_act")(_norm()(x))


def einsum(x, t, filters, block_id):
    x = layers.EinsumDense("bhwc,cd->bhwd", output_shape=(None, None, t * filters))(x)
    return keras.ops.relu6(_norm(0.9)(x))


def by_ops(x, t, filters, block_id):
    x = _norm()(layers.Conv2D(filters * t, kernel_size=1, use_bias=False)(x))
    return keras.ops.clip(x, 0, 6)


def with_lambda(x, t, filters, block_id):
    x = _norm()(layers.Conv2D(filters * t, kernel_size=1, use_bias=False)(x))
    return layers.Lambda(keras.activations.relu6)(x)


def nested(x, t, filters, block_id):
    conv = layers.Conv2D(t * filters, 1, use_bias=False)
    return keras.Sequential([conv, _norm(), layers.ReLU(6.0)], name=f"expand_{block_id}")(x)


class Expansion(layers.Layer):
    def __init__(self, channels, **options):
        super().__init__(**options)
        self.conv = layers.Conv2D(channels, 1, use_bias=False)
        self.norm = layers.BatchNormalization(momentum=0.99)

    def call(self, x, training=None):
        return keras.ops.relu6(self.norm(self.conv(x), training=training))


def subclassed(x, t, filters, block_id):
    return Expansion(t * filters, name=f"block_{block_id}")(x)


class OwnKernel(layers.Layer):
    def __init__(self, channels):
        super().__init__()
        self.channels = channels

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.channels), initializer="he_normal")

    def call(self, x):
        return keras.ops.matmul(x, self.w)


def own_kernel(x, t, filters, block_id):
    return layers.ReLU(6.0)(_norm()(OwnKernel(t * filters)(x)))


def other_parameter_names(tensor, factor, channels, number):
    return reference(tensor, factor, channels, number)


def keyword_only(x, *, t, filters, block_id):
    return reference(x, t, filters, block_id)


def width_from_the_tensor(x, t, filters, block_id):
    return reference(x, t, x.shape[-1], block_id)


def functional_api_loop(x, t, filters, block_id):
    steps = [layers.Conv2D(t * filters, 1, use_bias=False), _norm(0.9999), layers.ReLU(6)]
    return functools.reduce(lambda y, layer: layer(y), steps, x)


def slow_bias_constraint(x, t, filters, block_id):
    """Bias switched off by name of the option, weights initialised otherwise."""
    conv = layers.Conv2D(t * filters, 1, use_bias=False, kernel_initializer="he_normal")
    return layers.ReLU(6.0)(_norm(gamma_initializer="ones")(conv(x)))
