"""The results of a batch as files: a folder for each submission, and the table of all."""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from mnv2_tutor.engine.exercise import Exercise
from mnv2_tutor.engine.files import write_whole
from mnv2_tutor.grading import observation_store, packages
from mnv2_tutor.grading.batch_file import BATCH
from mnv2_tutor.grading.batch_settings import BatchSettings
from mnv2_tutor.grading.feedback import as_page
from mnv2_tutor.grading.grade_submission import Graded
from mnv2_tutor.grading.record import (
    REPORT,
    Status,
    SubmissionRecord,
    read_record,
    write_record,
)
from mnv2_tutor.grading.rubric import max_score

FEEDBACK = "feedback.html"
TABLE = "grades.csv"
TABLE_ENCODING = "utf-8-sig"
"""Spreadsheets take a table for UTF-8 only where it begins with a byte order mark."""
LONGEST_FOLDER = 80
FORMULA = tuple("=+-@|%;＝＋－＠")
"""What begins so, some spreadsheet would compute or split."""
RESERVED = (TABLE, BATCH, "class.html", "changes.csv", ".")
"""What begins so belongs to the grader."""


def write(graded: Graded, settings: BatchSettings) -> None:
    """Write down everything about one submission; ``report.json`` comes last and stands for all."""
    folder = settings.out / folder_of(graded.record.submission)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REPORT).unlink(missing_ok=True)
    if graded.seen:
        observation_store.store(folder, graded.seen, settings.conditions)
    write_pages(folder, graded.record, settings.tasks)


def write_pages(folder: Path, record: SubmissionRecord, tasks: Mapping[str, Exercise]) -> None:
    """Write the feedback and the record."""
    write_whole(folder / FEEDBACK, as_page(record, tasks))
    write_record(folder, record)


def read_of(out: Path, name: str) -> SubmissionRecord | None:
    """The record of the submission of that name; None where it is that of another one."""
    record = read_record(out / folder_of(name))
    return record if record and record.submission == name else None


def is_up_to_date(record: SubmissionRecord, settings: BatchSettings, digest: str) -> bool:
    """Whether it is of the same files under the same settings, in whichever round it was asked.

    Where another run may find more, it is not.
    """
    whole = record.status in (Status.GRADED, Status.UNREADABLE) or (
        record.status is Status.PARTLY and record.problem  # another run reads no more
    )
    same = record.digest == digest and record.sandbox.kind == settings.sandbox.kind
    if not (whole and same and record.round is not None and {*record.points} == {*settings.keys}):
        return False
    today = settings.in_round(record.round).begin(record.submission)
    return record.is_under_the_conditions_of(today) and not packages.came(record.lacked)


def without_a_row(folder: Path, records: Iterable[SubmissionRecord]) -> list[str]:
    """Folders of submissions that were graded once and are not among these."""
    own = {folder_of(record.submission) for record in records}
    return sorted(at.parent.name for at in folder.glob(f"*/{REPORT}") if at.parent.name not in own)


def write_table(
    folder: Path, tasks: Mapping[str, Exercise], records: Sequence[SubmissionRecord]
) -> None:
    """The table of all submissions, by name. It is always whole."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["submission", *tasks, "total", "max", "status"])
    most = max_score(tasks)
    for record in sorted(records, key=lambda record: record.submission.casefold()):
        marks = ["" if record.points[key] is None else record.points[key] for key in tasks]
        name = plain_cell(record.submission)
        writer.writerow([name, *marks, record.total, most, record.status])
    write_table_text(folder / TABLE, out.getvalue())


def write_table_text(path: Path, text: str) -> None:
    """Write a table so that spreadsheets read the names in it right."""
    write_whole(path, f"\N{BYTE ORDER MARK}{text}")


def plain_cell(text: str) -> str:
    """The text, so that no spreadsheet takes it for a formula, on one line."""
    printable = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return f"'{printable}" if printable.lstrip(" '").startswith(FORMULA) else printable


def folder_of(name: str) -> str:
    """The name as a folder: where it had to be changed, with a part of its hash."""
    plain = re.sub(r"[^\w.\- ()]", "_", name).strip(" .")
    plain = plain.encode()[:LONGEST_FOLDER].decode(errors="ignore").strip(" .")
    looks_hashed = re.search(r"-[0-9a-f]{8}$", name)
    if plain == name and not looks_hashed and not name.casefold().startswith(RESERVED):
        return plain
    return f"{plain}-{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
