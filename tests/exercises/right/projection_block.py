"""Right ways to write projection_block."""

import keras
from keras import layers

from mnv2_tutor.course.answers.projection_block import reference


def course_names(x, out_channels, block_id):
    return reference(x, out_channels, block_id)


def no_names(x, out_channels, block_id):
    x = layers.Conv2D(out_channels, 1, use_bias=False)(x)
    return layers.BatchNormalization()(x)


def dense(x, out_channels, block_id):
    x = layers.Dense(out_channels, use_bias=False)(x)
    return layers.BatchNormalization(momentum=0.999)(x)


def einsum(x, out_channels, block_id):
    x = layers.EinsumDense("bhwc,cd->bhwd", (None, None, out_channels))(x)
    return layers.BatchNormalization(momentum=0.9)(x)


def linear_by_name(x, out_channels, block_id):
    x = layers.Conv2D(out_channels, 1, activation="linear", use_bias=False)(x)
    return layers.Activation("linear")(layers.BatchNormalization()(x))


def one_line(x, out_channels, block_id):
    return layers.BatchNormalization()(layers.Conv2D(out_channels, (1, 1), use_bias=False)(x))


def nested(x, out_channels, block_id):
    conv = layers.Conv2D(out_channels, 1, use_bias=False)
    return keras.Sequential([conv, layers.BatchNormalization()], name=f"p{block_id}")(x)


def same_padding(x, out_channels, block_id):
    x = layers.Conv2D(out_channels, 1, 1, "same", use_bias=False, name=f"pw{block_id}")(x)
    return layers.BatchNormalization(name=f"pw_bn{block_id}")(x)


class Projection(layers.Layer):
    def __init__(self, channels):
        super().__init__()
        self.conv = layers.Conv2D(channels, 1, use_bias=False)
        self.norm = layers.BatchNormalization()

    def call(self, x, training=False):
        return self.norm(self.conv(x), training=training)


def subclassed(x, out_channels, block_id):
    return Projection(out_channels)(x)


def flat_and_back(x, out_channels, block_id):
    """As a dense layer on a list of pixels."""
    _, h, w, c = x.shape
    flat = layers.Reshape((h * w, c))(x)
    flat = layers.Conv1D(out_channels, 1, use_bias=False)(flat)
    return layers.Reshape((h, w, out_channels))(layers.BatchNormalization()(flat))


def keyword_only(x, *, out_channels, block_id):
    return reference(x, out_channels, block_id)
