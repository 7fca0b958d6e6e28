"""Right networks, as different people would write them."""

import keras
import numpy as np
from keras import layers, ops

from mnv2_tutor.course.answers.make_divisible import reference as make_divisible

TABLE = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
    (6, 320, 1, 1),
]  # fmt: skip
ROWS = [dict(zip(("t", "c", "n", "s"), row, strict=True)) for row in TABLE]


def _norm(x, **options):
    return layers.BatchNormalization(**{"epsilon": 1e-3, "momentum": 0.999, **options})(x)


def _conv(x, channels, kernel=1, stride=1):
    return layers.Conv2D(channels, kernel, stride, padding="same", use_bias=False)(x)


def _step(x, channels, kernel=1, stride=1):
    return layers.ReLU(6.0)(_norm(_conv(x, channels, kernel, stride)))


def _block(x, t, out, stride):
    y = _step(x, t * x.shape[-1]) if t > 1 else x
    y = layers.DepthwiseConv2D(3, stride, padding="same", use_bias=False)(y)
    y = _norm(_conv(layers.ReLU(6.0)(_norm(y)), out))
    return layers.Add()([x, y]) if stride == 1 and x.shape[-1] == out else y


def _body(x, alpha, block=_block):
    for t, c, n, s in TABLE:
        for i in range(n):
            x = block(x, t, make_divisible(c * alpha), s if i == 0 else 1)
    return x


def _head(x, alpha):
    return _step(x, make_divisible(1280 * alpha) if alpha > 1 else 1280)


def unrolled(input_shape, n_classes, alpha=1.0):
    def d(channels):
        return make_divisible(channels * alpha)

    inputs = keras.Input(input_shape)
    x = _step(inputs, d(32), 3, 2)
    x = _block(x, 1, d(16), 1)
    x = _block(x, 6, d(24), 2)
    x = _block(x, 6, d(24), 1)
    x = _block(x, 6, d(32), 2)
    x = _block(x, 6, d(32), 1)
    x = _block(x, 6, d(32), 1)
    x = _block(x, 6, d(64), 2)
    x = _block(x, 6, d(64), 1)
    x = _block(x, 6, d(64), 1)
    x = _block(x, 6, d(64), 1)
    x = _block(x, 6, d(96), 1)
    x = _block(x, 6, d(96), 1)
    x = _block(x, 6, d(96), 1)
    x = _block(x, 6, d(160), 2)
    x = _block(x, 6, d(160), 1)
    x = _block(x, 6, d(160), 1)
    x = _block(x, 6, d(320), 1)
    x = _step(x, max(1280, d(1280)))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(n_classes, activation="softmax")(x))


def rows_as_dicts(input_shape, n_classes, alpha=1.0):
    inputs = keras.Input(shape=input_shape)
    x = _step(inputs, make_divisible(32 * alpha), 3, 2)
    for row in ROWS:
        for repeat in range(row["n"]):
            stride = row["s"] if repeat == 0 else 1
            x = _block(x, row["t"], make_divisible(row["c"] * alpha), stride)
    x = layers.GlobalAveragePooling2D()(_head(x, alpha))
    outputs = layers.Dense(n_classes, "softmax")(x)
    return keras.Model(inputs=inputs, outputs=outputs, name="mine")


def convolution_as_classifier(input_shape, n_classes, alpha=1.0):
    inputs = keras.Input(input_shape)
    x = _head(_body(_step(inputs, make_divisible(32 * alpha), 3, 2), alpha), alpha)
    x = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = layers.Conv2D(n_classes, 1)(x)
    x = layers.Reshape((n_classes,))(x)
    return keras.Model(inputs, layers.Softmax()(x))


def softmax_layer(input_shape, n_classes, alpha=1.0):
    inputs = keras.Input(input_shape)
    x = _head(_body(_step(inputs, make_divisible(32 * alpha), 3, 2), alpha), alpha)
    x = layers.Dense(n_classes)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, layers.Activation("softmax")(x))


def explicit_padding(input_shape, n_classes, alpha=1.0):
    """As keras.applications does it: zeros to the right and below at stride 2."""

    def pad(x):
        (top, left) = (1 - size % 2 for size in x.shape[1:3])
        return layers.ZeroPadding2D(((1 - top, 1), (1 - left, 1)))(x)

    def block(x, t, out, stride):
        y = _step(x, t * x.shape[-1]) if t > 1 else x
        if stride == 2:
            y = pad(y)
        padding = "same" if stride == 1 else "valid"
        y = layers.DepthwiseConv2D(3, stride, padding=padding, use_bias=False)(y)
        y = _norm(_conv(layers.ReLU(6.0)(_norm(y)), out))
        return layers.Add()([x, y]) if stride == 1 and x.shape[-1] == out else y

    inputs = keras.Input(input_shape)
    x = layers.Conv2D(make_divisible(32 * alpha), 3, 2, use_bias=False)(pad(inputs))
    x = _head(_body(layers.ReLU(6.0)(_norm(x)), alpha, block), alpha)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(n_classes, activation="softmax")(x))


def keras_own_momentum(input_shape, n_classes, alpha=1.0):
    """0.99, Keras's default: any momentum from 0.9 to 0.9999 will do."""

    def step(x, channels, kernel=1, stride=1):
        x = _norm(_conv(x, channels, kernel, stride), momentum=0.99)
        return ops.relu6(x)

    def block(x, t, out, stride):
        y = step(x, t * x.shape[-1]) if t > 1 else x
        y = layers.DepthwiseConv2D(3, stride, padding="same", use_bias=False)(y)
        y = ops.relu6(_norm(y, momentum=0.99))
        y = _norm(_conv(y, out), momentum=0.99)
        return x + y if stride == 1 and x.shape[-1] == out else y

    inputs = keras.Input(input_shape)
    x = _body(step(inputs, make_divisible(32 * alpha), 3, 2), alpha, block)
    x = step(x, make_divisible(1280 * max(1, alpha)))
    x = ops.mean(x, axis=(1, 2))
    return keras.Model(inputs, layers.Dense(n_classes, activation="softmax")(x))


def nested_blocks(input_shape, n_classes, alpha=1.0):
    def block(x, t, out, stride):
        start = keras.Input(x.shape[1:])
        return keras.Model(start, _block(start, t, out, stride))(x)

    inputs = keras.Input(input_shape)
    x = _body(_step(inputs, make_divisible(32 * alpha), 3, 2), alpha, block)
    x = layers.GlobalAveragePooling2D()(_head(x, alpha))
    return keras.Model(inputs, layers.Dense(n_classes, activation="softmax")(x))


def nested_backbone(input_shape, n_classes, alpha=1.0):
    inputs = keras.Input(input_shape)
    features = _head(_body(_step(inputs, make_divisible(32 * alpha), 3, 2), alpha), alpha)
    backbone = keras.Model(inputs, features)
    return keras.Sequential(
        [
            keras.Input(input_shape),
            backbone,
            layers.GlobalAveragePooling2D(),
            layers.Dense(n_classes, activation="softmax"),
        ]
    )


class _Block(layers.Layer):
    def __init__(self, t, channels, out, stride):
        super().__init__()
        self.expand = []
        if t > 1:
            self.expand = [
                layers.Conv2D(t * channels, 1, use_bias=False),
                layers.BatchNormalization(),
                layers.ReLU(6.0),
            ]
        self.rest = [
            layers.DepthwiseConv2D(3, stride, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(6.0),
            layers.Conv2D(out, 1, use_bias=False),
            layers.BatchNormalization(),
        ]
        self.joins = stride == 1 and channels == out

    def call(self, x, training=None):
        y = x
        for layer in [*self.expand, *self.rest]:
            y = layer(y, training=training) if "Batch" in type(layer).__name__ else layer(y)
        return x + y if self.joins else y


def layer_classes(input_shape, n_classes, alpha=1.0):
    inputs = keras.Input(input_shape)
    x = _step(inputs, make_divisible(32 * alpha), 3, 2)
    x = _body(x, alpha, lambda x, t, out, s: _Block(t, x.shape[-1], out, s)(x))
    x = layers.GlobalAveragePooling2D()(_head(x, alpha))
    return keras.Model(inputs, layers.Dense(n_classes, activation="softmax")(x))


class _Network(keras.Model):
    def __init__(self, n_classes, alpha):
        super().__init__()
        channels = make_divisible(32 * alpha)
        self.steps = [
            layers.Conv2D(channels, 3, 2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(6.0),
        ]
        for t, c, n, s in TABLE:
            for i in range(n):
                out = make_divisible(c * alpha)
                self.steps.append(_Block(t, channels, out, s if i == 0 else 1))
                channels = out
        self.steps += [
            layers.Conv2D(make_divisible(1280 * max(1.0, alpha)), 1, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(6.0),
            layers.GlobalAveragePooling2D(),
            layers.Dense(n_classes, activation="softmax"),
        ]

    def call(self, x, training=None):
        for step in self.steps:
            learns = isinstance(step, _Block | layers.BatchNormalization)
            x = step(x, training=training) if learns else step(x)
        return x


def subclassed_model(input_shape, n_classes, alpha=1.0):
    return _Network(n_classes, alpha)


def dropout_before_classifier(input_shape, n_classes, alpha=1.0):
    inputs = keras.Input(input_shape)
    x = _head(_body(_step(inputs, make_divisible(32 * alpha), 3, 2), alpha), alpha)
    x = layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, layers.Dense(n_classes, activation="softmax")(x))


def dense_for_pointwise(input_shape, n_classes, alpha=1.0):
    def block(x, t, out, stride):
        y = x
        if t > 1:
            y = layers.Dense(t * x.shape[-1], use_bias=False)(x)
            y = layers.ReLU(6.0)(_norm(y))
        y = layers.DepthwiseConv2D(3, stride, padding="same", use_bias=False)(y)
        y = layers.ReLU(6.0)(_norm(y))
        y = _norm(layers.Dense(out, use_bias=False)(y))
        return layers.Add()([x, y]) if stride == 1 and x.shape[-1] == out else y

    inputs = keras.Input(input_shape)
    x = _body(_step(inputs, make_divisible(32 * alpha), 3, 2), alpha, block)
    x = layers.GlobalAveragePooling2D()(_head(x, alpha))
    return keras.Model(inputs, layers.Dense(n_classes, activation="softmax")(x))


class _Classifier(layers.Layer):
    """Its weights begin as arrays: they cannot wait for their values."""

    def __init__(self, channels, n_classes):
        super().__init__()
        kernel = np.random.default_rng(0).normal(0, 0.01, (channels, n_classes))
        self.kernel = keras.Variable(kernel, dtype="float32", name="kernel")
        self.bias = keras.Variable(np.zeros(n_classes), dtype="float32", name="bias")

    def call(self, x):
        return ops.softmax(ops.matmul(x, self.kernel) + self.bias)


def weights_begin_as_arrays(input_shape, n_classes, alpha=1.0):
    inputs = keras.Input(input_shape)
    x = _head(_body(_step(inputs, make_divisible(32 * alpha), 3, 2), alpha), alpha)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, _Classifier(x.shape[-1], n_classes)(x))


def open_size(input_shape, n_classes, alpha=1.0):
    """The input leaves height and width open; the layers pad the same way."""
    inputs = keras.Input((None, None, input_shape[-1]))
    x = _head(_body(_step(inputs, make_divisible(32 * alpha), 3, 2), alpha), alpha)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(n_classes, activation="softmax")(x))


def other_parameter_names(shape, classes, width=1.0):
    return unrolled(shape, classes, width)
