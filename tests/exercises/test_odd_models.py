"""Models that are odd: an error of ours is never the learner's, and nothing is hidden from counts.

What is kept from Keras's own lists of weights counts all the same, in blocks and in networks.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

import mnv2_tutor.families.network.observe
from mnv2_tutor.course.answers.expansion_block import reference as expansion_reference
from mnv2_tutor.course.answers.mobilenet_v2 import reference
from mnv2_tutor.course.answers.networks import network
from mnv2_tutor.engine.judge import with_unseen
from mnv2_tutor.engine.keras_models.inspection import counts, reading
from mnv2_tutor.engine.report import Outcome
from tests.exercises.judging import judged

KEY = "mobilenet_v2"


def keys_of(report):
    return {item.message.key for item in report.items if item.message}


def small(end, is_open=False):
    """A classifier of one convolution whose ``end`` makes something of a map of 1/32 the size."""

    def mobilenet_v2(input_shape, n_classes, alpha=1.0):
        size = (None, None, input_shape[-1]) if is_open else input_shape
        inputs = keras.Input(size)
        x = layers.Conv2D(8, 3, 32, padding="same")(inputs)
        return keras.Model(inputs, end(x, n_classes))

    return mobilenet_v2


def softmax(x, n_classes):
    return layers.Dense(n_classes, activation="softmax")(x)


def mean(x):
    return layers.GlobalAveragePooling2D()(x)


class OfClass(keras.Model):
    """A subclassed model; ``step`` does what is odd about it."""

    def __init__(self, n_classes, step):
        super().__init__()
        self.first = layers.Conv2D(8, 3, 32, padding="same")
        self.step, self.last = step, layers.Dense(n_classes, activation="softmax")

    def call(self, x):
        return self.last(tf.reduce_mean(self.step(self, self.first(x)), [1, 2]))


def of_class(step):
    return lambda input_shape, n_classes, alpha=1.0: OfClass(n_classes, step)


class Raises(OfClass):
    """Whatever is asked of it raises."""

    @property
    def layers(self):
        raise RuntimeError

    @property
    def weights(self):
        raise RuntimeError

    @property
    def input_shape(self):
        raise RuntimeError


class Text(keras.Model):
    def call(self, x):
        return "text"


def recurrent(input_shape, n_classes, alpha=1.0):
    inputs = keras.Input(input_shape)
    x = layers.Reshape((-1, input_shape[-1]))(layers.AveragePooling2D(8)(inputs))
    return keras.Model(inputs, softmax(layers.LSTM(4)(x), n_classes))


def two_inputs(input_shape, n_classes, alpha=1.0):
    pictures, more = keras.Input(input_shape), keras.Input((2,))
    return keras.Model([pictures, more], softmax(mean(pictures), n_classes))


def no_layers(input_shape, n_classes, alpha=1.0):
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, inputs)


NEEDS_224 = {
    "pool_7": small(lambda x, n: softmax(layers.Flatten()(layers.AveragePooling2D(7)(x)), n)),
    "pool_7_of_any_size": small(
        lambda x, n: layers.Softmax()(layers.Conv2D(n, 1)(layers.AveragePooling2D(7)(x))),
        is_open=True,
    ),
    "map_of_7": small(lambda x, n: softmax(layers.Reshape((7 * 7 * 8,))(x), n)),
    "window_of_7": small(lambda x, n: softmax(layers.Flatten()(layers.Conv2D(8, 7)(x)), n)),
    "raw_pool_7": of_class(lambda model, x: tf.nn.avg_pool2d(x, 7, 1, "VALID")),
    "raw_map_of_7": of_class(lambda model, x: tf.reshape(x, (-1, 7, 7, 8))),
}
ODD = {
    "no_numbers": small(lambda x, n: layers.Lambda(lambda y: y * np.nan)(softmax(mean(x), n))),
    "whole_numbers": small(lambda x, n: ops.argmax(softmax(mean(x), n), axis=1)),
    "row_of_whole_numbers": small(lambda x, n: ops.cast(softmax(mean(x), n), "int32")),
    "texts": small(lambda x, n: layers.Lambda(tf.strings.as_string)(softmax(mean(x), n))),
    "one_number": small(lambda x, n: ops.mean(softmax(mean(x), n))),
    "no_batch": small(lambda x, n: ops.sum(softmax(mean(x), n), axis=0)),
    "no_channels": small(lambda x, n: softmax(mean(x[..., 8:]), n)),
    "dictionary": small(lambda x, n: {"answer": softmax(mean(x), n)}),
    "a_map": small(lambda x, n: layers.Softmax()(layers.Conv2D(n, 1)(x))),
    "no_layers": no_layers,
    "nothing_at_all": lambda input_shape, n_classes, alpha=1.0: keras.Model(),
    "empty_sequential": lambda input_shape, n_classes, alpha=1.0: keras.Sequential(),
    "text": lambda input_shape, n_classes, alpha=1.0: Text(),
    "raising": lambda input_shape, n_classes, alpha=1.0: Raises(n_classes, lambda m, x: x),
    "negative_shape": of_class(lambda model, x: x + tf.zeros((-3,))),
    "huge": of_class(lambda model, x: x + tf.reduce_sum(tf.zeros((1 << 40, 1 << 20)))),
    "recurrent": recurrent,
    "two_inputs": two_inputs,
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_model_is_judged_and_nothing_of_ours_raises(name):
    for seed in (None, 1):
        report = judged(ODD[name], KEY, seed)
        assert report.outcome is not Outcome.CHECKER_ERROR
        assert not report.passed
        assert "mobilenet_v2.unobserved" not in keys_of(report)


@pytest.mark.parametrize("name", NEEDS_224)
def test_who_needs_a_larger_picture_is_told_so(name):
    public, unseen = (judged(NEEDS_224[name], KEY, seed) for seed in (None, 1))
    assert public.lead.key == "mobilenet_v2.larger"
    assert "(64, 64, 3)" in public.lead.input
    assert with_unseen(public, unseen).score == public.score


def test_an_error_of_ours_costs_one_result_and_is_called_ours(monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(mnv2_tutor.families.network.observe, "constrained", broken)
    report = judged(lambda *args: reference(*args), KEY, 1)
    assert keys_of(report) == {"mobilenet_v2.unobserved"}
    assert report.score == report.max_score - 1


def test_numbers_that_are_none_are_no_constant():
    assert judged(ODD["no_numbers"], KEY).lead.key == "common.nan"


def test_a_network_that_cannot_be_trained_is_told_so():
    class Stubborn(layers.Layer):
        def call(self, x, training=None):
            if training:
                raise ValueError("not here")
            return x

    def mobilenet_v2(input_shape, n_classes, alpha=1.0):
        model = reference(input_shape, n_classes, alpha)
        return keras.Model(model.input, Stubborn()(model.output))

    report = judged(mobilenet_v2, KEY, 1)
    assert [item.key for item in report.items if item.message] == ["training"]
    assert "not here" in report.lead.found


# Counts.


class Quiet(layers.Conv2D):
    """Has a bias, and does not say so."""

    @property
    def weights(self):
        return [self.kernel]

    @property
    def trainable_weights(self):
        return [self.kernel]

    def count_params(self):
        return self.kernel.size


class QuietModel(keras.Model):
    @property
    def weights(self):
        return []

    @property
    def layers(self):
        return []


class InAList(layers.Layer):
    """Keeps its variable where Keras does not look."""

    def __init__(self, channels):
        super().__init__()
        self.bias = lambda found=[tf.Variable(tf.zeros(channels))]: found[0]  # noqa: B006

    def call(self, x):
        return x + self.bias()


class Late(layers.Layer):
    """Makes its variable when numbers come for the first time."""

    def call(self, x):
        if tf.executing_eagerly() and not hasattr(self, "late"):
            self.late = tf.Variable(tf.zeros(x.shape[-1]))
        return x + self.late if hasattr(self, "late") else x


def trainable(model):
    with reading() as read:
        model(np.zeros((1, 4, 4, 3), "float32"))
    return counts(model, read).array.values[0]


@pytest.mark.parametrize(
    "biased",
    [
        lambda x: Quiet(5, 1)(x),
        lambda x: InAList(5)(layers.Conv2D(5, 1, use_bias=False)(x)),
        lambda x: Late()(layers.Conv2D(5, 1, use_bias=False)(x)),
    ],
    ids=["property", "closure", "late"],
)
def test_a_weight_that_is_hidden_counts(biased):
    x = keras.Input((4, 4, 3))
    for kind in (keras.Model, QuietModel):
        assert trainable(kind(x, biased(x))) == 3 * 5 + 5


def test_a_hidden_bias_costs_a_block_its_points_for_weights():
    def expansion_block(x, t, filters, block_id):
        x = Quiet(t * filters, 1)(x)
        return layers.ReLU(6.0)(layers.BatchNormalization(momentum=0.999)(x))

    report = judged(expansion_block, "expansion_block", 1)
    plain = judged(expansion_reference, "expansion_block", 1)
    assert plain.passed
    assert not report.passed


@pytest.mark.parametrize("hide", [Late, InAList], ids=lambda hide: hide.__name__)
def test_a_hidden_bias_costs_a_network_its_points_for_weights(hide):
    def end(x):
        return (hide() if hide is Late else hide(x.shape[-1]))(x)

    def mobilenet_v2(input_shape, n_classes, alpha=1.0):
        return network(input_shape, n_classes, alpha, projection_end=end)

    report = judged(mobilenet_v2, KEY, 1)
    assert "weights" in {item.key for item in report.items if item.message}


# One report.


def bottleneck(x, t, filters, out_channels, stride, block_id):
    """The article's block."""
    y = layers.Conv2D(t * filters, 1, use_bias=False)(x)
    y = layers.DepthwiseConv2D(3, stride, padding="same", use_bias=False)(y)
    y = layers.Conv2D(out_channels, 1, use_bias=False)(y)
    return layers.Add()([x, y]) if filters == out_channels else y


def article_s(input_shape, n_classes, alpha=1.0):
    def block(parts, x, t, out, stride):
        return bottleneck(x, t, x.shape[-1], out, stride, 1)

    return network(input_shape, n_classes, alpha, block=block)


def test_the_fault_of_an_imported_block_is_said_to_be_there():
    public, unseen = (judged(article_s, KEY, seed) for seed in (None, 1))
    assert "bottleneck(x, 6, 8, 8, 2, 1) alone stops too" in public.lead.found
    assert with_unseen(public, unseen).score == public.score
    assert with_unseen(public, unseen).lead == public.lead


def test_points_and_words_are_those_of_the_public_questions():
    changes = {"classify": lambda x, n_classes: layers.Dense(n_classes)(x)}

    def mobilenet_v2(input_shape, n_classes, alpha=1.0):
        return network(input_shape, n_classes, alpha, **changes)

    public, unseen = (judged(mobilenet_v2, KEY, seed) for seed in (None, 1))
    both = with_unseen(public, unseen)
    assert (both.score, both.lead) == (public.score, public.lead)
    failed = {item.key for item in public.items if item.message}
    assert "training" not in failed, "a missing softmax is one fault"


@pytest.mark.parametrize("stride", [1, 2])
def test_no_map_is_said_to_grow(stride):
    """A stem of stride 1, or a pooling after it, moves all sizes."""
    change = {"stem_stride": 1} if stride == 1 else {"after_stem": layers.MaxPooling2D()}

    def mobilenet_v2(input_shape, n_classes, alpha=1.0):
        return network(input_shape, n_classes, alpha, **change)

    message = next(i.message for i in judged(mobilenet_v2, KEY).items if i.key == "stages")
    assert "32x32 to 64x64" not in message.found
    assert ("the stem gives 64x64" if stride == 1 else "16x16 to 16x16") in message.found
