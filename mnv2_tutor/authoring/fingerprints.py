"""The data file of an exercise: what reference and misconceptions do on the public probe."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mnv2_tutor.answers
from mnv2_tutor.exercise import Exercise
from mnv2_tutor.exercises import exercise
from mnv2_tutor.expected import misconceptions, reference
from mnv2_tutor.judge.diagnose import FINGERPRINT_NUMBERS, fingerprint
from mnv2_tutor.observation import to_json
from mnv2_tutor.observe import observe

DIGITS = 6
REFERENCE_NUMBERS = 230
"""How many numbers of an array are kept of the reference, with which all answers are compared: as
many as describe the blocks of a network."""


def path_of(key: str) -> Path:
    return Path(mnv2_tutor.answers.__path__[0]) / f"{key}.json"


def made(key: str) -> str:
    """The text of the data file, observed now."""
    task = exercise(key)
    functions = misconceptions(key)
    rows = [f'"{name}": {_seen(function, task)}' for name, function in functions.items()]
    body = ",\n".join(rows)
    first = _seen(reference(key), task, REFERENCE_NUMBERS)
    return f'{{"reference": {first},\n"misconceptions": {{\n{body}\n}}}}\n'


def _seen(function: Callable[..., Any], task: Exercise, numbers: int = FINGERPRINT_NUMBERS) -> str:
    data = json.loads(to_json(fingerprint(observe(function, task), numbers)))
    return json.dumps(_rounded(data), separators=(",", ":"))


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
