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
from mnv2_tutor.grading import batch_file, classpage, equal_code, results, rounds
from mnv2_tutor.grading.batch_file import BatchFile, Sitting, can_write
from mnv2_tutor.grading.batch_settings import BatchSettings
from mnv2_tutor.grading.grade_submission import Graded, graded
from mnv2_tutor.grading.intake import Class, HandedIn, digest_of
from mnv2_tutor.grading.marks import Marking
from mnv2_tutor.grading.record import Remark, Status, SubmissionRecord
from mnv2_tutor.grading.rounds import Ledger
from mnv2_tutor.sandbox import users
from mnv2_tutor.sandbox.workers import ForkServer, ServerEnded

WRITE_TABLE_EVERY = 2.0
"""Seconds between two versions of the table while the batch runs."""
OnDone = Callable[[SubmissionRecord, bool], None]
"""Called for each submission that is done; True where it was kept from a run before."""


@dataclass(frozen=True)
class Turn:
    """A submission that is to be run, and in which round it is asked."""

    one: HandedIn
    asked: Sitting


@dataclass(frozen=True)
class Round:
    """What is asked in a round, and what answers are held against."""

    settings: BatchSettings
    marking: Marking


def grade_class(
    settings: BatchSettings, found: Class, anonymous: bool, on_done: OnDone
) -> list[SubmissionRecord]:
    """Grade a class, and draw its page.

    Raises:
        Unusable: the results cannot be written, or the machine cannot run a submission at all.
    """
    users.take(settings.jobs)
    records = grade(settings, found.submissions, on_done)
    with can_write(settings.out):
        kept = batch_file.read(settings.out) or BatchFile()
        same = tuple(equal_code.groups(found.submissions, settings.keys))
        kept = replace(kept, others=found.others, alike=same)
        batch_file.write(settings.out, kept)
        classpage.write_class(settings.out, settings.tasks, records, kept, anonymous)
    return records


def grade(
    settings: BatchSettings, submissions: Sequence[HandedIn], on_done: OnDone
) -> list[SubmissionRecord]:
    """Grade all of them; records in the order of their names.

    What an earlier run of the same order finished is kept. The table is whole at any moment: a row
    of an earlier run stands in it until there is a new one.

    Raises:
        Unusable: the results cannot be written, or the machine cannot run a submission at all.
    """
    table, ledger = Table(settings), rounds.read(settings.out)
    todo = _turns(settings, submissions, ledger, table, on_done)
    try:
        if todo:
            ledger.is_complete = False
            ledger.write(settings.out)
            with ForkServer(settings.sandbox, settings.limits) as server:
                _grade_all(settings, todo, server, table, on_done)
        table.write()
        ledger.is_complete = True
        ledger.write(settings.out)
    except KeyboardInterrupt:
        table.write()
        raise
    except OSError as error:
        raise Unusable(
            f"--out {settings.out}: {error.strerror or 'it cannot be written'}; what is done is "
            "kept: make room and run the same command again"
        ) from None
    return sorted(table.records.values(), key=lambda record: record.submission.casefold())


def _turns(
    settings: BatchSettings,
    submissions: Sequence[HandedIn],
    ledger: Ledger,
    table: "Table",
    on_done: OnDone,
) -> list[Turn]:
    """What is to be run. The rest has its row, and everything its place in the ledger."""
    now, todo = ledger.now(), []
    for one in submissions:
        digest = _digest(one)
        last = results.read_of(settings.out, one.name)
        if digest and last and results.is_up_to_date(last, settings, digest):
            ledger.keep(last)
            table.records[one.name] = last
            on_done(last, True)
        else:
            ledger.asked[one.name] = ledger.next_of(one.name, digest, last, now)
            todo.append(Turn(one, ledger.asked[one.name]))
            table.stand_in(last)
    return todo


def _digest(one: HandedIn) -> str:
    try:
        return digest_of(one.files())
    except Exception:  # noqa: BLE001 - what is wrong with it is said when its turn comes
        return ""


@dataclass
class Table:
    """The records by name, and those of earlier runs that no new one has replaced yet."""

    settings: BatchSettings
    records: dict[str, SubmissionRecord] = field(default_factory=dict)
    earlier: dict[str, SubmissionRecord] = field(default_factory=dict)

    def stand_in(self, last: SubmissionRecord | None) -> None:
        """Keep what an earlier run gave to a submission until there is something new."""
        if last:
            self.earlier[last.submission] = last.about(self.settings.keys)

    def write(self) -> None:
        records = {**self.earlier, **self.records}
        results.write_table(self.settings.out, self.settings.tasks, list(records.values()))


def _grade_all(
    settings: BatchSettings, todo: list[Turn], server: ForkServer, table: Table, on_done: OnDone
) -> None:
    slots: queue.SimpleQueue[int] = queue.SimpleQueue()
    for slot in range(settings.jobs):
        slots.put(slot)
    stop = threading.Event()

    def work(turn: Turn) -> SubmissionRecord | Turn | None:
        if stop.is_set():
            return None
        slot = slots.get()
        try:
            asked = of[turn.asked.round]
            result = _result(turn, server, slot, asked)
            # What was ended because the batch was has nothing to answer for.
            return None if stop.is_set() else _written(result, asked.settings)
        except ServerEnded:
            return turn  # it may have been the fault of another one: later, and alone
        finally:
            slots.put(slot)

    with ThreadPoolExecutor(settings.jobs) as pool:
        # The server starts and the references are observed at the same time.
        starting = pool.submit(server.ready)
        of = _rounds(settings, {turn.asked.round for turn in todo})
        starting.result()
        try:
            alone = _collect([pool.submit(work, turn) for turn in todo], table, on_done)
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
            result = _failed(turn.one.name, asked.settings, problem)
        record = _written(result, asked.settings)
        table.records[record.submission] = record
        table.write()
        on_done(record, False)


def _rounds(settings: BatchSettings, numbers: Iterable[int]) -> Mapping[int, Round]:
    """The rounds, with what the references do in each: observed before anybody is asked."""
    found = {}
    for number in sorted(numbers):
        asked = settings.in_round(number)
        references = expected.unseen(asked.keys, asked.seed)
        found[number] = Round(asked, Marking(asked.tasks, references))
    return found


def _collect(
    futures: Iterable["Future[SubmissionRecord | Turn | None]"], table: Table, on_done: OnDone
) -> list[Turn]:
    """Take results as they come; the submissions that want to be run alone."""
    waiting, alone, written = set(futures), [], time.monotonic()
    while waiting:
        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            found = future.result()
            if isinstance(found, SubmissionRecord):
                table.records[found.submission] = found
                on_done(found, False)
            elif found is not None:
                alone.append(found)
        if time.monotonic() - written > WRITE_TABLE_EVERY:
            table.write()
            written = time.monotonic()
    return alone


def _result(turn: Turn, server: ForkServer, slot: int, asked: Round) -> Graded:
    """The result of one submission, whatever it is: one of them never stops the batch."""
    began, name, settings = time.monotonic(), turn.one.name, asked.settings
    try:
        files = turn.one.files()
    except Unusable as error:
        return Graded(_ended(name, settings, Status.UNREADABLE, str(error)))
    except Exception as error:  # noqa: BLE001 - ours, and never a reason to stop
        return _failed(name, settings, _problem_of(error))
    try:
        result = graded(name, files, settings, server.start(slot), asked.marking)
    except ServerEnded:
        raise
    except Unusable as error:  # what cannot be read is no error: this is the machine's
        return _failed(name, settings, str(error))
    except Exception as error:  # noqa: BLE001 - ours, and never a reason to stop
        return _failed(name, settings, _problem_of(error))
    record = replace(result.record, seconds=round(time.monotonic() - began, 1))
    return replace(result, record=_said_again(record, turn.asked))


def _ended(name: str, settings: BatchSettings, status: Status, problem: str) -> SubmissionRecord:
    return replace(settings.begin(name), status=status, problem=problem)


def _failed(name: str, settings: BatchSettings, problem: str) -> Graded:
    return Graded(_ended(name, settings, Status.FAILED, problem))


def _problem_of(error: Exception) -> str:
    return f"the grader itself failed on it ({type(error).__name__}: {error})"[:500]


def _said_again(record: SubmissionRecord, asked: Sitting) -> SubmissionRecord:
    """The same; where an earlier version was asked other questions, it says so."""
    if not (asked.again and record.reports):
        return record
    number = {"number": str(asked.again + 1)}
    remark = Remark.of("", Message("notebook.asked_again", parameters=number))
    return replace(record, asked_again=asked.again, remarks=(remark, *record.remarks))


FULL = {errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EACCES, errno.EIO}
"""Errors of the disk: the next submission would meet them too."""


def _written(result: Graded, settings: BatchSettings) -> SubmissionRecord:
    """Write a result down; where that fails because of what is in it, that it failed.

    Raises:
        OSError: nothing can be written any more.
    """
    try:
        results.write(result, settings)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL:
            raise
        problem = f"its results could not be written ({type(error).__name__})"
        result = _failed(result.record.submission, settings, problem)
        results.write(result, settings)
    return result.record
