"""Odd answers to the exercises of chapters 8 and 9."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from mnv2_tutor.course.transfer_networks import student_and_reference
from mnv2_tutor.engine.course import exercise
from mnv2_tutor.engine.expected import reference
from tests.exercises.judging import judged, observed


def lead(function, key):
    report = judged(function, key)
    assert not report.passed
    return report.lead


@pytest.mark.parametrize("seed", range(8))
def test_unseen_pictures_have_black_and_white_and_both_types(seed):
    cases = exercise("preprocess").probe(seed)
    assert {case.dtype for case in cases} == {"uint8", "float32"}
    assert {0.0, 255.0} <= set(cases[0].values)
    assert all(0 <= value <= 255 for case in cases for value in case.values)


def test_a_list_is_no_array():
    assert lead(lambda images: (images / 127.5 - 1).tolist(), "preprocess").key == (
        "common.returned_sequence"
    )


def test_a_picture_that_is_overwritten_through_a_view_is_noticed():
    def through_a_view(images):
        view = images.reshape(-1)
        result = (view.astype("float32") / 127.5 - 1).reshape(images.shape)
        view[:1] = 7
        return result

    assert lead(through_a_view, "preprocess").key == "preprocess.overwritten"


def test_bytes_are_asked_apart_from_floats():
    def floats_only(images):
        return (images * (images.dtype == np.float32)).astype("float32") / 127.5 - 1

    assert lead(floats_only, "preprocess").key == "preprocess.bytes"


def test_a_tensor_and_an_array_of_a_misconception_are_one_misconception():
    def half_range(images):
        return tf.cast(images, tf.float32) / 255

    assert lead(half_range, "preprocess").key == "preprocess.half_range"


def test_the_student_has_the_weights_of_the_reference_and_fewer_layers():
    student, trained = student_and_reference(0.35, 7)
    assert [w.shape for w in student.weights] == [w.shape for w in trained.weights]
    assert len(student.weights) == 262
    assert len(student.layers) == len(trained.layers) - 4


def test_the_student_computes_what_the_reference_does():
    student, trained = student_and_reference(0.35, 7)
    generator = np.random.default_rng(0)
    values = [generator.uniform(0.1, 1, w.shape) / 10 for w in trained.weights]
    for network in (student, trained):
        network.set_weights(values)
    x = generator.uniform(-1, 1, (2, 32, 32, 3))
    features = [keras.Model(n.input, n.layers[-2].output)(x).numpy() for n in (student, trained)]
    assert features[0].max() > 0.01
    np.testing.assert_allclose(features[0], features[1], rtol=1e-4)


def test_the_first_array_that_is_missing_is_named():
    def all_but_one(student, reference):
        kept = student.get_layer("block_5_dw_bn").moving_variance.numpy()
        student.set_weights(reference.get_weights())
        student.get_layer("block_5_dw_bn").moving_variance.assign(kept)

    message = lead(all_but_one, "transfer_weights")
    assert message.key == "transfer_weights.statistics"
    assert "103 of 104" in message.found
    assert "variance of block_5_dw_bn" in message.found


def test_two_arrays_of_one_shape_that_changed_places_are_noticed():
    def exchanged(student, reference):
        weights = reference.get_weights()
        shapes = [w.shape for w in weights]
        first = shapes.index((1, 1, 8, 48))
        second = shapes.index((1, 1, 8, 48), first + 1)
        weights[first], weights[second] = weights[second], weights[first]
        student.set_weights(weights)

    assert lead(exchanged, "transfer_weights").key == "transfer_weights.kernels"


def test_a_model_that_grows_while_it_trains_is_no_fault_of_the_check():
    class Growing(keras.Model):
        def train_step(self, data):
            self.more = keras.layers.Dense(1)
            self.more.build((None, 2))
            return super().train_step(data)

    def grows(model):
        grown = Growing(model.input, model.output)
        return reference("compile_model")(grown)

    assert lead(grows, "compile_model").key == "compile_model.returned_model"


def test_only_the_first_transfer_counts_for_nothing():
    kept = []

    def remembered(student, reference):
        kept.append(reference.get_weights())
        student.set_weights(kept[0])

    assert not judged(remembered, "transfer_weights").passed


def test_anything_else_that_is_returned_passes_with_a_note():
    def gives_true(student, reference):
        student.set_weights(reference.get_weights())
        return True

    report = judged(gives_true, "transfer_weights")
    assert report.passed
    assert [note.key for note in report.notes] == ["transfer_weights.note_returned"]


def test_a_compiled_model_without_metrics_passes_with_a_note():
    def plain(model):
        model.compile("sgd", "sparse_categorical_crossentropy")
        return model

    report = judged(plain, "compile_model")
    assert report.passed
    assert [note.key for note in report.notes] == ["compile_model.note_metrics"]


def test_a_loss_that_ignores_the_labels_is_no_cross_entropy():
    def constant(model):
        model.compile("sgd", lambda labels, answers: keras.ops.sum(answers * 0, axis=-1) + 1)
        return model

    assert lead(constant, "compile_model").key == "compile_model.loss"


def test_a_compile_that_changes_the_weights_is_noticed():
    def zeroed(model):
        model.layers[-1].set_weights([0 * w for w in model.layers[-1].get_weights()])
        model.compile("sgd", "sparse_categorical_crossentropy")
        return model

    assert lead(zeroed, "compile_model").key == "compile_model.kept"


def test_weights_of_one_layer_that_change_are_noticed():
    """However deep it lies: what the model answers hardly shows it."""

    def one(model):
        if len(model.layers) > 10:
            model.layers[1].set_weights([w + 1e-3 for w in model.layers[1].get_weights()])
        return reference("compile_model")(model)

    assert lead(one, "compile_model").key == "compile_model.kept"


def test_double_precision_costs_its_own_point():
    report = judged(lambda images: images / 127.5 - 1, "preprocess")
    assert report.diagnosis.key == "preprocess.double_precision"
    assert report.score == 9


def test_a_division_in_place_that_bytes_refuse_costs_the_bytes():
    def in_place(images):
        images /= 127.5
        images -= 1
        return images

    assert judged(in_place, "preprocess").score == 6


def test_training_inside_is_noticed():
    """It would be lost on the caller's data, and changes the answers."""

    def trains(model):
        model = reference("compile_model")(model)
        model.run_eagerly = True
        size = model.input_shape[1]
        model.fit(np.ones((4, size)), np.zeros(4, int), verbose=0)
        return model

    assert lead(trains, "compile_model").key == "compile_model.kept"


def test_the_reference_lowers_its_loss_on_every_probe():
    for seed in (None, 1, 2, 3):
        seen = observed(reference("compile_model"), "compile_model", seed)
        assert [r.array.values for _, r in seen.results("fell")] == [(1.0,), (1.0,)]
