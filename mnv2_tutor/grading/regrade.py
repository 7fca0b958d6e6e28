"""Judging a class again from what was kept: nothing of a learner's code is run."""

import csv
import io
import signal
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from itertools import repeat
from pathlib import Path
from typing import Any

from mnv2_tutor import expected
from mnv2_tutor.exercise import Exercise
from mnv2_tutor.files import write_whole
from mnv2_tutor.grading import results, rubric
from mnv2_tutor.grading.feedback import as_page
from mnv2_tutor.grading.marks import Marking, report_on, suffices
from mnv2_tutor.grading.results import FEEDBACK, Row
from mnv2_tutor.grading.seen import kept
from mnv2_tutor.report import ItemReport, Report

CHANGES = "changes.csv"
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
        missing: exercises of which the rubric wants to know something that was not observed.
    """

    row: Row
    judged: bool = False
    differences: tuple[Difference, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ruling:
    """How a batch is judged: plain data, so that it can be handed to other processes.

    Attributes:
        goes_on: whether the last time was stopped: what it changed belongs to this one.
    """

    keys: tuple[str, ...]
    changes: rubric.Changes
    seed: int
    goes_on: bool = False

    @property
    def tasks(self) -> dict[str, Exercise]:
        return rubric.tasks(self.keys, self.changes)


def regrade(out: Path, names: Sequence[str], ruling: Ruling, jobs: int) -> list[Again]:
    """Judge the submissions of a batch again and write down what changed.

    Only exercises whose rubric, tolerance, points or words are others than before are judged.

    Raises:
        Unusable: the references could not be observed.
    """
    folders = [out / results.folder_of(name) for name in names]
    expected.unseen(ruling.keys, ruling.seed)  # observed once, for all processes
    if jobs == 1 or len(folders) <= FEW:
        done = _all_again(folders, ruling)
    else:
        parts = [folders[start : start + FEW] for start in range(0, len(folders), FEW)]
        with ProcessPoolExecutor(jobs, initializer=_leave_ctrl_c_to_the_parent) as pool:
            # Where the parent is stopped, the parts that have not begun are not begun.
            done = [again for part in pool.map(_all_again, parts, repeat(ruling)) for again in part]
    results.write_table(out, ruling.tasks, [again.row for again in done])
    return done


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


def _all_again(folders: Sequence[Path], ruling: Ruling) -> list[Again]:
    marking = Marking(ruling.tasks, expected.unseen(ruling.keys, ruling.seed))
    states = {key: rubric.state(task) for key, task in marking.tasks.items()}
    found = [_again(folder, marking, states, ruling) for folder in folders]
    return [again for again in found if again]


def _again(
    folder: Path, marking: Marking, states: Mapping[str, str], ruling: Ruling
) -> Again | None:
    report = results.read(folder)
    if report is None:
        return None
    row = results.row_from(report)
    if not _is_of_this_batch(report, marking, ruling.seed):
        marks = {key: row.points.get(key) for key in marking.tasks}
        return Again(replace(row, points=marks), missing=tuple(marking.tasks))
    changed = [key for key, state in states.items() if report["judged"].get(key) != state]
    if not changed:
        moved = report.get(MOVED, []) if ruling.goes_on else []
        return Again(row, differences=tuple(Difference(row.name, **one) for one in moved))
    fresh: dict[str, Report] = {}
    missing: list[str] = []
    for key in changed:
        if key in report["reports"]:
            seen = kept(folder, key)
            if seen is None or not suffices(marking.tasks[key], seen):
                missing.append(key)
            else:
                fresh[key] = report_on(marking, seen)
    if missing:
        return Again(row, missing=tuple(missing))
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
    told = {**report, "judged": dict(states), MOVED: moved}
    _rewrite(folder, told, new_row, fresh, marking)
    return Again(new_row, True, differences)


def _is_of_this_batch(report: Mapping[str, Any], marking: Marking, seed: int) -> bool:
    """Whether what was kept are answers to the questions by which it is judged now."""
    asked = (seed, set(marking.tasks), expected.state_of_observing())
    return (report.get("seed"), set(report["points"]), report.get("observing")) == asked


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
    write_whole(out / CHANGES, table.getvalue())


def _listed(out: Path) -> dict[tuple[str, str], list[str]]:
    try:
        text = (out / CHANGES).read_text(encoding="utf-8")
    except OSError:
        return {}
    return {(line[0], line[1]): line for line in [*csv.reader(io.StringIO(text))][1:] if line[1:]}
