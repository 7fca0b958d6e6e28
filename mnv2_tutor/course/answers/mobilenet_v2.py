"""The whole network: the reference, and what people write instead."""

# Each wrong_ function is documented by its message in words/en/mobilenet_v2.toml.

from functools import cache, partial

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
    nothing,
    pointwise,
    relu6,
)
from mnv2_tutor.course.answers.make_divisible import reference as make_divisible
from mnv2_tutor.course.answers.networks import (
    LAST,
    TABLE,
    activated,
    add,
    average,
    branch,
    convolution,
    fits,
    inverted_residual,
    network,
    normed,
    rounded,
    softmax,
)


def reference(input_shape, n_classes, alpha=1.0):
    """Table 2 of the paper, flat, with the course's names; 262 arrays of weights at any width."""
    inputs = keras.Input(input_shape)
    x = _normalised(inputs, "conv1", make_divisible(32 * alpha), kernel=3, strides=2)
    block_id = 1
    for t, channels, repeats, first_stride in TABLE:
        out = make_divisible(channels * alpha)
        for index in range(repeats):
            stride = first_stride if index == 0 else 1
            x = _bottleneck(x, t, out, stride, f"block_{block_id}")
            block_id += 1
    x = _normalised(x, "last_conv", make_divisible(LAST * max(alpha, 1.0)), short="last")
    x = layers.GlobalAveragePooling2D(name="global_average_pool")(x)
    outputs = layers.Dense(n_classes, activation="softmax", name="predictions")(x)
    return keras.Model(inputs, outputs, name="mobilenet_v2")


def _normalised(x, name, channels, kernel=1, strides=1, short=None):
    short = short or name
    conv = layers.Conv2D(
        channels, kernel, strides=strides, padding="same", use_bias=False, name=name
    )
    x = layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name=f"{short}_bn")(conv(x))
    return layers.ReLU(6.0, name=f"{short}_relu")(x)


def _bottleneck(x, t, out, stride, name):
    y = x if t == 1 else _normalised(x, f"{name}_expand", t * x.shape[-1])
    y = layers.DepthwiseConv2D(
        3, strides=stride, padding="same", use_bias=False, name=f"{name}_depthwise_conv"
    )(y)
    y = layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name=f"{name}_dw_bn")(y)
    y = layers.ReLU(6.0, name=f"{name}_dw_relu")(y)
    y = layers.Conv2D(out, 1, use_bias=False, name=f"{name}_compress")(y)
    y = layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name=f"{name}_compress_bn")(y)
    if stride == 1 and x.shape[-1] == out:
        return layers.Add(name=f"{name}_add")([x, y])
    return y


def _with(**changes):
    """A function of the exercise's signature whose network has these changes."""

    def mobilenet_v2(input_shape, n_classes, alpha=1.0):
        return network(input_shape, n_classes, alpha, **changes)

    return mobilenet_v2


# The first block and the table.

wrong_first_expanded = _with(expands_always=True)
wrong_first_expanded__six = _with(table=((6, *TABLE[0][1:]), *TABLE[1:]))
wrong_draft_strides = _with(
    table=tuple({64: (6, 64, 4, 1), 96: (6, 96, 3, 2)}.get(row[1], row) for row in TABLE)
)
wrong_every_stride_1 = _with(table=tuple((*row[:3], 1) for row in TABLE))
wrong_first_stage_strided = _with(table=((1, 16, 1, 2), *TABLE[1:]))
wrong_late_stride_1 = _with(table=(*TABLE[:5], (6, 160, 3, 1), TABLE[6]))
wrong_late_stride_2 = _with(table=(*TABLE[:6], (6, 320, 1, 2)))
wrong_stride_every_repeat = _with(stride_of=lambda stride, index, repeats: stride)
wrong_stride_last_repeat = _with(
    stride_of=lambda stride, index, repeats: stride if index == repeats - 1 else 1
)
wrong_one_repeat_more = _with(repeats=lambda repeats: repeats + 1)
wrong_one_repeat_fewer = _with(repeats=lambda repeats: max(1, repeats - 1))
wrong_each_stage_once = _with(repeats=lambda repeats: 1)
wrong_last_stage_missing = _with(table=TABLE[:-1])
wrong_first_stage_missing = _with(table=TABLE[1:])
wrong_columns_swapped = _with(table=tuple((t, c, s, n) for t, c, n, s in TABLE))
wrong_expansion_four = _with(table=tuple((4 if t == 6 else t, *row) for t, *row in TABLE))
wrong_no_expansion = _with(table=tuple((1, *row) for _, *row in TABLE))

# The width.

wrong_alpha_ignored = _with(width=lambda channels, alpha: channels)
wrong_alpha_ignored__head = _with(
    width=lambda channels, alpha: channels, last_channels=lambda alpha: LAST
)
wrong_not_divisible = _with(width=lambda channels, alpha: int(channels * alpha))
wrong_rounds_down = _with(width=lambda channels, alpha: max(8, int(channels * alpha) // 8 * 8))
wrong_no_limit = _with(width=lambda channels, alpha: max(8, int(channels * alpha + 4) // 8 * 8))
wrong_multiples_of_16 = _with(
    width=lambda channels, alpha: make_divisible(channels * alpha, 16),
    last_channels=lambda alpha: make_divisible(LAST * max(alpha, 1.0), 16),
)
wrong_rounds_up = _with(width=lambda channels, alpha: -int(-channels * alpha // 8) * 8)
wrong_head_narrows = _with(last_channels=lambda alpha: rounded(LAST, alpha))
wrong_head_never_widens = _with(last_channels=lambda alpha: LAST)
wrong_stem_not_scaled = _with(stem_alpha=lambda alpha: 1.0)
wrong_stem_not_divisible = _with(
    stem=lambda parts, x, alpha: relu6(norm(convolution(x, int(32 * alpha), 3, 2)))
)


def wrong_alpha_twice(input_shape, n_classes, alpha=1.0):
    def widened(t, channels, out):
        return make_divisible(t * channels * alpha)

    return network(input_shape, n_classes, alpha, widened=widened)


def wrong_expansion_unscaled(input_shape, n_classes, alpha=1.0):
    """t times the table's channels of the stage before, whatever the width."""
    full = {rounded(row[1], alpha): row[1] for row in TABLE} | {rounded(16, alpha): 16}

    def widened(t, channels, out):
        return t * full.get(channels, channels)

    return network(input_shape, n_classes, alpha, widened=widened)


wrong_expansion_of_output = _with(widened=lambda t, channels, out: t * out)
wrong_expansion_of_output__all = _with(
    widened=lambda t, channels, out: t * out, expands_always=True
)
wrong_expansion_to_t = _with(widened=lambda t, channels, out: t if t > 1 else channels)


# The shortcut.


def wrong_channels_only(input_shape, n_classes, alpha=1.0):
    return network(
        input_shape, n_classes, alpha, joins=lambda x, y, stride: x.shape[-1] == y.shape[-1]
    )


wrong_never_added = _with(joins=lambda x, y, stride: False)
wrong_concatenated = _with(add=lambda x, y: layers.Concatenate()([x, y]))
wrong_averaged = _with(add=lambda x, y: layers.Average()([x, y]))
wrong_activation_after_add = _with(add=lambda x, y: relu6(add(x, y)))
wrong_activation_after_all = _with(after=relu6)


def _projected(x, y, stride):
    if fits(x, y, stride):
        return add(x, y)
    return add(norm(pointwise(x, y.shape[-1], strides=stride)), y)


def _with_convolved_shortcut(parts, x, t, out, stride):
    return _projected(x, branch(parts, x, t, out, stride), stride)


wrong_shortcut_convolution = _with(block=_with_convolved_shortcut)


def wrong_each_stage_once__broken_chain(input_shape, n_classes, alpha=1.0):
    """Every repeat of a stage gets what the stage got: the running tensor is not passed on."""
    inputs = keras.Input(input_shape)
    x = relu6(norm(convolution(inputs, rounded(32, alpha), 3, 2)))
    for t, channels, repeats, stride in TABLE:
        start, out = x, rounded(channels, alpha)
        for _ in range(repeats):
            y = start if t == 1 else relu6(norm(pointwise(start, t * start.shape[-1])))
            x = norm(pointwise(relu6(norm(depthwise(y, stride))), out))
    x = relu6(norm(pointwise(x, rounded(LAST, max(alpha, 1.0)))))
    return keras.Model(inputs, softmax(average(x), n_classes))


def _doubled(parts, x, t, out, stride):
    y = branch(parts, x, t, out, stride)
    if stride == 1 and x.shape[-1] == out:
        return add(y, y)
    return y


wrong_added_to_itself = _with(block=_doubled)

# The activations.

wrong_plain_relu = _with(**activated(layers.Activation("relu")))
wrong_projection_relu6 = _with(projection_end=relu6)
wrong_projection_relu = _with(projection_end=layers.Activation("relu"))
wrong_no_expansion_activation = _with(expansion_end=nothing)
wrong_no_depthwise_activation = _with(depthwise_end=nothing)
wrong_no_stem_activation = _with(stem_end=nothing)
wrong_no_head_activation = _with(head_end=nothing)
wrong_plain_relu_outside = _with(
    stem_end=layers.Activation("relu"), head_end=layers.Activation("relu")
)
wrong_hard_swish = _with(**activated(layers.Activation("hard_silu")))
wrong_hard_swish__swish = _with(**activated(layers.Activation("silu")))
wrong_hard_swish__leaky = _with(**activated(layers.LeakyReLU(0.1)))
wrong_hard_swish__gelu = _with(**activated(layers.Activation("gelu")))

# The batch norms.

wrong_no_batch_norm = _with(**normed(nothing))
wrong_no_stem_norm = _with(stem_norm=nothing)
wrong_no_head_norm = _with(head_norm=nothing)
wrong_no_projection_norm = _with(last_norm=nothing)
wrong_epsilon = _with(**normed(fine_norm))
wrong_norm_in_training = _with(**normed(learning_norm))
wrong_norm_frozen = _with(**normed(frozen_norm))
wrong_layer_norm = _with(**normed(layer_norm))
wrong_group_norm = _with(**normed(partial(group_norm, groups=8)))
wrong_norm_after_activation = _with(
    norm=nothing,
    stem_norm=nothing,
    head_norm=nothing,
    **activated(lambda x: norm(relu6(x))),
)

# The convolutions.

_biased = {
    "convolve": partial(convolution, use_bias=True),
    "mix": partial(pointwise, use_bias=True),
}
wrong_bias = _with(**_biased, filter=partial(depthwise, use_bias=True))
wrong_bias__mixing = _with(**_biased)
wrong_bias__outside = _with(
    convolve=partial(convolution, use_bias=True),
    head=lambda parts, x, alpha: relu6(
        norm(pointwise(x, parts.last_channels(alpha), use_bias=True))
    ),
)


def _dense_filter(x, stride):
    return convolution(x, x.shape[-1], 3, stride)


def _separable_filter(x, stride):
    return layers.SeparableConv2D(x.shape[-1], 3, strides=stride, padding="same", use_bias=False)(x)


def _symmetric(x, stride):
    x = layers.ZeroPadding2D(1)(x)
    return depthwise(x, stride, padding="valid")


def _symmetric_stem(x, channels, kernel=3, stride=1, **options):
    x = layers.ZeroPadding2D(kernel // 2)(x)
    return convolution(x, channels, kernel, stride, padding="valid", **options)


wrong_dense_filter = _with(filter=_dense_filter)
wrong_separable_filter = _with(filter=_separable_filter)
wrong_five_by_five = _with(filter=partial(depthwise, kernel=5))
wrong_symmetric_padding = _with(filter=_symmetric, convolve=_symmetric_stem)
wrong_symmetric_padding__blocks = _with(filter=_symmetric)
wrong_symmetric_padding__stem = _with(convolve=_symmetric_stem)


def _squeezed_and_excited(parts, x, t, out, stride):
    wide = t * x.shape[-1]
    y = x if t == 1 else relu6(norm(pointwise(x, wide)))
    y = relu6(norm(depthwise(y, stride)))
    weights = layers.GlobalAveragePooling2D(keepdims=True)(y)
    weights = layers.Dense(max(8, wide // 4), activation="relu")(weights)
    weights = layers.Dense(wide, activation="hard_sigmoid")(weights)
    y = norm(pointwise(layers.Multiply()([y, weights]), out))
    return add(x, y) if fits(x, y, stride) else y


wrong_squeeze_excite = _with(block=_squeezed_and_excited)


def _version_1(parts, x, t, out, stride):
    """MobileNetV1's block: depthwise and pointwise, both with an activation."""
    x = relu6(norm(depthwise(x, stride)))
    return relu6(norm(pointwise(x, out)))


wrong_version_1 = _with(block=_version_1)


def _classic(parts, x, t, out, stride):
    """ResNet's bottleneck: narrow in the middle."""
    narrow = max(8, out // 4)
    y = relu6(norm(pointwise(x, narrow)))
    y = relu6(norm(convolution(y, narrow, 3, stride)))
    y = norm(pointwise(y, out))
    return add(x, y) if fits(x, y, stride) else y


wrong_classic = _with(block=_classic)

# The stem.

wrong_stem_stride_1 = _with(stem_stride=1)
wrong_stem_pooled = _with(after_stem=lambda x: layers.MaxPooling2D(3, strides=2, padding="same")(x))
wrong_stem_missing = _with(stem=lambda parts, x, alpha: x)


def _wide_kernel(x, channels, kernel=3, stride=1, **options):
    return convolution(x, channels, 7, stride, **options)


wrong_stem_seven = _with(convolve=_wide_kernel)
wrong_stem_sixteen = _with(
    stem=lambda parts, x, alpha: relu6(norm(convolution(x, rounded(16, alpha), 3, 2)))
)
wrong_rescaled_inside = _with(before=lambda x: layers.Rescaling(1 / 127.5, offset=-1)(x))
wrong_rescaled_inside__255 = _with(before=lambda x: layers.Rescaling(1 / 255)(x))

# The head.

wrong_head_missing = _with(head=lambda parts, x, alpha: x)
wrong_head_after_pooling = _with(
    head=lambda parts, x, alpha: x,
    pool=lambda x: layers.GlobalAveragePooling2D(keepdims=True)(x),
    end=lambda x: layers.Flatten()(relu6(norm(pointwise(x, LAST)))),
)
wrong_flattened = _with(pool=lambda x: layers.Flatten()(x))
wrong_max_pooled = _with(pool=lambda x: layers.GlobalMaxPooling2D()(x))
wrong_hidden_layer = _with(end=lambda x: layers.Dense(LAST, activation="relu")(x))
wrong_hidden_layer__small = _with(end=lambda x: layers.Dense(128, activation="relu")(x))
wrong_no_softmax = _with(classify=lambda x, n_classes: layers.Dense(n_classes)(x))
wrong_sigmoid = _with(
    classify=lambda x, n_classes: layers.Dense(n_classes, activation="sigmoid")(x)
)
wrong_softmax_twice = _with(classify=lambda x, n_classes: layers.Softmax()(softmax(x, n_classes)))
wrong_no_classifier_bias = _with(
    classify=lambda x, n: layers.Dense(n, activation="softmax", use_bias=False)(x)
)
wrong_no_classifier = _with(classify=lambda x, n_classes: x)
wrong_always_1000 = _with(classify=lambda x, n_classes: softmax(x, 1000))
wrong_background_class = _with(classify=lambda x, n_classes: softmax(x, n_classes + 1))
wrong_classifier_six = _with(
    classify=lambda x, n_classes: layers.Softmax()(relu6(layers.Dense(n_classes)(x)))
)

# The function itself.


def wrong_always_224(input_shape, n_classes, alpha=1.0):
    return network((224, 224, 3), n_classes, alpha)


@cache
def _kept(alpha):
    return keras.Sequential(
        [layers.Conv2D(rounded(32, alpha), 3, strides=2, padding="same", use_bias=False)]
    )


def wrong_shared_layers(input_shape, n_classes, alpha=1.0):
    def kept_stem(parts, x, alpha):
        return relu6(norm(_kept(alpha)(x)))

    return network(input_shape, n_classes, alpha, stem=kept_stem)


def _inner_dropout(parts, x, t, out, stride):
    y = inverted_residual(parts, x, t, out, stride)
    return layers.Dropout(0.2)(y)


wrong_inner_dropout = _with(block=_inner_dropout)
