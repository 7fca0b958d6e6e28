"""What a notebook calls: ``check``, ``hint``, ``solution``, ``progress``.

Each returns an object that shows itself as text and as HTML; none of them raises.
"""

import os
import sys
from dataclasses import replace
from typing import Any

from mnv2_tutor.engine import expected
from mnv2_tutor.engine.course import KEYS, exercise
from mnv2_tutor.engine.exercise import Exercise
from mnv2_tutor.engine.judge import checker_error, judge
from mnv2_tutor.engine.observation import Observation, to_json
from mnv2_tutor.engine.observe import absent, observe
from mnv2_tutor.engine.observe.calls import name_of, original_builtins
from mnv2_tutor.engine.report import Outcome, Report
from mnv2_tutor.errors import Unusable
from mnv2_tutor.learner import records, saved_code, session
from mnv2_tutor.learner.cards import Card, hint_card, line_card, progress_card, solution_card
from mnv2_tutor.learner.lookup import Found, find, library_of
from mnv2_tutor.learner.solutions import solution_of
from mnv2_tutor.source.slicing import Slice

if "tensorflow" in sys.modules:
    # Take hold of TensorFlow's functions now, before a later cell can replace one.
    import mnv2_tutor.engine.observe.tensors  # noqa: F401


GRADING = "MNV2_TUTOR_GRADING"
"""Set where a notebook is run from outside: its own checks would ask everything twice."""
_checking: list[bool] = []
"""Holds something while a check runs: a function that checks itself would never come back."""


def check(function: Any, key: str | None = None) -> Report | Card:
    """Check an answer.

    Args:
        function: what was written. A name in quotes is looked up in the notebook.
        key: which exercise; by default the one of the function's name.

    Returns:
        The report. Where no exercise can be found, a card that says so, which has the same
        ``passed``, ``score``, ``max_score``, ``diagnosis`` and ``notes``.
    """
    if _checking:
        return line_card(
            "check was called while a check was running: call it outside the function."
        )
    if GRADING in os.environ:
        return line_card("This notebook is being graded: its report comes from there.")
    _checking.append(True)
    with original_builtins() as replaced:
        try:
            return _checked(find(function, key), replaced)
        except Unusable as error:
            return line_card(str(error))
        except BaseException as error:  # noqa: BLE001 - whatever a hostile object did to get here
            return line_card(f"The check was interrupted ({name_of(type(error))}): run it again.")
        finally:
            _checking.clear()


def hint(key: str) -> Card:
    """The next hint of an exercise, gentle to specific.

    The first is there at once; each further one opens after a different attempt.
    """
    try:
        words = _exercise(key).words
        hints = [str(text) for text in words["hints"]]
        with records.changing(key) as record:
            if record.next_hint_is_open and len(record.hints) < len(hints):
                record.hints.append(len(record.attempts))
            shown = max(1, len(record.hints))
            return hint_card(key, hints[shown - 1], shown, len(hints), record.next_step)
    except Unusable as error:
        return line_card(str(error))


def solution(key: str) -> Card:
    """The solution of an exercise: open after a pass or three different attempts."""
    try:
        found = _exercise(key)
        record = records.read(key)
        if record.solution_is_open:
            return solution_card(key, solution_of(found), found.words["explanation"])
        attempts = len(record.attempts)
        return line_card(
            f"The solution of {key} opens after a pass or {records.ATTEMPTS_FOR_SOLUTION} "
            f'different attempts; there have been {attempts}. hint("{key}") gives a hint.'
        )
    except Unusable as error:
        return line_card(str(error))


def progress() -> Card:
    """All exercises with the best points so far."""
    return progress_card([(exercise(key), records.read(key)) for key in KEYS])


def _exercise(key: str) -> Exercise:
    try:
        return exercise(key)
    except KeyError:
        raise Unusable(f"There is no exercise {key!r}. There are: {', '.join(KEYS)}.") from None


def _checked(found: Found, replaced: list[str]) -> Report:
    task = exercise(found.key)
    try:
        library = "" if found.is_absent else _library_of(found)
        if found.is_absent or library:
            observation = absent(task, similar_name=found.similar_name, imported_from=library)
        else:
            observation = observe(found.function, task)
        if replaced:
            facts = {**observation.facts, "replaced_builtins": ", ".join(replaced)}
            observation = replace(observation, facts=facts)
        answers = expected.public(task.key)
        report = judge(task, observation, answers)
    except Unusable:
        raise
    except Exception as error:  # noqa: BLE001 - ours, and never blamed on the learner
        return checker_error(task, f"{type(error).__name__}: {error}")
    try:
        _remember(observation, report, found.function)
    except Unusable as error:
        sys.stderr.write(f"{error}\n")
    except Exception as error:  # noqa: BLE001 - the report counts more than its record
        sys.stderr.write(f"progress was not kept ({name_of(type(error))})\n")
    return report


def _library_of(found: Found) -> str:
    """The library of a function that the notebook only imported; empty where it was written."""
    library = library_of(found.function)
    return library if library and session.only_imports(found.key) else ""


def _remember(observation: Observation, report: Report, function: Any) -> None:
    """Count the attempt if it is a different one; keep the best points, and code that passed."""
    if report.outcome not in (Outcome.PASSED, Outcome.FAILED, Outcome.COULD_NOT_RUN):
        return
    if not observation.cases:  # nothing ran: no such function, or not callable
        return
    identity = observation.digest or to_json(observation)
    key = report.exercise.key
    made = _code_of(function, key) if report.passed else None
    with records.changing(key) as record:
        if identity not in record.attempts:
            record.attempts.append(identity)
        record.passed = record.passed or report.passed
        record.best = max(record.best, report.score)
        record.next_step = report.lead.next if report.lead else ""
        if made:
            saved_code.keep(key, made)


def _code_of(function: Any, key: str) -> Slice:
    try:
        return session.code_of(function, key)
    except Exception as error:  # noqa: BLE001 - the points count more than the code
        return Slice(lacks=f"it could not be read ({name_of(type(error))})")
