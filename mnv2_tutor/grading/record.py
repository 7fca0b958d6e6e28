"""The record of a submission: what ``report.json`` holds, and all that is made of it.

It is begun when a submission's turn comes, and every step of grading fills in what it found. The
table, the feedback, the class page and regrading take it as it is. These classes are the format of
the file: whoever changes them raises ``FORMAT``.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import msgspec
from msgspec import UNSET, UnsetType

from mnv2_tutor.engine.exercise import Exercise
from mnv2_tutor.engine.files import write_whole
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.report import Outcome, Report
from mnv2_tutor.grading.observation_store import Conditions

REPORT = "report.json"
FORMAT = 2
"""Of the files that a batch keeps. Version 1 knew no rounds, and not what was asked."""
Number = int | float


class Status(StrEnum):
    """How the grading of a submission ended."""

    GRADED = "graded"
    PARTLY = "partly"
    """Something in it did not answer and was left out."""
    UNREADABLE = "unreadable"
    FAILED = "failed"


@dataclass(frozen=True)
class MessageRecord:
    """What was said: the words of that day, and the message that they were made of."""

    key: str
    message: str
    input: str
    expected: str
    found: str
    parameters: Mapping[str, str]

    @property
    def as_message(self) -> Message:
        """The message; its words are today's."""
        return Message(self.key, self.input, self.expected, self.found, self.parameters)


@dataclass(frozen=True)
class Remark:
    """What was said of a file, or of the whole submission where ``file`` is empty."""

    file: str
    key: str
    message: str
    input: str
    expected: str
    found: str
    parameters: Mapping[str, str]

    @classmethod
    def of(cls, file: str, message: Message) -> "Remark":
        return msgspec.convert({"file": file, **message.to_dict()}, cls)

    @property
    def as_message(self) -> Message:
        """The message; its words are today's."""
        return Message(self.key, self.input, self.expected, self.found, self.parameters)


@dataclass(frozen=True)
class ItemRecord:
    """One item of a rubric, judged."""

    key: str
    score: int
    max_score: int
    outcome: Outcome
    message: MessageRecord | None


@dataclass(frozen=True)
class ReportRecord:
    """The report on one exercise."""

    exercise: str
    outcome: Outcome
    passed: bool
    score: int
    max_score: int
    diagnosis: MessageRecord | None
    lead: MessageRecord | None
    more: tuple[MessageRecord, ...]
    notes: tuple[MessageRecord, ...]
    items: tuple[ItemRecord, ...]

    @classmethod
    def of(cls, report: Report) -> "ReportRecord":
        return msgspec.convert(report.to_dict(), cls)

    def as_report(self, task: Exercise) -> Report:
        """The report on an answer to ``task``; its words are today's."""
        return Report.from_dict(task, msgspec.to_builtins(self))


@dataclass(frozen=True)
class SandboxRecord:
    """In which sandbox it ran, why in no stronger one, and what that leaves open."""

    kind: str
    reason: str
    does_not_protect_from: tuple[str, ...]


@dataclass(frozen=True)
class Lacked:
    """What failed for want of a package.

    Attributes:
        modules: those that are not installed.
        installed: identity of all packages, where an error named no module.
    """

    modules: tuple[str, ...] | UnsetType = UNSET
    installed: str | UnsetType = UNSET


@dataclass(frozen=True)
class Change:
    """Other points for one exercise, and which items of the rubric moved."""

    key: str
    before: int | None
    after: int | None
    why: str


@dataclass(frozen=True, kw_only=True)
class SubmissionRecord:
    """One submission. What an earlier format did not know is empty; ``format`` tells which it is.

    Attributes:
        problem: why it could not be graded, or not whole; or nothing.
        digest: a hash of all files.
        files: a hash of each file.
        seconds: that it took.
        round: whose questions it was asked, and ``seed`` is that of the round.
        observing, libraries, questions: under which conditions its answers were seen.
        exercises: that had a column in the batch.
        judged: for each exercise what decided how answers were judged.
        asked_again: how many versions with other files were asked other questions before.
        moved: what the last regrading changed.
    """

    submission: str
    status: Status
    problem: str
    digest: str
    files: Mapping[str, str]
    seconds: Number
    format: int = 1
    course: str = ""
    seed: int | None = None
    round: int | None = None
    observing: str = ""
    libraries: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    exercises: tuple[str, ...] = ()
    judged: Mapping[str, str]
    limits: Mapping[str, Number] = field(default_factory=dict)
    asked_again: int = 0
    lacked: Lacked = Lacked()
    sandbox: SandboxRecord
    remarks: tuple[Remark, ...]
    points: Mapping[str, int | None]
    total: int
    max: int
    reports: Mapping[str, ReportRecord]
    moved: tuple[Change, ...] | UnsetType = UNSET

    @property
    def conditions(self) -> Conditions:
        """Under which its answers were seen."""
        return Conditions(self.observing, self.libraries, self.questions)

    @property
    def is_of_this_format(self) -> bool:
        """Whether it says under which conditions its answers were seen, as we do today."""
        return self.format == FORMAT and self.round is not None and self.seed is not None

    def with_points(self, points: Mapping[str, int | None], most: int) -> "SubmissionRecord":
        return replace(self, points=points, total=total_of(points), max=most)

    def about(self, keys: Collection[str]) -> "SubmissionRecord":
        """The part about these exercises: it may be of an earlier batch with others."""
        points = {key: self.points.get(key) for key in keys}
        reports = {key: one for key, one in self.reports.items() if key in points}
        return replace(self, points=points, total=total_of(points), reports=reports)

    def is_under_the_conditions_of(self, other: "SubmissionRecord") -> bool:
        """Whether another run under the same conditions would ask and judge it in the same way."""
        return all(getattr(self, part) == getattr(other, part) for part in CONDITIONS)


CONDITIONS = (
    "format", "course", "seed", "round", "observing", "libraries", "questions", "exercises",
    "judged", "limits",
)  # fmt: skip
"""What a record depends on beside the submission itself."""


def total_of(points: Mapping[str, int | None]) -> int:
    return sum(value or 0 for value in points.values())


def read_record(folder: Path) -> SubmissionRecord | None:
    """The record of a submission; None where there is none that is whole."""
    try:
        found = json.loads((folder / REPORT).read_text(encoding="utf-8"))
        return msgspec.convert(found, SubmissionRecord)
    except (OSError, ValueError):  # of msgspec's errors too
        return None


def write_record(folder: Path, record: SubmissionRecord) -> None:
    text = json.dumps(msgspec.to_builtins(record), indent=1)
    write_whole(folder / REPORT, f"{text}\n")
