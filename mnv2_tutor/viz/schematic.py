"""A block of a network as boxes: each feature map to scale, each step between two of them named."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from mnv2_tutor.viz.figures import BLUE, GREEN, GREY, VERMILLION
from mnv2_tutor.viz.svg import INK

STEP_WIDTH = 1.0
"""Of the gap between two maps, in inches: the label of a step stands in it."""
LENGTH = 1.15
"""Of the deepest map's box, in inches: others are as long as their channels are many."""
THINNEST = 0.05
HEIGHT = 0.75
"""Of the largest map's box, in inches."""
SLANT = 0.3
"""How much of its height a box leans back."""


@dataclass(frozen=True)
class Step:
    """One convolution of a block, with what follows it.

    Attributes:
        convolution: ``1x1``, ``3x3`` or ``3x3 dw``, which is depthwise.
        channels: it gives.
        stride: it takes.
        ends: what follows the convolution, ``ReLU6`` or ``linear``; batch norm stands before it.
        name: by which a chapter lights it.
    """

    convolution: str
    channels: int
    stride: int = 1
    ends: str = "ReLU6"
    name: str = ""

    @property
    def color(self) -> str:
        """Of a step that looks around, and of its result; nothing for one that mixes channels."""
        return VERMILLION if self.convolution.startswith("3x3") else ""


def inverted_residual(channels: int, t: int, stride: int, c_out: int) -> tuple[Step, ...]:
    """The steps of MobileNetV2's block: the paper's table 1 and figure 4(d)."""
    return (
        Step("1x1", t * channels, name="expansion"),
        Step("3x3 dw", t * channels, stride, name="depthwise"),
        Step("1x1", c_out, ends="linear", name="projection"),
    )


def residual(channels: int, inner: int) -> tuple[Step, ...]:
    """The steps of a deep ResNet's bottleneck (He et al. 2016, figure 5): wide, narrow, wide."""
    return (
        Step("1x1", inner, ends="ReLU"),
        Step("3x3", inner, ends="ReLU"),
        Step("1x1", channels, ends=""),
    )


def separable(stride: int, channels: int, c_out: int) -> tuple[Step, ...]:
    """The steps of MobileNetV1's block (Howard et al. 2017, figure 3): no shortcut."""
    return (Step("3x3 dw", channels, stride, "ReLU"), Step("1x1", c_out, ends="ReLU"))


def block(
    shape: tuple[int, int, int],
    steps: Sequence[Step],
    *,
    lit: Sequence[str] = (),
    after_sum: str = "",
    title: str = "",
    axis: Any = None,
) -> Any:
    """Draw a block: the input's box, then each step's arrow and the box of its result.

    The area of a box's front is the map's, its length the number of channels, all to one scale
    within a block. A shortcut is drawn where input and output have the same shape and there are
    three steps: with two it never is one.

    Args:
        shape: of the input, ``(h, w, c)``.
        steps: what the block does.
        lit: names of steps, or what ends them; all others are grey. ``shortcut`` lights the sum.
            Without any, all have their colours.
        after_sum: what follows the sum, if anything.
        title: stands above.
        axis: of matplotlib, to draw several side by side; without it a figure is made.

    Returns:
        The figure.
    """
    import matplotlib.pyplot as plt

    h, _, c = shape
    maps = [(h, c)]
    for step in steps:
        maps.append((ceil(maps[-1][0] / step.stride), step.channels))
    deepest, largest = max(c for _, c in maps), max(h for h, _ in maps)
    if axis is None:
        _, axis = plt.subplots(figsize=(5.2, 2.2))
    x, edges = 0.0, []
    for number, (size, channels) in enumerate(maps):
        length = max(LENGTH * channels / deepest, THINNEST)
        height = HEIGHT * size / largest
        color = _color_of(steps[number - 1], maps, number, lit) if number else BLUE
        if lit and not number:
            color = GREY
        _box(axis, x, length, height, color)
        middle = x + length / 2
        axis.text(middle, -0.62, f"{size}x{size}", ha="center", va="top", size=9.5)
        axis.text(middle, -0.84, channels, ha="center", va="top", size=10.5, weight="bold")
        edges.append((x, x + length + SLANT * height))
        x += length + SLANT * height + STEP_WIDTH
    for number, step in enumerate(steps):
        _arrow(axis, edges[number][1], edges[number + 1][0], step, lit)
    if len(steps) == 3 and maps[0] == maps[-1]:
        _shortcut(axis, edges[0], edges[-1], lit, after_sum)
    axis.set_xlim(-0.35, x - STEP_WIDTH + 0.35)
    axis.set_ylim(-1.12, 1.35)
    axis.set_aspect("equal")
    axis.axis("off")
    if title:
        axis.set_title(title)
    return axis.figure


def _color_of(step: Step, maps: Sequence[tuple[int, int]], number: int, lit: Sequence[str]) -> str:
    """By what the step does to the channels; grey where another step is lit."""
    if lit and not _is_lit(step, lit):
        return GREY
    return step.color or (BLUE if maps[number][1] > maps[number - 1][1] else GREEN)


def _is_lit(step: Step, lit: Sequence[str]) -> bool:
    return step.name in lit or step.ends in lit


def _box(axis: Any, x: float, length: float, height: float, color: str) -> None:
    """A cuboid that lies on its side: its front is the map, seen from the left."""
    from matplotlib.patches import Polygon

    low, high, back = -height / 2, height / 2, SLANT * height
    front = [(x, low), (x + length, low), (x + length, high), (x, high)]
    top = [(x, high), (x + length, high), (x + length + back, high + back), (x + back, high + back)]
    side = [
        (x + length, low),
        (x + length + back, low + back),
        (x + length + back, high + back),
        (x + length, high),
    ]
    for corners, alpha in ((front, 0.75), (top, 0.45), (side, 0.25)):
        axis.add_patch(Polygon(corners, facecolor=color, edgecolor=color, alpha=alpha, lw=0.8))


def _arrow(axis: Any, start: float, end: float, step: Step, lit: Sequence[str]) -> None:
    """From one map to the next: the convolution above the line, below it what follows."""
    color = INK if not lit or _is_lit(step, lit) else GREY
    axis.annotate(
        "", (end - 0.06, 0), (start + 0.06, 0),
        arrowprops={"arrowstyle": "-|>", "color": color, "lw": 1.4},
    )  # fmt: skip
    middle = (start + end) / 2
    above = [step.convolution] + ([f"stride {step.stride}"] if step.stride > 1 else [])
    bold = "bold" if step.name and step.name in lit else "normal"
    axis.text(
        middle, 0.1, "\n".join(reversed(above)), ha="center", va="bottom", size=10, weight=bold,
        linespacing=1.1,
    )  # fmt: skip
    axis.text(middle, -0.1, "BN", ha="center", va="top", size=9.5)
    bold = "bold" if step.ends in lit or (step.ends == "linear" and step.name in lit) else "normal"
    slope = "italic" if step.ends == "linear" else "normal"
    axis.text(middle, -0.3, step.ends, ha="center", va="top", size=9.5, weight=bold, style=slope)


def _shortcut(
    axis: Any,
    first: tuple[float, float],
    last: tuple[float, float],
    lit: Sequence[str],
    after_sum: str,
) -> None:
    """The way around the block, and the plus at its end."""
    color = INK if not lit or "shortcut" in lit else GREY
    start, end, top = (first[0] + first[1]) / 2, last[1] + 0.1, 1.1
    axis.plot([start, start, end, end], [0.5, top, top, 0.16], color=color, lw=1.4)
    axis.text(
        end, 0.0, "+", ha="center", va="center", size=12, weight="bold",
        bbox={"boxstyle": "circle,pad=0.12", "facecolor": "none", "edgecolor": color},
    )  # fmt: skip
    bold = "bold" if "shortcut" in lit else "normal"
    axis.text(
        (start + end) / 2, top - 0.05, "shortcut", ha="center", va="top", size=9.5, weight=bold
    )
    axis.text(end, -0.2, after_sum, ha="center", va="top", size=9.5)
