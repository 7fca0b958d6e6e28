"""Pictures to calibrate a converter with, and to ask its file about."""

import numpy as np

from mnv2_tutor.engine.keras_models.weight_values import Shape, generator, inputs, pictures

SMALL_NOISE = 0.1
"""Of two pictures of a kind: 0.15 at most, of numbers between -1 and 1."""


def calibration(seed: str, shape: Shape) -> np.ndarray:
    """Pictures as a network takes them: from -1 to 1, and each of them has both ends.

    Each has a colour of its own, or a small network could hardly tell them apart.
    """
    colour = generator(seed, "colour", shape).uniform(-0.8, 0.8, (shape[0], 1, 1, shape[3]))
    found = np.asarray(np.clip(pictures(seed, shape) / 2 + colour, -1, 1), "float32")
    found[:, 0, 0], found[:, -1, -1] = -1, 1
    return found


def calibration_of_kinds(seed: str, shape: Shape, kinds: int) -> np.ndarray:
    """As ``calibration``, but a few pictures again and again in turn, each time with other noise.

    So a handful of neighbours has shown whatever the others show. Both ends stand at another place
    in each: the mean of all pictures is far from having them.
    """
    n, *size = shape
    each = np.arange(n)
    of_each = calibration(seed, (kinds, *size))
    of_each[:, 0, 0], of_each[:, -1, -1] = of_each[:, 1, 1], of_each[:, -2, -2]
    noise = inputs(f"{seed}, noise", shape) * SMALL_NOISE
    found = np.asarray(np.clip(of_each[each % kinds] + noise, -1, 1), "float32")
    found[each, each % size[0], 0], found[each, each % size[0], 1] = -1, 1
    return found


def between(found: np.ndarray, ends: tuple[float, float]) -> np.ndarray:
    """Numbers of -1..1 stretched and shifted, so that they run from one end to the other."""
    low, high = ends
    return np.asarray(low + (found + 1) * (high - low) / 2, "float32")
