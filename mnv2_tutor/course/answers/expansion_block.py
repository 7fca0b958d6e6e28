"""The expansion of a bottleneck: the reference, and what people write instead."""

# Each wrong_ function is documented by its message in words/en/expansion_block.toml.

import keras

from mnv2_tutor.course.answers.building import (
    depthwise,
    divisible,
    fine_norm,
    frozen_norm,
    group_norm,
    layer_norm,
    layers,
    learning_norm,
    norm,
    pointwise,
    relu6,
    rounded_down,
    rounded_up,
)


def reference(x, t, filters, block_id):
    """1x1 convolution to t * filters channels, batch norm, ReLU6."""
    name = f"block_{block_id}_expand"
    x = layers.Conv2D(t * filters, 1, use_bias=False, name=name)(x)
    x = layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name=f"{name}_bn")(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x)


def wrong_no_activation(x, t, filters, block_id):
    return norm(pointwise(x, t * filters))


def wrong_plain_relu(x, t, filters, block_id):
    return layers.ReLU()(norm(pointwise(x, t * filters)))


def wrong_no_batch_norm(x, t, filters, block_id):
    return relu6(pointwise(x, t * filters))


def wrong_bias(x, t, filters, block_id):
    return relu6(norm(pointwise(x, t * filters, use_bias=True)))


def wrong_t_as_channels(x, t, filters, block_id):
    return relu6(norm(pointwise(x, t)))


def wrong_added(x, t, filters, block_id):
    return relu6(norm(pointwise(x, t + filters)))


def wrong_not_widened(x, t, filters, block_id):
    return relu6(norm(pointwise(x, filters)))


def wrong_always_six(x, t, filters, block_id):
    return relu6(norm(pointwise(x, 6 * filters)))


def wrong_powers(x, t, filters, block_id):
    return relu6(norm(pointwise(x, filters**2)))


def wrong_three_by_three(x, t, filters, block_id):
    return relu6(norm(layers.Conv2D(t * filters, 3, padding="same", use_bias=False)(x)))


def wrong_three_by_three__valid(x, t, filters, block_id):
    return relu6(norm(layers.Conv2D(t * filters, 3, use_bias=False)(x)))


def wrong_depthwise(x, t, filters, block_id):
    return relu6(norm(depthwise(x, kernel=1, depth_multiplier=t)))


def wrong_depthwise__wide(x, t, filters, block_id):
    return relu6(norm(depthwise(x, depth_multiplier=t)))


def wrong_separable(x, t, filters, block_id):
    conv = layers.SeparableConv2D(t * filters, 3, padding="same", use_bias=False)
    return relu6(norm(conv(x)))


def wrong_separable__one(x, t, filters, block_id):
    return relu6(norm(layers.SeparableConv2D(t * filters, 1, use_bias=False)(x)))


def wrong_grouped(x, t, filters, block_id):
    return relu6(norm(pointwise(x, t * filters, groups=2)))


def wrong_strided(x, t, filters, block_id):
    return relu6(norm(pointwise(x, t * filters, strides=2)))


def wrong_repeated(x, t, filters, block_id):
    return relu6(norm(layers.Concatenate()([x] * t)))


def wrong_repeated__bare(x, t, filters, block_id):
    return relu6(layers.Concatenate()([x] * t))


def wrong_broken_chain(x, t, filters, block_id):
    pointwise(x, t * filters)
    return relu6(norm(x))


def wrong_activation_first(x, t, filters, block_id):
    return norm(relu6(pointwise(x, t * filters)))


def wrong_norm_first(x, t, filters, block_id):
    return relu6(pointwise(norm(x), t * filters))


def wrong_norm_first__both(x, t, filters, block_id):
    return pointwise(relu6(norm(x)), t * filters)


def wrong_epsilon(x, t, filters, block_id):
    return relu6(fine_norm(pointwise(x, t * filters)))


def wrong_norm_in_training(x, t, filters, block_id):
    return relu6(learning_norm(pointwise(x, t * filters)))


def wrong_norm_frozen(x, t, filters, block_id):
    return relu6(frozen_norm(pointwise(x, t * filters)))


def wrong_layer_norm(x, t, filters, block_id):
    return relu6(layer_norm(pointwise(x, t * filters)))


def wrong_norm_axis(x, t, filters, block_id):
    return relu6(norm(pointwise(x, t * filters), axis=1))


def wrong_other_activation(x, t, filters, block_id):
    return layers.Activation("swish")(norm(pointwise(x, t * filters)))


def wrong_other_activation__leaky(x, t, filters, block_id):
    return layers.LeakyReLU(0.1)(norm(pointwise(x, t * filters)))


def wrong_other_activation__hard(x, t, filters, block_id):
    return layers.Activation("hard_swish")(norm(pointwise(x, t * filters)))


def wrong_other_activation__gelu(x, t, filters, block_id):
    return layers.Activation("gelu")(norm(pointwise(x, t * filters)))


def wrong_relu_six_slope(x, t, filters, block_id):
    return layers.ReLU(negative_slope=6.0)(norm(pointwise(x, t * filters)))


def wrong_two_convolutions(x, t, filters, block_id):
    return relu6(norm(pointwise(pointwise(x, t * filters), t * filters)))


def wrong_cap_one(x, t, filters, block_id):
    return layers.ReLU(1.0)(norm(pointwise(x, t * filters)))


def wrong_gradient_stopped(x, t, filters, block_id):
    return relu6(norm(pointwise(keras.ops.stop_gradient(x), t * filters)))


def wrong_norm_twice(x, t, filters, block_id):
    return relu6(norm(norm(pointwise(x, t * filters))))


def wrong_norm_around(x, t, filters, block_id):
    return relu6(norm(pointwise(norm(x), t * filters)))


def wrong_norm_without_scale(x, t, filters, block_id):
    return relu6(norm(pointwise(x, t * filters), scale=False))


def wrong_norm_without_shift(x, t, filters, block_id):
    return relu6(norm(pointwise(x, t * filters), center=False))


def wrong_norm_without_shift__nor_scale(x, t, filters, block_id):
    return relu6(norm(pointwise(x, t * filters), center=False, scale=False))


def wrong_group_norm(x, t, filters, block_id):
    return relu6(group_norm(pointwise(x, t * filters)))


def wrong_group_norm__each_channel(x, t, filters, block_id):
    return relu6(group_norm(pointwise(x, t * filters), -1))


def wrong_epsilon__large(x, t, filters, block_id):
    return relu6(norm(pointwise(x, t * filters), epsilon=1e-2))


def wrong_epsilon__small(x, t, filters, block_id):
    return relu6(norm(pointwise(x, t * filters), epsilon=1e-7))


def wrong_two_activations(x, t, filters, block_id):
    return relu6(norm(relu6(pointwise(x, t * filters))))


def wrong_two_activations__relu(x, t, filters, block_id):
    return relu6(norm(layers.ReLU()(pointwise(x, t * filters))))


def wrong_other_activation__leaky_capped(x, t, filters, block_id):
    return layers.ReLU(6.0, negative_slope=0.1)(norm(pointwise(x, t * filters)))


def wrong_symmetric_cut(x, t, filters, block_id):
    return keras.ops.clip(norm(pointwise(x, t * filters)), -6.0, 6.0)


def wrong_floored(x, t, filters, block_id):
    return relu6(norm(pointwise(x, max(filters // t, 1))))


def wrong_joined(x, t, filters, block_id):
    y = relu6(norm(pointwise(x, (t - 1) * filters)))
    return layers.Concatenate()([x, y])


def wrong_joined__behind(x, t, filters, block_id):
    y = relu6(norm(pointwise(x, (t - 1) * filters)))
    return layers.Concatenate()([y, x])


def wrong_norm_axis__columns(x, t, filters, block_id):
    return relu6(norm(pointwise(x, t * filters), axis=2))


def wrong_rounded_channels(x, t, filters, block_id):
    return relu6(norm(pointwise(x, divisible(t * filters))))


def wrong_rounded_channels__of_the_input(x, t, filters, block_id):
    return relu6(norm(pointwise(x, t * divisible(filters))))


def wrong_rounded_channels__down(x, t, filters, block_id):
    return relu6(norm(pointwise(x, rounded_down(t * filters))))


def wrong_rounded_channels__up(x, t, filters, block_id):
    return relu6(norm(pointwise(x, rounded_up(t * filters))))


def wrong_rounded_channels__to_four(x, t, filters, block_id):
    return relu6(norm(pointwise(x, divisible(t * filters, 4))))


def wrong_rounded_channels__to_four_down(x, t, filters, block_id):
    return relu6(norm(pointwise(x, rounded_down(t * filters, 4))))


def wrong_rounded_channels__to_sixteen(x, t, filters, block_id):
    return relu6(norm(pointwise(x, divisible(t * filters, 16))))


def wrong_t_twice(x, t, filters, block_id):
    return relu6(norm(pointwise(x, t * t * filters)))
