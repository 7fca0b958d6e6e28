"""The page that a learner gets back: one file, no script, and nothing that is hidden."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Protocol

from jinja2 import Environment, Template
from markupsafe import Markup, escape

from mnv2_tutor.engine.exercise import Exercise
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.report import Report
from mnv2_tutor.engine.report.html import as_html
from mnv2_tutor.grading.names import one_line, plain_text


class Shown(Protocol):
    """What the page shows of a result."""

    @property
    def name(self) -> str: ...
    @property
    def problem(self) -> str: ...
    @property
    def reports(self) -> Mapping[str, Report] | None: ...
    @property
    def files(self) -> Mapping[str, str] | None: ...
    @property
    def remarks(self) -> Sequence[tuple[str, Message]]: ...


def as_page(result: Shown, points: Mapping[str, int | None], tasks: Mapping[str, Exercise]) -> str:
    """The feedback on one submission as HTML."""
    reports = result.reports or {}
    rows = [(tasks[key], score, key in reports) for key, score in points.items()]
    several = len(result.files or {}) > 1
    html: str = _template().render(
        name=one_line(result.name),
        rows=rows,
        total=sum(score or 0 for score in points.values()),
        most=sum(task.max_score for task, _, _ in rows),
        problem=one_line(result.problem),
        remarks=[(one_line(file) if several else "", message) for file, message in result.remarks],
        reports=[as_html(reports[key]) for key in points if key in reports],
    )
    return plain_text(html)


@cache
def _template() -> Template:
    source = files("mnv2_tutor.grading") / "feedback.html.j2"
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["code"] = _with_code
    return environment.from_string(source.read_text(encoding="utf-8"))


def _with_code(text: str) -> Markup:
    """What stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped
