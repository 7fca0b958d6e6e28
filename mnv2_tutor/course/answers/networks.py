"""What right and wrong networks are built of: the paper's table, and a switch for each mistake."""

# The switches say what differs from the paper; words/en/mobilenet_v2.toml says it to the learner.

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras

from mnv2_tutor.course.answers.building import depthwise, layers, norm, nothing, pointwise, relu6
from mnv2_tutor.course.answers.make_divisible import reference as make_divisible

Step = Callable[[Any], Any]
Row = tuple[int, int, int, int]
"""Expansion, output channels, repeats, stride of the first repeat."""

TABLE: tuple[Row, ...] = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""Sandler et al., "MobileNetV2", table 2."""
LAST = 1280


def convolution(x: Any, channels: int, kernel: int = 3, stride: int = 1, **options: Any) -> Any:
    options = {"strides": stride, "padding": "same", "use_bias": False, **options}
    return layers.Conv2D(channels, kernel, **options)(x)


def softmax(x: Any, n_classes: int) -> Any:
    return layers.Dense(n_classes, activation="softmax")(x)


def average(x: Any) -> Any:
    return layers.GlobalAveragePooling2D()(x)


def rounded(channels: int, alpha: float) -> int:
    return make_divisible(channels * alpha)


def last_channels(alpha: float) -> int:
    """The last convolution widens above 1.0 and never narrows."""
    return rounded(LAST, max(alpha, 1.0))


def fits(x: Any, y: Any, stride: int) -> bool:
    return stride == 1 and x.shape[-1] == y.shape[-1]


def add(x: Any, y: Any) -> Any:
    return layers.Add()([x, y])


def stem(parts: "Parts", x: Any, alpha: float) -> Any:
    x = parts.convolve(x, parts.width(32, parts.stem_alpha(alpha)), 3, parts.stem_stride)
    return parts.stem_end(parts.stem_norm(x))


def inverted_residual(parts: "Parts", x: Any, t: int, out: int, stride: int) -> Any:
    y = parts.branch(parts, x, t, out, stride)
    return parts.after(parts.add(x, y) if parts.joins(x, y, stride) else y)


def branch(parts: "Parts", x: Any, t: int, out: int, stride: int) -> Any:
    wide = parts.widened(t, x.shape[-1], out)
    if t != 1 or parts.expands_always:
        x = parts.expansion_end(parts.norm(parts.mix(x, wide)))
    x = parts.depthwise_end(parts.norm(parts.filter(x, stride)))
    return parts.projection_end(parts.last_norm(parts.mix(x, out)))


def head(parts: "Parts", x: Any, alpha: float) -> Any:
    x = parts.mix(x, parts.last_channels(alpha))
    return parts.head_end(parts.head_norm(x))


def first_only(stride: int, index: int, repeats: int) -> int:
    return stride if index == 0 else 1


def own_alpha(alpha: float) -> float:
    return alpha


@dataclass(frozen=True)
class Parts:
    """Everything that a mistake may replace; as it stands, the paper's network."""

    table: tuple[Row, ...] = TABLE
    width: Callable[[int, float], int] = rounded
    stem_alpha: Callable[[float], float] = own_alpha
    stem_stride: int = 2
    before: Step = nothing
    after_stem: Step = nothing
    stem: Callable[..., Any] = stem
    head: Callable[..., Any] = head
    end: Step = nothing
    pool: Step = average
    classify: Callable[[Any, int], Any] = softmax
    block: Callable[..., Any] = inverted_residual
    branch: Callable[..., Any] = branch
    stride_of: Callable[[int, int, int], int] = first_only
    repeats: Callable[[int], int] = int
    widened: Callable[[int, int, int], int] = lambda t, channels, out: t * channels
    last_channels: Callable[[float], int] = last_channels
    convolve: Callable[..., Any] = convolution
    mix: Callable[..., Any] = pointwise
    filter: Callable[..., Any] = depthwise
    norm: Step = norm
    stem_norm: Step = norm
    last_norm: Step = norm
    head_norm: Step = norm
    stem_end: Step = relu6
    expansion_end: Step = relu6
    depthwise_end: Step = relu6
    projection_end: Step = nothing
    head_end: Step = relu6
    joins: Callable[[Any, Any, int], bool] = fits
    add: Callable[[Any, Any], Any] = add
    after: Step = nothing
    expands_always: bool = False


def network(shape: tuple[int, int, int], n_classes: int, alpha: float, **changes: Any) -> Any:
    """The paper's network with ``changes``, each a field of :class:`Parts`."""
    parts = Parts(**changes)
    inputs = keras.Input(shape)
    x = parts.after_stem(parts.stem(parts, parts.before(inputs), alpha))
    for t, channels, repeats, stride in parts.table:
        out = parts.width(channels, alpha)
        for index in range(parts.repeats(repeats)):
            x = parts.block(parts, x, t, out, parts.stride_of(stride, index, repeats))
    x = parts.end(parts.pool(parts.head(parts, x, alpha)))
    return keras.Model(inputs, parts.classify(x, n_classes))


def normed(how: Step, **more: Any) -> dict[str, Any]:
    """Every batch norm replaced."""
    names = ("norm", "stem_norm", "last_norm", "head_norm")
    return dict.fromkeys(names, how) | more


def activated(how: Step, **more: Any) -> dict[str, Any]:
    """Every activation replaced."""
    names = ("stem_end", "expansion_end", "depthwise_end", "head_end")
    return dict.fromkeys(names, how) | more
