"""A report as plain text: no times, no addresses, no colours, the same from run to run."""

from textwrap import fill

from mnv2_tutor.engine.messages import Message, words
from mnv2_tutor.engine.report import ItemReport, Outcome, Report

WIDTH = 88
MARK = {Outcome.PASSED: "[x]", Outcome.FAILED: "[ ]", Outcome.NOT_JUDGED: "[-]"}


def as_text(report: Report, whole: bool = False) -> str:
    """The report; ``whole`` with every finding, for where nobody can look into ``report.more``."""
    blocks = [_head(report)]
    if report.lead:
        blocks.append(_message(report.lead))
    if report.explanation:
        blocks += [paragraph(f"{report.explanation['why']} {report.explanation['notice']}")]
    if any(item.outcome is not Outcome.NOT_JUDGED for item in report.items):
        blocks.append("\n".join(_item(report, item) for item in report.items))
    if whole:
        blocks += [_message(message) for message in report.more]
    blocks += [paragraph(f"Note: {note.message}") for note in report.notes]
    if offers_hint(report):
        more = "" if whole else _more(report)
        blocks.append(paragraph(more + f'hint("{report.exercise.key}") gives a hint.'))
    return "\n\n".join(blocks)


def title_of(report: Report, item: ItemReport) -> str:
    """What the item asks for, in words."""
    source = report.exercise.words if item.key != "agrees" else words("common")
    return str(source["rubric"][item.key])


def offers_hint(report: Report) -> bool:
    return report.outcome not in (Outcome.PASSED, Outcome.CHECKER_ERROR)


def _head(report: Report) -> str:
    return f"{report.exercise.key}: {report.outcome}, {report.score} of {report.max_score} points"


def _message(message: Message) -> str:
    evidence = [
        f"    {label:<9} {value}"
        for label, value in [
            ("input", message.input),
            ("expected", message.expected),
            ("found", message.found),
            ("at", message.parameters.get("where", "")),
        ]
        if value
    ]
    lines = [paragraph(message.says), *evidence]
    return "\n".join([*lines, paragraph(message.why)] if message.why else lines)


def _item(report: Report, item: ItemReport) -> str:
    points = f"{item.score}/{item.max_score}" if item.max_score else ""
    after = " (not judged yet)" if item.outcome is Outcome.NOT_JUDGED else ""
    return f"{MARK[item.outcome]} {points:>4}  {title_of(report, item)}{after}".rstrip()


def paragraph(text: str) -> str:
    return fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _more(report: Report) -> str:
    count = len(report.more)
    return f"{count} more finding{'s' if count > 1 else ''} in report.more. " if count else ""
