"""The results of one submission: as data, as files, and as a row of the table."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from mnv2_tutor.engine.exercise import Exercise
from mnv2_tutor.engine.files import write_whole
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.report import Report
from mnv2_tutor.grading import packages
from mnv2_tutor.grading.feedback import as_page
from mnv2_tutor.grading.marks import points
from mnv2_tutor.grading.order import BATCH, Order
from mnv2_tutor.grading.seen import Seen, keep

REPORT, FEEDBACK = "report.json", "feedback.html"
TABLE = "grades.csv"
TABLE_ENCODING = "utf-8-sig"
"""Spreadsheets take a table for UTF-8 only where it begins with a byte order mark."""
LONGEST_FOLDER = 80
FORMULA = tuple("=+-@|%;＝＋－＠")
"""What begins so, some spreadsheet would compute or split."""
RESERVED = (TABLE, BATCH, "class.html", "changes.csv", ".")
"""What begins so belongs to the grader."""


class Status(StrEnum):
    """How the grading of a submission ended."""

    GRADED = "graded"
    PARTLY = "partly"
    """Something in it did not answer and was left out."""
    UNREADABLE = "unreadable"
    FAILED = "failed"


@dataclass(frozen=True)
class Result:
    """What came out for one submission.

    Attributes:
        problem: why it could not be graded, or nothing.
        remarks: of each notebook, by its name.
        files: a hash of each file.
        seconds: that it took.
        again: how many versions with other files were asked other questions before.
    """

    name: str
    digest: str
    status: Status
    problem: str = ""
    reports: Mapping[str, Report] | None = None
    remarks: Sequence[tuple[str, Message]] = ()
    seen: Mapping[str, Seen] | None = None
    files: Mapping[str, str] | None = None
    seconds: float = 0
    again: int = 0


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    points: Mapping[str, int | None]
    status: str

    @property
    def total(self) -> int:
        return sum(value or 0 for value in self.points.values())


def row_of(result: Result, order: Order) -> Row:
    marks = dict.fromkeys(order.keys) | points_of(result.reports or {})
    return Row(result.name, marks, str(result.status))


def points_of(reports: Mapping[str, Report]) -> dict[str, int | None]:
    return {key: points(report) for key, report in reports.items()}


def row_from(report: Mapping[str, Any]) -> Row:
    """The row of a submission that was graded before."""
    return Row(report["submission"], report["points"], report["status"])


def write(result: Result, order: Order) -> Row:
    """Write down everything about one submission; ``report.json`` comes last and stands for all."""
    row = row_of(result, order)
    folder = order.out / folder_of(result.name)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REPORT).unlink(missing_ok=True)
    if result.seen:
        keep(folder, result.seen, order.conditions)
    sandbox = {
        "kind": order.sandbox.kind,
        "reason": order.sandbox.reason,
        "does_not_protect_from": list(order.sandbox.leaves_open),
    }
    write_whole(folder / FEEDBACK, as_page(result, row.points, order.tasks))
    report = {
        "submission": result.name,
        "status": row.status,
        "problem": result.problem,
        "digest": result.digest,
        "files": dict(result.files or {}),
        "seconds": round(result.seconds, 1),
        **order.stamp(),
        "asked_again": result.again,
        "lacked": packages.wanted(
            (message for _, message in result.remarks), (result.seen or {}).values()
        ),
        "sandbox": sandbox,
        "remarks": [{"file": name, **message.to_dict()} for name, message in result.remarks],
        **marks_of(row, result.reports or {}, order.tasks),
    }
    write_report(folder, report)
    return row


def marks_of(
    row: Row, reports: Mapping[str, Report], tasks: Mapping[str, Exercise]
) -> dict[str, Any]:
    """The part of ``report.json`` that a changed rubric changes."""
    return {
        "points": dict(row.points),
        "total": row.total,
        "max": max_score(tasks),
        "reports": {key: report.to_dict() for key, report in reports.items()},
    }


PARTS = {
    "submission", "status", "problem", "digest", "files", "seconds", "judged", "sandbox", "remarks",
    "points", "total", "max", "reports",
}  # fmt: skip


def read(folder: Path) -> dict[str, Any] | None:
    """The report of a submission; None where there is none that is whole."""
    try:
        found = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.keys() >= PARTS else None


def read_of(out: Path, name: str) -> dict[str, Any] | None:
    """The report of the submission of that name; None where it is that of another one."""
    report = read(out / folder_of(name))
    return report if report and report["submission"] == name else None


def result_from(report: Mapping[str, Any], tasks: Mapping[str, Exercise]) -> Result:
    """The result that was written down, without what was seen."""
    return Result(
        name=report["submission"],
        digest=report["digest"],
        status=Status(report["status"]),
        problem=report["problem"],
        reports={key: Report.from_dict(tasks[key], r) for key, r in report["reports"].items()},
        remarks=tuple((said["file"], Message.from_dict(said)) for said in report["remarks"]),
        files=report["files"],
        seconds=report["seconds"],
        again=report["asked_again"],
    )


def write_report(folder: Path, report: Mapping[str, Any]) -> None:
    write_whole(folder / REPORT, json.dumps(report, indent=1) + "\n")


def before(order: Order, name: str, digest: str) -> dict[str, Any] | None:
    """The report of the same submission under the same order, in whichever round it was asked.

    None where there is none, or where another run may find more.
    """
    try:
        report = read_of(order.out, name)
        if report is None:
            return None
        same = report["digest"] == digest and report["sandbox"]["kind"] == order.sandbox.kind
        whole = report["status"] in (Status.GRADED, Status.UNREADABLE) or (
            report["status"] == Status.PARTLY and report["problem"]  # another run reads no more
        )
        if not (same and whole and set(report["points"]) == {*order.keys}):
            return None
        stamp = order.in_round(int(report["round"])).stamp()
        fits = all(report[part] == value for part, value in stamp.items())
        return report if fits and not packages.came(report["lacked"]) else None
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def without_a_row(folder: Path, rows: Sequence[Row]) -> list[str]:
    """Folders of submissions that were graded once and are not among these."""
    own = {folder_of(row.name) for row in rows}
    return sorted(at.parent.name for at in folder.glob(f"*/{REPORT}") if at.parent.name not in own)


def write_table(folder: Path, tasks: Mapping[str, Exercise], rows: Sequence[Row]) -> None:
    """The table of all rows, by name. It is always whole."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["submission", *tasks, "total", "max", "status"])
    most = max_score(tasks)
    for row in sorted(rows, key=lambda row: row.name.casefold()):
        marks = ["" if row.points[key] is None else row.points[key] for key in tasks]
        writer.writerow([plain_cell(row.name), *marks, row.total, most, row.status])
    write_table_text(folder / TABLE, out.getvalue())


def write_table_text(path: Path, text: str) -> None:
    """Write a table so that spreadsheets read the names in it right."""
    write_whole(path, f"\N{BYTE ORDER MARK}{text}")


def plain_cell(text: str) -> str:
    """The text, so that no spreadsheet takes it for a formula, on one line."""
    printable = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return f"'{printable}" if printable.lstrip(" '").startswith(FORMULA) else printable


def max_score(tasks: Mapping[str, Exercise]) -> int:
    return sum(task.max_score for task in tasks.values())


def folder_of(name: str) -> str:
    """The name as a folder: where it had to be changed, with a part of its hash."""
    plain = re.sub(r"[^\w.\- ()]", "_", name).strip(" .")
    plain = plain.encode()[:LONGEST_FOLDER].decode(errors="ignore").strip(" .")
    looks_hashed = re.search(r"-[0-9a-f]{8}$", name)
    if plain == name and not looks_hashed and not name.casefold().startswith(RESERVED):
        return plain
    return f"{plain}-{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
