"""Watching a function that converts a network to TensorFlow Lite, and running what it made.

Results of a case:

- ``value``: a ``model file``, ``not a model`` where bytes came that cannot be run, or what
  ``tensors`` calls it; a file that takes or gives something of another form is ``other ends``;
- ``ends``: the types of input and output, as the kind ``int8, int8``;
- ``inside``: with what it computes between them, as the kind ``int8``, ``int8 and float32``, ...;
- ``grid``: the smallest and the largest number that the input can stand for;
- ``step``: the length of that grid as a power of ten: what is nearly 0 is not 0;
- ``answers``: what the file says to pictures that were not among the given ones;
- ``network``: what the network itself says to them.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from mnv2_tutor.engine.exercise import Asked
from mnv2_tutor.engine.keras_models.training_behaviour import numbers, run
from mnv2_tutor.engine.observation import CaseResult, Result, Signature
from mnv2_tutor.engine.observe.cases import Found, each_case
from mnv2_tutor.engine.observe.code import arguments
from mnv2_tutor.engine.observe.tensors import tensor_result, verify_tensorflow
from mnv2_tutor.families.conversion.cases import ConvertCase
from mnv2_tutor.families.conversion.interpreter import (
    answers,
    ends,
    opened,
    quietly,
    reach,
    types_between,
)
from mnv2_tutor.families.conversion.pictures import calibration_of_kinds
from mnv2_tutor.families.conversion.small_network import small_network

DULL = 0.2
"""How much of its range the first picture uses: who calibrates with it alone cuts the others."""
SMALLEST_STEP = 1e-12
TESTS = 4
"""Pictures that the file is asked about."""
KINDS = 3
"""Of pictures: who calibrates with the first four of them has seen each kind in its full range."""
FLOATS, WHOLE = ("float16", "float32", "float64"), ("int8", "uint8", "int16")
QUICK = False


def watch(
    function: Callable[..., Any], signature: Signature | None, asked: Asked
) -> tuple[tuple[CaseResult, ...], dict[str, str]]:
    """Call ``function`` on every case; cases seen and no further facts.

    Raises:
        Unusable: TensorFlow itself was tampered with.
    """
    verify_tensorflow()
    return each_case(asked.cases, partial(_after, function, signature))


def _after(function: Callable[..., Any], signature: Signature | None, case: ConvertCase) -> Found:
    pictures = calibration_of_kinds(case.seed, (case.pictures + TESTS, *case.shape), KINDS)
    given, x = pictures[: case.pictures].copy(), pictures[case.pictures :]
    network = small_network(case.n_classes, case.seed, pictures)
    found = {"network": run(network, x)}
    given[0] *= DULL
    args, kwargs = arguments(signature, (network, given))
    value, error = quietly(function, *args, **kwargs)
    if error:
        return found | {"value": Result("error", error=error)}, {}
    if not issubclass(type(value), bytes | bytearray):
        return found | {"value": tensor_result(value)}, {}
    interpreter, error = quietly(opened, bytes(value))
    if error:
        return found | {"value": Result("not a model", f"{len(value)} bytes")}, {}
    return found | _looked_at(interpreter, x), {}


def _looked_at(interpreter: Any, x: np.ndarray) -> dict[str, Result]:
    both, error = quietly(ends, interpreter)
    if error or tuple(both[0]["shape"][1:]) != x.shape[1:]:
        return {"value": Result("other ends")}
    found = {
        "value": Result("model file"),
        "ends": Result(", ".join(np.dtype(end["dtype"]).name for end in both)),
        "inside": Result(_inside(interpreter)),
    }
    grid = reach(both[0])
    if grid is not None:
        found["grid"] = numbers(np.array(grid))
        found["step"] = numbers(np.log10(max(grid[1] - grid[0], SMALLEST_STEP)))
    said, error = quietly(answers, interpreter, x)
    found["answers"] = Result("error", error=error) if error else numbers(said)
    return found


def _inside(interpreter: Any) -> str:
    """The types between the ends, without int32, that of biases and shapes."""
    types = types_between(interpreter)
    return " and ".join(name for name in (*WHOLE, *FLOATS) if name in types)
