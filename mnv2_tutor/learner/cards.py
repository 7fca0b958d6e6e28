"""What is shown beside reports: a hint, a solution, the progress, one line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from mnv2_tutor.engine.exercise import Exercise
from mnv2_tutor.engine.report.text import paragraph
from mnv2_tutor.learner.records import ATTEMPTS_FOR_SOLUTION, Record


@dataclass(frozen=True)
class Card:
    """A text with its HTML. It has a report's fields, so that a card in its place fails nothing."""

    text: str
    html: str
    passed: bool = False
    score: int = 0
    max_score: int = 0
    diagnosis: None = None
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        return {"text": self.text, "passed": self.passed, "score": self.score}

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f'<section class="mnv2-report" style="max-width:46em">{self.html}</section>'


def line_card(line: str) -> Card:
    return Card(paragraph(line), f"<p>{escape(line)}</p>")


def hint_card(key: str, hint: str, number: int, count: int, next_step: str) -> Card:
    """A hint; ``next_step`` is what the last report suggested."""
    after = "" if number == count else "The next hint opens after a different attempt."
    head = f"{key}, hint {number} of {count}"
    last = f"About your last attempt: {next_step}" if next_step else ""
    parts = [part for part in (last, hint, after) if part]
    return Card(
        "\n\n".join([head, *map(paragraph, parts)]),
        f"<p><strong>{escape(head)}</strong></p>" + "".join(f"<p>{escape(p)}</p>" for p in parts),
    )


def solution_card(key: str, code: str, explanation: Mapping[str, str]) -> Card:
    texts = [explanation["why"], explanation["notice"]]
    html = "".join(f"<p>{escape(text)}</p>" for text in texts)
    return Card(
        "\n\n".join([f"{key}, one solution", code, *map(paragraph, texts)]),
        f"<p><strong>{escape(key)}, one solution</strong></p><pre>{escape(code)}</pre>{html}",
    )


def progress_card(rows: Sequence[tuple[Exercise, Record]]) -> Card:
    cells = [
        (
            f"{task.chapter}",
            task.key,
            "passed" if record.passed else "tried" if record.attempts else "not tried",
            f"{record.best} of {task.max_score}",
            f"{len(record.attempts)}",
        )
        for task, record in rows
    ]
    head = ("chapter", "exercise", "state", "best", "attempts")
    text = "\n".join("{:<8} {:<18} {:<10} {:<9} {}".format(*row).rstrip() for row in [head, *cells])
    note = f"A solution opens after a pass or {ATTEMPTS_FOR_SOLUTION} different attempts."
    html_head = "".join(f'<th scope="col">{name}</th>' for name in head)
    html_rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in cells
    )
    table = f"<table><thead><tr>{html_head}</tr></thead><tbody>{html_rows}</tbody></table>"
    return Card(f"{text}\n\n{note}", f"{table}<p>{note}</p>", passed=all(r.passed for _, r in rows))
