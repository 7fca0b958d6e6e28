"""``class.html``: a class at a glance, from the reports that were written. It is one file."""

import hashlib
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, Template

from mnv2_tutor.exercise import Exercise
from mnv2_tutor.files import write_whole
from mnv2_tutor.grading import results
from mnv2_tutor.grading.results import Row, Status
from mnv2_tutor.messages import Message
from mnv2_tutor.report import Outcome

CLASS = "class.html"
STEPS = 10
"""Bars of the distribution."""
SLOWEST = 5
NO_ANSWER = ("common.not_defined", "common.stop_", "common.unseen", "common.unfinished")
"""Messages that begin so say of no misconception."""
NOT_JUDGED = (Status.UNREADABLE, Status.FAILED)
"""Submissions that have no points, which is another thing than 0 points."""


@dataclass(frozen=True)
class Learner:
    """A line of the heat map; ``page`` is the address of the feedback, seen from the class page."""

    name: str
    page: str
    points: Mapping[str, int | None]
    total: int
    status: str
    problem: str
    seconds: float


@dataclass(frozen=True)
class Misconception:
    """One message, who got it first, and what to say about it."""

    task: Exercise
    says: str
    why: str
    next: str
    names: tuple[str, ...]
    of: int
    """Learners who attempted the exercise."""


@dataclass(frozen=True)
class Bar:
    """How many have a total from ``low`` to ``high`` points."""

    low: int
    high: int
    count: int


def write_class(
    out: Path, tasks: Mapping[str, Exercise], rows: Sequence[Row], anonymous: bool
) -> None:
    """Write the page about these submissions."""
    reports = [
        report for row in rows if (report := results.read(out / results.folder_of(row.name)))
    ]
    write_whole(out / CLASS, as_page(tasks, [_of(report, tasks) for report in reports], anonymous))


def _of(report: Mapping[str, Any], tasks: Mapping[str, Exercise]) -> dict[str, Any]:
    """The part of a report that is about these exercises: it may be of an earlier batch."""
    points = {key: report["points"].get(key) for key in tasks}
    found = {key: one for key, one in report["reports"].items() if key in tasks}
    return {**report, "points": points, "reports": found}


def as_page(
    tasks: Mapping[str, Exercise], reports: Sequence[Mapping[str, Any]], anonymous: bool
) -> str:
    """The page as HTML; with ``anonymous`` nobody's name is on it, and no file's."""
    names = _names([report["submission"] for report in reports], anonymous)
    learners = [_learner(report, names, anonymous) for report in reports]
    learners.sort(key=lambda one: (-one.total, _natural(one.name)))
    totals = [one.total for one in learners if one.status not in NOT_JUDGED]
    most = results.max_score(tasks)
    exercises = [_of_exercise(task, learners) for task in tasks.values()]
    html: str = _template().render(
        tasks=[*tasks.values()],
        learners=learners,
        most=most,
        mean=statistics.mean(totals) if totals else 0,
        median=statistics.median(totals) if totals else 0,
        full=sum(total == most for total in totals),
        bars=_bars(totals, most),
        exercises=exercises,
        misconceptions=_misconceptions(tasks, reports, names),
        all_right=all(row["full"] == row["attempted"] for row in exercises),
        troubled=[one for one in learners if one.status != Status.GRADED],
        slowest=sorted(learners, key=lambda one: -one.seconds)[:SLOWEST],
        anonymous=anonymous,
    )
    return html


def _names(names: Sequence[str], anonymous: bool) -> dict[str, str]:
    """What each is called on the page. A number says nothing about a name or a place in a list."""
    if not anonymous:
        return {name: name.encode("utf-8", "replace").decode() for name in names}
    mixed = sorted(names, key=lambda name: hashlib.sha256(name.encode("utf-8", "replace")).digest())
    return {name: f"learner {number}" for number, name in enumerate(mixed, start=1)}


def _natural(name: str) -> tuple[int, str]:
    return len(name) if name.startswith("learner ") else 0, name.casefold()


def _learner(report: Mapping[str, Any], names: Mapping[str, str], anonymous: bool) -> Learner:
    name = report["submission"]
    page = f"{quote(results.folder_of(name))}/{results.FEEDBACK}"
    return Learner(
        names[name],
        "" if anonymous else page,
        report["points"],
        report["total"],
        report["status"],
        "" if anonymous else report["problem"],
        report["seconds"],
    )


def _bars(totals: Sequence[int], most: int) -> list[Bar]:
    most = max(most, *totals, 0)  # with fewer points than before, until all are judged again
    width = max(1, -(-(most + 1) // STEPS))
    edges = range(0, most + 1, width)
    return [
        Bar(low, min(low + width - 1, most), sum(low <= total < low + width for total in totals))
        for low in edges
    ]


def _of_exercise(task: Exercise, learners: Sequence[Learner]) -> dict[str, Any]:
    points = [mark for one in learners if (mark := one.points.get(task.key)) is not None]
    return {
        "task": task,
        "attempted": len(points),
        "full": sum(mark == task.max_score for mark in points),
        "mean": statistics.mean(points) if points else None,
    }


def _misconceptions(
    tasks: Mapping[str, Exercise], reports: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> list[Misconception]:
    """What was said first to those who failed, the most frequent first."""
    told: dict[tuple[str, str], list[str]] = defaultdict(list)
    example: dict[tuple[str, str], Message] = {}
    attempted: dict[str, int] = defaultdict(int)
    for report in reports:
        for key, one in report["reports"].items():
            attempted[key] += report["points"][key] is not None
            lead = one["lead"]
            is_about_code = one["outcome"] in (Outcome.FAILED, Outcome.COULD_NOT_RUN)
            if lead and is_about_code and not lead["key"].startswith(NO_ANSWER):
                message = Message.from_dict(lead)
                told[key, message.says].append(names[report["submission"]])
                example.setdefault((key, message.says), message)
    found = [
        Misconception(
            tasks[key], said, example[key, said].why, example[key, said].next,
            tuple(sorted(who, key=_natural)), attempted[key],
        )
        for (key, said), who in told.items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: -len(one.names))


@cache
def _template() -> Template:
    source = files("mnv2_tutor.grading") / "class.html.j2"
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(source.read_text(encoding="utf-8"))
