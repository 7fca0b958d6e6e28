"""Watching a function from one float32 tensor to another.

Results of a case: ``value``; ``again``, the same call after all the other ones; ``gradient``, of
the summed output by the input, where the case asks for it.
"""

from collections.abc import Callable
from typing import Any

from mnv2_tutor.engine.exercise import Asked
from mnv2_tutor.engine.observation import CaseResult, Result, Signature
from mnv2_tutor.engine.observe.calls import Stopped, call
from mnv2_tutor.engine.observe.code import arguments
from mnv2_tutor.engine.observe.tensors import (
    dense,
    keras_input,
    recording,
    tensor,
    tensor_result,
    verify_tensorflow,
)
from mnv2_tutor.families.tensor.cases import TensorCase

KERAS_SHAPE = (4, 4, 3)
QUICK = True


def watch(
    function: Callable[..., Any], signature: Signature | None, asked: Asked
) -> tuple[tuple[CaseResult, ...], dict[str, str]]:
    """Call ``function`` on every case; cases seen and further facts.

    Raises:
        Unusable: TensorFlow itself was tampered with.
    """
    verify_tensorflow()
    results: dict[str, dict[str, Result]] = {case.name: {} for case in asked.cases}
    facts: dict[str, str] = {}
    try:
        for case in asked.cases:
            results[case.name]["value"] = _value(function, signature, case)
        for case in asked.cases:
            results[case.name]["again"] = _value(function, signature, case)
        for case in asked.cases:
            if case.gradient:
                results[case.name]["gradient"] = _gradient(function, signature, case)
        facts = _on_keras_tensor(function, signature)
    except Stopped as stop:
        stopped = Result("error", error=stop.error)
        return (CaseResult(asked.cases[0].name, {"value": stopped}),), {}
    return tuple(CaseResult(name, found) for name, found in results.items()), facts


def _value(function: Callable[..., Any], signature: Signature | None, case: TensorCase) -> Result:
    args, kwargs = arguments(signature, (tensor(case.values, case.shape),))
    value, error = call(function, *args, **kwargs)
    return Result("error", error=error) if error else tensor_result(value)


def _gradient(
    function: Callable[..., Any], signature: Signature | None, case: TensorCase
) -> Result:
    x = tensor(case.values, case.shape)
    args, kwargs = arguments(signature, (x,))
    with recording() as tape:
        tape.watch(x)
        value, error = call(function, *args, **kwargs)
    if error or tensor_result(value).kind != "tensor":
        return Result("absent")
    gradient, error = call(tape.gradient, value, x)
    if error or gradient is None:
        return Result("absent")
    return tensor_result(dense(gradient))


def _on_keras_tensor(function: Callable[..., Any], signature: Signature | None) -> dict[str, str]:
    """Whether the function also takes the tensors from which Keras builds a model."""
    args, kwargs = arguments(signature, (keras_input(KERAS_SHAPE),))
    value, error = call(function, *args, **kwargs)
    works = error is None and tensor_result(value).kind == "keras tensor"
    return {"on_keras_tensor": "works" if works else "fails"}
