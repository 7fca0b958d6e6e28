"""The results of one submission: as data, as files, and as a row of the table."""

import csv
import gzip
import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from mnv2_tutor.exercises import exercise
from mnv2_tutor.files import write_whole
from mnv2_tutor.grading.feedback import as_page
from mnv2_tutor.grading.marks import Seen, points
from mnv2_tutor.grading.order import BATCH, Order
from mnv2_tutor.messages import Message
from mnv2_tutor.observation import to_json
from mnv2_tutor.report import Report

REPORT, FEEDBACK, OBSERVATIONS = "report.json", "feedback.html", "observations.json.gz"
TABLE = "grades.csv"
LONGEST_FOLDER = 80
FORMULA = tuple("=+-@|%;＝＋－＠")
"""What begins so, some spreadsheet would compute or split."""
RESERVED = (TABLE, BATCH, "class.html", ".")
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
    """

    name: str
    digest: str
    status: Status
    problem: str = ""
    reports: Mapping[str, Report] | None = None
    remarks: Sequence[tuple[str, Message]] = ()
    seen: Mapping[str, Seen] | None = None
    files: Mapping[str, str] | None = None


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
    reports = result.reports or {}
    marks = {key: points(reports[key]) if key in reports else None for key in order.keys}
    return Row(result.name, marks, str(result.status))


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
        _write_observations(folder / OBSERVATIONS, result.seen)
    write_whole(folder / FEEDBACK, as_page(result.name, row.points, result))
    report = {
        "submission": result.name,
        "status": row.status,
        "problem": result.problem,
        "digest": result.digest,
        "files": dict(result.files or {}),
        **order.stamp(),
        "sandbox": {
            "kind": order.sandbox.kind,
            "reason": order.sandbox.reason,
            "does_not_protect_from": list(order.sandbox.leaves_open),
        },
        "points": dict(row.points),
        "total": row.total,
        "max": max_score(order.keys),
        "reports": {key: report.to_dict() for key, report in (result.reports or {}).items()},
        "remarks": [{"file": name, **message.to_dict()} for name, message in result.remarks],
    }
    write_whole(folder / REPORT, json.dumps(report, indent=1) + "\n")
    return row


def before(order: Order, name: str, digest: str) -> dict[str, Any] | None:
    """The report of the same submission under the same order, where there is one."""
    try:
        text = (order.out / folder_of(name) / REPORT).read_text(encoding="utf-8")
        report: dict[str, Any] = json.loads(text)
        stamp = order.stamp() | {"sandbox": report["sandbox"]}
        same = report["digest"] == digest and report["sandbox"]["kind"] == order.sandbox.kind
        whole = report["status"] in (Status.GRADED, Status.UNREADABLE)
        fits = all(report[part] == value for part, value in stamp.items())
        return (
            report if same and whole and fits and set(report["points"]) == {*order.keys} else None
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_table(order: Order, rows: Sequence[Row]) -> None:
    """The table of all rows, by name. It is always whole."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["submission", *order.keys, "total", "max", "status"])
    most = max_score(order.keys)
    for row in sorted(rows, key=lambda row: row.name.casefold()):
        marks = ["" if row.points[key] is None else row.points[key] for key in order.keys]
        writer.writerow([plain_cell(row.name), *marks, row.total, most, row.status])
    write_whole(order.out / TABLE, out.getvalue())


def plain_cell(text: str) -> str:
    """The text, so that no spreadsheet takes it for a formula, on one line."""
    printable = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return f"'{printable}" if printable.lstrip(" '").startswith(FORMULA) else printable


def max_score(keys: Sequence[str]) -> int:
    return sum(exercise(key).max_score for key in keys)


def folder_of(name: str) -> str:
    """The name as a folder: where it had to be changed, with a part of its hash."""
    plain = re.sub(r"[^\w.\- ()]", "_", name).strip(" .")
    plain = plain.encode()[:LONGEST_FOLDER].decode(errors="ignore").strip(" .")
    looks_hashed = re.search(r"-[0-9a-f]{8}$", name)
    if plain == name and not looks_hashed and not name.casefold().startswith(RESERVED):
        return plain
    return f"{plain}-{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"


def _write_observations(path: Path, seen: Mapping[str, Seen]) -> None:
    kept = {
        key: [to_json(one.unseen), to_json(one.public) if one.public else None]
        for key, one in seen.items()
    }
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(gzip.compress(json.dumps(kept).encode(), compresslevel=3, mtime=0))
    beside.replace(path)
