"""Weights that bring a block to life, the same ones however the block is spelt.

A weight gets values by its role and its shape without ones: a depthwise kernel (3, 3, c, 1) and a
grouped one (3, 3, 1, c), or a dense layer and a 1x1 convolution, are filled alike, whatever their
names, nesting and order of creation. With the values of :func:`alive` the activations of a block
exceed 6 and fall below 0; at Keras's own initial values hardly any mistake would show.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from zlib import crc32

import numpy as np

EPSILON = 1e-3
"""Of the paper's batch norm in Keras: added to the variance."""
Shape = tuple[int, ...]
CALM_KERNEL = 0.1
"""Spread of a kernel's values, times the root of its fan-in."""
CALM = {"gamma": (1.0, 5.0), "beta": (-0.3, 0.6), "mean": (-0.03, 0.03), "variance": (0.01, 0.1)}

ROUNDING = 3e-7
"""Spread of a disturbance, relative: float32 rounds to 6e-8, and a network does so many times."""
_DISTURBANCE: ContextVar[int | None] = ContextVar("disturbance", default=None)


def squeezed(shape: Shape) -> Shape:
    return tuple(size for size in shape if size != 1)


def inputs(seed: str, shape: Shape) -> np.ndarray:
    """Numbers between -1.5 and 1.5, float32."""
    return np.asarray(generator(seed, "input", shape).uniform(-1.5, 1.5, shape), dtype="float32")


def pictures(seed: str, shape: Shape) -> np.ndarray:
    """Numbers between -1.5 and 1.5 in patches of 8x8 pixels, with some noise, float32.

    Of noise alone a deep network sees the mean: all pictures would look the same to it.
    """
    n, h, w, c = shape
    patches = generator(seed, "patches", shape).uniform(-1.0, 1.0, (n, h // 8, w // 8, c))
    large = patches.repeat(8, axis=1).repeat(8, axis=2)
    return np.asarray(large + 0.5 / 1.5 * inputs(seed, shape), dtype="float32")


def alive(seed: str, role: str, shape: Shape) -> np.ndarray:
    """Values with which activations exceed 6 and fall below 0, and every setting shows.

    Variances are small enough for batch norm's epsilon to matter. A bias stays 0: whether there
    is one is seen by counting.
    """
    return np.reshape(_alive(seed, role, squeezed(shape)), shape)


@lru_cache(maxsize=500)
def _alive(seed: str, role: str, shape: Shape) -> np.ndarray:
    draw = generator(seed, role, shape)
    if role == "kernel":
        fan_in = int(np.prod(shape[:-1])) or 1
        return np.asarray(draw.uniform(-0.7, 0.7, shape) / np.sqrt(fan_in))
    low, high = {
        "gamma": (2.0, 6.0),
        "beta": (-1.0, 2.0),
        "mean": (-0.2, 0.2),
        "variance": (0.05, 0.2),
    }.get(role, (0.0, 0.0))
    return np.asarray(draw.uniform(low, high, shape))


def calm(seed: str, role: str, shape: Shape) -> np.ndarray:
    """Values with which a deep network neither dies out nor runs wild.

    From the first block to the last, a part of the numbers falls below 0, a part rises above 6, and
    most are in between. Each kernel of a 1x1 convolution has the mean 0, or what all channels have
    in common would outgrow what tells pictures apart. A change of the input by one in a million
    changes the output by some ten in a million, so rounding never shows.
    """
    values = np.reshape(_calm(seed, role, squeezed(shape)), shape)
    draw = _DISTURBANCE.get()
    if draw is None:
        return values
    off = generator(f"{seed}, disturbed {draw}", role, shape).normal(0, ROUNDING, shape)
    return np.asarray(values * (1 + off))


@contextmanager
def disturbed(draw: int) -> Iterator[None]:
    """Within it, calm weights are off by some units of their last place, as ``draw`` has it.

    What then changes much would change on another processor as well, which rounds otherwise.
    """
    before = _DISTURBANCE.set(draw)
    try:
        yield
    finally:
        _DISTURBANCE.reset(before)


@lru_cache(maxsize=500)
def _calm(seed: str, role: str, shape: Shape) -> np.ndarray:
    draw = generator(seed, role, shape)
    if role == "kernel":
        fan_in = int(np.prod(shape[:-1])) or 1
        kernel = draw.normal(0, CALM_KERNEL, shape) / np.sqrt(fan_in)
        return np.asarray(
            kernel - kernel.mean(axis=0) if len(shape) == 2 and kernel.size else kernel
        )
    low, high = CALM.get(role, (0.0, 0.0))
    return np.asarray(draw.uniform(low, high, shape))


def silent(role: str, shape: Shape) -> np.ndarray:
    """Zeros: every convolution and every batch norm then gives 0, and a shortcut alone is heard."""
    return np.full(shape, 1.0 if role == "variance" else 0.0)


def generator(seed: str, role: str, shape: Shape) -> np.random.RandomState:
    """A legacy generator: its numbers are promised never to change."""
    return np.random.RandomState(crc32(f"{seed}, {role}, {shape}".encode()))
