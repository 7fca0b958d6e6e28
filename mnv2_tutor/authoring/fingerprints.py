"""The data file of an exercise: what reference and misconceptions do on the public probe."""

import json
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from mnv2_tutor.engine.active import in_course
from mnv2_tutor.engine.course import exercise
from mnv2_tutor.engine.exercise import Exercise, Expected
from mnv2_tutor.engine.expected import misconceptions, reference
from mnv2_tutor.engine.judge import judge
from mnv2_tutor.engine.judge.compare import same_result
from mnv2_tutor.engine.judge.diagnose import EVIDENCE, SHAKY, fingerprint
from mnv2_tutor.engine.keras_models.weight_values import disturbed
from mnv2_tutor.engine.observation import CaseResult, Observation, to_json
from mnv2_tutor.engine.observe import observe

DIGITS = 6
REFERENCE_NUMBERS = 230
"""How many numbers of an array are kept of the reference, with which all answers are compared: as
many as describe the blocks of a network."""
DISTURBANCES = (1, 2)
STEADY_SHARE = 1 / 3
"""A steady number stays this far within the tolerance when the weights are disturbed."""


def path_of(key: str) -> Path:
    return Path(str(in_course("answers", f"{key}.json")))


def made(key: str) -> str:
    """The text of the data file, observed now."""
    task = exercise(key)
    right = observe(reference(key), task)
    functions = misconceptions(key).items()
    rows = [f'"{name}": {_text(_of(function, task, right))}' for name, function in functions]
    body = ",\n".join(rows)
    first = _text(fingerprint(right, REFERENCE_NUMBERS))
    return f'{{"reference": {first},\n"misconceptions": {{\n{body}\n}}}}\n'


def _of(function: Callable[..., Any], task: Exercise, right: Observation) -> Observation:
    """The fingerprint of a misconception, and which findings it is seen by."""
    seen = observe(function, task)
    report = judge(task, seen, Expected(right))
    found = [message.key for message in (report.lead, *report.more) if message]
    return replace(steady(function, task, seen), facts={EVIDENCE: " ".join(found)})


def steady(function: Callable[..., Any], task: Exercise, whole: Observation) -> Observation:
    """The fingerprint of what was seen, without what another processor might round otherwise.

    A wrong network may be so badly conditioned that its last numbers are all rounding.
    """
    seen = fingerprint(whole)
    if not task.is_deep:
        return seen
    shaky: set[tuple[str, str]] = set()
    for draw in DISTURBANCES:
        with disturbed(draw):
            other = fingerprint(observe(function, task))
        shaky |= differences(seen, other, STEADY_SHARE * task.tolerance)
    forget_layers()
    return _with_shaky(seen, shaky)


def _with_shaky(seen: Observation, shaky: Collection[tuple[str, str]]) -> Observation:
    """The same fingerprint with what is shaky, by case and result, taken out."""
    cases = tuple(
        CaseResult(
            one.case, {n: SHAKY if (one.case, n) in shaky else r for n, r in one.results.items()}
        )
        for one in seen.cases
    )
    return replace(seen, cases=cases)


def forget_layers() -> None:
    """TensorFlow keeps memory for the name of every layer that ever was."""
    import keras

    keras.utils.clear_session()


def differences(a: Observation, b: Observation, tolerance: float) -> set[tuple[str, str]]:
    """Case and name of each result with numbers that are not the same in both."""
    return {
        (one.case, name)
        for one, other in zip(a.cases, b.cases, strict=True)
        for name, result in one.results.items()
        if result.array and name in other.results
        if not same_result(result, other.results[name], tolerance)
    }


def _text(seen: Observation) -> str:
    return json.dumps(_rounded(json.loads(to_json(seen))), separators=(",", ":"))


def _rounded(data: Any) -> Any:
    """Floats to a few digits: processors differ in the last ones, and so would the file.

    Whole numbers are counts, and stay as they are.
    """
    if isinstance(data, float) and not data.is_integer():
        return float(f"{data:.{DIGITS}g}")
    if isinstance(data, dict):
        return {key: _rounded(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_rounded(value) for value in data]
    return data
