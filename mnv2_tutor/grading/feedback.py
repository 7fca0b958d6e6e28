"""The page that a learner gets back: one file, no script, and nothing that is hidden."""

from collections.abc import Mapping

from mnv2_tutor.engine.exercise import Exercise
from mnv2_tutor.engine.report.html import as_html
from mnv2_tutor.engine.report.templates import template
from mnv2_tutor.grading.names import one_line, plain_text
from mnv2_tutor.grading.record import SubmissionRecord


def as_page(record: SubmissionRecord, tasks: Mapping[str, Exercise]) -> str:
    """The feedback on one submission as HTML."""
    rows = [(tasks[key], score, key in record.reports) for key, score in record.points.items()]
    remarks = [
        (one_line(one.file) if len(record.files) > 1 else "", one.as_message)
        for one in record.remarks
    ]
    reports = [
        as_html(record.reports[key].as_report(tasks[key]))
        for key in record.points
        if key in record.reports
    ]
    html: str = template("mnv2_tutor.grading", "feedback").render(
        name=one_line(record.submission),
        rows=rows,
        total=record.total,
        most=sum(task.max_score for task, _, _ in rows),
        problem=one_line(record.problem),
        remarks=remarks,
        reports=reports,
    )
    return plain_text(html)
