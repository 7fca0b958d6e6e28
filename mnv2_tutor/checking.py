"""Judging whole notebooks from outside: observe in a child, judge here."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mnv2_tutor import expected
from mnv2_tutor.errors import Unusable
from mnv2_tutor.exercises import KEYS, exercise
from mnv2_tutor.judge import judge, with_unseen
from mnv2_tutor.messages import Message
from mnv2_tutor.report import Report
from mnv2_tutor.submission.remarks import remarks
from mnv2_tutor.submission.run import Observed, observe_submission


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
    seeds = (None,) if seed is None else (None, seed)
    return [
        observed if isinstance(observed, Unusable) else _judged(observed)
        for observed in observe_submission(notebooks, seeds, seconds, folders)
    ]


def _judged(observed: Observed) -> Checked:
    references = {
        seed: expected.unseen(observed.exercises, seed)
        for seed in observed.observations
        if seed is not None
    }
    reports = []
    for key in observed.exercises:
        task, answers = exercise(key), expected.public(key)
        public = observed.observations[None][key]
        report = judge(task, public, answers.reference, answers.twins)
        for seed, reference in references.items():
            unseen = judge(task, observed.observations[seed][key], reference[key], {})
            report = with_unseen(report, unseen)
        reports.append(report)
    return Checked(tuple(reports), remarks(observed))
