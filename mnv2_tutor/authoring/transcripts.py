"""The golden transcript of an exercise: the report on every misconception, to be read in diffs."""

from pathlib import Path

from mnv2_tutor.engine import expected
from mnv2_tutor.engine.course import exercise
from mnv2_tutor.engine.judge import judge
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observe import observe
from mnv2_tutor.engine.report import Report

FOLDER = Path(__file__).parents[2] / "tests" / "exercises" / "transcripts"
RULE = "=" * 88


def path_of(key: str) -> Path:
    return FOLDER / f"{key}.txt"


def made(key: str) -> str:
    """Every report on the reference and on the misconceptions, with the folded next step."""
    functions = {"reference": expected.reference(key), **expected.misconceptions(key)}
    return "\n".join(entry(name, _report(key, f)) for name, f in functions.items())


def _report(key: str, function: object) -> Report:
    task, answers = exercise(key), expected.public(key)
    return judge(task, observe(function, task), answers)


def entry(name: str, report: Report) -> str:
    """What the transcript says of one function."""
    return f"{RULE}\n{name}\n{RULE}\n{report}\n{_next(report.lead)}"


def _next(lead: Message | None) -> str:
    return f"(folded) {lead.next}\n" if lead and lead.next else ""
