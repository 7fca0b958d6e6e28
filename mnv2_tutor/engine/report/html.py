"""A report as HTML for a notebook or a page.

Colours are the page's own: text inherits, and the two accents have a contrast of at least 3 on
white and on the usual dark backgrounds. What an outcome is stands in words and signs as well.
"""

from mnv2_tutor.engine.report import Outcome, Report
from mnv2_tutor.engine.report.templates import template
from mnv2_tutor.engine.report.text import offers_hint, title_of

ACCENT = {Outcome.PASSED: "#1a8a4a", Outcome.FAILED: "#c4561c"}
NEUTRAL = "#7a7f87"
SIGN = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.NOT_JUDGED: "–"}


def as_html(report: Report) -> str:
    html: str = template("mnv2_tutor.engine.report", "report").render(
        report=report,
        accent=ACCENT.get(report.outcome, NEUTRAL),
        rows=[(SIGN[item.outcome], item, title_of(report, item)) for item in report.items],
        judged=any(item.outcome is not Outcome.NOT_JUDGED for item in report.items),
        hint=offers_hint(report),
    )
    return html
