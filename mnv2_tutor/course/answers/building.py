"""What right and wrong blocks are built of: one function with a switch for each mistake."""

# The switches say what differs from the paper; words/en/<exercise>.toml says it to the learner.

from collections.abc import Callable
from typing import Any

import keras

layers = keras.layers
Step = Callable[[Any], Any]


def pointwise(x: Any, channels: int, **options: Any) -> Any:
    """1x1 convolution without bias."""
    return layers.Conv2D(channels, 1, **{"padding": "same", "use_bias": False, **options})(x)


def depthwise(x: Any, stride: int = 1, kernel: int = 3, **options: Any) -> Any:
    """Depthwise convolution without bias, 'same' padding."""
    options = {"strides": stride, "padding": "same", "use_bias": False, **options}
    return layers.DepthwiseConv2D(kernel, **options)(x)


def norm(x: Any, how: dict[str, Any] | None = None, **options: Any) -> Any:
    """Batch norm as Keras's MobileNetV2 has it."""
    options = {"momentum": 0.999, "epsilon": 1e-3, **options}
    return layers.BatchNormalization(**options)(x, **(how or {}))


def relu6(x: Any) -> Any:
    return layers.ReLU(6.0)(x)


def nothing(x: Any) -> Any:
    """In place of a step that was left out."""
    return x


def learning_norm(x: Any) -> Any:
    """Batch norm that always normalises with the batch at hand."""
    return norm(x, {"training": True})


def frozen_norm(x: Any) -> Any:
    """Batch norm of which nothing is ever learned."""
    return norm(x, trainable=False)


def fine_norm(x: Any) -> Any:
    """Batch norm with the epsilon of PyTorch."""
    return norm(x, epsilon=1e-5)


def layer_norm(x: Any) -> Any:
    return layers.LayerNormalization(epsilon=1e-3)(x)


def group_norm(x: Any, groups: int = 1) -> Any:
    """Each picture for itself, over groups of channels; -1 makes a group of every channel."""
    return layers.GroupNormalization(groups, epsilon=1e-3)(x)


def divisible(v: float, divisor: int = 8) -> int:
    """Channels rounded as widths of the whole network are: half up, not far below v."""
    rounded = max(divisor, int(v + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * v else rounded


def rounded_down(v: int, divisor: int = 8) -> int:
    return max(divisor, v // divisor * divisor)


def rounded_up(v: int, divisor: int = 8) -> int:
    return -(-v // divisor) * divisor
