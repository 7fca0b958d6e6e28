"""Grading one submission. ``STEPS`` says how, in order; where it is run, ``start`` decides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from mnv2_tutor.engine.observation import STOPPED, Observation
from mnv2_tutor.engine.report import Outcome
from mnv2_tutor.grading import packages
from mnv2_tutor.grading.batch_settings import BatchSettings
from mnv2_tutor.grading.intake import digest_of
from mnv2_tutor.grading.marks import Marking, asking, points, report_on
from mnv2_tutor.grading.observation_store import AnswerObservations
from mnv2_tutor.grading.record import Remark, ReportRecord, Status, SubmissionRecord
from mnv2_tutor.submission.conversation import Start
from mnv2_tutor.submission.pipeline import (
    Answer,
    ObservedFiles,
    observe_files,
    one_after_another,
    read_files,
    unusable,
)
from mnv2_tutor.submission.submitted_files import SubmittedFiles

MOST_PROBLEMS = 5
"""Files whose problems are named."""


@dataclass(frozen=True)
class Graded:
    """A submission that was graded, and what was seen of its answers, which is kept beside it."""

    record: SubmissionRecord
    seen: Mapping[str, AnswerObservations] = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """A submission on its way through the steps.

    Attributes:
        record: what is known of it so far.
        files: that were handed in.
        settings: of the batch, in the round of this submission.
        start: gives it processes.
        marking: what its answers are held against.
        observed: what was seen of its files.
        seen: the same by exercise.
    """

    record: SubmissionRecord
    files: SubmittedFiles
    settings: BatchSettings
    start: Start
    marking: Marking
    observed: ObservedFiles
    seen: Mapping[str, AnswerObservations] = field(default_factory=dict)

    @property
    def is_unreadable(self) -> bool:
        """Whether there is no notebook and no script that could be run."""
        return len(unusable(self.observed.read)) == len(self.observed.read)


def graded(
    name: str, files: SubmittedFiles, settings: BatchSettings, start: Start, marking: Marking
) -> Graded:
    """Run and judge the notebooks and scripts of one submission.

    Raises:
        Unusable: the machine could not run it.
    """
    work = Work(settings.begin(name), files, settings, start, marking, ObservedFiles({}))
    for step in STEPS:
        work = step(work)
        if work.is_unreadable:
            break
    return Graded(work.record, work.seen)


def read(work: Work) -> Work:
    """Tell notebooks and scripts from data, and read them."""
    hashes = {path: digest_of({path: data}) for path, data in work.files.items()}
    found = replace(work, observed=ObservedFiles(read_files(work.files)))
    record = replace(work.record, digest=digest_of(work.files), files=hashes)
    if found.is_unreadable:
        problem = _problem(unusable(found.observed.read))
        record = replace(record, status=Status.UNREADABLE, problem=problem)
    return replace(found, record=record)


def observe(work: Work) -> Work:
    """Run the files that answer exercises of the batch, and see what their functions do."""
    settings = work.settings
    places = one_after_another(work.start, work.files, settings.limits.submission)
    observed = observe_files(
        work.observed.read,
        settings.keys,
        asking(settings.seed, work.marking),
        settings.limits,
        places,
    )
    seen = {key: _seen(answer, settings.seed) for key, answer in observed.answers.items()}
    return replace(work, observed=observed, seen=seen)


def judge(work: Work) -> Work:
    """Hold what was seen against the references, and give points."""
    reports = {key: report_on(work.marking, seen) for key, seen in work.seen.items()}
    marks = {**work.record.points} | {key: points(report) for key, report in reports.items()}
    record = work.record.with_points(marks, work.settings.max_score)
    records = {key: ReportRecord.of(report) for key, report in reports.items()}
    return replace(work, record=replace(record, reports=records))


def remark(work: Work) -> Work:
    """Say what was mended, stepped over, left out and left behind, and which answer counts."""
    said = work.observed.remarks(work.files)
    remarks = tuple(Remark.of(path, message) for path, message in said)
    lacked = packages.wanted(remarks, work.seen.values())
    return replace(work, record=replace(work.record, remarks=remarks, lacked=lacked))


def conclude(work: Work) -> Work:
    """Say how the grading ended."""
    status, problem = _ending(work)
    return replace(work, record=replace(work.record, status=status, problem=problem))


Step = Callable[[Work], Work]
STEPS: tuple[Step, ...] = (read, observe, judge, remark, conclude)
"""How a submission is graded. What cannot be read goes no further than the first step."""


def _seen(answer: Answer, seed: int) -> AnswerObservations:
    return AnswerObservations(answer.observations[seed], answer.observations.get(None))


def _ending(work: Work) -> tuple[Status, str]:
    reports, unread = work.record.reports, work.observed.unread
    ours = [key for key, one in reports.items() if one.outcome is Outcome.CHECKER_ERROR]
    if ours:
        return Status.FAILED, f"the grader itself failed on {', '.join(ours)}"
    if _has_stopped(work):
        return Status.PARTLY, ""
    if unread:  # another run reads no more, and so the reason is given
        return Status.PARTLY, f"left out: {_problems(unread)}"
    return Status.GRADED, ""


def _has_stopped(work: Work) -> bool:
    """Whether something did not answer and was left out: another run may find more."""
    kept = [one for s in work.seen.values() for one in (s.unseen, s.public) if one]
    is_whole = all(one.is_whole for one in work.observed.observed.values())
    return not is_whole or any(map(_is_stopped, kept))


def _is_stopped(seen: Observation) -> bool:
    return seen.kind == STOPPED and seen.facts.get("why") != "cell"


def _problem(problems: Mapping[str, object]) -> str:
    """Why nothing in it can be used."""
    return str(next(iter(problems.values()))) if len(problems) == 1 else _problems(problems)


def _problems(problems: Mapping[str, object]) -> str:
    return "; ".join(f"{path}: {why}" for path, why in [*problems.items()][:MOST_PROBLEMS])
