"""An instructor's own points and tolerances, and what decides how an answer is judged.

The file is TOML, a table for each exercise that is changed::

    [some_function]
    tolerance = 1e-3
    [some_function.points]
    no_floor = 4

Points are whole numbers of the items of the rubric; an item that is not named keeps its own.
"""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from math import inf
from pathlib import Path
from typing import Any

from mnv2_tutor.engine.active import in_course
from mnv2_tutor.engine.course import KEYS, exercise
from mnv2_tutor.engine.exercise import Exercise
from mnv2_tutor.errors import Unusable

MOST_POINTS = 1000
FOLDERS_OF_JUDGING = ("engine", "families")
"""Whose modules, words included, may decide how an observation is judged."""
Changes = Mapping[str, Mapping[str, Any]]
"""What the file says: for an exercise its ``points`` by item, its ``tolerance``."""


def read(path: Path) -> Changes:
    """The changes that the file asks for.

    Raises:
        Unusable: it cannot be read, or names something that there is not.
    """
    try:
        changes = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Unusable(f"--rubric {path}: {error.strerror or 'cannot be read'}") from None
    except (ValueError, RecursionError) as error:  # also numbers and depths that nobody needs
        raise Unusable(f"--rubric {path}: no TOML ({error})") from None
    for key, change in changes.items():
        _verify(f"--rubric {path}: [{key}]", key, change)
    return changes


def tasks(keys: Sequence[str], changes: Changes) -> dict[str, Exercise]:
    """The exercises of these keys with the changes applied."""
    return {key: _changed(exercise(key), changes.get(key, {})) for key in keys}


def max_score(tasks: Mapping[str, Exercise]) -> int:
    return sum(task.max_score for task in tasks.values())


def state(task: Exercise) -> str:
    """Identity of all that decides how an observation of the exercise is judged and explained."""
    digest = hashlib.sha256(_state_of_files(task.key).encode())
    points = [(item.key, item.points) for item in task.rubric]
    digest.update(repr((points, task.tolerance)).encode())
    return digest.hexdigest()[:16]


def _verify(where: str, key: str, change: Any) -> None:
    if key not in KEYS:
        raise Unusable(f"{where}: there is no such exercise; there are {', '.join(KEYS)}")
    if not isinstance(change, dict):
        raise Unusable(f"{where}: write a table, [{key}], and points in [{key}.points]")
    for name in change:
        if name not in ("points", "tolerance"):
            raise Unusable(f"{where}: {name} is neither points nor tolerance")
    tolerance = change.get("tolerance", 1.0)
    is_number = isinstance(tolerance, int | float) and not isinstance(tolerance, bool)
    if not is_number or not 0 < tolerance < inf:
        raise Unusable(f"{where}: the tolerance is to be a number above 0")
    items = {item.key for item in exercise(key).rubric}
    points = change.get("points", {})
    if not isinstance(points, dict):
        raise Unusable(f"{where}: points are a table, [{key}.points], with a number for an item")
    for item, value in points.items():
        if item not in items:
            raise Unusable(f"{where}: no item {item}; its items are {', '.join(sorted(items))}")
        if type(value) is not int or not 0 <= value <= MOST_POINTS:
            raise Unusable(
                f"{where}: the points of {item} are to be a whole number from 0 to {MOST_POINTS}"
            )


def _changed(task: Exercise, change: Mapping[str, Any]) -> Exercise:
    points = change.get("points", {})
    rubric = tuple(replace(item, points=points.get(item.key, item.points)) for item in task.rubric)
    tolerance = change.get("tolerance", task.tolerance)
    return replace(task, rubric=rubric, tolerance=tolerance, named_within=task.tolerance)


@cache
def _state_of_files(key: str) -> str:
    package, course = Path(str(files("mnv2_tutor"))), Path(str(in_course()))
    paths = [
        *(path for folder in FOLDERS_OF_JUDGING for path in (package / folder).rglob("*")),
        *(course / "words").rglob("*.toml"),
        *course.glob("*.py"),
        course / "exercises" / f"{key}.py",
        course / "answers" / f"{key}.json",
        package / "grading" / "marks.py",
    ]
    digest = hashlib.sha256()
    for path in sorted(path for path in paths if path.suffix in (".py", ".toml", ".json")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
