"""Right ways to write bottleneck."""

import keras
from keras import layers

from mnv2_tutor.course.answers import bottleneck as answers
from mnv2_tutor.course.answers.depthwise_block import reference as depthwise_block
from mnv2_tutor.course.answers.expansion_block import reference as expansion_block
from mnv2_tutor.course.answers.projection_block import reference as projection_block
from tests.exercises.right import depthwise_block as depthwise_ways
from tests.exercises.right import expansion_block as expansion_ways
from tests.exercises.right import projection_block as projection_ways


def course_names(x, t, filters, out_channels, stride, block_id):
    return answers.reference(x, t, filters, out_channels, stride, block_id)


def three_blocks(x, t, filters, out_channels, stride, block_id):
    y = expansion_block(x, t, filters, block_id)
    y = depthwise_block(y, stride, block_id)
    y = projection_block(y, out_channels, block_id)
    if stride == 1 and filters == out_channels:
        return x + y
    return y


def unrolled(x, t, filters, out_channels, stride, block_id):
    y = layers.Conv2D(t * filters, 1, use_bias=False)(x)
    y = layers.ReLU(6.0)(layers.BatchNormalization()(y))
    y = layers.DepthwiseConv2D(3, stride, "same", use_bias=False)(y)
    y = layers.ReLU(6.0)(layers.BatchNormalization()(y))
    y = layers.BatchNormalization()(layers.Conv2D(out_channels, 1, use_bias=False)(y))
    return layers.add([y, x]) if stride == 1 and filters == out_channels else y


def by_shapes(x, t, filters, out_channels, stride, block_id):
    y = answers.branch(x, t * filters, out_channels, stride)
    return layers.Add()([x, y]) if x.shape == y.shape else y


def added_by_ops(x, t, filters, out_channels, stride, block_id):
    y = answers.branch(x, t * filters, out_channels, stride)
    return keras.ops.add(x, y) if (stride, filters) == (1, out_channels) else y


def dense_and_grouped(x, t, filters, out_channels, stride, block_id):
    y = expansion_ways.dense(x, t, filters, block_id)
    y = depthwise_ways.grouped(y, stride, block_id)
    y = projection_ways.dense(y, out_channels, block_id)
    return layers.Add()([x, y]) if stride == 1 and filters == out_channels else y


def padded_by_hand(x, t, filters, out_channels, stride, block_id):
    y = expansion_ways.with_lambda(x, t, filters, block_id)
    y = depthwise_ways.as_keras_applications(y, stride, block_id)
    y = projection_ways.einsum(y, out_channels, block_id)
    return layers.Add()([x, y]) if stride == 1 and filters == out_channels else y


def nested_parts(x, t, filters, out_channels, stride, block_id):
    y = expansion_ways.nested(x, t, filters, block_id)
    y = depthwise_ways.nested(y, stride, block_id)
    y = projection_ways.nested(y, out_channels, block_id)
    return layers.Add()([x, y]) if stride == 1 and filters == out_channels else y


def nested_whole(x, t, filters, out_channels, stride, block_id):
    inner = keras.Input(x.shape[1:])
    y = answers.reference(inner, t, filters, out_channels, stride, block_id)
    return keras.Model(inner, y, name=f"bottleneck_{block_id}")(x)


class Bottleneck(layers.Layer):
    def __init__(self, wide, out, stride, add):
        super().__init__()
        self.steps = [
            layers.Conv2D(wide, 1, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(6.0),
            layers.DepthwiseConv2D(3, stride, "same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(6.0),
            layers.Conv2D(out, 1, use_bias=False),
            layers.BatchNormalization(),
        ]
        self.add = add

    def call(self, x, training=False):
        y = x
        for step in self.steps:
            is_norm = isinstance(step, layers.BatchNormalization)
            y = step(y, training=training) if is_norm else step(y)
        return x + y if self.add else y


def subclassed(x, t, filters, out_channels, stride, block_id):
    add = stride == 1 and filters == out_channels
    return Bottleneck(t * filters, out_channels, stride, add)(x)


def width_from_the_tensor(x, t, filters, out_channels, stride, block_id):
    y = answers.branch(x, t * x.shape[-1], out_channels, stride)
    return layers.Add()([x, y]) if stride == 1 and x.shape[-1] == out_channels else y


def other_momentum(x, t, filters, out_channels, stride, block_id):
    def quick(y):
        return layers.BatchNormalization(momentum=0.9)(y)

    return answers.block_with(x, t * filters, out_channels, stride, bn=quick, last_bn=quick)


def identity_for_the_shortcut(x, t, filters, out_channels, stride, block_id):
    y = answers.branch(x, t * filters, out_channels, stride)
    same = stride == 1 and filters == out_channels
    return layers.Add(name=f"sum{block_id}")([layers.Identity()(x), y]) if same else y


def keyword_only(x, *, t, filters, out_channels, stride, block_id):
    return answers.reference(x, t, filters, out_channels, stride, block_id)
