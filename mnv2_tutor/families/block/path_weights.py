"""Weights that turn a block into separate paths."""

import numpy as np

from mnv2_tutor.engine.keras_models.weight_values import EPSILON, Shape, squeezed
from mnv2_tutor.families.block.paths import PATHS


def paths(role: str, shape: Shape) -> np.ndarray:
    """Weights that turn a block into one separate path a channel, with factors from ``PATHS``.

    A constant input u then leaves channel k of the block as p * cap(s * cap(e * u)), where cap cuts
    at 0 and 6 and
    (e, s, p) are the factors of path k: e of the widening kernel, s of the middle of the 3x3
    window, p of the narrowing kernel. Batch norms let everything pass.
    """
    if role == "kernel":
        return _path_kernel(squeezed(shape)).reshape(shape)
    return np.full(shape, {"gamma": 1.0, "variance": 1.0 - EPSILON}.get(role, 0.0))


def _path_kernel(shape: Shape) -> np.ndarray:
    e, s, p = (np.resize(factor, shape[-1]) for factor in np.array(PATHS).T)
    if len(shape) == 2 and shape[1] > shape[0]:
        return np.broadcast_to(e / shape[0], shape)
    kernel = np.zeros(shape)
    if len(shape) == 2:
        kernel[np.arange(shape[1]), np.arange(shape[1])] = p
    elif len(shape) > 2:
        kernel[shape[0] // 2, shape[1] // 2] = s / (1 if len(shape) == 3 else shape[2])
    return kernel
