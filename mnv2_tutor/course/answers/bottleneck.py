"""The whole bottleneck: the reference, and what people write instead."""

# Each wrong_ function is documented by its message in words/en/bottleneck.toml.

from collections.abc import Callable
from typing import Any

import keras

from mnv2_tutor.course.answers import depthwise_block, expansion_block, projection_block
from mnv2_tutor.course.answers.building import (
    depthwise,
    divisible,
    fine_norm,
    frozen_norm,
    layer_norm,
    layers,
    learning_norm,
    norm,
    nothing,
    pointwise,
    relu6,
    rounded_down,
    rounded_up,
)

Step = Callable[[Any], Any]


def reference(x, t, filters, out_channels, stride, block_id):
    """Expansion, depthwise, projection; plus x where the shapes agree."""
    y = expansion_block.reference(x, t, filters, block_id)
    y = depthwise_block.reference(y, stride, block_id)
    y = projection_block.reference(y, out_channels, block_id)
    return layers.Add()([x, y]) if stride == 1 and filters == out_channels else y


def branch(
    x: Any,
    wide: int,
    out: int,
    stride: int,
    first: Step = relu6,
    second: Step = relu6,
    last: Step = nothing,
    bn: Step = norm,
    last_bn: Step = norm,
    filtering: Callable[[Any, int], Any] = depthwise,
) -> Any:
    """The three steps; each argument replaces one of their parts."""
    x = first(bn(pointwise(x, wide)))
    x = second(bn(filtering(x, stride)))
    return last(last_bn(pointwise(x, out)))


def joined(x: Any, y: Any, stride: int) -> Any:
    """x + y where the shapes agree."""
    return layers.Add()([x, y]) if stride == 1 and x.shape[-1] == y.shape[-1] else y


def block_with(x: Any, wide: int, out: int, stride: int, **changes: Any) -> Any:
    return joined(x, branch(x, wide, out, stride, **changes), stride)


# The shortcut.


def wrong_channels_only(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    return layers.Add()([x, y]) if filters == out_channels else y


def wrong_stride_only(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    return layers.Add()([x, y]) if stride == 1 else y


def wrong_always_added(x, t, filters, out_channels, stride, block_id):
    return layers.Add()([x, branch(x, t * filters, out_channels, stride)])


def wrong_never_added(x, t, filters, out_channels, stride, block_id):
    return branch(x, t * filters, out_channels, stride)


def wrong_shortcut_convolution(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    if filters != out_channels or stride != 1:
        x = norm(pointwise(x, out_channels, strides=stride))
    return layers.Add()([x, y])


def wrong_shortcut_convolution__bare(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    if filters != out_channels or stride != 1:
        x = pointwise(x, out_channels, strides=stride)
    return layers.Add()([x, y])


def wrong_shortcut_convolution__stride_1(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    if stride != 1:
        return y
    if filters != out_channels:
        x = norm(pointwise(x, out_channels))
    return layers.Add()([x, y])


def wrong_shortcut_convolution__always(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    return layers.Add()([norm(pointwise(x, out_channels, strides=stride)), y])


def wrong_activation_after_add(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    if stride == 1 and filters == out_channels:
        return relu6(layers.Add()([x, y]))
    return y


def wrong_activation_after_all(x, t, filters, out_channels, stride, block_id):
    return relu6(block_with(x, t * filters, out_channels, stride))


def wrong_concatenated(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    if stride == 1 and filters == out_channels:
        return layers.Concatenate()([x, y])
    return y


def wrong_multiplied(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    return layers.Multiply()([x, y]) if stride == 1 and filters == out_channels else y


def wrong_averaged(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    return layers.Average()([x, y]) if stride == 1 and filters == out_channels else y


def wrong_added_to_itself(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    return layers.Add()([y, y]) if stride == 1 and filters == out_channels else y


def wrong_wide_shortcut(x, t, filters, out_channels, stride, block_id):
    wide = relu6(norm(pointwise(x, t * filters)))
    y = relu6(norm(depthwise(wide, stride)))
    if stride == 1 and filters == out_channels:
        y = layers.Add()([wide, y])
    return norm(pointwise(y, out_channels))


def wrong_activated_shortcut(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    return layers.Add()([relu6(x), y]) if stride == 1 and filters == out_channels else y


# The end of the branch.


def wrong_relu6_after_projection(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * filters, out_channels, stride, last=relu6)


def wrong_relu_after_projection(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * filters, out_channels, stride, last=layers.ReLU())


# The activations inside.


def wrong_plain_relu(x, t, filters, out_channels, stride, block_id):
    return block_with(
        x, t * filters, out_channels, stride, first=layers.ReLU(), second=layers.ReLU()
    )


def wrong_expansion_uncapped(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * filters, out_channels, stride, first=layers.ReLU())


def wrong_depthwise_uncapped(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * filters, out_channels, stride, second=layers.ReLU())


def wrong_expansion_linear(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * filters, out_channels, stride, first=nothing)


def wrong_depthwise_linear(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * filters, out_channels, stride, second=nothing)


def wrong_all_linear(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * filters, out_channels, stride, first=nothing, second=nothing)


def wrong_activation_at_the_end_only(x, t, filters, out_channels, stride, block_id):
    return block_with(
        x, t * filters, out_channels, stride, first=nothing, second=nothing, last=relu6
    )


def wrong_activations_first(x, t, filters, out_channels, stride, block_id):
    def swapped(y):
        return norm(relu6(y))

    return block_with(
        x, t * filters, out_channels, stride, bn=swapped, first=nothing, second=nothing
    )


def wrong_other_activation(x, t, filters, out_channels, stride, block_id):
    hard = layers.Activation("hard_swish")
    return block_with(x, t * filters, out_channels, stride, first=hard, second=hard)


def wrong_other_activation__swish(x, t, filters, out_channels, stride, block_id):
    swish = layers.Activation("swish")
    return block_with(x, t * filters, out_channels, stride, first=swish, second=swish)


def wrong_other_activation__leaky(x, t, filters, out_channels, stride, block_id):
    leaky = layers.LeakyReLU(0.1)
    return block_with(x, t * filters, out_channels, stride, first=leaky, second=leaky)


# The channels.


def wrong_no_expansion(x, t, filters, out_channels, stride, block_id):
    y = relu6(norm(depthwise(x, stride)))
    return joined(x, norm(pointwise(y, out_channels)), stride)


def wrong_wide_from_output(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * out_channels, out_channels, stride)


def wrong_t_as_channels(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t, out_channels, stride)


def wrong_always_six(x, t, filters, out_channels, stride, block_id):
    return block_with(x, 6 * filters, out_channels, stride)


def wrong_out_channels_ignored(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * filters, filters, stride)


def wrong_classic(x, t, filters, out_channels, stride, block_id):
    return block_with(x, filters // t, out_channels, stride)


def wrong_not_narrowed(x, t, filters, out_channels, stride, block_id):
    return branch(x, t * filters, t * filters, stride)


# The convolutions.


def wrong_dense_middle(x, t, filters, out_channels, stride, block_id):
    def dense(y, stride):
        conv = layers.Conv2D(t * filters, 3, strides=stride, padding="same", use_bias=False)
        return conv(y)

    return block_with(x, t * filters, out_channels, stride, filtering=dense)


def wrong_separable_middle(x, t, filters, out_channels, stride, block_id):
    def separable(y, stride):
        options = {"strides": stride, "padding": "same", "use_bias": False}
        return layers.SeparableConv2D(t * filters, 3, **options)(y)

    return block_with(x, t * filters, out_channels, stride, filtering=separable)


def wrong_kernel_five(x, t, filters, out_channels, stride, block_id):
    def five(y, stride):
        return depthwise(y, stride, kernel=5)

    return block_with(x, t * filters, out_channels, stride, filtering=five)


def wrong_skips_depthwise(x, t, filters, out_channels, stride, block_id):
    y = relu6(norm(pointwise(x, t * filters)))
    return joined(x, norm(pointwise(y, out_channels)), stride)


def wrong_skips_depthwise__strided(x, t, filters, out_channels, stride, block_id):
    y = relu6(norm(pointwise(x, t * filters)))
    return joined(x, norm(pointwise(y, out_channels, strides=stride)), stride)


def wrong_depthwise_first(x, t, filters, out_channels, stride, block_id):
    y = relu6(norm(depthwise(x, stride)))
    y = relu6(norm(pointwise(y, t * filters)))
    return joined(x, norm(pointwise(y, out_channels)), stride)


def wrong_expands_with_three(x, t, filters, out_channels, stride, block_id):
    wide = layers.Conv2D(t * filters, 3, padding="same", use_bias=False)
    y = relu6(norm(depthwise(relu6(norm(wide(x))), stride)))
    return joined(x, norm(pointwise(y, out_channels)), stride)


# Stride and padding.


def wrong_stride_ignored(x, t, filters, out_channels, stride, block_id):
    return joined(x, branch(x, t * filters, out_channels, 1), stride)


def wrong_stride_in_expansion(x, t, filters, out_channels, stride, block_id):
    y = relu6(norm(pointwise(x, t * filters, strides=stride)))
    return joined(x, norm(pointwise(relu6(norm(depthwise(y))), out_channels)), stride)


def wrong_stride_twice(x, t, filters, out_channels, stride, block_id):
    y = relu6(norm(depthwise(relu6(norm(pointwise(x, t * filters))), stride)))
    return joined(x, norm(pointwise(y, out_channels, strides=stride)), stride)


def wrong_stride_twice__expansion(x, t, filters, out_channels, stride, block_id):
    y = relu6(norm(depthwise(relu6(norm(pointwise(x, t * filters, strides=stride))), stride)))
    return joined(x, norm(pointwise(y, out_channels)), stride)


def wrong_window_shifted(x, t, filters, out_channels, stride, block_id):
    def padded(y, stride):
        return depthwise(layers.ZeroPadding2D(1)(y), stride, padding="valid")

    return block_with(x, t * filters, out_channels, stride, filtering=padded)


def wrong_window_shifted__late_stride(x, t, filters, out_channels, stride, block_id):
    y = relu6(norm(depthwise(relu6(norm(pointwise(x, t * filters))))))
    return joined(x, norm(pointwise(y, out_channels, strides=stride)), stride)


def wrong_padding_after(x, t, filters, out_channels, stride, block_id):
    def padded(y, stride):
        sides = ((0, 1), (0, 1)) if stride == 2 else 1
        return depthwise(layers.ZeroPadding2D(sides)(y), stride, padding="valid")

    return block_with(x, t * filters, out_channels, stride, filtering=padded)


def wrong_valid(x, t, filters, out_channels, stride, block_id):
    def valid(y, stride):
        return depthwise(y, stride, padding="valid")

    y = branch(x, t * filters, out_channels, stride, filtering=valid)
    return layers.Add()([x, y]) if stride == 1 and filters == out_channels else y


def wrong_pooled(x, t, filters, out_channels, stride, block_id):
    def pooled(y, stride):
        largest = layers.MaxPooling2D(stride, padding="same")
        return largest(depthwise(y)) if stride > 1 else depthwise(y)

    return block_with(x, t * filters, out_channels, stride, filtering=pooled)


def wrong_pooled__average(x, t, filters, out_channels, stride, block_id):
    def pooled(y, stride):
        mean = layers.AveragePooling2D(stride, padding="same")
        return mean(depthwise(y)) if stride > 1 else depthwise(y)

    return block_with(x, t * filters, out_channels, stride, filtering=pooled)


# Batch norm, bias and the rest.


def wrong_no_batch_norm(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * filters, out_channels, stride, bn=nothing, last_bn=nothing)


def wrong_no_last_norm(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * filters, out_channels, stride, last_bn=nothing)


def wrong_last_norm_only(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * filters, out_channels, stride, bn=nothing)


def wrong_one_norm_for_both(x, t, filters, out_channels, stride, block_id):
    shared = layers.BatchNormalization(momentum=0.999, epsilon=1e-3)
    return block_with(x, t * filters, out_channels, stride, bn=shared)


def wrong_layer_norm(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * filters, out_channels, stride, bn=layer_norm, last_bn=layer_norm)


def wrong_bias(x, t, filters, out_channels, stride, block_id):
    y = relu6(norm(pointwise(x, t * filters, use_bias=True)))
    y = relu6(norm(depthwise(y, stride, use_bias=True)))
    return joined(x, norm(pointwise(y, out_channels, use_bias=True)), stride)


def wrong_epsilon(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * filters, out_channels, stride, bn=fine_norm, last_bn=fine_norm)


def wrong_norm_in_training(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * filters, out_channels, stride, bn=learning_norm, last_bn=learning_norm)


def wrong_norm_frozen(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * filters, out_channels, stride, bn=frozen_norm, last_bn=frozen_norm)


def wrong_norms_first(x, t, filters, out_channels, stride, block_id):
    y = pointwise(relu6(norm(x)), t * filters)
    y = depthwise(relu6(norm(y)), stride)
    return joined(x, pointwise(relu6(norm(y)), out_channels), stride)


def wrong_squeeze_excite(x, t, filters, out_channels, stride, block_id):
    def weighed(y):
        y = relu6(y)
        gate = layers.GlobalAveragePooling2D(keepdims=True)(y)
        gate = layers.Conv2D(filters // 4, 1, activation="relu")(gate)
        gate = layers.Conv2D(t * filters, 1, activation="hard_sigmoid")(gate)
        return layers.Multiply()([y, gate])

    return block_with(x, t * filters, out_channels, stride, second=weighed)


def wrong_norm_without_scale(x, t, filters, out_channels, stride, block_id):
    def shifted(y):
        return norm(y, scale=False)

    return block_with(x, t * filters, out_channels, stride, bn=shifted, last_bn=shifted)


def wrong_two_activations(x, t, filters, out_channels, stride, block_id):
    def cut_before(y):
        return norm(relu6(y))

    return block_with(x, t * filters, out_channels, stride, bn=cut_before)


def wrong_two_activations__relu(x, t, filters, out_channels, stride, block_id):
    def cut_before(y):
        return norm(layers.ReLU()(y))

    return block_with(x, t * filters, out_channels, stride, bn=cut_before)


def wrong_inverted_condition(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    return y if stride == 1 and filters == out_channels else layers.Add()([x, y])


def wrong_overwritten(x, t, filters, out_channels, stride, block_id):
    wide = relu6(norm(pointwise(x, t * filters)))
    y = norm(pointwise(relu6(norm(depthwise(wide, stride))), out_channels))
    return layers.Add()([wide, y]) if stride == 1 and filters == out_channels else y


def wrong_other_operation(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    return layers.Subtract()([y, x]) if stride == 1 and filters == out_channels else y


def wrong_other_operation__maximum(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    return layers.Maximum()([x, y]) if stride == 1 and filters == out_channels else y


def wrong_other_operation__reversed(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    return layers.Subtract()([x, y]) if stride == 1 and filters == out_channels else y


def wrong_added_twice(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    return layers.Add()([x, x, y]) if stride == 1 and filters == out_channels else y


def wrong_norm_after_add(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride, last_bn=nothing)
    return norm(layers.Add()([x, y])) if stride == 1 and filters == out_channels else norm(y)


def wrong_norm_after_add__too(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    return norm(layers.Add()([x, y])) if stride == 1 and filters == out_channels else y


def wrong_shortcut_pooled(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    if stride == 2 and filters == out_channels:
        x = layers.AveragePooling2D(2, padding="same")(x)
    return layers.Add()([x, y]) if x.shape == y.shape else y


def wrong_shortcut_pooled__largest(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    if stride == 2 and filters == out_channels:
        x = layers.MaxPooling2D(2, padding="same")(x)
    return layers.Add()([x, y]) if x.shape == y.shape else y


def wrong_shortcut_padded(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    if stride == 1 and filters < out_channels:
        more = ((0, 0), (0, 0), (0, 0), (0, out_channels - filters))
        x = keras.ops.pad(x, more)
    return joined(x, y, stride)


def wrong_shortcut_without_gradient(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    return (
        layers.Add()([keras.ops.stop_gradient(x), y])
        if stride == 1 and filters == out_channels
        else y
    )


def wrong_branch_scaled(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    return layers.Add()([x, 0.5 * y]) if stride == 1 and filters == out_channels else y


def wrong_activated_without_shortcut(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    return layers.Add()([x, y]) if stride == 1 and filters == out_channels else relu6(y)


def wrong_activated_with_shortcut(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    return layers.Add()([x, relu6(y)]) if stride == 1 and filters == out_channels else y


def wrong_no_first_norm(x, t, filters, out_channels, stride, block_id):
    y = relu6(norm(depthwise(relu6(pointwise(x, t * filters)), stride)))
    return joined(x, norm(pointwise(y, out_channels)), stride)


def wrong_no_middle_norm(x, t, filters, out_channels, stride, block_id):
    y = relu6(depthwise(relu6(norm(pointwise(x, t * filters))), stride))
    return joined(x, norm(pointwise(y, out_channels)), stride)


def wrong_bias__last(x, t, filters, out_channels, stride, block_id):
    y = relu6(norm(depthwise(relu6(norm(pointwise(x, t * filters))), stride)))
    return joined(x, norm(pointwise(y, out_channels, use_bias=True)), stride)


def wrong_bias__first(x, t, filters, out_channels, stride, block_id):
    y = relu6(norm(pointwise(x, t * filters, use_bias=True)))
    y = relu6(norm(depthwise(y, stride)))
    return joined(x, norm(pointwise(y, out_channels)), stride)


def wrong_bias__depthwise(x, t, filters, out_channels, stride, block_id):
    y = relu6(norm(pointwise(x, t * filters)))
    y = relu6(norm(depthwise(y, stride, use_bias=True)))
    return joined(x, norm(pointwise(y, out_channels)), stride)


def wrong_epsilon__last(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * filters, out_channels, stride, last_bn=fine_norm)


def wrong_merged(x, t, filters, out_channels, stride, block_id):
    y = relu6(norm(pointwise(x, t * filters)))
    options = {"strides": stride, "padding": "same", "use_bias": False}
    return joined(x, norm(layers.SeparableConv2D(out_channels, 3, **options)(y)), stride)


def wrong_two_depthwise(x, t, filters, out_channels, stride, block_id):
    y = relu6(norm(depthwise(relu6(norm(pointwise(x, t * filters))), stride)))
    y = relu6(norm(depthwise(y)))
    return joined(x, norm(pointwise(y, out_channels)), stride)


def wrong_two_expansions(x, t, filters, out_channels, stride, block_id):
    y = relu6(norm(pointwise(x, t * filters)))
    y = relu6(norm(pointwise(y, t * filters)))
    y = relu6(norm(depthwise(y, stride)))
    return joined(x, norm(pointwise(y, out_channels)), stride)


def wrong_depthwise_expansion(x, t, filters, out_channels, stride, block_id):
    y = relu6(norm(depthwise(x, kernel=1, depth_multiplier=t)))
    y = relu6(norm(depthwise(y, stride)))
    return joined(x, norm(pointwise(y, out_channels)), stride)


def wrong_pooled__late(x, t, filters, out_channels, stride, block_id):
    def filtered(y, stride):
        y = relu6(norm(depthwise(y)))
        return layers.MaxPooling2D(stride, padding="same")(y) if stride > 1 else y

    y = filtered(relu6(norm(pointwise(x, t * filters))), stride)
    return joined(x, norm(pointwise(y, out_channels)), stride)


# Channels rounded, as the whole network's widths are.


def wrong_rounded_channels(x, t, filters, out_channels, stride, block_id):
    return block_with(x, divisible(t * filters), out_channels, stride)


def wrong_rounded_channels__out(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * filters, divisible(out_channels), stride)


def wrong_rounded_channels__both(x, t, filters, out_channels, stride, block_id):
    return block_with(x, divisible(t * filters), divisible(out_channels), stride)


def wrong_rounded_channels__of_the_input(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * divisible(filters), out_channels, stride)


def wrong_rounded_channels__all(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * divisible(filters), divisible(out_channels), stride)


def wrong_rounded_channels__down(x, t, filters, out_channels, stride, block_id):
    return block_with(x, rounded_down(t * filters), out_channels, stride)


def wrong_rounded_channels__up(x, t, filters, out_channels, stride, block_id):
    return block_with(x, rounded_up(t * filters), out_channels, stride)


def wrong_rounded_channels__out_up(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * filters, rounded_up(out_channels), stride)


def wrong_rounded_channels__out_down(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * filters, rounded_down(out_channels), stride)


def wrong_rounded_channels__to_four(x, t, filters, out_channels, stride, block_id):
    return block_with(x, divisible(t * filters, 4), out_channels, stride)


def wrong_rounded_channels__out_to_four(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * filters, divisible(out_channels, 4), stride)


def wrong_rounded_channels__to_sixteen(x, t, filters, out_channels, stride, block_id):
    return block_with(x, divisible(t * filters, 16), out_channels, stride)


# Other guises, and two faults at once.


def wrong_t_twice(x, t, filters, out_channels, stride, block_id):
    return block_with(x, t * t * filters, out_channels, stride)


def wrong_shortcut_convolution__biased(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    if filters != out_channels or stride != 1:
        x = pointwise(x, out_channels, strides=stride, use_bias=True)
    return layers.Add()([x, y])


def wrong_shortcut_convolution__biased_norm(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    if filters != out_channels or stride != 1:
        x = norm(pointwise(x, out_channels, strides=stride, use_bias=True))
    return layers.Add()([x, y])


def wrong_shortcut_convolution__stride_1_bare(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    if stride != 1:
        return y
    return layers.Add()([x if filters == out_channels else pointwise(x, out_channels), y])


def wrong_shortcut_convolution__stride_1_biased(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    if stride != 1:
        return y
    if filters != out_channels:
        x = pointwise(x, out_channels, use_bias=True)
    return layers.Add()([x, y])


def _squeezed(y, inner, use_bias=True, bend="relu", gate="sigmoid"):
    """Each channel times a number that depends on the means of all."""
    mean = layers.GlobalAveragePooling2D(keepdims=True)(y)
    mean = layers.Dense(inner, activation=bend, use_bias=use_bias)(mean)
    return layers.Multiply()(
        [y, layers.Dense(y.shape[-1], activation=gate, use_bias=use_bias)(mean)]
    )


def _squeezing(x, t, filters, out_channels, stride, inner, **how):
    y = relu6(norm(depthwise(relu6(norm(pointwise(x, t * filters))), stride)))
    return joined(x, norm(pointwise(_squeezed(y, inner, **how), out_channels)), stride)


def wrong_squeeze_excite__quarter(x, t, filters, out_channels, stride, block_id):
    return _squeezing(x, t, filters, out_channels, stride, t * filters // 4)


def wrong_squeeze_excite__without_bias(x, t, filters, out_channels, stride, block_id):
    return _squeezing(x, t, filters, out_channels, stride, t * filters // 4, use_bias=False)


def wrong_squeeze_excite__sixteenth(x, t, filters, out_channels, stride, block_id):
    return _squeezing(x, t, filters, out_channels, stride, max(1, t * filters // 16))


def wrong_squeeze_excite__hard(x, t, filters, out_channels, stride, block_id):
    return _squeezing(x, t, filters, out_channels, stride, t * filters // 4, gate="hard_sigmoid")


def wrong_squeeze_excite__of_the_input(x, t, filters, out_channels, stride, block_id):
    return _squeezing(x, t, filters, out_channels, stride, max(1, filters // 4), bend="swish")


def wrong_squeeze_excite__at_the_end(x, t, filters, out_channels, stride, block_id):
    y = branch(x, t * filters, out_channels, stride)
    return joined(x, _squeezed(y, max(1, out_channels // 4)), stride)


def wrong_stride_and_epsilon(x, t, filters, out_channels, stride, block_id):
    y = relu6(fine_norm(pointwise(x, t * filters, strides=stride)))
    y = relu6(fine_norm(depthwise(y)))
    return joined(x, fine_norm(pointwise(y, out_channels)), stride)
