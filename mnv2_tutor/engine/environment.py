"""The environment in which every process that stores or compares output runs."""

import os
from pathlib import Path

QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "-1",
    "PYTHONHASHSEED": "0",
}
"""TensorFlow without its start-up lines, with the same arithmetic on every processor."""

KERNELS = Path(__file__).parent / "authoring" / "jupyter"
"""A folder for JUPYTER_PATH. Its kernel does not copy what C code writes to stderr into a cell:
TensorFlow 2.21 writes two lines there at import that no setting turns off."""


def quiet_environment(**more: str) -> dict[str, str]:
    """This process's environment with :data:`QUIET`, our kernel and ``more`` on top."""
    return {**os.environ, **QUIET, "JUPYTER_PATH": str(KERNELS), **more}
