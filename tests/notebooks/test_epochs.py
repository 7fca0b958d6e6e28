"""The line that shows a training."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from mnv2_tutor import epochs


def trained(*callbacks, epochs_=3, batches=None):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, activation="softmax")])
    loss = "sparse_categorical_crossentropy"
    model.compile("adam", loss, metrics=["accuracy"], run_eagerly=True)
    x, y = np.ones((8, 4), "float32"), np.zeros(8, int)
    options = {"epochs": epochs_, "verbose": 0, "callbacks": [*callbacks]}
    if batches:
        model.fit(batches(x, y), **options)
    else:
        model.fit(x, y, batch_size=4, **options)


@pytest.fixture
def lines(monkeypatch):
    """What a notebook would show, one state after the other."""
    shown = []

    def line(page):
        shown.append(page)
        return shown.append

    monkeypatch.setattr(epochs, "_line_in_a_notebook", line)
    monkeypatch.setattr(epochs, "LEAST_PAUSE", -1)
    return shown


def test_without_a_notebook_one_line_is_printed_at_the_end(capsys):
    trained(epochs.Epochs("classifier"))
    printed = capsys.readouterr().out
    assert printed.startswith("classifier: 3 epochs; accuracy ")
    assert printed.count("\n") == 1


def test_in_a_notebook_the_line_says_how_far_it_is_and_what_is_left(lines):
    trained(epochs.Epochs("classifier"))
    assert "the first step takes longest" in lines[0]
    assert "classifier: 50%" in lines[3]
    assert "s left" in lines[3]
    assert 'value="0.500"' in lines[3]


def test_the_last_line_has_results_and_no_times(lines):
    trained(epochs.Epochs("classifier"))
    assert lines[-1].startswith(f"{epochs.OPENING}classifier: 3 epochs; accuracy ")
    assert " s " not in lines[-1]


def test_a_training_that_ends_early_says_how_many_epochs_it_had(capsys):
    class Enough(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 1

    trained(Enough(), epochs.Epochs("short"), epochs_=20)
    assert capsys.readouterr().out.startswith("short: 2 epochs; ")


def test_where_nobody_knows_the_number_of_batches_the_epochs_count(lines):
    def batches(x, y):
        kinds = (tf.TensorSpec((None, 4)), tf.TensorSpec((None,), tf.int64))
        return tf.data.Dataset.from_generator(lambda: iter([(x, y)]), output_signature=kinds)

    trained(epochs.Epochs("unknown"), epochs_=2, batches=batches)
    assert "unknown: 50%" in lines[2]
    assert not [line for line in lines if "s left" in line and "-" in line.split("s left")[0][-6:]]


def test_a_name_is_shown_as_text(lines):
    trained(epochs.Epochs("<b>bold</b>"), epochs_=1)
    assert all("<b>" not in line for line in lines)


def test_as_text_it_is_the_same_in_every_run():
    assert epochs._Line("<p>12 s left</p>")._repr_mimebundle_()["text/plain"] == "Training."
