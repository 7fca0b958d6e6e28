"""Judging whole notebooks from outside: observe in a child, judge here."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mnv2_tutor.engine import expected
from mnv2_tutor.engine.course import KEYS, exercise
from mnv2_tutor.engine.judge import checker_error, judge, with_unseen
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observation import Observation
from mnv2_tutor.engine.report import Report
from mnv2_tutor.errors import Unusable
from mnv2_tutor.submission.remarks import remarks
from mnv2_tutor.submission.run import (
    Asking,
    Observed,
    exercises_in,
    observe_submission,
)


@dataclass(frozen=True)
class Checked:
    """The reports on a notebook, one an exercise, and what there is to say of its cells."""

    reports: tuple[Report, ...]
    remarks: tuple[Message, ...]

    @property
    def passed(self) -> bool:
        return all(report.passed for report in self.reports)

    @property
    def place_in_book(self) -> int:
        return KEYS.index(self.reports[0].exercise.key)


def check_submission(
    notebooks: Sequence[bytes],
    seed: int | None,
    seconds: float,
    folders: Sequence[Path | None] | None = None,
) -> list[Checked | Unusable]:
    """Run and judge the notebooks of one submission, which share their functions.

    With ``seed``, points need the unseen questions as well. Results come in the order of
    ``notebooks``; one that cannot be used has the reason in its place.
    """
    keys = exercises_in(notebooks)
    found = observe_submission(notebooks, _asking(seed, keys), seconds, folders)
    return [one if isinstance(one, Unusable) else _judged(one, seed, keys) for one in found]


def _asking(seed: int | None, keys: Sequence[str]) -> Asking:
    if seed is not None:
        _unseen(tuple(keys), seed)  # of all at once: each time takes a process of its own

    def passes(seen: Observation) -> bool:
        return _report(seen, keys).passed

    return Asking(seed, passes, lambda _: seed is not None)


def _report(seen: Observation, keys: Sequence[str]) -> Report:
    """The report on what was seen on one probe."""
    task, answers = exercise(seen.exercise), expected.public(seen.exercise)
    try:
        if seen.seed is None:
            return judge(task, seen, answers.reference, answers.twins)
        return judge(task, seen, _unseen(tuple(keys), seen.seed)[seen.exercise], {})
    except Exception as error:  # noqa: BLE001 - ours, and never blamed on the learner
        return checker_error(task, f"{type(error).__name__}: {error}")


@cache
def _unseen(keys: tuple[str, ...], seed: int) -> dict[str, Observation]:
    return expected.unseen(keys, seed)


def _judged(observed: Observed, seed: int | None, keys: Sequence[str]) -> Checked:
    reports = []
    for key in observed.exercises:
        report = _report(observed.observations[None][key], keys)
        if seed is not None:
            report = with_unseen(report, _report(observed.observations[seed][key], keys))
        reports.append(report)
    return Checked(tuple(reports), remarks(observed))
