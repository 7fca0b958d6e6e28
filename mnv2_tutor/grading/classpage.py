"""``class.html``: a class at a glance, from the records of its submissions. It is one file."""

import hashlib
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mnv2_tutor.engine.course import OTHERWISE
from mnv2_tutor.engine.exercise import Exercise
from mnv2_tutor.engine.files import write_whole
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.report import Outcome
from mnv2_tutor.engine.report.templates import template
from mnv2_tutor.grading import results
from mnv2_tutor.grading.batch_file import BatchFile
from mnv2_tutor.grading.equal_code import EqualCode
from mnv2_tutor.grading.names import one_line, plain_text
from mnv2_tutor.grading.record import Status, SubmissionRecord
from mnv2_tutor.grading.rubric import max_score

CLASS = "class.html"
STEPS = 10
"""Bars of the distribution."""
SLOWEST = 5
NO_ANSWER = (
    "common.not_defined", "common.stop_", "common.unseen", "common.unfinished", "common.name_",
    "common.only_imported", "common.below_stub", "common.other_name",
)  # fmt: skip
"""Messages that begin so say of no misconception."""
UNSPECIFIC = (
    "values", "trained", "statistics", "gradient", "weights_more", "weights_fewer", "size", "rank",
    "channels", "constant", "window", "window_moved", "not_linear", "second_fails", "changing",
    "frozen", "shared",
)  # fmt: skip
"""What exercises say in shared words and for a reason of their own each time."""
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
    """One message, who got it first, in which exercises, and what to say about it."""

    keys: tuple[str, ...]
    says: str
    why: str
    next: str
    names: tuple[str, ...]
    of: int
    """Learners who attempted one of the exercises."""


@dataclass(frozen=True)
class Bar:
    """How many have a total from ``low`` to ``high`` points."""

    low: int
    high: int
    count: int


def write_class(
    out: Path,
    tasks: Mapping[str, Exercise],
    records: Sequence[SubmissionRecord],
    batch: BatchFile,
    anonymous: bool,
) -> None:
    """Write the page about these submissions of a batch."""
    page = as_page(tasks, records, anonymous, batch.others, batch.alike)
    write_whole(out / CLASS, page)


def as_page(
    tasks: Mapping[str, Exercise],
    records: Sequence[SubmissionRecord],
    anonymous: bool,
    others: Sequence[str] = (),
    alike: Sequence[EqualCode] = (),
) -> str:
    """The page as HTML; with ``anonymous`` nobody's name is on it, and no file's.

    ``others`` was not taken for a submission.
    """
    about = [record.about(tasks) for record in records]
    names = _names([record.submission for record in about], anonymous)
    learners = [_learner(record, names, anonymous) for record in about]
    learners.sort(key=lambda one: (-one.total, _natural(one.name)))
    totals = [one.total for one in learners if one.status not in NOT_JUDGED]
    most = max_score(tasks)
    exercises = [_of_exercise(task, learners) for task in tasks.values()]
    html: str = template("mnv2_tutor.grading", "class").render(
        tasks=[*tasks.values()],
        learners=learners,
        most=most,
        mean=statistics.mean(totals) if totals else 0,
        median=statistics.median(totals) if totals else 0,
        full=sum(total == most for total in totals),
        bars=_bars(totals, most),
        exercises=exercises,
        misconceptions=_misconceptions(tasks, about, names),
        all_right=all(row["full"] == row["attempted"] for row in exercises),
        troubled=[one for one in learners if one.status != Status.GRADED],
        never=_never_attempted(exercises),
        others=others,
        alike=[] if anonymous else _alike(alike, names),
        slowest=sorted(learners, key=lambda one: -one.seconds)[:SLOWEST],
        anonymous=anonymous,
    )
    return plain_text(html)


def _never_attempted(exercises: Sequence[Mapping[str, Any]]) -> list[str]:
    """What nobody attempted, where somebody attempted something."""
    missing = [row["task"].key for row in exercises if not row["attempted"]]
    return missing if len(missing) < len(exercises) else []


def _alike(groups: Sequence[EqualCode], names: Mapping[str, str]) -> list[EqualCode]:
    """The groups of those who are on the page, the ones with the most code first."""
    found = [
        replace(group, names=tuple(names[name] for name in group.names if name in names))
        for group in groups
    ]
    shown = [group for group in found if len(group.names) > 1]
    return sorted(shown, key=lambda group: -group.size)


def _names(names: Sequence[str], anonymous: bool) -> dict[str, str]:
    """What each is called on the page. A number says nothing about a name or a place in a list."""
    if not anonymous:
        return {name: one_line(name) for name in names}
    mixed = sorted(names, key=lambda name: hashlib.sha256(name.encode("utf-8", "replace")).digest())
    return {name: f"learner {number}" for number, name in enumerate(mixed, start=1)}


def _natural(name: str) -> tuple[int, str]:
    return len(name) if name.startswith("learner ") else 0, name.casefold()


def _learner(record: SubmissionRecord, names: Mapping[str, str], anonymous: bool) -> Learner:
    page = f"{quote(results.folder_of(record.submission))}/{results.FEEDBACK}"
    return Learner(
        names[record.submission],
        "" if anonymous else page,
        record.points,
        record.total,
        record.status,
        "" if anonymous else one_line(record.problem),
        record.seconds,
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
    tasks: Mapping[str, Exercise], records: Sequence[SubmissionRecord], names: Mapping[str, str]
) -> list[Misconception]:
    """What was said first to those who failed, the most frequent first: once a learner."""
    told: dict[Said, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    example: dict[tuple[Said, str], Message] = {}
    attempted: dict[str, set[str]] = defaultdict(set)
    for record in records:
        who = names[record.submission]
        for key, one in record.reports.items():
            if record.points[key] is not None:
                attempted[key].add(who)
            is_about_code = one.outcome in (Outcome.FAILED, Outcome.COULD_NOT_RUN)
            if one.lead and is_about_code and not one.lead.key.startswith(NO_ANSWER):
                message = one.lead.as_message
                said = _said(tasks[key], message)
                told[said][key].add(who)
                example.setdefault((said, key), message)
    found = []
    for said, by_key in told.items():
        keys = tuple(key for key in tasks if key in by_key)
        message = example[said, keys[0]]
        everybody = set[str]().union(*by_key.values())
        of = set[str]().union(*(attempted[key] for key in keys))
        in_order = tuple(sorted(everybody, key=_natural))
        found.append(
            Misconception(keys, message.says, message.why, message.next, in_order, len(of))
        )
    return sorted(found, key=lambda one: -len(one.names))


Said = tuple[str, ...]


def _said(task: Exercise, message: Message) -> Said:
    """The same for what is one misunderstanding: in words, or by name where exercises share some.

    A bias in three blocks is one, though it is said of each.
    """
    source, _, name = message.key.partition(".")
    family = task.words.get("shares")
    is_one = name not in UNSPECIFIC and message.key not in OTHERWISE
    if family and source != "common" and is_one:
        others = sorted(set(message.parameters) - {"name", "where"})
        return (family, name, *(message.parameters[other] for other in others))
    return (task.key, message.says)
