"""The depthwise step of a bottleneck: the reference, and what people write instead."""

# Each wrong_ function is documented by its message in words/en/depthwise_block.toml.

import keras

from mnv2_tutor.course.answers.building import (
    depthwise,
    fine_norm,
    frozen_norm,
    group_norm,
    layer_norm,
    layers,
    learning_norm,
    norm,
    pointwise,
    relu6,
)


def reference(x, stride, block_id):
    """3x3 depthwise convolution, batch norm, ReLU6."""
    name = f"block_{block_id}"
    x = layers.DepthwiseConv2D(
        3, strides=stride, padding="same", use_bias=False, name=f"{name}_depthwise_conv"
    )(x)
    x = layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name=f"{name}_dw_bn")(x)
    return layers.ReLU(6.0, name=f"{name}_dw_relu")(x)


def wrong_dense(x, stride, block_id):
    conv = layers.Conv2D(x.shape[-1], 3, strides=stride, padding="same", use_bias=False)
    return relu6(norm(conv(x)))


def wrong_separable(x, stride, block_id):
    conv = layers.SeparableConv2D(x.shape[-1], 3, strides=stride, padding="same", use_bias=False)
    return relu6(norm(conv(x)))


def wrong_pointwise_too(x, stride, block_id):
    return relu6(norm(pointwise(relu6(norm(depthwise(x, stride))), x.shape[-1])))


def wrong_no_activation(x, stride, block_id):
    return norm(depthwise(x, stride))


def wrong_plain_relu(x, stride, block_id):
    return layers.ReLU()(norm(depthwise(x, stride)))


def wrong_no_batch_norm(x, stride, block_id):
    return relu6(depthwise(x, stride))


def wrong_bias(x, stride, block_id):
    return relu6(norm(depthwise(x, stride, use_bias=True)))


def wrong_valid(x, stride, block_id):
    return relu6(norm(depthwise(x, stride, padding="valid")))


def wrong_symmetric_padding(x, stride, block_id):
    return relu6(norm(depthwise(layers.ZeroPadding2D(1)(x), stride, padding="valid")))


def wrong_padding_before(x, stride, block_id):
    padded = layers.ZeroPadding2D(((2, 0), (2, 0)))(x)
    return relu6(norm(depthwise(padded, stride, padding="valid")))


def wrong_padding_after(x, stride, block_id):
    sides = ((0, 1), (0, 1)) if stride == 2 else 1
    return relu6(norm(depthwise(layers.ZeroPadding2D(sides)(x), stride, padding="valid")))


def wrong_padded_twice(x, stride, block_id):
    return relu6(norm(depthwise(layers.ZeroPadding2D(1)(x), stride)))


def wrong_stride_ignored(x, stride, block_id):
    return relu6(norm(depthwise(x)))


def wrong_stride_always_two(x, stride, block_id):
    return relu6(norm(depthwise(x, 2)))


def wrong_stride_as_dilation(x, stride, block_id):
    return relu6(norm(depthwise(x, dilation_rate=stride)))


def wrong_stride_as_multiplier(x, stride, block_id):
    return relu6(norm(depthwise(x, depth_multiplier=stride)))


def wrong_kernel_one(x, stride, block_id):
    return relu6(norm(depthwise(x, stride, kernel=1)))


def wrong_cap_one(x, stride, block_id):
    return layers.ReLU(1.0)(norm(depthwise(x, stride)))


def wrong_kernel_five(x, stride, block_id):
    return relu6(norm(depthwise(x, stride, kernel=5)))


def wrong_dilated(x, stride, block_id):
    return relu6(norm(depthwise(depthwise(x, dilation_rate=2), stride, kernel=1)))


def wrong_two_filters(x, stride, block_id):
    return relu6(norm(depthwise(x, stride, depth_multiplier=2)))


def wrong_pooled(x, stride, block_id):
    y = relu6(norm(depthwise(x)))
    return layers.MaxPooling2D(stride, padding="same")(y)


def wrong_pooled__average(x, stride, block_id):
    y = relu6(norm(depthwise(x)))
    return layers.AveragePooling2D(stride, padding="same")(y)


def wrong_shared_filter(x, stride, block_id):
    conv = layers.Conv2D(1, 3, strides=stride, padding="same", use_bias=False)
    maps = [conv(x[..., c : c + 1]) for c in range(x.shape[-1])]
    return relu6(norm(layers.Concatenate()(maps)))


def wrong_one_filter(x, stride, block_id):
    conv = layers.Conv2D(1, 3, strides=stride, padding="same", use_bias=False)
    return relu6(norm(conv(x)))


def wrong_grouped(x, stride, block_id):
    conv = layers.Conv2D(x.shape[-1], 3, strides=stride, padding="same", use_bias=False, groups=2)
    return relu6(norm(conv(x)))


def wrong_averaged(x, stride, block_id):
    return relu6(norm(layers.AveragePooling2D(3, strides=stride, padding="same")(x)))


def wrong_averaged__largest(x, stride, block_id):
    return relu6(norm(layers.MaxPooling2D(3, strides=stride, padding="same")(x)))


def wrong_broken_chain(x, stride, block_id):
    depthwise(x, stride)
    return relu6(norm(x))


def wrong_activation_first(x, stride, block_id):
    return norm(relu6(depthwise(x, stride)))


def wrong_norm_first(x, stride, block_id):
    return relu6(depthwise(norm(x), stride))


def wrong_norm_first__both(x, stride, block_id):
    return depthwise(relu6(norm(x)), stride)


def wrong_epsilon(x, stride, block_id):
    return relu6(fine_norm(depthwise(x, stride)))


def wrong_norm_in_training(x, stride, block_id):
    return relu6(learning_norm(depthwise(x, stride)))


def wrong_norm_frozen(x, stride, block_id):
    return relu6(frozen_norm(depthwise(x, stride)))


def wrong_layer_norm(x, stride, block_id):
    return relu6(layer_norm(depthwise(x, stride)))


def wrong_other_activation(x, stride, block_id):
    return layers.Activation("swish")(norm(depthwise(x, stride)))


def wrong_other_activation__leaky(x, stride, block_id):
    return layers.LeakyReLU(0.1)(norm(depthwise(x, stride)))


def wrong_other_activation__hard(x, stride, block_id):
    return layers.Activation("hard_swish")(norm(depthwise(x, stride)))


def wrong_residual(x, stride, block_id):
    y = relu6(norm(depthwise(x, stride)))
    return layers.Add()([x, y]) if stride == 1 else y


def wrong_gradient_stopped(x, stride, block_id):
    return relu6(norm(depthwise(keras.ops.stop_gradient(x), stride)))


def wrong_norm_twice(x, stride, block_id):
    return relu6(norm(norm(depthwise(x, stride))))


def wrong_norm_around(x, stride, block_id):
    return relu6(norm(depthwise(norm(x), stride)))


def wrong_norm_without_scale(x, stride, block_id):
    return relu6(norm(depthwise(x, stride), scale=False))


def wrong_norm_without_shift(x, stride, block_id):
    return relu6(norm(depthwise(x, stride), center=False))


def wrong_norm_without_shift__nor_scale(x, stride, block_id):
    return relu6(norm(depthwise(x, stride), center=False, scale=False))


def wrong_group_norm(x, stride, block_id):
    return relu6(group_norm(depthwise(x, stride)))


def wrong_group_norm__each_channel(x, stride, block_id):
    return relu6(group_norm(depthwise(x, stride), -1))


def wrong_epsilon__large(x, stride, block_id):
    return relu6(norm(depthwise(x, stride), epsilon=1e-2))


def wrong_epsilon__small(x, stride, block_id):
    return relu6(norm(depthwise(x, stride), epsilon=1e-7))


def wrong_two_activations(x, stride, block_id):
    return relu6(norm(relu6(depthwise(x, stride))))


def wrong_two_activations__relu(x, stride, block_id):
    return relu6(norm(layers.ReLU()(depthwise(x, stride))))


def wrong_pooled__before_norm(x, stride, block_id):
    return relu6(norm(layers.MaxPooling2D(stride, padding="same")(depthwise(x))))


def wrong_pooled__average_before_norm(x, stride, block_id):
    return relu6(norm(layers.AveragePooling2D(stride, padding="same")(depthwise(x))))


def wrong_pooled__first(x, stride, block_id):
    return relu6(norm(depthwise(layers.AveragePooling2D(stride, padding="same")(x))))


def wrong_two_depthwise(x, stride, block_id):
    return relu6(norm(depthwise(depthwise(x, stride))))


def wrong_two_depthwise__whole(x, stride, block_id):
    return relu6(norm(depthwise(relu6(norm(depthwise(x, stride))))))


def wrong_grouped__pairs(x, stride, block_id):
    c = x.shape[-1]
    groups = c // 2
    conv = layers.Conv2D(c, 3, strides=stride, padding="same", use_bias=False, groups=groups)
    return relu6(norm(conv(x)))


def wrong_norm_axis(x, stride, block_id):
    return relu6(norm(depthwise(x, stride), axis=1))


def wrong_norm_axis__columns(x, stride, block_id):
    return relu6(norm(depthwise(x, stride), axis=2))


def wrong_other_activation__leaky_capped(x, stride, block_id):
    return layers.ReLU(6.0, negative_slope=0.1)(norm(depthwise(x, stride)))


def wrong_symmetric_cut(x, stride, block_id):
    return keras.ops.clip(norm(depthwise(x, stride)), -6.0, 6.0)
