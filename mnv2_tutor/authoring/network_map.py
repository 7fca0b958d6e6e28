"""The map of the network: its numbers, and what real weights make of three photos.

``mnv2-tutor author map`` writes the page ``book/network_map.md``, the numbers that its script reads
(``book/_static/map/map.json``) and one picture for each block and photo. The numbers come from the
reference functions of chapters 2 and 6; the pictures need the ImageNet weights.
"""

import json
import math
from dataclasses import asdict, dataclass
from typing import Any

from mnv2_tutor import data
from mnv2_tutor.authoring.course import ROOT
from mnv2_tutor.course.exercises.mobilenet_v2 import STAGES
from mnv2_tutor.engine.expected import reference

PAGE = ROOT / "book" / "network_map.md"
FOLDER = ROOT / "book" / "_static" / "map"
NUMBERS = FOLDER / "map.json"
SOCIAL = ROOT / "book" / "_static" / "social.png"
SIDE, CLASSES = 224, 1000
STEM, HEAD = 32, 1280
PHOTOS = {"chelsea": "a cat", "coffee": "a cup of coffee", "rocket": "a rocket on its ramp"}
"""Of scikit-image, all in the public domain."""
CHANNELS = 8
"""How many channels are shown of each map."""
TILE = 40
"""A shown map is at most so many pixels wide."""
CAP = 6.0

Shape = tuple[int, int, int]


@dataclass(frozen=True)
class Layer:
    """One convolution with its batch norm: shapes as (height, width, channels)."""

    name: str
    before: Shape
    after: Shape
    weights: int
    norm: int
    macs: int


@dataclass(frozen=True)
class Box:
    """What can be chosen on the map. ``stage`` is the row of table 2 it belongs to, or nothing."""

    name: str
    title: str
    stage: str
    before: Shape
    after: Shape
    stride: int
    adds: bool
    layers: tuple[Layer, ...]

    @property
    def parameters(self) -> int:
        return sum(layer.weights + layer.norm for layer in self.layers)

    @property
    def macs(self) -> int:
        return sum(layer.macs for layer in self.layers)


def boxes() -> list[Box]:
    """Stem, the 17 blocks, last convolution and classifier, at width 1.0 and 224 pixels."""
    found = [_stem()]
    number = 1
    for t, channels, repeats, first_stride in STAGES:
        for repeat in range(repeats):
            stride = first_stride if repeat == 0 else 1
            stage = f"{channels} channels, block {repeat + 1} of {repeats}"
            found.append(_block(number, stage, t, found[-1].after, channels, stride))
            number += 1
    found.append(_last(found[-1].after))
    return [*found, _classifier(found[-1].after)]


def _layer(name: str, kind: str, k: int, before: Shape, channels: int, stride: int = 1) -> Layer:
    h, w, c = before
    after = (-(-h // stride), -(-w // stride), channels)
    return Layer(
        name,
        before,
        after,
        reference("count_params")(kind, k, c, channels),
        4 * channels,  # gamma, beta, moving mean, moving variance
        reference("count_macs")(kind, h, w, k, c, channels, stride),
    )


def _stem() -> Box:
    layer = _layer("3x3 convolution, ReLU6", "standard", 3, (SIDE, SIDE, 3), STEM, 2)
    return Box("stem", "Stem", "", layer.before, layer.after, 2, False, (layer,))


def _block(number: int, stage: str, t: int, before: Shape, channels: int, stride: int) -> Box:
    layers = []
    x, wide = before, t * before[2]
    if t > 1:
        layers.append(_layer("1x1 expansion, ReLU6", "pointwise", 1, x, wide))
        x = layers[-1].after
    layers.append(_layer("3x3 depthwise, ReLU6", "depthwise", 3, x, wide, stride))
    layers.append(_layer("1x1 projection, linear", "pointwise", 1, layers[-1].after, channels))
    adds = reference("use_residual")(stride, before[2], channels)
    after = layers[-1].after
    title = f"Block {number}"
    return Box(f"block {number}", title, stage, before, after, stride, adds, tuple(layers))


def _last(before: Shape) -> Box:
    layer = _layer("1x1 convolution, ReLU6", "pointwise", 1, before, HEAD)
    return Box("last", "Last convolution", "", before, layer.after, 1, False, (layer,))


def _classifier(before: Shape) -> Box:
    """Pooling, and a dense layer: a pointwise convolution on one place, with a bias."""
    pooled = (1, 1, before[2])
    dense = _layer("pooling, dense layer, softmax", "pointwise", 1, pooled, CLASSES)
    layer = Layer(dense.name, before, dense.after, dense.weights + CLASSES, 0, dense.macs)
    return Box("classifier", "Classifier", "", before, layer.after, 1, False, (layer,))


# The page and its numbers.


def numbers(kernels: dict[str, Any]) -> str:
    """What the script of the page reads; ``kernels`` are what :func:`pictures` found."""
    rows = [
        {**asdict(box), "parameters": box.parameters, "macs": box.macs, **kernels.get(box.name, {})}
        for box in boxes()
    ]
    return json.dumps({"photos": PHOTOS, "boxes": rows}, separators=(",", ":")) + "\n"


def page() -> str:
    """The page: what it shows in words, and all numbers as a table."""
    lines = [
        "| part | in | out | parameters | multiply-adds | shortcut |",
        "| --- | --- | --- | ---: | ---: | --- |",
    ]
    for box in boxes():
        cells = [
            box.title, _size(box.before), _size(box.after), f"{box.parameters:,}", f"{box.macs:,}",
            "adds its input" if box.adds else "",
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    total, macs = sum(b.parameters for b in boxes()), sum(b.macs for b in boxes())
    lines.append(f"| **all** | | | **{total:,}** | **{macs:,}** | |")
    return WORDS.format(table="\n".join(lines), total=total, macs=macs)


def _size(shape: Shape) -> str:
    return " x ".join(map(str, shape))


WORDS = """# The map of the network

Chapter 6 put the network together. Here it is to walk about in: MobileNetV2 at width 1.0, for
pictures of 224 x 224 pixels. Choose a part, and see what goes in, what comes out and what it costs;
and, with the published ImageNet weights, what it makes of a photo.

A box is as high as its map has pixels, and as wide as the map has channels, both on a scale that
shrinks large numbers. The stronger the colour of a box, the more multiply-adds. An arc is a
shortcut: the input of the block is added to its output.

<div class="mnv2-map" data-from="map/map.json"></div>

**What to look for.** In the first blocks one still sees the photo; a channel is bright at edges of
one direction, or in places of one colour. Before the projection every bright spot stops at 6, and
much of each picture is exactly 0: that is ReLU6. After it neither holds. Go on to block 7 or later:
the maps have 14 x 14 places, and a channel answers to larger parts. In the last blocks 7 x 7 places
are left, and only a few of them are bright in a channel. Compare a channel before and after its 3x3
kernel: nothing that another channel holds comes in. Only the 1x1 steps, expansion and projection,
mix.

## All numbers

Parameters are the weights of the convolutions and of the dense layer with its bias, and four
numbers a channel for each batch norm. [`count_macs`](02_expansion) gives the multiply-adds, and
[`count_params`](02_expansion) the weights without batch norms and bias. The sums are those of
[chapter 6](06_assembly), {total:,} parameters, and of [chapter 7](07_cost), {macs:,} multiply-adds.

:::{{div}} mnv2-numbers
{table}
:::
"""


def facts_in(stored: str) -> dict[str, dict[str, Any]]:
    """What the weights gave when these numbers were written."""
    return {
        box["name"]: {name: box[name] for name in ("steps", "reaches", "kernels") if name in box}
        for box in json.loads(stored)["boxes"]
    }


# The pictures.


def pictures() -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """What is shown of each box, and a picture for each box and photo.

    Of each block's widened channels those are shown that differ most over the photos after the
    filter; the same ones before it. A picture has one row a step, one tile a channel.
    """
    import keras
    import numpy as np

    network = data.trained_network()
    photos = np.stack([_photo(name) for name in PHOTOS]) / 127.5 - 1
    facts: dict[str, dict[str, Any]] = {}
    found: dict[str, Any] = {}
    for box in boxes()[:-1]:
        outputs = {step: network.get_layer(n).output for step, n in _layer_names(box).items()}
        found_maps = keras.Model(network.input, outputs)(photos)
        maps = {step: np.asarray(found_maps[step]) for step in outputs}
        chosen = {step: _telling(maps[step]) for step in maps}
        if "expanded" in maps:
            chosen["expanded"] = chosen["filtered"]
        facts[box.name] = {
            "steps": {step: [int(c) for c in channels] for step, channels in chosen.items()},
            "reaches": {step: round(_reach(maps[step]), 1) for step in maps},
        }
        if box.name != "last":
            kernels = _kernels(network, box)[..., next(iter(chosen.values()))]
            facts[box.name]["kernels"] = np.moveaxis(kernels, -1, 0).round(3).tolist()
        for index, photo in enumerate(PHOTOS):
            rows = [_row(values[index][..., chosen[step]]) for step, values in maps.items()]
            found[f"{box.name.replace(' ', '-')}-{photo}"] = _stacked(rows)
    return facts, found


def _photo(name: str) -> Any:
    """The middle of a photo of scikit-image, (224, 224, 3), float32 from 0 to 255."""
    import keras
    import skimage

    photo = getattr(skimage.data, name)().astype("float32")
    return keras.preprocessing.image.smart_resize(photo, (SIDE, SIDE))


def _layer_names(box: Box) -> dict[str, str]:
    """For each step that is shown, the layer of Keras's network that gives it."""
    if box.name == "stem":
        return {"out": "Conv1_relu"}
    if box.name == "last":
        return {"out": "out_relu"}
    number = int(box.name.split()[1])
    if number == 1:
        return {"filtered": "expanded_conv_depthwise_relu", "projected": "expanded_conv_project_BN"}
    start = f"block_{number - 1}"
    return {
        "expanded": f"{start}_expand_relu",
        "filtered": f"{start}_depthwise_relu",
        "projected": f"{start}_project_BN",
    }


def _kernels(network: Any, box: Box) -> Any:
    """The 3x3 kernels: (3, 3, 3, 32) of the stem, (3, 3, channels) of a block."""
    import numpy as np

    if box.name == "stem":
        return np.asarray(network.get_layer("Conv1").kernel)
    number = int(box.name.split()[1])
    name = "expanded_conv_depthwise" if number == 1 else f"block_{number - 1}_depthwise"
    return np.asarray(network.get_layer(name).kernel)[..., 0]


def _telling(maps: Any) -> Any:
    """The channels whose numbers differ most over all photos and places, in their order."""
    import numpy as np

    spread = maps.std(axis=(0, 1, 2))
    return np.sort(np.argsort(-spread, kind="stable")[:CHANNELS])


def _reach(values: Any) -> float:
    """What white stands for: 6 after a ReLU6, else the largest number; black is minus that or 0."""
    return CAP if values.min() >= 0 else float(abs(values).max())


def _row(values: Any) -> Any:
    """Tiles of one step side by side, (side, CHANNELS * side), as bytes."""
    import numpy as np

    side = values.shape[0]
    step = -(-side // TILE)
    values = values[: side - side % step, : side - side % step]
    n = side // step
    small = values.reshape(n, step, n, step, -1).mean(axis=(1, 3))
    low = 0.0 if values.min() >= 0 else -_reach(values)
    scaled = (small - low) / (_reach(values) - low)
    tiles = np.moveaxis(scaled, -1, 0)
    return np.concatenate(list((255 * tiles.clip(0, 1)).round().astype("uint8")), axis=1)


def _stacked(rows: list[Any]) -> Any:
    """The rows, each enlarged to the largest one's size by repeating its pixels."""
    import numpy as np

    high = max(len(row) for row in rows)
    return np.concatenate([_enlarged(row, high) for row in rows])


def _enlarged(row: Any, high: int) -> Any:
    import numpy as np

    side = len(row)
    nearest = np.arange(high) * side // high
    tiles = row.reshape(side, CHANNELS, side)[nearest][:, :, nearest]
    return tiles.reshape(high, CHANNELS * high)


def social_picture() -> Any:
    """The drawn network with the title, 1200x630: what a link to the book shows elsewhere."""
    import matplotlib.pyplot as plt
    from matplotlib.patches import Arc, Rectangle

    figure, axis = plt.subplots(figsize=(12, 6.3), dpi=100, facecolor="white")
    axis.set(position=(0, 0, 1, 1), xlim=(0, 1200), ylim=(0, 630))
    axis.set_axis_off()
    axis.text(60, 540, "MobileNetV2 from scratch", size=44, weight="bold", color="#16324a")
    words = "Built, measured, drawn and proved equal, in TensorFlow and Keras"
    axis.text(62, 480, words, size=20, color="#3c4a57")
    x = 62.0
    for box in boxes():
        width, height = 5.5 * math.log2(box.after[2]), 24 + 26 * math.sqrt(box.after[0])
        shade = min(1.0, box.macs / 30e6)
        colour = plt.get_cmap("Blues")(0.3 + 0.6 * shade)
        axis.add_patch(Rectangle((x, 90), width, height, facecolor=colour, edgecolor="#16324a"))
        if box.adds:
            middle = (x + width / 2, 90 + height)
            axis.add_patch(Arc(middle, width + 22, 44, theta1=0, theta2=180, color="#d55e00", lw=3))
        x += width + 13
    return figure


def write() -> list[str]:
    """Write page, numbers and pictures; their names."""
    from skimage.io import imsave

    facts, found = pictures()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    for name in PHOTOS:
        found[f"photo-{name}"] = _photo(name)[::2, ::2].astype("uint8")
    for name, pixels in found.items():
        imsave(FOLDER / f"{name}.png", pixels, check_contrast=False)
    social_picture().savefig(SOCIAL)
    NUMBERS.write_text(numbers(facts), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
    return [PAGE.name, NUMBERS.name, SOCIAL.name, *(f"{name}.png" for name in found)]
