"""The check of the whole network on odd answers, and what its observer sees."""

import gc

import keras
import numpy as np
import pytest

from mnv2_tutor.course.answers.mobilenet_v2 import reference
from mnv2_tutor.course.answers.networks import network
from mnv2_tutor.course.exercises.mobilenet_v2 import STAGES
from mnv2_tutor.engine.course import exercise
from mnv2_tutor.engine.expected import misconceptions
from mnv2_tutor.engine.judge.compare import same_result
from mnv2_tutor.engine.keras_models import weight_values
from mnv2_tutor.families.network.probe import BlockRow, OutsideRow
from mnv2_tutor.families.network.traced import inside
from tests.exercises.judging import judged, observed

KEY = "mobilenet_v2"
NO_BIAS = misconceptions(KEY)["no_classifier_bias"]


def wrong(**changes):
    def mobilenet_v2(input_shape, n_classes, alpha=1.0):
        return network(input_shape, n_classes, alpha, **changes)

    return mobilenet_v2


def keys_of(report):
    return {item.message.key for item in report.items if item.message}


def test_counts_are_compared_exactly_whatever_the_tolerance():
    """A bias of 7 numbers among 400,000 is another network."""
    a, b = (observed(f, KEY).cases[0].results["weights"] for f in (reference, NO_BIAS))
    assert not same_result(a, b, tolerance=0.1)


# What comes back.


def returns_tensor(input_shape, n_classes, alpha=1.0):
    return reference(input_shape, n_classes, alpha).output


def returns_list_of_outputs(input_shape, n_classes, alpha=1.0):
    model = reference(input_shape, n_classes, alpha)
    return keras.Model(model.input, [model.output, model.output])


def fails_at_small_widths(input_shape, n_classes, alpha=1.0):
    if alpha < 1:
        raise RuntimeError("too narrow")
    return reference(input_shape, n_classes, alpha)


def no_model_the_second_time(input_shape, n_classes, alpha=1.0, built=[]):  # noqa: B006
    built.append((input_shape, alpha))
    return (
        None if built.count((input_shape, alpha)) > 1 else reference(input_shape, n_classes, alpha)
    )


@pytest.mark.parametrize(
    ("function", "key"),
    [
        (lambda input_shape, n_classes, alpha=1.0: None, "common.returned_none"),
        (returns_tensor, "mobilenet_v2.returned_tensor"),
        (returns_list_of_outputs, "mobilenet_v2.output"),
        (fails_at_small_widths, "common.raised_sometimes"),
        (no_model_the_second_time, "mobilenet_v2.changing"),
        (wrong(joins=lambda x, y, stride: True), "mobilenet_v2.unequal_sum"),
    ],
    ids=["none", "tensor", "list", "narrow", "second", "sum"],
)
def test_an_unusable_answer_is_named(function, key):
    report = judged(function, KEY)
    assert report.lead.key == key
    assert not report.passed


# What the messages say.


def test_the_first_stage_that_differs_is_named():
    table = tuple((6, 64, 4, 1) if row[1] == 64 else row for row in STAGES)
    lead = judged(wrong(table=table), KEY).lead
    assert lead.key == "mobilenet_v2.block_size"
    assert "block 7, the first of stage 4: 8x8 to 4x4" in lead.expected
    assert "8x8 to 8x8" in lead.found


def test_one_block_without_its_sum_is_found():
    count = iter(range(10_000))

    def skips_every_seventh(x, y, stride):
        same = stride == 1 and x.shape[-1] == y.shape[-1]
        return same and next(count) % 7 != 3

    report = judged(wrong(joins=skips_every_seventh), KEY)
    assert "mobilenet_v2.add_missing" in keys_of(report)


@pytest.mark.long
def test_two_mistakes_give_two_messages():
    from mnv2_tutor.course.answers.building import norm, relu6

    changes = {
        "head_end": keras.layers.Activation("relu"),
        "stem_norm": lambda x: norm(x, momentum=0.3),
        "projection_end": relu6,
    }
    expected = {"mobilenet_v2.head_end", "mobilenet_v2.block_end", "blocks.momentum"}
    assert expected <= keys_of(judged(wrong(**changes), KEY))


def test_a_network_without_depthwise_steps_is_judged_by_its_numbers():
    def plain(input_shape, n_classes, alpha=1.0):
        inputs = keras.Input(input_shape)
        x = keras.layers.Conv2D(8, 3, activation="relu")(inputs)
        x = keras.layers.GlobalAveragePooling2D()(x)
        return keras.Model(inputs, keras.layers.Dense(n_classes, activation="softmax")(x))

    assert "mobilenet_v2.no_statistics" in keys_of(judged(plain, KEY))


# The observer.


@pytest.fixture(scope="module")
def tables():
    model = reference((64, 64, 3), 7, 0.35)
    rows, outside = inside(model, np.zeros((1, 64, 64, 3), "float32"))
    return [BlockRow(*row) for row in rows], OutsideRow(*outside)


def test_blocks_are_read_from_the_operations(tables):
    rows, _ = tables
    repeats = [(t, s if i == 0 else 1) for t, _, n, s in STAGES for i in range(n)]
    assert [(r.wide / r.channels_in, r.size_in / r.size_out) for r in rows] == repeats
    assert sum(r.adds for r in rows) == 10


def test_stem_and_head_are_read_from_the_operations(tables):
    _, outside = tables
    assert (outside.stem_size, outside.stem_channels) == (32, 16)
    assert (outside.head_channels, outside.features) == (1280, 1280)


def test_the_multiply_adds_of_the_blocks_are_those_of_the_layers(tables):
    rows, _ = tables
    model = reference((64, 64, 3), 7, 0.35)
    own = sum(
        int(np.prod(layer.weights[0].shape)) * layer.output.shape[1] ** 2
        for layer in model.layers
        if layer.name.startswith("block") and len(layer.weights) == 1
    )
    assert sum(r.macs for r in rows) == own


def test_calm_weights_show_every_activation_and_tell_pictures_apart():
    results = {r.case: r.results for r in observed(reference, KEY).cases}["narrow"]
    rows = np.reshape(results["blocks"].array.values, results["blocks"].array.shape)
    for row in (BlockRow(*row) for row in rows):
        assert row.depthwise_high == row.projection_high == pytest.approx(6)
        assert row.end_low < 0
    pictures = np.reshape(results["probabilities"].array.values, (3, -1))
    assert np.abs(pictures[0] - pictures[1]).max() > 0.01


def test_rounding_does_not_show_under_calm_weights():
    from mnv2_tutor.engine.keras_models import inspection, training_behaviour

    model = reference((64, 64, 3), 7, 0.35)
    inspection.set_weights(
        inspection.with_roles(model), lambda role, shape: weight_values.calm("narrow", role, shape)
    )
    x = weight_values.pictures("narrow", (3, 64, 64, 3))
    a, b = (np.array(training_behaviour.run(model, p).array.values) for p in (x, x * (1 + 1e-6)))
    assert np.abs(a - b).max() < exercise(KEY).tolerance / 10


def test_a_layer_kept_from_a_network_that_was_only_counted_is_named_and_costs_no_more():
    kept = {}

    def stem(parts, x, alpha):
        if alpha not in kept:
            channels = parts.width(32, alpha)
            kept[alpha] = keras.layers.Conv2D(channels, 3, 2, padding="same", use_bias=False)
        return parts.stem_end(parts.stem_norm(kept[alpha](x)))

    report = judged(wrong(stem=stem), KEY, seed=1)
    assert keys_of(report) == {"mobilenet_v2.shared"}
    assert report.score == report.max_score - 1


def test_the_collector_runs_again_after_a_check():
    observed(reference, KEY)
    assert gc.isenabled()


def test_unseen_questions_differ_from_seed_to_seed():
    probes = [exercise(KEY).probe(seed) for seed in range(6)]
    that_run = [case for cases in probes for case in cases if "logits" in case.looks]
    assert len(that_run) == len(probes)
    assert all(str(seed) != case.seed for seed, case in enumerate(that_run))
    assert len({case.n_classes for case in that_run}) > 1
    assert {(case.alpha, case.input_shape) for case in that_run} == {(0.35, (64, 64, 3))}
