"""The solution's network is the published one in its numbers, and equal to keras.applications."""

from math import floor, prod

import keras
import numpy as np
import pytest

from mnv2_tutor.mine import mobilenet_v2
from mnv2_tutor.published import checkpoints

WIDTHS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)
SIZES = (224, 192, 160, 128, 96, 225, 97, 33)
COUNTED = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D, keras.layers.Dense)


def theirs(size, alpha=1.0):
    return keras.applications.MobileNetV2((size, size, 3), alpha=alpha, weights=None)


def kernels(model):
    return [layer for layer in model.layers if type(layer) in COUNTED]


def macs(model):
    return sum(
        prod(layer.weights[0].shape) * prod(layer.output.shape[1:-1]) for layer in kernels(model)
    )


def test_there_are_22_published_networks_in_six_widths():
    assert len(checkpoints()) == 22
    assert {row.alpha for row in checkpoints()} == set(WIDTHS)


@pytest.mark.parametrize("row", checkpoints(), ids=lambda row: f"{row.alpha}-{row.resolution}")
def test_published_multiply_adds_are_those_of_the_network_rounded_down(row):
    model = mobilenet_v2((row.resolution, row.resolution, 3), 1000, row.alpha)
    assert floor(macs(model) / 1e6) == row.million_macs


@pytest.mark.parametrize("alpha", WIDTHS)
def test_published_weights_are_those_of_its_kernels(alpha):
    published = {row.million_params for row in checkpoints() if row.alpha == alpha}
    model = mobilenet_v2((96, 96, 3), 1000, alpha)
    weights = sum(prod(layer.weights[0].shape) for layer in kernels(model))
    assert {round(weights / 1e6, 2)} == published


@pytest.mark.parametrize("alpha", WIDTHS)
def test_arrays_are_those_of_keras_in_the_same_order(alpha):
    own, other = mobilenet_v2((96, 96, 3), 1000, alpha), theirs(96, alpha)
    assert [w.shape for w in own.weights] == [w.shape for w in other.weights]
    assert len(own.weights) == 262


@pytest.fixture(scope="module")
def alive():
    """Weights with which activations exceed 6 and fall below 0."""
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    model = theirs(96)
    norms = [x for x in model.layers if type(x) is keras.layers.BatchNormalization]
    for norm in norms:
        norm.gamma.assign(rng.uniform(0.5, 3.0, norm.gamma.shape))
        norm.beta.assign(rng.normal(0, 1, norm.beta.shape))
        norm.momentum = 0.0
    model(rng.uniform(-1, 1, (8, 96, 96, 3)).astype("float32"), training=True)
    return model.get_weights()


def logits(model, alive, size):
    model.set_weights(alive)
    picture = np.random.default_rng(size).uniform(-1, 1, (1, size, size, 3))
    scores = np.log(np.asarray(model(picture.astype("float32")), "float64"))
    return scores - scores.mean()


@pytest.mark.parametrize("size", SIZES)
def test_outputs_equal_those_of_keras_under_weights_that_are_alive(alive, size):
    own = logits(mobilenet_v2((size, size, 3), 1000), alive, size)
    assert np.abs(own - logits(theirs(size), alive, size)).max() < 1e-4


def test_the_network_is_flat_and_ends_in_one_softmax():
    model = mobilenet_v2((96, 96, 3), 10)
    assert not any(isinstance(layer, keras.Model) for layer in model.layers)
    last = model.layers[-1]
    assert (type(last), last.activation) == (keras.layers.Dense, keras.activations.softmax)
