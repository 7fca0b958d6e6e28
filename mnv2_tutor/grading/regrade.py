"""Judging a class again from what was kept: nothing of a learner's code is run.

Of a submission comes a verdict: nothing that decides its marks changed (``Unchanged``), it was
judged again (``Judged``), or what was kept does not suffice and it has to be run (``MustRun``).
"""

import csv
import io
import signal
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import repeat
from pathlib import Path

from msgspec import UNSET

from mnv2_tutor.engine import expected
from mnv2_tutor.engine.exercise import Exercise
from mnv2_tutor.engine.report import Outcome, Report
from mnv2_tutor.grading import (
    batch_file,
    batch_settings,
    classpage,
    intake,
    observation_store,
    results,
    rubric,
)
from mnv2_tutor.grading.batch_file import BatchFile, can_write
from mnv2_tutor.grading.batch_settings import BatchSettings, seed_in
from mnv2_tutor.grading.marks import Marking, points, report_on, suffices
from mnv2_tutor.grading.observation_store import Conditions
from mnv2_tutor.grading.record import (
    Change,
    ItemRecord,
    ReportRecord,
    Status,
    SubmissionRecord,
)

CHANGES = "changes.csv"
TOO_LITTLE = "too little was kept of"
OTHER_QUESTIONS = "other questions were asked of"
OURS = "the grader itself failed on"
RUN_AGAIN = "it was run again"
GradeClass = Callable[[BatchSettings, intake.Class, bool], Sequence[SubmissionRecord]]
"""Grades a class, with or without names on its page."""
FEW = 40
"""Submissions that a process judges in one go; for fewer, other processes are not worth it."""


@dataclass(frozen=True)
class Difference:
    """Other points for one exercise of one submission, and which items of the rubric moved."""

    name: str
    change: Change


@dataclass(frozen=True)
class Unchanged:
    """Nothing that decides its marks changed.

    Attributes:
        differences: what the regrading that was stopped, and now goes on, had changed.
    """

    record: SubmissionRecord
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Judged:
    """It was judged again, and its record is new."""

    record: SubmissionRecord
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class MustRun:
    """It cannot be judged by what was kept, and keeps its points until it is run again.

    Attributes:
        record: the old one.
        why: the reason, which stands before the names of the exercises.
        missing: the exercises that cannot be judged.
    """

    record: SubmissionRecord
    why: str
    missing: tuple[str, ...]
    differences: tuple[Difference, ...] = ()


Verdict = Unchanged | Judged | MustRun


@dataclass(frozen=True)
class Regraded:
    """A class that was judged again.

    Attributes:
        verdicts: of those that were graded once.
        open: how many were not.
    """

    verdicts: tuple[Verdict, ...]
    open: int

    @property
    def differences(self) -> list[Difference]:
        return [difference for one in self.verdicts for difference in one.differences]

    @property
    def judged(self) -> list[Judged]:
        return [one for one in self.verdicts if isinstance(one, Judged)]

    @property
    def left(self) -> list[MustRun]:
        return [one for one in self.verdicts if isinstance(one, MustRun)]

    @property
    def records(self) -> list[SubmissionRecord]:
        return [one.record for one in self.verdicts]


@dataclass(frozen=True)
class Ruling:
    """How a batch is judged: plain data, so that it can be handed to other processes.

    Attributes:
        base: the seed of the batch, from which that of each round is drawn.
        goes_on: whether the last time was stopped: what it changed belongs to this one.
    """

    keys: tuple[str, ...]
    changes: rubric.Changes
    base: int
    goes_on: bool = False

    @property
    def tasks(self) -> dict[str, Exercise]:
        return rubric.tasks(self.keys, self.changes)


@dataclass
class Bench:
    """What the submissions of a batch are judged by, round for round, as it is needed."""

    ruling: Ruling
    _markings: dict[int, Marking] = field(default_factory=dict)
    _conditions: dict[int, Conditions] = field(default_factory=dict)

    @cached_property
    def tasks(self) -> dict[str, Exercise]:
        return self.ruling.tasks

    @cached_property
    def states(self) -> dict[str, str]:
        return {key: rubric.state(task) for key, task in self.tasks.items()}

    @cached_property
    def max_score(self) -> int:
        return rubric.max_score(self.tasks)

    def seed(self, number: int) -> int:
        return seed_in(self.ruling.base, number)

    def conditions(self, number: int) -> Conditions:
        """Under which answers would be seen today."""
        if number not in self._conditions:
            self._conditions[number] = Conditions.today(self.tasks, self.seed(number))
        return self._conditions[number]

    def marking(self, number: int) -> Marking:
        """What answers are held against.

        Raises:
            Unusable: the references could not be observed.
        """
        if number not in self._markings:
            references = expected.unseen(self.ruling.keys, self.seed(number))
            self._markings[number] = Marking(self.tasks, references)
        return self._markings[number]


def regrade(
    out: Path, batch: BatchFile, changes: rubric.Changes, jobs: int, anonymous: bool
) -> Regraded:
    """Judge a batch again by these changes, and write down all that follows from it.

    While it lasts the batch says that it is being judged again, so that after a stop the next time
    goes on from there, and lists what this one had changed.

    Raises:
        Unusable: the references could not be observed, or the results cannot be written.
    """
    batch = replace(batch, rubric=changes)
    keys = batch_settings.chosen(batch.exercises)
    ruling = Ruling(keys, changes, batch.seed or 0, batch.regrading)
    with can_write(out):
        batch_file.write(out, replace(batch, regrading=True))
        verdicts = judge_again(out, batch.names, ruling, jobs)
        done = Regraded(tuple(verdicts), len(batch.names) - len(verdicts))
        if done.differences or done.judged:
            write_changes(out, done.differences)
        batch_file.write(out, replace(batch, regrading=False))
        classpage.write_class(out, ruling.tasks, done.records, batch, anonymous)
    return done


def run_what_is_left(
    out: Path, done: Regraded, jobs: int, anonymous: bool, grade_class: GradeClass
) -> list[Difference]:
    """Grade the batch as it was ordered: what was judged again is kept, the rest is run.

    What that changed is listed beside what judging changed.

    Raises:
        Unusable: the class, the sandbox or the results cannot be used any more.
    """
    from mnv2_tutor.sandbox import policy  # which exists on Linux alone

    batch = batch_file.of_this_version(out)
    found = intake.class_of(Path(batch.submissions))
    settings = batch_settings.ordered(out, batch, jobs, policy.choose(batch.sandbox))
    with can_write(out):  # who handed in since then belongs to the class from now on
        settings.save(Path(batch.submissions), [one.name for one in found.submissions])
    differences = differences_of(done.records, grade_class(settings, found, anonymous))
    if differences:
        with can_write(out):
            write_changes(out, differences, add=True)
    return differences


def judge_again(out: Path, names: Sequence[str], ruling: Ruling, jobs: int) -> list[Verdict]:
    """Judge the submissions of a batch again, and write down records, feedback and table.

    Only exercises whose rubric, tolerance, points or words are others than before are judged, each
    by the questions that were asked of it.

    Raises:
        Unusable: the references could not be observed.
    """
    bench = Bench(ruling)
    for number in sorted(_rounds_of(out, names, bench)):
        bench.marking(number)  # observed once, for all processes, and before anything is written
    if jobs == 1 or len(names) <= FEW:
        done = _verdicts(names, out, ruling)
    else:
        parts = [names[start : start + FEW] for start in range(0, len(names), FEW)]
        with ProcessPoolExecutor(jobs, initializer=_leave_ctrl_c_to_the_parent) as pool:
            # Where the parent is stopped, the parts that have not begun are not begun.
            judged = pool.map(_verdicts, parts, repeat(out), repeat(ruling))
            done = [verdict for part in judged for verdict in part]
    results.write_table(out, ruling.tasks, [verdict.record for verdict in done])
    return done


def differences_of(
    before: Sequence[SubmissionRecord], after: Sequence[SubmissionRecord]
) -> list[Difference]:
    """What running submissions again changed."""
    now = {record.submission: record.points for record in after}
    return [
        Difference(old.submission, Change(key, mark, points.get(key), RUN_AGAIN))
        for old in before
        if (points := now.get(old.submission)) is not None
        for key, mark in old.points.items()
        if mark != points.get(key)
    ]


def write_changes(out: Path, differences: Sequence[Difference], add: bool = False) -> None:
    """``changes.csv``: what the last regrading that judged anything changed.

    With ``add``, what is listed there already stays: it was changed by the same regrading.
    """
    lines = _listed(out) if add else {}
    for one in differences:
        change, name = one.change, results.plain_cell(one.name)
        marks = ["" if mark is None else str(mark) for mark in (change.before, change.after)]
        lines[name, change.key] = [name, change.key, *marks, change.why]
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["submission", "exercise", "before", "after", "why"])
    writer.writerows(lines.values())
    results.write_table_text(out / CHANGES, table.getvalue())


def _rounds_of(out: Path, names: Sequence[str], bench: Bench) -> set[int]:
    """The rounds of what is to be judged."""
    records = (record for name in names if (record := results.read_of(out, name)))
    return {
        record.round
        for record in records
        if record.round is not None and not _unfit(record, bench) and _changed(record, bench)
    }


def _leave_ctrl_c_to_the_parent() -> None:
    """Of processes that share a queue none may be stopped while it holds the lock."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _verdicts(names: Sequence[str], out: Path, ruling: Ruling) -> list[Verdict]:
    """Of each that was graded once."""
    bench = Bench(ruling)
    records = [record for name in names if (record := results.read_of(out, name))]
    return [_verdict(out, record, bench) for record in records]


def _verdict(out: Path, record: SubmissionRecord, bench: Bench) -> Verdict:
    if unfit := _unfit(record, bench):
        return unfit
    changed = _changed(record, bench)
    if not changed:
        return Unchanged(record, _changed_before_the_stop(record, bench))
    folder = out / results.folder_of(record.submission)
    fresh = _judged_anew(record, changed, folder, bench)
    if isinstance(fresh, MustRun):
        return fresh
    verdict = _compared(record, fresh, bench)
    results.write_pages(folder, verdict.record, bench.tasks)
    return verdict


def _unfit(record: SubmissionRecord, bench: Bench) -> MustRun | None:
    """Why what was kept is no answer to what would be asked today, and of which exercises.

    A submission on which the grader itself failed has to be run again in any case.
    """
    row = record.about(bench.tasks)
    is_ours = (
        record.is_of_this_format
        and record.seed == bench.seed(record.round or 0)
        and {*record.points} == {*bench.tasks}
    )
    if not is_ours:
        return MustRun(row, TOO_LITTLE, tuple(bench.tasks))
    if record.status is Status.FAILED:
        ours = _failed_of_ours(record.reports)
        return MustRun(row, OURS, ours) if ours else MustRun(row, TOO_LITTLE, tuple(bench.tasks))
    today = bench.conditions(record.round or 0)
    otherwise = _otherwise(record.conditions, [*record.reports], today)
    return MustRun(row, *otherwise) if otherwise else None


def _failed_of_ours(reports: Mapping[str, Report | ReportRecord]) -> tuple[str, ...]:
    return tuple(k for k, one in reports.items() if one.outcome is Outcome.CHECKER_ERROR)


def _otherwise(
    then: Conditions, keys: Sequence[str], today: Conditions
) -> tuple[str, tuple[str, ...]] | None:
    """Why, and which of, the exercises were seen under other conditions than today's."""
    if then.observing != today.observing:
        return TOO_LITTLE, tuple(today.questions)
    versions = today.libraries.items()
    libraries = [name for name, now in versions if then.libraries.get(name) != now]
    if libraries:
        return f"another version of {', '.join(libraries)} ran", tuple(today.questions)
    others = tuple(key for key in keys if then.questions.get(key) != today.questions[key])
    return (OTHER_QUESTIONS, others) if others else None


def _changed(record: SubmissionRecord, bench: Bench) -> list[str]:
    """The exercises that are judged otherwise than they were then."""
    return [key for key, state in bench.states.items() if record.judged.get(key) != state]


def _changed_before_the_stop(record: SubmissionRecord, bench: Bench) -> tuple[Difference, ...]:
    if not bench.ruling.goes_on or record.moved is UNSET:
        return ()
    return tuple(Difference(record.submission, change) for change in record.moved)


def _judged_anew(
    record: SubmissionRecord, changed: Sequence[str], folder: Path, bench: Bench
) -> dict[str, Report] | MustRun:
    """New reports on the exercises that were answered and are judged otherwise today."""
    number = record.round or 0
    marking, conditions = bench.marking(number), observation_store.load_conditions(folder)
    fresh: dict[str, Report] = {}
    missing: list[str] = []
    for key in (key for key in changed if key in record.reports):
        seen = observation_store.load(folder, key)
        fits = not _otherwise(conditions, [key], bench.conditions(number))
        if seen and fits and suffices(marking.tasks[key], seen):
            fresh[key] = report_on(marking, seen)
        else:
            missing.append(key)
    if missing:
        return MustRun(record, TOO_LITTLE, tuple(missing))
    if ours := _failed_of_ours(fresh):
        return MustRun(record, OURS, ours)
    return fresh


def _compared(record: SubmissionRecord, fresh: Mapping[str, Report], bench: Bench) -> Judged:
    """The record with the new reports, and with what they changed."""
    marks = {key: points(report) for key, report in fresh.items()}
    reports = {**record.reports, **{key: ReportRecord.of(one) for key, one in fresh.items()}}
    moved = tuple(
        Change(key, record.points[key], mark, _why(record.reports[key], reports[key]))
        for key, mark in marks.items()
        if record.points[key] != mark
    )
    new = record.with_points({**record.points, **marks}, bench.max_score)
    new = replace(new, judged=dict(bench.states), reports=reports, moved=moved)
    return Judged(new, tuple(Difference(record.submission, change) for change in moved))


def _why(before: ReportRecord, after: ReportRecord) -> str:
    """Which items have other points, and through what."""
    old = {item.key: item for item in before.items}
    return (
        "; ".join(moved for item in after.items if (moved := _moved(old.get(item.key), item)))
        or "other items"
    )


def _moved(old: ItemRecord | None, new: ItemRecord) -> str:
    if old is None:
        return f"{new.key} is new ({new.score} of {new.max_score})"
    if old.score == new.score:
        return ""
    if old.outcome != new.outcome:
        return f"{new.key}: {old.outcome}, now {new.outcome}"
    return f"{new.key}: {old.score} of {old.max_score}, now {new.score} of {new.max_score}"


def _listed(out: Path) -> dict[tuple[str, str], list[str]]:
    try:
        text = (out / CHANGES).read_text(encoding=results.TABLE_ENCODING)
    except OSError:
        return {}
    return {(line[0], line[1]): line for line in [*csv.reader(io.StringIO(text))][1:] if line[1:]}
