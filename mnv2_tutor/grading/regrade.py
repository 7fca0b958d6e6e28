"""Judging a class again from what was kept: nothing of a learner's code is run."""

import csv
import io
import signal
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from itertools import repeat
from pathlib import Path
from typing import Any

from mnv2_tutor.engine import expected
from mnv2_tutor.engine.exercise import Exercise
from mnv2_tutor.engine.files import write_whole
from mnv2_tutor.engine.report import ItemReport, Outcome, Report
from mnv2_tutor.grading import results, rubric, seen
from mnv2_tutor.grading.feedback import as_page
from mnv2_tutor.grading.marks import Marking, report_on, suffices
from mnv2_tutor.grading.order import FORMAT, seed_in
from mnv2_tutor.grading.results import FEEDBACK, Row, Status

CHANGES = "changes.csv"
TOO_LITTLE = "too little was kept of"
OTHER_QUESTIONS = "other questions were asked of"
OURS = "the grader itself failed on"
MOVED = "moved"
"""What the last regrading changed, in the report of a submission."""
FEW = 40
"""Submissions that a process judges in one go; for fewer, other processes are not worth it."""


@dataclass(frozen=True)
class Difference:
    """Other points for one exercise of one submission, and which items of the rubric moved."""

    name: str
    key: str
    before: int | None
    after: int | None
    why: str


@dataclass(frozen=True)
class Again:
    """One submission, judged again.

    Attributes:
        row: its line in the table; the old one where it has to be run again.
        judged: whether anything that decides its marks or words had changed.
        missing: exercises that cannot be judged by what was kept of them.
        why: the reason, which stands before their names.
    """

    row: Row
    judged: bool = False
    differences: tuple[Difference, ...] = ()
    missing: tuple[str, ...] = ()
    why: str = TOO_LITTLE


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
    _conditions: dict[int, dict[str, Any]] = field(default_factory=dict)

    @cached_property
    def tasks(self) -> dict[str, Exercise]:
        return self.ruling.tasks

    @cached_property
    def states(self) -> dict[str, str]:
        return {key: rubric.state(task) for key, task in self.tasks.items()}

    def seed(self, number: int) -> int:
        return seed_in(self.ruling.base, number)

    def conditions(self, number: int) -> dict[str, Any]:
        """Under which answers would be seen today."""
        if number not in self._conditions:
            self._conditions[number] = expected.conditions(self.tasks, self.seed(number))
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


def regrade(out: Path, names: Sequence[str], ruling: Ruling, jobs: int) -> list[Again]:
    """Judge the submissions of a batch again and write down what changed.

    Only exercises whose rubric, tolerance, points or words are others than before are judged, each
    by the questions that were asked of it.

    Raises:
        Unusable: the references could not be observed.
    """
    bench = Bench(ruling)
    for number in sorted(_rounds_of(out, names, bench)):
        bench.marking(number)  # observed once, for all processes, and before anything is written
    if jobs == 1 or len(names) <= FEW:
        done = _all_again(names, out, ruling)
    else:
        parts = [names[start : start + FEW] for start in range(0, len(names), FEW)]
        with ProcessPoolExecutor(jobs, initializer=_leave_ctrl_c_to_the_parent) as pool:
            # Where the parent is stopped, the parts that have not begun are not begun.
            judged = pool.map(_all_again, parts, repeat(out), repeat(ruling))
            done = [again for part in judged for again in part]
    results.write_table(out, ruling.tasks, [again.row for again in done])
    return done


def _rounds_of(out: Path, names: Sequence[str], bench: Bench) -> set[int]:
    """The rounds of what is to be judged."""
    reports = (report for name in names if (report := results.read_of(out, name)))
    return {
        report["round"]
        for report in reports
        if not _unfit(report, bench) and _changed(report, bench)
    }


def differences_of(before: Sequence[Row], after: Sequence[Row]) -> list[Difference]:
    """What running submissions again changed."""
    now = {row.name: row for row in after}
    return [
        Difference(old.name, key, mark, now[old.name].points.get(key), "it was run again")
        for old in before
        if old.name in now
        for key, mark in old.points.items()
        if mark != now[old.name].points.get(key)
    ]


def _leave_ctrl_c_to_the_parent() -> None:
    """Of processes that share a queue none may be stopped while it holds the lock."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _all_again(names: Sequence[str], out: Path, ruling: Ruling) -> list[Again]:
    bench = Bench(ruling)
    found = [_again(out, name, bench) for name in names]
    return [again for again in found if again]


def _again(out: Path, name: str, bench: Bench) -> Again | None:
    report, folder = results.read_of(out, name), out / results.folder_of(name)
    if report is None:
        return None
    row = results.row_from(report)
    row = replace(row, points={key: row.points.get(key) for key in bench.tasks})
    if unfit := _unfit(report, bench):
        why, keys = unfit
        return Again(row, missing=keys, why=why)
    changed = _changed(report, bench)
    if not changed:
        moved = report.get(MOVED, []) if bench.ruling.goes_on else []
        return Again(row, differences=tuple(Difference(row.name, **one) for one in moved))
    marking = bench.marking(report["round"])
    conditions = seen.conditions(folder)
    fresh: dict[str, Report] = {}
    missing: list[str] = []
    for key in changed:
        if key in report["reports"]:
            found = seen.kept(folder, key)
            fits = not _otherwise(conditions, [key], bench.conditions(report["round"]))
            if found and fits and suffices(marking.tasks[key], found):
                fresh[key] = report_on(marking, found)
            else:
                missing.append(key)
    if missing:
        return Again(row, missing=tuple(missing))
    ours = tuple(key for key, new in fresh.items() if new.outcome is Outcome.CHECKER_ERROR)
    if ours:
        return Again(row, missing=ours, why=OURS)
    new_row = replace(row, points={**row.points, **results.points_of(fresh)})
    differences = tuple(
        Difference(
            row.name, key, row.points[key], new_row.points[key],
            _why(Report.from_dict(marking.tasks[key], report["reports"][key]), fresh[key]),
        )
        for key in fresh
        if row.points[key] != new_row.points[key]
    )  # fmt: skip
    moved = [{n: v for n, v in asdict(one).items() if n != "name"} for one in differences]
    told = {**report, "judged": dict(bench.states), MOVED: moved}
    _rewrite(folder, told, new_row, fresh, marking)
    return Again(new_row, True, differences)


def _changed(report: Mapping[str, Any], bench: Bench) -> list[str]:
    """The exercises that are judged otherwise than they were then."""
    return [key for key, state in bench.states.items() if report["judged"].get(key) != state]


def _unfit(report: Mapping[str, Any], bench: Bench) -> tuple[str, tuple[str, ...]] | None:
    """Why what was kept is no answer to what would be asked today, and of which exercises.

    A submission on which the grader itself failed has to be run again in any case.
    """
    number = report.get("round")
    is_ours = (
        report.get("format") == FORMAT
        and isinstance(number, int)
        and report.get("seed") == bench.seed(number)
        and set(report["points"]) == set(bench.tasks)
    )
    if number is None or not is_ours:
        return TOO_LITTLE, tuple(bench.tasks)
    if report["status"] == Status.FAILED:
        reports = report["reports"].items()
        ours = tuple(k for k, one in reports if one["outcome"] == Outcome.CHECKER_ERROR)
        return (OURS, ours) if ours else (TOO_LITTLE, tuple(bench.tasks))
    return _otherwise(report, [*report["reports"]], bench.conditions(number))


def _otherwise(
    then: Mapping[str, Any], keys: Sequence[str], today: Mapping[str, Any]
) -> tuple[str, tuple[str, ...]] | None:
    """Which of the exercises were seen under other conditions than today's, and which ones."""
    if then.get("observing") != today["observing"]:
        return TOO_LITTLE, tuple(today["questions"])
    before = then.get("libraries", {})
    libraries = [name for name, now in today["libraries"].items() if before.get(name) != now]
    if libraries:
        return f"another version of {', '.join(libraries)} ran", tuple(today["questions"])
    asked = then.get("questions", {})
    others = tuple(key for key in keys if asked.get(key) != today["questions"][key])
    return (OTHER_QUESTIONS, others) if others else None


def _rewrite(
    folder: Path,
    report: Mapping[str, Any],
    row: Row,
    fresh: Mapping[str, Report],
    marking: Marking,
) -> None:
    """Write down the reports that are new, and the points in ``row`` that follow from them."""
    result = results.result_from(report, marking.tasks)
    reports = {**(result.reports or {}), **fresh}
    page = as_page(replace(result, reports=reports), row.points, marking.tasks)
    write_whole(folder / FEEDBACK, page)
    results.write_report(folder, {**report, **results.marks_of(row, reports, marking.tasks)})


def _why(before: Report, after: Report) -> str:
    """Which items have other points, and through what."""
    old = {item.key: item for item in before.items}
    return (
        "; ".join(moved for item in after.items if (moved := _moved(old.get(item.key), item)))
        or "other items"
    )


def _moved(old: ItemReport | None, new: ItemReport) -> str:
    if old is None:
        return f"{new.key} is new ({new.score} of {new.max_score})"
    if old.score == new.score:
        return ""
    if old.outcome != new.outcome:
        return f"{new.key}: {old.outcome}, now {new.outcome}"
    return f"{new.key}: {old.score} of {old.max_score}, now {new.score} of {new.max_score}"


def write_changes(out: Path, differences: Sequence[Difference], add: bool = False) -> None:
    """``changes.csv``: what the last regrading that judged anything changed.

    With ``add``, what is listed there already stays: it was changed by the same regrading.
    """
    lines = _listed(out) if add else {}
    for one in differences:
        marks = ["" if mark is None else str(mark) for mark in (one.before, one.after)]
        name = results.plain_cell(one.name)
        lines[name, one.key] = [name, one.key, *marks, one.why]
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["submission", "exercise", "before", "after", "why"])
    writer.writerows(lines.values())
    results.write_table_text(out / CHANGES, table.getvalue())


def _listed(out: Path) -> dict[tuple[str, str], list[str]]:
    try:
        text = (out / CHANGES).read_text(encoding=results.TABLE_ENCODING)
    except OSError:
        return {}
    return {(line[0], line[1]): line for line in [*csv.reader(io.StringIO(text))][1:] if line[1:]}
