"""The small converted networks that ``run_tflite`` is asked about."""

import keras
import numpy as np

from mnv2_tutor.course.answers.to_tflite_int8 import reference
from mnv2_tutor.families.conversion.pictures import between, calibration
from mnv2_tutor.families.conversion.small_network import small_network
from mnv2_tutor.families.inference.kept_files import KEPT, KeptFile
from mnv2_tutor.families.inference.observe import FILES

PICTURES = 40


def network_of(kept: KeptFile) -> keras.Model:
    """The network that was converted."""
    pictures = pictures_for(kept, "calibration")
    return small_network(kept.n_classes, kept.seed, pictures, apart=2.5)


def pictures_for(kept: KeptFile, seed: str, count: int = PICTURES) -> np.ndarray:
    """Pictures over the range that the file is calibrated for."""
    return between(calibration(f"{kept.seed} {seed}", (count, *kept.shape)), kept.range)


def made(kept: KeptFile) -> bytes:
    """The file, converted now."""
    return reference(network_of(kept), pictures_for(kept, "calibration"))


def write() -> list[str]:
    """Write every file; their names."""
    FILES.mkdir(exist_ok=True)
    for name, kept in KEPT.items():
        (FILES / f"{name}.tflite").write_bytes(made(kept))
    return list(KEPT)
