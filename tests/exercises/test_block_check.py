"""The checks of the blocks on stubs, odd answers and several mistakes at once.

Right versions and misconceptions: test_checks.py.
"""

import copy

import keras
import pytest
import tensorflow as tf
from keras import layers

from mnv2_tutor.course.answers.building import depthwise, norm, pointwise, relu6
from mnv2_tutor.course.answers.depthwise_block import reference as depthwise_reference
from mnv2_tutor.course.answers.expansion_block import reference as expansion_reference
from mnv2_tutor.engine.expected import misconceptions
from tests.exercises.judging import judged
from tests.exercises.right import bottleneck as bottleneck_ways
from tests.exercises.right import depthwise_block as depthwise_ways
from tests.exercises.right import expansion_block as expansion_ways

WIDEN = "expansion_block"


def lead(function, key=WIDEN):
    report = judged(function, key)
    assert not report.passed
    return report.lead.key


def the_stub(x, t, filters, block_id):
    raise NotImplementedError("Your code goes here.")


def a_layer(x, t, filters, block_id):
    return layers.Conv2D(t * filters, 1)


def a_model(x, t, filters, block_id):
    return keras.Model(x, expansion_reference(x, t, filters, block_id))


def eager_numbers(x, t, filters, block_id):
    return tf.zeros((1, 2, 2, t * filters))


def another_input(x, t, filters, block_id):
    own = keras.Input(x.shape[1:])
    return expansion_reference(own, t, filters, block_id)


def a_constant(x, t, filters, block_id):
    return 0.0 * expansion_reference(x, t, filters, block_id)


def raw_tensorflow(x, t, filters, block_id):
    return tf.nn.relu6(norm(pointwise(x, t * filters)))


def one_parameter_too_many(x, t, filters, block_id, activation):
    return expansion_reference(x, t, filters, block_id)


def half_precision(x, t, filters, block_id):
    return keras.ops.cast(expansion_reference(x, t, filters, block_id), "float16")


def nothing_returned(x, t, filters, block_id):
    expansion_reference(x, t, filters, block_id)


def a_list(x, t, filters, block_id):
    return [expansion_reference(x, t, filters, block_id)]


@pytest.mark.parametrize(
    ("function", "key"),
    [
        (the_stub, "common.not_attempted"),
        (a_layer, "common.returned_layer"),
        (a_model, "blocks.returned_model"),
        (eager_numbers, "blocks.returned_numbers"),
        (another_input, "blocks.disconnected"),
        (a_constant, "blocks.constant"),
        (raw_tensorflow, "blocks.raw_tensorflow"),
        (one_parameter_too_many, "common.parameters"),
        (half_precision, "common.dtype"),
        (nothing_returned, "common.returned_none"),
        (a_list, "common.returned_sequence"),
    ],
)
def test_an_unusable_answer_gets_its_own_sentence(function, key):
    assert lead(function) == key
    assert judged(function, WIDEN).score == 0


def same_names_everywhere(x, t, filters, block_id):
    conv = layers.Conv2D(t * filters, 1, use_bias=False, name="expand")
    return relu6(norm(conv(x)))


def name_of_another_block(x, t, filters, block_id):
    return expansion_reference(x, t, filters, block_id + 5)


def projection_named_as_expansion(x, out_channels, block_id):
    name = f"block_{block_id}_expand"
    x = layers.Conv2D(out_channels, 1, use_bias=False, name=name)(x)
    return layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name=f"{name}_bn")(x)


def depthwise_named_as_projection(x, stride, block_id):
    conv = layers.DepthwiseConv2D(
        3, strides=stride, padding="same", use_bias=False, name=f"block_{block_id}_compress"
    )
    return relu6(norm(conv(x)))


def expansion_with_the_projections_norm(x, t, filters, block_id):
    bn = layers.BatchNormalization(momentum=0.999, name=f"block_{block_id}_compress_bn")
    return relu6(bn(pointwise(x, t * filters)))


def expansion_named_as_the_stem(x, t, filters, block_id):
    name = f"block_{block_id}_expand" if block_id == 3 else "conv1"
    return relu6(norm(layers.Conv2D(t * filters, 1, use_bias=False, name=name)(x)))


@pytest.mark.parametrize(
    ("function", "key"),
    [
        (projection_named_as_expansion, "projection_block"),
        (depthwise_named_as_projection, "depthwise_block"),
        (expansion_with_the_projections_norm, WIDEN),
        (expansion_named_as_the_stem, WIDEN),
    ],
)
def test_a_name_that_clashes_beside_the_other_blocks_fails(function, key):
    assert lead(function, key) == "blocks.foreign"


KEPT = {}


def layers_made_once(x, t, filters, block_id):
    conv = KEPT.setdefault((t, filters), layers.Conv2D(t * filters, 1, use_bias=False))
    return relu6(norm(conv(x)))


@pytest.mark.parametrize(
    ("function", "key"),
    [
        (same_names_everywhere, "blocks.name_clash"),
        (name_of_another_block, "blocks.foreign"),
        (layers_made_once, "blocks.shared"),
    ],
)
def test_two_blocks_must_fit_into_one_network(function, key):
    assert lead(function) == key


def batch_norm_with(**options):
    def block(x, t, filters, block_id):
        norms = layers.BatchNormalization(**{"momentum": 0.999, **options})
        return relu6(norms(pointwise(x, t * filters)))

    return block


@pytest.mark.parametrize("momentum", [0.9, 0.99, 0.9999])
def test_usual_momenta_pass(momentum):
    assert judged(batch_norm_with(momentum=momentum), WIDEN).passed


@pytest.mark.parametrize("momentum", [0.1, 0.5, 0.89])
def test_other_momenta_fail(momentum):
    assert lead(batch_norm_with(momentum=momentum)) == "blocks.momentum"


def test_a_momentum_of_one_never_learns():
    assert lead(batch_norm_with(momentum=1.0)) == "blocks.still"


def test_a_constraint_is_seen_though_no_step_is_taken():
    assert lead(batch_norm_with(gamma_constraint="non_neg")) == "blocks.constrained"


def with_dropout(x, t, filters, block_id):
    return layers.Dropout(0.3)(expansion_reference(x, t, filters, block_id))


def test_dropout_is_seen_in_training():
    assert lead(with_dropout) == "blocks.chance"


def bias_and_no_ceiling(x, t, filters, block_id):
    return layers.ReLU()(norm(pointwise(x, t * filters, use_bias=True)))


def dense_kernel_without_ceiling(x, stride, block_id):
    conv = layers.Conv2D(x.shape[-1], 3, strides=stride, padding="same", use_bias=False)
    return layers.ReLU()(norm(conv(x)))


def as_in_pytorch(x, t, filters, block_id):
    """Its epsilon, and its momentum taken for Keras's."""
    return relu6(norm(pointwise(x, t * filters), momentum=0.1, epsilon=1e-5))


def test_a_headline_stands_over_its_own_evidence():
    report = judged(as_in_pytorch, WIDEN)
    assert report.diagnosis.key == "expansion_block.epsilon"
    assert "momentum" not in report.lead.expected + report.lead.found
    assert [message.key for message in report.more] == ["blocks.momentum"]


def outcome(function, key, item):
    return next(one.outcome.value for one in judged(function, key).items if one.key == item)


@pytest.mark.parametrize("name", ["plain_relu", "expansion_uncapped", "all_linear"])
def test_what_goes_wrong_inside_is_no_fault_of_the_end(name):
    twin = misconceptions("bottleneck")[name]
    assert outcome(twin, "bottleneck", "linear") == "passed"
    assert outcome(twin, "bottleneck", "inside") == "failed"


@pytest.mark.parametrize("name", ["channels_only", "stride_only", "always_added"])
@pytest.mark.parametrize("item", ["training", "inside", "linear", "weights"])
def test_an_add_that_raises_costs_nothing_that_ran(name, item):
    assert outcome(misconceptions("bottleneck")[name], "bottleneck", item) == "passed"


def x_second(t, x, filters, block_id):
    return expansion_reference(x, t, filters, block_id)


def test_another_order_of_parameters_is_not_called_a_passing_name():
    keys = [note.key for note in judged(x_second, WIDEN).notes]
    assert keys == ["common.reordered"]


@pytest.mark.parametrize(
    ("setting", "value", "usual"),
    [
        ("image_data_format", "channels_first", "channels_last"),
        ("dtype_policy", "mixed_float16", "float32"),
        ("floatx", "float64", "float32"),
    ],
)
def test_a_setting_of_the_notebook_changes_no_verdict(setting, value, usual):
    def block(x, t, filters, block_id):
        return expansion_reference(x, t, filters, block_id)

    change = getattr(keras.config, f"set_{setting}")
    try:
        change(value)
        report = judged(block, WIDEN)
        now = getattr(keras.config, setting)()
    finally:
        change(usual)
    assert report.passed
    assert [note.key for note in report.notes] == ["common.settings"]
    assert f"{setting} = {value}" in report.notes[0].says
    assert getattr(now, "name", now) == value


def test_a_recursion_of_a_library_is_not_the_learners():
    def library(x, t, filters, block_id):
        return copy.deepcopy(DEEP)

    def own(x, t, filters, block_id):
        return own(x, t, filters, block_id)

    assert lead(library) == "common.raised"
    assert lead(own) == "common.recursion"


DEEP: list = []
for _ in range(5000):
    DEEP = [DEEP]


@pytest.mark.parametrize("name", ["callable", "absent", "stopped", "none", "tensor", "error"])
def test_a_class_called_like_a_kind_of_ours_is_no_such_kind(name):
    thing = type(name, (), {})()
    report = judged(thing, WIDEN)
    assert report.lead.key == "common.not_callable"
    assert report.lead.parameters["type"] == name
    assert judged(lambda *_: thing, "count_params").lead.key == "common.returned_no_number"


def no_add_and_relu_at_the_end(x, t, filters, out_channels, stride, block_id):
    y = relu6(norm(pointwise(x, t * filters)))
    y = relu6(norm(depthwise(y, stride)))
    return relu6(norm(pointwise(y, out_channels)))


def article_rule_and_relu_at_the_end(x, t, filters, out_channels, stride, block_id):
    y = no_add_and_relu_at_the_end(x, t, filters, out_channels, stride, block_id)
    return layers.Add()([x, y]) if filters == out_channels else y


@pytest.mark.parametrize(
    ("function", "key", "wanted"),
    [
        (
            article_rule_and_relu_at_the_end,
            "bottleneck",
            {"common.raised_sometimes", "blocks.end_floor"},
        ),
        (bias_and_no_ceiling, WIDEN, {"blocks.weights_more", "blocks.above_six"}),
        (
            dense_kernel_without_ceiling,
            "depthwise_block",
            {"blocks.channels_mix", "blocks.weights_more", "blocks.above_six"},
        ),
        (
            no_add_and_relu_at_the_end,
            "bottleneck",
            {"blocks.add_missing", "blocks.end_floor"},
        ),
    ],
)
def test_two_mistakes_give_two_messages(function, key, wanted):
    report = judged(function, key)
    assert {report.lead.key, *(message.key for message in report.more)} == wanted


@pytest.mark.parametrize(
    ("function", "key", "note"),
    [
        (expansion_ways.dense, WIDEN, "blocks.note_dense"),
        (expansion_ways.with_lambda, WIDEN, "blocks.note_lambda"),
        (expansion_ways.nested, WIDEN, "blocks.note_nested"),
        (expansion_ways.subclassed, WIDEN, "blocks.note_custom"),
        (expansion_ways.no_names, WIDEN, "blocks.note_names"),
        (depthwise_ways.grouped, "depthwise_block", "blocks.note_groups"),
        (expansion_ways.other_parameter_names, WIDEN, "common.renamed"),
        (expansion_ways.keyword_only, WIDEN, "common.keyword_only"),
    ],
)
def test_right_but_otherwise_spelt_passes_with_a_note(function, key, note):
    report = judged(function, key)
    assert report.passed
    assert note in {message.key for message in report.notes}


@pytest.mark.parametrize("seed", [None, 3])
def test_a_note_on_names_shows_no_number_of_the_block(seed):
    def numbered(x, t, filters, block_id):
        x = layers.Conv2D(t * filters, 1, use_bias=False, name=f"wide{block_id}")(x)
        return relu6(norm(x))

    (note,) = judged(numbered, WIDEN, seed).notes
    assert note.parameters["names"] == "wide{block_id}"
    assert note.parameters["wanted"] == "block_{block_id}_expand"


@pytest.mark.parametrize(
    ("function", "key"),
    [
        (expansion_reference, WIDEN),
        (depthwise_reference, "depthwise_block"),
        (bottleneck_ways.course_names, "bottleneck"),
    ],
)
def test_the_courses_own_spelling_gets_no_note(function, key):
    assert judged(function, key).notes == ()
