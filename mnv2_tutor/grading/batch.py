"""Grading all submissions: each is read, run, judged and written down, a few at a time."""

import errno
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace

from mnv2_tutor import expected
from mnv2_tutor.errors import Unusable
from mnv2_tutor.grading import results
from mnv2_tutor.grading.intake import HandedIn, digest_of
from mnv2_tutor.grading.marks import Marking
from mnv2_tutor.grading.one import graded
from mnv2_tutor.grading.order import Order
from mnv2_tutor.grading.results import Result, Row, Status
from mnv2_tutor.grading.workers import ForkServer, ServerEnded
from mnv2_tutor.submission.conversation import NotStarted

WRITE_TABLE_EVERY = 2.0
"""Seconds between two versions of the table while the batch runs."""
Told = Callable[[Row, bool], None]
"""Called for each submission that is done; True where it was kept from a run before."""


def grade(order: Order, submissions: Sequence[HandedIn], told: Told) -> list[Row]:
    """Grade all of them; rows in the order of their names.

    What an earlier run of the same order finished is kept. The table is whole at any moment: a row
    of an earlier run stands in it until there is a new one.

    Raises:
        Unusable: the results cannot be written, or the machine cannot run a submission at all.
    """
    table = Table(order)
    todo: list[HandedIn] = []
    for one in submissions:
        kept = _kept(order, one)
        if kept:
            table.rows[one.name] = kept
            told(kept, True)
        else:
            todo.append(one)
            table.stand_in(one.name)
    try:
        if todo:
            with ForkServer(order.sandbox, order.limits) as server:
                _grade_all(order, todo, server, table, told)
        table.write()
    except KeyboardInterrupt:
        table.write()
        raise
    except OSError as error:
        raise Unusable(
            f"--out {order.out}: {error.strerror or 'it cannot be written'}; what is done is kept: "
            "make room and run the same command again"
        ) from None
    return sorted(table.rows.values(), key=lambda row: row.name.casefold())


@dataclass
class Table:
    """The rows by name, and those of earlier runs that no new one has replaced yet."""

    order: Order
    rows: dict[str, Row] = field(default_factory=dict)
    earlier: dict[str, Row] = field(default_factory=dict)

    def stand_in(self, name: str) -> None:
        """Keep the row that an earlier run gave to a submission until it has a new one."""
        report = results.read(self.order.out / results.folder_of(name))
        if report:
            row = results.row_from(report)
            points = {key: row.points.get(key) for key in self.order.keys}
            self.earlier[name] = replace(row, points=points)

    def write(self) -> None:
        rows = {**self.earlier, **self.rows}
        results.write_table(self.order.out, self.order.tasks, list(rows.values()))


def _kept(order: Order, one: HandedIn) -> Row | None:
    try:
        report = results.before(order, one.name, digest_of(one.files()))
    except Exception:  # noqa: BLE001 - what is wrong with it is said when its turn comes
        return None
    return results.row_from(report) if report else None


def _grade_all(
    order: Order, todo: list[HandedIn], server: ForkServer, table: Table, told: Told
) -> None:
    slots: queue.SimpleQueue[int] = queue.SimpleQueue()
    for slot in range(order.jobs):
        slots.put(slot)
    stop = threading.Event()

    def work(one: HandedIn) -> Row | HandedIn | None:
        if stop.is_set():
            return None
        slot = slots.get()
        try:
            result = _result(order, one, server, slot, marking)
            # What was ended because the batch was has nothing to answer for.
            return None if stop.is_set() else _written(result, order)
        except ServerEnded:
            return one  # it may have been the fault of another one: later, and alone
        finally:
            slots.put(slot)

    with ThreadPoolExecutor(order.jobs) as pool:
        # The server starts and the references are observed at the same time.
        starting = pool.submit(server.ready)
        marking = Marking(order.tasks, expected.unseen(order.keys, order.seed))
        starting.result()
        try:
            alone = _collect([pool.submit(work, one) for one in todo], table, told)
        except BaseException:
            stop.set()
            server.close()
            raise
    for one in alone:
        try:
            result = _result(order, one, server, 0, marking)
        except ServerEnded:
            problem = "it ended the process that runs all submissions"
            result = Result(one.name, "", Status.FAILED, problem)
        row = _written(result, order)
        table.rows[row.name] = row
        table.write()
        told(row, False)


def _collect(
    futures: Iterable["Future[Row | HandedIn | None]"], table: Table, told: Told
) -> list[HandedIn]:
    """Take results as they come; the submissions that want to be run alone."""
    waiting, alone, written = set(futures), [], time.monotonic()
    while waiting:
        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            found = future.result()
            if isinstance(found, Row):
                table.rows[found.name] = found
                told(found, False)
            elif found is not None:
                alone.append(found)
        if time.monotonic() - written > WRITE_TABLE_EVERY:
            table.write()
            written = time.monotonic()
    return alone


def _result(order: Order, one: HandedIn, server: ForkServer, slot: int, marking: Marking) -> Result:
    """The result of one submission, whatever it is: one of them never stops the batch."""
    began = time.monotonic()
    try:
        result = graded(one.name, one.files(), order, server.start(slot), marking)
        return replace(result, seconds=time.monotonic() - began)
    except ServerEnded:
        raise
    except NotStarted as error:
        return Result(one.name, "", Status.FAILED, str(error))
    except Unusable as error:
        return Result(one.name, "", Status.UNREADABLE, str(error))
    except Exception as error:  # noqa: BLE001 - ours, and never a reason to stop
        problem = f"the grader itself failed on it ({type(error).__name__}: {error})"
        return Result(one.name, "", Status.FAILED, problem[:500])


FULL = {errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EACCES, errno.EIO}
"""Errors of the disk: the next submission would meet them too."""


def _written(result: Result, order: Order) -> Row:
    """Write a result down; where that fails because of what is in it, that it failed.

    Raises:
        OSError: nothing can be written any more.
    """
    try:
        return results.write(result, order)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL:
            raise
        problem = f"its results could not be written ({type(error).__name__})"
        return results.write(Result(result.name, "", Status.FAILED, problem), order)
