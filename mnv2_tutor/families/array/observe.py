"""Watching a function from one NumPy array to another, or to a tensor.

Results of a case: ``value``, of the kind ``array`` whether it is NumPy's or TensorFlow's;
``again``, the same call after all the other ones; ``changed``, how many numbers of the array it was
given are others after the call.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from mnv2_tutor.engine.exercise import Asked
from mnv2_tutor.engine.keras_models.training_behaviour import numbers
from mnv2_tutor.engine.observation import CaseResult, Result, Signature
from mnv2_tutor.engine.observe.calls import Stopped, call
from mnv2_tutor.engine.observe.code import arguments
from mnv2_tutor.engine.observe.tensors import tensor_result, verify_tensorflow
from mnv2_tutor.families.array.cases import ArrayCase

_array, _not_equal, _sum = np.array, np.not_equal, np.sum
QUICK = True


def watch(
    function: Callable[..., Any], signature: Signature | None, asked: Asked
) -> tuple[tuple[CaseResult, ...], dict[str, str]]:
    """Call ``function`` on every case, twice; cases seen and no further facts.

    Raises:
        Unusable: TensorFlow itself was tampered with.
    """
    verify_tensorflow()

    def ask(case: ArrayCase) -> tuple[Result, Result]:
        pictures = _array(case.values, case.dtype).reshape(case.shape)
        return given_once(function, signature, pictures)

    return ask_twice(asked.cases, ask), {}


def ask_twice(
    cases: tuple[Any, ...], ask: Callable[[Any], tuple[Result, Result]]
) -> tuple[CaseResult, ...]:
    """``value`` and ``changed`` of every case, then ``again`` of every case."""
    results: dict[str, dict[str, Result]] = {case.name: {} for case in cases}
    try:
        for case in cases:
            value, changed = ask(case)
            results[case.name] = {"value": value, "changed": changed}
        for case in cases:
            results[case.name]["again"], _ = ask(case)
    except Stopped as stop:
        return (CaseResult(cases[0].name, {"value": Result("error", error=stop.error)}),)
    return tuple(CaseResult(name, found) for name, found in results.items())


def given_once(
    function: Callable[..., Any], signature: Signature | None, array: np.ndarray, *before: Any
) -> tuple[Result, Result]:
    """What the function gives for an array, and how many numbers of it are others afterwards.

    ``before`` are the arguments that stand before the array.
    """
    kept = _array(array)
    args, kwargs = arguments(signature, (*before, array))
    value, error = call(function, *args, **kwargs)
    result = Result("error", error=error) if error else _result(value)
    return result, numbers(_array(float(_sum(_not_equal(array, kept)))))


def _result(value: Any) -> Result:
    found = tensor_result(value)
    if found.kind not in ("tensor", "numpy"):
        return found
    return Result("array", "array" if found.kind == "numpy" else "tensor", found.array)
