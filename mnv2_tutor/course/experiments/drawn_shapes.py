"""Pictures of ten shapes, drawn on the fly: data for experiments that need no download.

A shape has a random place, size, tilt and colour, on a wavy ground with two dots and noise over it.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Labels = NDArray[np.int32]
Mask = NDArray[np.bool_]

SIZE = 32
"""Height and width of a picture."""

# A shape fills the square from -1 to 1 of its own coordinates u and v.


def _disc(u: Array, v: Array) -> Mask:
    mask: Mask = np.hypot(u, v) < 1
    return mask


def _ring(u: Array, v: Array) -> Mask:
    mask: Mask = np.abs(np.hypot(u, v) - 0.75) < 0.25
    return mask


def _crescent(u: Array, v: Array) -> Mask:
    mask: Mask = _disc(u, v) & (np.hypot(u - 0.5, v) > 0.8)
    return mask


def _square(u: Array, v: Array) -> Mask:
    return np.maximum(np.abs(u), np.abs(v)) < 0.85


def _frame(u: Array, v: Array) -> Mask:
    return _square(u, v) & ~_square(u * 1.9, v * 1.9)


def _triangle(u: Array, v: Array) -> Mask:
    return (v < 0.6) & (v > 1.73 * np.abs(u) - 1)


def _cross(u: Array, v: Array) -> Mask:
    return _square(u, v) & (np.minimum(np.abs(u), np.abs(v)) < 0.28)


def _star(u: Array, v: Array) -> Mask:
    edge: Array = 0.65 + 0.35 * np.cos(5 * np.arctan2(v, u))
    return np.hypot(u, v) < edge


def _stripes(u: Array, v: Array) -> Mask:
    return _disc(u, v) & (np.sin(8 * u) > 0)


def _checks(u: Array, v: Array) -> Mask:
    return _disc(u, v) & (np.sin(5 * u) * np.sin(5 * v) > 0)


SHAPES: tuple[Callable[[Array, Array], Mask], ...] = (
    _disc,
    _ring,
    _crescent,
    _square,
    _frame,
    _triangle,
    _cross,
    _star,
    _stripes,
    _checks,
)
"""What tells the ten classes apart."""
TILT = 0.3
"""The largest rotation either way, in radians."""


def batches(seed: int, steps: int, size: int) -> Iterator[tuple[Array, Labels]]:
    """Draw new pictures with values about -1 to 1, and the index of the shape in each."""
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        labels = rng.integers(len(SHAPES), size=size, dtype=np.int32)
        yield _pictures(rng, labels), labels


def _pictures(rng: np.random.Generator, labels: Labels) -> Array:
    """Draw each label's shape on a wavy ground, two small discs over it, and noise over all."""
    n = len(labels)
    ground = rng.uniform(-0.7, 0.7, (n, 1, 1, 3)) + _waves(rng, n)
    pictures = _painted(ground, _shapes(rng, labels), _contrasting(rng, ground))
    for _ in range(2):
        pictures = _painted(pictures, _dots(rng, n), rng.uniform(-1, 1, (n, 1, 1, 3)))
    noise = rng.normal(0, 0.1, pictures.shape)
    return (pictures + noise).astype(np.float32)


def _painted(pictures: Array, mask: Mask, colour: Array) -> Array:
    return np.where(mask[..., None], colour, pictures)


def _shapes(rng: np.random.Generator, labels: Labels) -> Mask:
    """Place each label's shape with a random size, position and tilt."""
    u, v = _coordinates(rng, len(labels), smallest=8, largest=13)
    masks = np.zeros(u.shape, bool)
    for label, shape in enumerate(SHAPES):
        chosen = labels == label
        masks[chosen] = shape(u[chosen], v[chosen])
    return masks


def _dots(rng: np.random.Generator, n: int) -> Mask:
    return _disc(*_coordinates(rng, n, smallest=1.5, largest=3.5))


def _waves(rng: np.random.Generator, n: int) -> Array:
    """Draw a grating of random tilt, phase, frequency and colour."""
    u, _ = _coordinates(rng, n, smallest=1.5, largest=5)
    return np.sin(u)[..., None] * rng.uniform(-0.25, 0.25, (n, 1, 1, 3))


def _contrasting(rng: np.random.Generator, ground: Array) -> Array:
    """Choose for each picture a colour at a distance of 0.7 to 1.4 from the mean ground."""
    direction: Array = rng.normal(size=(len(ground), 1, 1, 3))
    direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
    distance = rng.uniform(0.7, 1.4, (len(ground), 1, 1, 1))
    mean: Array = ground.mean((1, 2), keepdims=True)
    return mean + distance * direction


def _coordinates(
    rng: np.random.Generator, n: int, smallest: float, largest: float
) -> tuple[Array, Array]:
    """Give each pixel's u and v for n shapes of random radius, place and tilt, all inside."""
    radius = rng.uniform(smallest, largest, (n, 1, 1))
    centre_y, centre_x = rng.uniform(radius, SIZE - radius, (2, n, 1, 1))
    angle = rng.uniform(-TILT, TILT, (n, 1, 1))
    y, x = np.mgrid[:SIZE, :SIZE] + 0.5
    y, x = (y - centre_y) / radius, (x - centre_x) / radius
    return x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
