"""Grading all submissions: each is read, run, judged and written down, a few at a time."""

import errno
import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace

from mnv2_tutor.engine import expected
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.errors import Unusable
from mnv2_tutor.grading import results, rounds
from mnv2_tutor.grading.intake import HandedIn, digest_of
from mnv2_tutor.grading.marks import Marking
from mnv2_tutor.grading.one import graded
from mnv2_tutor.grading.order import Order
from mnv2_tutor.grading.results import Result, Row, Status
from mnv2_tutor.grading.rounds import Ledger, Sitting
from mnv2_tutor.grading.workers import ForkServer, ServerEnded

WRITE_TABLE_EVERY = 2.0
"""Seconds between two versions of the table while the batch runs."""
Told = Callable[[Row, bool], None]
"""Called for each submission that is done; True where it was kept from a run before."""


@dataclass(frozen=True)
class Turn:
    """A submission that is to be run, and in which round it is asked."""

    one: HandedIn
    asked: Sitting


@dataclass(frozen=True)
class Round:
    """What is asked in a round, and what answers are held against."""

    order: Order
    marking: Marking


def grade(order: Order, submissions: Sequence[HandedIn], told: Told) -> list[Row]:
    """Grade all of them; rows in the order of their names.

    What an earlier run of the same order finished is kept. The table is whole at any moment: a row
    of an earlier run stands in it until there is a new one.

    Raises:
        Unusable: the results cannot be written, or the machine cannot run a submission at all.
    """
    table, ledger = Table(order), rounds.read(order.out)
    todo = _turns(order, submissions, ledger, table, told)
    try:
        if todo:
            ledger.is_complete = False
            ledger.write(order.out)
            with ForkServer(order.sandbox, order.limits) as server:
                _grade_all(order, todo, server, table, told)
        table.write()
        ledger.is_complete = True
        ledger.write(order.out)
    except KeyboardInterrupt:
        table.write()
        raise
    except OSError as error:
        raise Unusable(
            f"--out {order.out}: {error.strerror or 'it cannot be written'}; what is done is kept: "
            "make room and run the same command again"
        ) from None
    return sorted(table.rows.values(), key=lambda row: row.name.casefold())


def _turns(
    order: Order, submissions: Sequence[HandedIn], ledger: Ledger, table: "Table", told: Told
) -> list[Turn]:
    """What is to be run. The rest has its row, and everything its place in the ledger."""
    now, todo = ledger.now(), []
    for one in submissions:
        digest = _digest(one)
        report = results.read_of(order.out, one.name)
        kept = results.before(order, one.name, digest) if digest else None
        if kept:
            ledger.keep(one.name, digest, kept)
            row = table.rows[one.name] = results.row_from(kept)
            told(row, True)
        else:
            ledger.asked[one.name] = ledger.next_of(one.name, digest, report, now)
            todo.append(Turn(one, ledger.asked[one.name]))
            table.stand_in(one.name)
    return todo


def _digest(one: HandedIn) -> str:
    try:
        return digest_of(one.files())
    except Exception:  # noqa: BLE001 - what is wrong with it is said when its turn comes
        return ""


@dataclass
class Table:
    """The rows by name, and those of earlier runs that no new one has replaced yet."""

    order: Order
    rows: dict[str, Row] = field(default_factory=dict)
    earlier: dict[str, Row] = field(default_factory=dict)

    def stand_in(self, name: str) -> None:
        """Keep the row that an earlier run gave to a submission until it has a new one."""
        report = results.read_of(self.order.out, name)
        if report:
            row = results.row_from(report)
            points = {key: row.points.get(key) for key in self.order.keys}
            self.earlier[name] = replace(row, points=points)

    def write(self) -> None:
        rows = {**self.earlier, **self.rows}
        results.write_table(self.order.out, self.order.tasks, list(rows.values()))


def _grade_all(
    order: Order, todo: list[Turn], server: ForkServer, table: Table, told: Told
) -> None:
    slots: queue.SimpleQueue[int] = queue.SimpleQueue()
    for slot in range(order.jobs):
        slots.put(slot)
    stop = threading.Event()

    def work(turn: Turn) -> Row | Turn | None:
        if stop.is_set():
            return None
        slot = slots.get()
        try:
            asked = of[turn.asked.round]
            result = _result(turn, server, slot, asked)
            # What was ended because the batch was has nothing to answer for.
            return None if stop.is_set() else _written(result, asked.order)
        except ServerEnded:
            return turn  # it may have been the fault of another one: later, and alone
        finally:
            slots.put(slot)

    with ThreadPoolExecutor(order.jobs) as pool:
        # The server starts and the references are observed at the same time.
        starting = pool.submit(server.ready)
        of = _rounds(order, {turn.asked.round for turn in todo})
        starting.result()
        try:
            alone = _collect([pool.submit(work, turn) for turn in todo], table, told)
        except BaseException:
            stop.set()
            server.close()
            raise
    for turn in alone:
        asked = of[turn.asked.round]
        try:
            result = _result(turn, server, 0, asked)
        except ServerEnded:
            problem = "it ended the process that runs all submissions"
            result = Result(turn.one.name, "", Status.FAILED, problem)
        row = _written(result, asked.order)
        table.rows[row.name] = row
        table.write()
        told(row, False)


def _rounds(order: Order, numbers: Iterable[int]) -> Mapping[int, Round]:
    """The rounds, with what the references do in each: observed before anybody is asked."""
    found = {}
    for number in sorted(numbers):
        asked = order.in_round(number)
        references = expected.unseen(asked.keys, asked.seed)
        found[number] = Round(asked, Marking(asked.tasks, references))
    return found


def _collect(
    futures: Iterable["Future[Row | Turn | None]"], table: Table, told: Told
) -> list[Turn]:
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


def _result(turn: Turn, server: ForkServer, slot: int, asked: Round) -> Result:
    """The result of one submission, whatever it is: one of them never stops the batch."""
    began, name = time.monotonic(), turn.one.name
    try:
        files = turn.one.files()
    except Unusable as error:
        return Result(name, "", Status.UNREADABLE, str(error))
    except Exception as error:  # noqa: BLE001 - ours, and never a reason to stop
        return _failed(name, error)
    try:
        result = graded(name, files, asked.order, server.start(slot), asked.marking)
    except ServerEnded:
        raise
    except Unusable as error:  # what cannot be read is no error: this is the machine's
        return Result(name, "", Status.FAILED, str(error))
    except Exception as error:  # noqa: BLE001 - ours, and never a reason to stop
        return _failed(name, error)
    return _said_again(replace(result, seconds=time.monotonic() - began), turn.asked)


def _failed(name: str, error: Exception) -> Result:
    problem = f"the grader itself failed on it ({type(error).__name__}: {error})"
    return Result(name, "", Status.FAILED, problem[:500])


def _said_again(result: Result, asked: Sitting) -> Result:
    """The same; where an earlier version was asked other questions, it says so."""
    if not (asked.again and result.reports):
        return result
    number = {"number": str(asked.again + 1)}
    remark = ("", Message("notebook.asked_again", parameters=number))
    return replace(result, again=asked.again, remarks=(remark, *result.remarks))


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
