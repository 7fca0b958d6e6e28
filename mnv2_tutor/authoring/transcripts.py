"""The golden transcript of an exercise: the report on every misconception, to be read in diffs."""

from pathlib import Path

from mnv2_tutor import expected
from mnv2_tutor.exercises import exercise
from mnv2_tutor.judge import judge
from mnv2_tutor.messages import Message
from mnv2_tutor.observe import observe

FOLDER = Path(__file__).parents[2] / "tests" / "transcripts"
RULE = "=" * 88


def path_of(key: str) -> Path:
    return FOLDER / f"{key}.txt"


def made(key: str) -> str:
    """Every report on the reference and on the misconceptions, with the folded next step."""
    functions = {"reference": expected.reference(key), **expected.misconceptions(key)}
    return "\n".join(_entry(key, name, function) for name, function in functions.items())


def _entry(key: str, name: str, function: object) -> str:
    task = exercise(key)
    answers = expected.public(key)
    report = judge(task, observe(function, task), answers.reference, answers.twins)
    return f"{RULE}\n{name}\n{RULE}\n{report}\n{_next(report.lead)}"


def _next(lead: Message | None) -> str:
    return f"(folded) {lead.next}\n" if lead and lead.next else ""
