"""The projection of a bottleneck: the reference, and what people write instead."""

# Each wrong_ function is documented by its message in words/en/projection_block.toml.

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


def reference(x, out_channels, block_id):
    """1x1 convolution to out_channels, batch norm, and nothing after it."""
    name = f"block_{block_id}_compress"
    x = layers.Conv2D(out_channels, 1, use_bias=False, name=name)(x)
    return layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name=f"{name}_bn")(x)


def wrong_relu6_after(x, out_channels, block_id):
    return relu6(norm(pointwise(x, out_channels)))


def wrong_relu_after(x, out_channels, block_id):
    return layers.ReLU()(norm(pointwise(x, out_channels)))


def wrong_activation_first(x, out_channels, block_id):
    return norm(relu6(pointwise(x, out_channels)))


def wrong_activation_first__relu(x, out_channels, block_id):
    return norm(layers.ReLU()(pointwise(x, out_channels)))


def wrong_input_activated(x, out_channels, block_id):
    return norm(pointwise(relu6(x), out_channels))


def wrong_input_activated__relu(x, out_channels, block_id):
    return norm(pointwise(layers.ReLU()(x), out_channels))


def wrong_other_activation(x, out_channels, block_id):
    return layers.Activation("swish")(norm(pointwise(x, out_channels)))


def wrong_other_activation__tanh(x, out_channels, block_id):
    return layers.Activation("tanh")(norm(pointwise(x, out_channels)))


def wrong_other_activation__sigmoid(x, out_channels, block_id):
    return layers.Activation("sigmoid")(norm(pointwise(x, out_channels)))


def wrong_other_activation__leaky(x, out_channels, block_id):
    return layers.LeakyReLU(0.1)(norm(pointwise(x, out_channels)))


def wrong_other_activation__hard(x, out_channels, block_id):
    return layers.Activation("hard_swish")(norm(pointwise(x, out_channels)))


def wrong_softmax(x, out_channels, block_id):
    return layers.Softmax()(norm(pointwise(x, out_channels)))


def wrong_no_batch_norm(x, out_channels, block_id):
    return pointwise(x, out_channels)


def wrong_no_batch_norm__bias(x, out_channels, block_id):
    return pointwise(x, out_channels, use_bias=True)


def wrong_bias(x, out_channels, block_id):
    return norm(pointwise(x, out_channels, use_bias=True))


def wrong_three_by_three(x, out_channels, block_id):
    return norm(layers.Conv2D(out_channels, 3, padding="same", use_bias=False)(x))


def wrong_three_by_three__valid(x, out_channels, block_id):
    return norm(layers.Conv2D(out_channels, 3, use_bias=False)(x))


def wrong_channels_kept(x, out_channels, block_id):
    return norm(pointwise(x, x.shape[-1]))


def wrong_sliced(x, out_channels, block_id):
    return norm(x[..., :out_channels])


def wrong_depthwise(x, out_channels, block_id):
    return norm(depthwise(x, kernel=1)[..., :out_channels])


def wrong_separable(x, out_channels, block_id):
    return norm(layers.SeparableConv2D(out_channels, 3, padding="same", use_bias=False)(x))


def wrong_grouped(x, out_channels, block_id):
    return norm(pointwise(x, out_channels, groups=2 if x.shape[-1] % 2 == 0 else 1))


def wrong_strided(x, out_channels, block_id):
    return norm(pointwise(x, out_channels, strides=2))


def wrong_times_six(x, out_channels, block_id):
    return norm(pointwise(x, 6 * out_channels))


def wrong_residual(x, out_channels, block_id):
    y = norm(pointwise(x, out_channels))
    return layers.Add()([x, y]) if x.shape[-1] == out_channels else y


def wrong_broken_chain(x, out_channels, block_id):
    pointwise(x, out_channels)
    return norm(x)


def wrong_norm_first(x, out_channels, block_id):
    return pointwise(norm(x), out_channels)


def wrong_epsilon(x, out_channels, block_id):
    return fine_norm(pointwise(x, out_channels))


def wrong_norm_in_training(x, out_channels, block_id):
    return learning_norm(pointwise(x, out_channels))


def wrong_norm_frozen(x, out_channels, block_id):
    return frozen_norm(pointwise(x, out_channels))


def wrong_layer_norm(x, out_channels, block_id):
    return layer_norm(pointwise(x, out_channels))


def wrong_two_convolutions(x, out_channels, block_id):
    return norm(pointwise(pointwise(x, out_channels), out_channels))


def wrong_gradient_stopped(x, out_channels, block_id):
    return norm(pointwise(keras.ops.stop_gradient(x), out_channels))


def wrong_norm_twice(x, out_channels, block_id):
    return norm(norm(pointwise(x, out_channels)))


def wrong_norm_around(x, out_channels, block_id):
    return norm(pointwise(norm(x), out_channels))


def wrong_norm_without_scale(x, out_channels, block_id):
    return norm(pointwise(x, out_channels), scale=False)


def wrong_norm_without_shift(x, out_channels, block_id):
    return norm(pointwise(x, out_channels), center=False)


def wrong_norm_without_shift__nor_scale(x, out_channels, block_id):
    return norm(pointwise(x, out_channels), center=False, scale=False)


def wrong_group_norm(x, out_channels, block_id):
    return group_norm(pointwise(x, out_channels))


def wrong_group_norm__each_channel(x, out_channels, block_id):
    return group_norm(pointwise(x, out_channels), -1)


def wrong_epsilon__large(x, out_channels, block_id):
    return norm(pointwise(x, out_channels), epsilon=1e-2)


def wrong_epsilon__small(x, out_channels, block_id):
    return norm(pointwise(x, out_channels), epsilon=1e-7)


def wrong_separable__one(x, out_channels, block_id):
    return norm(layers.SeparableConv2D(out_channels, 1, use_bias=False)(x))


def wrong_norm_axis(x, out_channels, block_id):
    return norm(pointwise(x, out_channels), axis=1)


def wrong_norm_axis__columns(x, out_channels, block_id):
    return norm(pointwise(x, out_channels), axis=2)


def wrong_ceiling_only(x, out_channels, block_id):
    return keras.ops.minimum(norm(pointwise(x, out_channels)), 6.0)


def wrong_one_fewer(x, out_channels, block_id):
    return norm(pointwise(x, out_channels - 1))


def wrong_rounded_channels(x, out_channels, block_id):
    return norm(pointwise(x, divisible(out_channels)))


def wrong_rounded_channels__down(x, out_channels, block_id):
    return norm(pointwise(x, rounded_down(out_channels)))


def wrong_rounded_channels__up(x, out_channels, block_id):
    return norm(pointwise(x, rounded_up(out_channels)))


def wrong_rounded_channels__to_four(x, out_channels, block_id):
    return norm(pointwise(x, divisible(out_channels, 4)))


def wrong_rounded_channels__to_sixteen(x, out_channels, block_id):
    return norm(pointwise(x, divisible(out_channels, 16)))


def wrong_sixth(x, out_channels, block_id):
    return norm(pointwise(x, x.shape[-1] // 6))


def wrong_swapped_arguments(x, out_channels, block_id):
    conv = layers.Conv2D(1, out_channels, padding="same", use_bias=False)
    return norm(conv(x))


def wrong_averaged(x, out_channels, block_id):
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    return norm(pointwise(x, out_channels))
