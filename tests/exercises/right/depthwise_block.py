"""Right ways to write depthwise_block."""

import keras
from keras import layers

from mnv2_tutor.course.answers.depthwise_block import reference


def _finished(x, momentum=0.999):
    return layers.ReLU(6.0)(layers.BatchNormalization(momentum=momentum)(x))


def course_names(x, stride, block_id):
    return reference(x, stride, block_id)


def no_names(x, stride, block_id):
    x = layers.DepthwiseConv2D((3, 3), (stride, stride), "same", use_bias=False)(x)
    return _finished(x, 0.99)


def grouped(x, stride, block_id):
    c = x.shape[-1]
    conv = layers.Conv2D(c, 3, strides=stride, padding="same", groups=c, use_bias=False)
    return _finished(conv(x))


def padded_by_hand(x, stride, block_id):
    """What 'same' does, written out: the rest of an uneven padding goes below and right."""
    sides = []
    for size in x.shape[1:3]:
        total = max((-(-size // stride) - 1) * stride + 3 - size, 0)
        sides.append((total // 2, total - total // 2))
    x = layers.ZeroPadding2D(tuple(sides))(x)
    return _finished(layers.DepthwiseConv2D(3, stride, "valid", use_bias=False)(x))


def as_keras_applications(x, stride, block_id):
    if stride == 2:
        odd = [size % 2 for size in x.shape[1:3]]
        x = layers.ZeroPadding2D(tuple((bit, 1) for bit in odd))(x)
    padding = "same" if stride == 1 else "valid"
    return _finished(layers.DepthwiseConv2D(3, stride, padding, use_bias=False)(x))


class Own(layers.Layer):
    def __init__(self, stride):
        super().__init__()
        self.stride = stride

    def build(self, shape):
        self.kernel = self.add_weight(shape=(3, 3, shape[-1], 1), name="kernel")

    def call(self, x):
        return keras.ops.depthwise_conv(x, self.kernel, self.stride, "same")


def own_layer(x, stride, block_id):
    return _finished(Own(stride)(x))


def nested(x, stride, block_id):
    inner = keras.Input(x.shape[1:])
    return keras.Model(inner, reference(inner, stride, block_id), name=f"dw_{block_id}")(x)


def by_ops(x, stride, block_id):
    x = layers.DepthwiseConv2D(3, stride, padding="SAME", use_bias=False)(x)
    x = layers.BatchNormalization(axis=3, name=f"norm{block_id}")(x)
    return keras.ops.minimum(keras.ops.maximum(x, 0.0), 6.0)


def activation_by_name(x, stride, block_id):
    x = layers.DepthwiseConv2D(3, stride, "same", use_bias=False)(x)
    return layers.Activation("relu6")(layers.BatchNormalization(momentum=0.9)(x))


def with_defaults(x, stride=1, block_id=0):
    return reference(x, stride, block_id)


def renamed(inputs, s, name):
    return reference(inputs, s, name)
