"""The report on one answer: its parts as data. ``text`` and ``html`` in this folder draw it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mnv2_tutor.engine.exercise import Exercise
from mnv2_tutor.engine.messages import Message


class Outcome(StrEnum):
    """How an answer, or one item of its rubric, ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"
    COULD_NOT_RUN = "could not run"
    CHECKER_ERROR = "checker error"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True)
class ItemReport:
    """One item of the rubric, judged."""

    key: str
    score: int
    max_score: int
    outcome: Outcome
    message: Message | None

    def to_dict(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "score": self.score,
            "max_score": self.max_score,
            "outcome": str(self.outcome),
            "message": self.message.to_dict() if self.message else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "ItemReport":
        """What ``to_dict`` wrote."""
        outcome, message = Outcome(data["outcome"]), _message(data["message"])
        return cls(data["key"], data["score"], data["max_score"], outcome, message)


@dataclass(frozen=True)
class Report:
    """What ``check`` returns.

    Attributes:
        exercise: what was asked.
        outcome: how it ended: passed, failed, not attempted, could not run or checker error.
        items: the rubric, each item with its points and what was found.
        diagnosis: the misconception by name, where the answer does exactly what it does.
        lead: the one piece of feedback that comes first; None after a pass.
        more: what else was found, folded.
        notes: remarks that cost nothing.
    """

    exercise: Exercise
    outcome: Outcome
    items: tuple[ItemReport, ...]
    diagnosis: Message | None
    lead: Message | None
    more: tuple[Message, ...]
    notes: tuple[Message, ...]

    @property
    def passed(self) -> bool:
        """Whether every property holds."""
        return self.outcome is Outcome.PASSED

    @property
    def score(self) -> int:
        """Points for what holds, from 0 to ``max_score``."""
        return sum(item.score for item in self.items)

    @property
    def max_score(self) -> int:
        """Points of the exercise."""
        return self.exercise.max_score

    @property
    def explanation(self) -> Mapping[str, str]:
        """Why this works and what to notice, which is shown after a pass."""
        return dict(self.exercise.words["explanation"]) if self.passed else {}

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data, ready for JSON."""
        return {
            "exercise": self.exercise.key,
            "outcome": str(self.outcome),
            "passed": self.passed,
            "score": self.score,
            "max_score": self.max_score,
            "diagnosis": self.diagnosis.to_dict() if self.diagnosis else None,
            "lead": self.lead.to_dict() if self.lead else None,
            "more": [message.to_dict() for message in self.more],
            "notes": [message.to_dict() for message in self.notes],
            "items": [item.to_dict() for item in self.items],
        }

    @classmethod
    def from_dict(cls, exercise: Exercise, data: Mapping[str, Any]) -> "Report":
        """What ``to_dict`` wrote of an answer to ``exercise``."""
        return cls(
            exercise=exercise,
            outcome=Outcome(data["outcome"]),
            items=tuple(map(ItemReport.from_dict, data["items"])),
            diagnosis=_message(data["diagnosis"]),
            lead=_message(data["lead"]),
            more=tuple(map(Message.from_dict, data["more"])),
            notes=tuple(map(Message.from_dict, data["notes"])),
        )

    def __str__(self) -> str:
        from mnv2_tutor.engine.report.text import as_text

        return as_text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from mnv2_tutor.engine.report.html import as_html

        return as_html(self)


def _message(data: Mapping[str, Any] | None) -> Message | None:
    return Message.from_dict(data) if data else None
