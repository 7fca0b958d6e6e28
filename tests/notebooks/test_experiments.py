"""The measurements that chapters show: they still run, compare like with like, and are complete."""

import numpy as np
import pytest

from mnv2_tutor.course.experiments import drawn_shapes, latency, linear_bottleneck


@pytest.fixture(scope="module")
def networks():
    return {name: linear_bottleneck.network(name) for name in linear_bottleneck.VARIANTS}


def test_the_variants_have_weights_of_the_same_shapes(networks):
    shapes = {tuple(tuple(w.shape) for w in model.weights) for model in networks.values()}
    assert len(shapes) == 1


def test_an_unknown_variant_is_named():
    with pytest.raises(ValueError, match="'relu' is none of the variants 'linear'"):
        linear_bottleneck.network("relu")


def test_one_seed_gives_every_variant_the_same_first_weights():
    import keras

    first = []
    for name in linear_bottleneck.VARIANTS:
        keras.utils.set_random_seed(0)
        first.append(np.concatenate([np.ravel(w) for w in linear_bottleneck.network(name).weights]))
    assert all(np.array_equal(first[0], other) for other in first[1:])


def test_a_run_of_few_steps_learns():
    losses = linear_bottleneck.train("linear", seed=0, steps=60)
    assert len(losses) == 60
    assert np.mean(losses[-10:]) < np.mean(losses[:10])


def test_the_stored_curves_hold_every_variant_and_seed_to_the_last_step():
    last = {(row.variant, row.seed) for row in linear_bottleneck.stored() if row.step == 700}
    variants, seeds = linear_bottleneck.VARIANTS, linear_bottleneck.SEEDS
    assert last == {(variant, seed) for variant in variants for seed in seeds}


def test_a_seed_draws_the_same_pictures_again():
    first, again = (next(drawn_shapes.batches(3, 1, 20))[0] for _ in range(2))
    assert np.array_equal(first, again)


def test_every_shape_is_drawn():
    _, labels = next(drawn_shapes.batches(0, 1, 500))
    assert set(labels.tolist()) == set(range(len(drawn_shapes.SHAPES)))


@pytest.mark.parametrize("row", latency.stored(), ids=lambda row: f"{row.kind}-{row.channels}")
def test_the_stored_macs_are_those_that_count_macs_gives(row):
    from mnv2_tutor.course.answers.count_macs import reference as count_macs

    size, channels = latency.SIZE, row.channels
    k = 1 if row.kind == "pointwise" else 3
    macs = count_macs(row.kind, size, size, k, channels, channels)
    assert row.million_macs == round(macs / 1e6, 2)
