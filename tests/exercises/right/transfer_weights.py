"""Right ways to write transfer_weights: every function must pass."""

import tempfile
from pathlib import Path

import keras


def by_set_weights(student, reference):
    student.set_weights(reference.get_weights())


def by_set_weights_and_return(student, reference):
    student.set_weights(reference.get_weights())
    return student


def by_pairs(student, reference):
    for ours, theirs in zip(student.weights, reference.weights, strict=True):
        ours.assign(theirs)


def by_variables(student, reference):
    for ours, theirs in zip(student.variables, reference.variables, strict=True):
        ours.assign(theirs.numpy())


def by_layers_with_weights(student, reference):
    ours = [layer for layer in student.layers if layer.weights]
    theirs = [layer for layer in reference.layers if layer.weights]
    for layer, other in zip(ours, theirs, strict=True):
        layer.set_weights(other.get_weights())


def by_layer_type(student, reference):
    for kind in ("Conv2D", "DepthwiseConv2D", "BatchNormalization", "Dense"):
        ours, theirs = (
            [layer for layer in model.layers if type(layer).__name__ == kind]
            for model in (student, reference)
        )
        for layer, other in zip(ours, theirs, strict=True):
            layer.set_weights(other.get_weights())


PARTS = {
    "expand": "expand",
    "expand_bn": "expand_BN",
    "depthwise_conv": "depthwise",
    "dw_bn": "depthwise_BN",
    "compress": "project",
    "compress_bn": "project_BN",
}
ENDS = {"conv1": "Conv1", "conv1_bn": "bn_Conv1", "last_conv": "Conv_1", "last_bn": "Conv_1_bn"}


def _keras_name(name):
    if not name.startswith("block_"):
        return ENDS.get(name, name)
    _, number, part = name.split("_", 2)
    block = "expanded_conv" if number == "1" else f"block_{int(number) - 1}"
    return f"{block}_{PARTS[part]}"


def by_a_map_of_names(student, reference):
    for layer in student.layers:
        if layer.weights:
            layer.set_weights(reference.get_layer(_keras_name(layer.name)).get_weights())


def by_a_file(student, reference):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "all.weights.h5"
        reference.save_weights(path)
        student.load_weights(path)


def by_trainable_and_other(student, reference):
    frozen = [(layer, layer.trainable) for layer in (*student.layers, *reference.layers)]
    for layer, _ in frozen:
        layer.trainable = True
    for ours, theirs in zip(student.trainable_weights, reference.trainable_weights, strict=True):
        ours.assign(theirs)
    others = zip(student.non_trainable_weights, reference.non_trainable_weights, strict=True)
    for ours, theirs in others:
        ours.assign(theirs)
    for layer, was in frozen:
        layer.trainable = was


def by_ops(student, reference):
    for ours, theirs in zip(student.weights, reference.weights, strict=True):
        ours.assign(keras.ops.convert_to_tensor(theirs))


def by_index(student, reference):
    weights = reference.get_weights()
    for place, weight in enumerate(student.weights):
        weight.assign(weights[place])


def by_lists_of_each(student, reference):
    values = {
        id(ours): theirs for ours, theirs in zip(student.weights, reference.weights, strict=True)
    }
    for layer in student.layers:
        for weight in layer.weights:
            weight.assign(values[id(weight)])
    return student.get_weights()
