"""Checking files as ``mnv2-tutor check`` does: without a sandbox, and with words before points."""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mnv2_tutor.engine import expected
from mnv2_tutor.engine.course import KEYS, exercise
from mnv2_tutor.engine.exercise import Expected
from mnv2_tutor.engine.judge import checker_error, judge, with_unseen
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observation import Observation
from mnv2_tutor.engine.report import Report
from mnv2_tutor.errors import Unusable
from mnv2_tutor.grading.marks import stands
from mnv2_tutor.submission.conversation import Beside, Limits
from mnv2_tutor.submission.pipeline import (
    Answer,
    ObservedFiles,
    Places,
    beside_it,
    exercises_in,
    observe_files,
    read_files,
    unusable,
)
from mnv2_tutor.submission.run import Asking, Place
from mnv2_tutor.submission.submitted_files import SubmittedFiles
from mnv2_tutor.submission.unconfined import process_in

References = Mapping[str, Observation]
"""What the reference of each exercise does on the unseen inputs."""


@dataclass(frozen=True)
class Checked:
    """The reports on a submission, and what there is to say of its files.

    Attributes:
        reports: with the file that holds the answer, in the order of the book.
        remarks: with the file that they are about, or with no name.
        unusable: files that cannot be used, and why.
    """

    reports: tuple[tuple[str, Report], ...]
    remarks: tuple[tuple[str, Message], ...]
    unusable: Mapping[str, Unusable]

    @property
    def passed(self) -> bool:
        return all(report.passed for _, report in self.reports)

    @property
    def files(self) -> list[str]:
        """Those with an answer that counts, in the order of the book."""
        return list(dict.fromkeys(path for path, _ in self.reports))


def check_files(
    files: SubmittedFiles,
    seed: int | None = None,
    seconds: float = 120,
    on_disk: Mapping[str, Path] | None = None,
) -> Checked:
    """Run and judge the files of one submission, which share their functions.

    Args:
        files: notebooks, scripts, and what lies beside them.
        seed: of unseen questions, which points then need as well.
        seconds: for each file.
        on_disk: where files lie; they work in their own folder, and any other one in an empty one.

    Raises:
        Unusable: no process could run a file.
    """
    read = read_files(files)
    keys = exercises_in(read)
    references = expected.unseen(keys, seed) if seed is not None else {}
    asking = Asking(
        seed,
        lambda seen: _report(seen, references).passed,
        wants_words=lambda _: seed is not None,
        stands=stands,
    )
    places = _places(files, seconds, on_disk or {})
    observed = observe_files(read, keys, asking, Limits(submission=seconds), places)
    reports = [
        (observed.answers[key].path, _judged(observed.answers[key], seed, references))
        for key in KEYS
        if key in observed.answers
    ]
    remarks = tuple(observed.remarks(files))
    return Checked(tuple(reports), remarks, _unusable(observed, on_disk or {}))


def _unusable(observed: ObservedFiles, on_disk: Mapping[str, Path]) -> dict[str, Unusable]:
    """What cannot be used. In an archive, files that are no answers lie beside those that are."""
    given = {path: why for path, why in unusable(observed.read).items() if path in on_disk}
    return observed.unread | given if observed.answers else unusable(observed.read)


def _places(files: SubmittedFiles, seconds: float, on_disk: Mapping[str, Path]) -> Places:
    """Each file in processes without a sandbox, and in its own time."""

    @contextmanager
    def place(path: str) -> Iterator[Place]:
        where = on_disk.get(path)
        # What lies on the disk finds there what lies beside it.
        beside = Beside(name=where.name) if where else beside_it(files, path)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            folder = where.resolve().parent if where else None
            until = time.monotonic() + seconds
            yield Place(process_in(Path(scratch), folder), beside, until)

    return place


def _judged(answer: Answer, seed: int | None, references: References) -> Report:
    report = _report(answer.observations[None], references)
    if seed is None:
        return report
    return with_unseen(report, _report(answer.observations[seed], references))


def _report(seen: Observation, references: References) -> Report:
    """The report on what was seen on one probe."""
    task, answers = exercise(seen.exercise), expected.public(seen.exercise)
    try:
        if seen.seed is None:
            return judge(task, seen, answers)
        return judge(task, seen, Expected(references[seen.exercise]))
    except Exception as error:  # noqa: BLE001 - ours, and never blamed on the learner
        return checker_error(task, f"{type(error).__name__}: {error}")
