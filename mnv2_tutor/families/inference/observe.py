"""Watching a function that runs a converted network on pictures.

The networks are files in ``files/``, made once by ``mnv2-tutor author files``. Results of a case:
those of ``array_function``, with ``float`` as the type of floats of any width.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from mnv2_tutor.engine.exercise import Asked
from mnv2_tutor.engine.observation import CaseResult, Result, Signature
from mnv2_tutor.engine.observe.tensors import silenced_libraries, verify_tensorflow
from mnv2_tutor.families.array.observe import ask_twice, given_once
from mnv2_tutor.families.conversion.pictures import between, calibration
from mnv2_tutor.families.inference.cases import RunCase

FILES = Path(__file__).with_name("files")
QUICK = True


def watch(
    function: Callable[..., Any], signature: Signature | None, asked: Asked
) -> tuple[tuple[CaseResult, ...], dict[str, str]]:
    """Call ``function`` on every case, twice; cases seen and no further facts.

    Raises:
        Unusable: TensorFlow itself was tampered with.
    """
    verify_tensorflow()

    def ask(case: RunCase) -> tuple[Result, Result]:
        with silenced_libraries():
            value, changed = given_once(function, signature, _pictures(case), _file(case.file))
        return _any_float(value), changed

    return ask_twice(asked.cases, ask), {}


def _any_float(value: Result) -> Result:
    """Floats of any width are answers; how wide they are, ``type_name`` says."""
    if value.array is None or not value.array.dtype.startswith("float"):
        return value
    return replace(value, type_name=value.array.dtype, array=replace(value.array, dtype="float"))


@cache
def _file(name: str) -> bytes:
    return (FILES / f"{name}.tflite").read_bytes()


def _pictures(case: RunCase) -> np.ndarray:
    return between(calibration(case.seed, (case.count, *case.shape)), case.range)
