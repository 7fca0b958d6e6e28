"""Judging a whole notebook from outside: observe in a child, judge here."""

from dataclasses import dataclass
from pathlib import Path

from mnv2_tutor import expected
from mnv2_tutor.exercises import exercise
from mnv2_tutor.judge import judge, with_unseen
from mnv2_tutor.observation import Observation
from mnv2_tutor.report import Report
from mnv2_tutor.submission.run import CellError, observe_notebook


@dataclass(frozen=True)
class Checked:
    """The reports on a notebook, one an exercise, and the cells that failed."""

    reports: tuple[Report, ...]
    cell_errors: tuple[CellError, ...]

    @property
    def passed(self) -> bool:
        return all(report.passed for report in self.reports)


def check_notebook(
    data: bytes, seed: int | None, seconds: float, folder: Path | None = None
) -> Checked:
    """Run and judge a notebook; with ``seed``, points need the unseen questions as well.

    Raises:
        Unusable: the notebook cannot be used.
    """
    seeds = (None,) if seed is None else (None, seed)
    observed = observe_notebook(data, seeds, seconds, folder)
    reports = tuple(
        _report(key, [observed.observations[s][key] for s in seeds]) for key in observed.exercises
    )
    return Checked(reports, observed.cell_errors)


def _report(key: str, seen: list[Observation]) -> Report:
    task = exercise(key)
    answers = expected.public(key)
    report = judge(task, seen[0], answers.reference, answers.twins)
    for observation in seen[1:]:
        assert observation.seed is not None
        reference = expected.unseen(key, observation.seed).reference
        report = with_unseen(report, judge(task, observation, reference, {}))
    return report
