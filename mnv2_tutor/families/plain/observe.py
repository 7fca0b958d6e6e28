"""Watching a function of plain Python values. Needs neither TensorFlow nor NumPy.

Results of a case: ``value``; ``again``, the same call after all the other ones.
"""

from collections.abc import Callable
from typing import Any

from mnv2_tutor.engine.exercise import Asked
from mnv2_tutor.engine.observation import CaseResult, Result, Signature
from mnv2_tutor.engine.observe.calls import Stopped, call
from mnv2_tutor.engine.observe.code import arguments
from mnv2_tutor.engine.observe.results import number_result
from mnv2_tutor.families.plain.cases import PlainCase

QUICK = True


def watch(
    function: Callable[..., Any], signature: Signature | None, asked: Asked
) -> tuple[tuple[CaseResult, ...], dict[str, str]]:
    """Call ``function`` on every case, twice; cases seen and no further facts."""
    results: dict[str, dict[str, Result]] = {case.name: {} for case in asked.cases}
    try:
        for name in ("value", "again"):
            for case in asked.cases:
                results[case.name][name] = _result(function, signature, case)
    except Stopped as stop:
        return (CaseResult(asked.cases[0].name, {"value": Result("error", error=stop.error)}),), {}
    return tuple(CaseResult(name, found) for name, found in results.items()), {}


def _result(function: Callable[..., Any], signature: Signature | None, case: PlainCase) -> Result:
    args, kwargs = arguments(signature, case.arguments)
    value, error = call(function, *args, **kwargs)
    return Result("error", error=error) if error else number_result(value)
