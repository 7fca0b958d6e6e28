"""The two networks between which ``transfer_weights`` copies.

The reference is Keras's own MobileNetV2 with its names; the student is the same network as the
course writes it: the course's names, and 'same' padding in place of Keras's padding layers, so that
their lists of layers are not of equal length.

Keras's entry points are looked up once, when this module is imported: before a learner's code can
replace them.
"""

from typing import Any

import keras

_MobileNetV2 = keras.applications.MobileNetV2
_clone_model, _ZeroPadding2D = keras.models.clone_model, keras.layers.ZeroPadding2D
_DepthwiseConv2D = keras.layers.DepthwiseConv2D
SIZE = 32
"""Pixels of the networks, which never see a picture."""
ENDS = {
    "Conv1": "conv1", "bn_Conv1": "conv1_bn", "Conv1_relu": "conv1_relu",
    "Conv_1": "last_conv", "Conv_1_bn": "last_bn", "out_relu": "last_relu",
}  # fmt: skip
"""Keras's names outside the blocks, and the course's."""
PARTS = {
    "expand": "expand", "expand_BN": "expand_bn", "expand_relu": "expand_relu",
    "depthwise": "depthwise_conv", "depthwise_BN": "dw_bn", "depthwise_relu": "dw_relu",
    "project": "compress", "project_BN": "compress_bn",
}  # fmt: skip
"""The same for the layers of a block."""


def student_and_reference(alpha: float, n_classes: int) -> tuple[Any, Any]:
    """A student and a reference."""
    reference = _MobileNetV2((SIZE, SIZE, 3), alpha=alpha, weights=None, classes=n_classes)
    return _as_the_course_writes_it(reference), reference


def _as_the_course_writes_it(network: Any) -> Any:
    """A network of the same weights, with the course's names and no padding layers."""

    def renamed(layer: Any) -> Any:
        config = layer.get_config() | {"name": _course_name(layer.name)}
        if issubclass(type(layer), _DepthwiseConv2D):
            config["padding"] = "same"
        return type(layer).from_config(config)

    def called(layer: Any, *args: Any, **kwargs: Any) -> Any:
        return args[0] if issubclass(type(layer), _ZeroPadding2D) else layer(*args, **kwargs)

    return _clone_model(network, clone_function=renamed, call_function=called)


def _course_name(name: str) -> str:
    """``block_3_project_BN`` of Keras is block 4's ``compress_bn`` here: Keras counts from 0."""
    if name in ENDS:
        return ENDS[name]
    first = name.replace("expanded_conv_", "block_0_")
    if first.startswith("block_"):
        _, number, part = first.split("_", 2)
        return f"block_{int(number) + 1}_{PARTS.get(part, part)}"
    # Keras numbers the pooling layers of a session.
    return "global_average_pool" if name.startswith("global_average_pooling") else name
