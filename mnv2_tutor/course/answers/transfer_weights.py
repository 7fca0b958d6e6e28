"""Weights from one network into another: the reference, and what people write instead."""

# Each wrong_ function is documented by its message in words/en/transfer_weights.toml.

import keras
import numpy as np

layers = keras.layers


def reference(student: keras.Model, reference: keras.Model) -> None:
    """All arrays, trainable or not, in their common order."""
    student.set_weights(reference.get_weights())


def _copy(student, reference, chosen=lambda layer: True, change=lambda values: values):
    """The right transfer, but for the layers left out and what is changed on the way."""
    pairs = zip(_with_weights(student), _with_weights(reference), strict=True)
    for ours, theirs in pairs:
        if chosen(theirs):
            ours.set_weights(change(theirs.get_weights()))


def _with_weights(model):
    return [layer for layer in model.layers if layer.weights]


def wrong_trainable_only(student, reference):
    for ours, theirs in zip(student.trainable_weights, reference.trainable_weights, strict=False):
        ours.assign(theirs)


def wrong_by_name(student, reference):
    theirs = {layer.name: layer for layer in reference.layers}
    for layer in student.layers:
        other = theirs.get(layer.name)
        if other and [w.shape for w in other.weights] == [w.shape for w in layer.weights]:
            layer.set_weights(other.get_weights())


def wrong_wrong_direction(student, reference):
    reference.set_weights(student.get_weights())


def wrong_gamma_beta_swapped(student, reference):
    def swapped(values):
        return [values[1], values[0], *values[2:]] if len(values) == 4 else values

    _copy(student, reference, change=swapped)


def wrong_mean_variance_swapped(student, reference):
    def swapped(values):
        return [*values[:2], values[3], values[2]] if len(values) == 4 else values

    _copy(student, reference, change=swapped)


def wrong_reference_returned(student, reference):
    return reference


def wrong_copy_returned(student, reference):
    copy = keras.models.clone_model(student)
    copy.set_weights(reference.get_weights())
    return copy


def wrong_copy_returned__of_the_reference(student, reference):
    copy = keras.models.clone_model(reference)
    copy.set_weights(reference.get_weights())
    return copy


def wrong_nothing_copied(student, reference):
    weights = student.get_weights()
    for place, values in enumerate(reference.get_weights()):
        weights[place] = values


def wrong_batch_norms_left_out(student, reference):
    _copy(student, reference, lambda layer: not isinstance(layer, layers.BatchNormalization))


def wrong_depthwise_left_out(student, reference):
    _copy(student, reference, lambda layer: not isinstance(layer, layers.DepthwiseConv2D))


def wrong_batch_norms_only(student, reference):
    _copy(student, reference, lambda layer: isinstance(layer, layers.BatchNormalization))


def wrong_classifier_left_out(student, reference):
    _copy(student, reference, lambda layer: not isinstance(layer, layers.Dense))


def wrong_classifier_only(student, reference):
    _copy(student, reference, lambda layer: isinstance(layer, layers.Dense))


def wrong_first_arrays_only(student, reference):
    for ours, theirs in zip(_with_weights(student), _with_weights(reference), strict=True):
        ours.weights[0].assign(theirs.weights[0])


def wrong_layers_side_by_side(student, reference):
    for ours, theirs in zip(student.layers, reference.layers, strict=False):
        if [w.shape for w in ours.weights] == [w.shape for w in theirs.weights]:
            ours.set_weights(theirs.get_weights())


def wrong_layers_side_by_side__until_an_error(student, reference):
    for ours, theirs in zip(student.layers, reference.layers, strict=False):
        try:
            ours.set_weights(theirs.get_weights())
        except ValueError:
            continue


def wrong_averaged(student, reference):
    pairs = zip(student.get_weights(), reference.get_weights(), strict=True)
    student.set_weights([(a + b) / 2 for a, b in pairs])


def wrong_half_precision(student, reference):
    student.set_weights([w.astype("float16") for w in reference.get_weights()])


def wrong_kernels_turned(student, reference):
    def turned(values):
        return [v[::-1, ::-1] if np.ndim(v) == 4 else v for v in values]

    _copy(student, reference, change=turned)


def wrong_by_shape(student, reference):
    """Each gets the first array of its shape."""
    first: dict[tuple[int, ...], np.ndarray] = {}
    for weight in reference.get_weights():
        first.setdefault(weight.shape, weight)
    student.set_weights([first[weight.shape] for weight in student.get_weights()])


def wrong_both_ways(student, reference):
    ours, theirs = student.get_weights(), reference.get_weights()
    student.set_weights(theirs)
    reference.set_weights(ours)


def wrong_emptied(student, reference):
    student.set_weights(reference.get_weights())
    reference.set_weights([0 * weight for weight in reference.get_weights()])
