"""What the person who grades sees meanwhile: a bar on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from mnv2_tutor.grading.names import one_line
from mnv2_tutor.grading.record import SubmissionRecord


@contextmanager
def shown(count: int, most: int) -> Iterator[Callable[[SubmissionRecord, bool], None]]:
    """What is to be called for each submission of ``count`` that is done, with its record."""
    if sys.stderr.isatty():
        with _bar(count) as on_done:
            yield on_done
        return
    done = 0

    def line(record: SubmissionRecord, kept: bool) -> None:
        nonlocal done
        done += 1
        how = f"{record.status}, kept" if kept else record.status
        text = f"{done} of {count}: {record.submission}: {record.total} of {most}, {how}"
        sys.stderr.write(one_line(text) + "\n")

    yield line


@contextmanager
def _bar(count: int) -> Iterator[Callable[[SubmissionRecord, bool], None]]:
    columns = [
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    ]
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("grading", total=count)
        yield lambda _record, _kept: progress.advance(task)
