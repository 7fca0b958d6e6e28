"""Asking one notebook: what is run, in which order, and what happens when it does not answer.

The process that runs the notebook may hang, die or lie at any moment. Whatever it was asked at that
moment pays for it and nothing else does: a cell is left out, an exercise counts as stopped, and a
new process goes on without it.
"""

import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from mnv2_tutor.errors import Unusable
from mnv2_tutor.exercises import exercise
from mnv2_tutor.observation import STOPPED, Observation, from_json
from mnv2_tutor.submission.frames import Broken, Late, receive, send
from mnv2_tutor.submission.notebook import Notebook, functions_of

FRESH_STARTS = 12
"""After so many processes a notebook is given up."""
GRACE = 1.0
"""Seconds in which a process that ended says why."""
NAME_ERRORS = {"NameError", "ImportError", "ModuleNotFoundError"}


class Running(Protocol):
    """A process that serves a conversation."""

    @property
    def channel(self) -> socket.socket: ...

    def why(self, seconds: float) -> str:
        """Why it ended, if it did: ``memory``, ``exit`` or nothing."""
        ...

    def end(self) -> None:
        """End it and everything that it started."""
        ...


Start = Callable[[], Running]


@dataclass(frozen=True)
class Question:
    """What to ask about an exercise: the probe of ``seed``, all of it or its ``first`` cases."""

    seed: int | None
    first: int | None = None


@dataclass(frozen=True)
class Limits:
    """Seconds: for a cell, for the questions of an exercise, for all of a submission."""

    cell: float = 30
    exercise: float = 10
    network: float = 30
    submission: float = 120
    memory: int = 4096
    """MiB, for everything that a submission runs."""

    def of(self, key: str) -> float:
        return self.network if exercise(key).observer == "network" else self.exercise


@dataclass(frozen=True)
class Stop:
    """Why a process did not answer.

    ``time``; ``all``, the time of the whole submission; ``memory``; ``exit``, it ended itself;
    ``answer``, it sent something unreadable; ``tampered``, TensorFlow was replaced in it.
    """

    why: str
    limit: str = ""


class NotStarted(Unusable):
    """The machine could not run a notebook, which is no fault of the notebook."""


class _Stopped(Exception):
    def __init__(self, stop: Stop) -> None:
        super().__init__(stop.why)
        self.stop = stop


@dataclass(frozen=True)
class CellError:
    """A cell that failed: its number among the code cells, and the learner's error."""

    cell: int
    type: str
    message: str


@dataclass
class Conversation:
    """A notebook that is being asked.

    Attributes:
        start: gives a fresh process.
        submission: the cells of each notebook of the submission, for ``mnv2_tutor.mine``.
        files: text files beside the notebook, by name.
        until: ``time.monotonic()`` at which all of it must be over.
        cell_errors: of the last run of the cells.
        left_out: cells that did not answer, by their number from 1.
        late_cells: cells that ran at last when they were run again after all others.
    """

    start: Start
    notebook: Notebook
    submission: Sequence[Sequence[str]]
    limits: Limits
    files: Mapping[str, str] = field(default_factory=dict)
    until: float = float("inf")
    cell_errors: list[CellError] = field(default_factory=list)
    left_out: dict[int, Stop] = field(default_factory=dict)
    late_cells: list[int] = field(default_factory=list)
    _stopped: dict[str, Stop] = field(default_factory=dict)
    _running: Running | None = None
    _starts: int = 0
    _asked: int = 0
    _imports: bool = True

    def observe(self, key: str, question: Question) -> Observation:
        """What is seen of the answer to ``key``; of kind ``stopped`` where it did not answer.

        Raises:
            NotStarted: no process could run the notebook.
        """
        seed = question.seed
        if key not in self._stopped:
            try:
                self._ready()
                asked = {"do": "observe", "key": key, **asdict(question)}
                return _observation(self._ask(asked, self.limits.of(key)), key, seed)
            except _Stopped as stopped:
                self.end()
                if stopped.stop.why in ("exit", "memory") and self._leave_out_greedy_cells():
                    return self.observe(key, question)
                self._stopped[key] = stopped.stop
        return _stopped_observation(key, seed, self._stopped[key])

    def _leave_out_greedy_cells(self) -> bool:
        """Leave out what ran out of memory: it may hold on to what an exercise then lacks."""
        greedy = [error.cell for error in self.cell_errors if error.type == "MemoryError"]
        limit = Stop("memory", f"{self.limits.memory} MiB")
        self.left_out |= dict.fromkeys(greedy, limit)
        self.cell_errors = [error for error in self.cell_errors if error.cell not in greedy]
        return bool(greedy)

    def end(self) -> None:
        """End the process. The next question starts another one."""
        if self._running:
            self._running.end()
        self._running = None

    def _ready(self) -> None:
        """Have a process in which the cells ran, without those that do not let it answer."""
        while self._running is None:
            if self._starts == FRESH_STARTS:
                raise _Stopped(Stop("exit"))
            self._starts += 1
            self._running = self.start()
            begin = {"do": "begin", "submission": list(self.submission), "files": dict(self.files)}
            try:
                self._ask(begin, self.limits.cell)
                if self._imports:
                    self._import_early()
            except _Stopped as stopped:
                self.end()
                if stopped.stop.why == "all":
                    raise
                raise NotStarted("no process could be started for it") from None
            if self._running:
                self._run_cells()

    def _import_early(self) -> None:
        """Run the imports that its cells rely on; where the process goes with them, none is left.

        The next one does without them.
        """
        try:
            self._ask({"do": "cell", "source": self.notebook.prelude}, self.limits.cell)
        except _Stopped as stopped:
            if stopped.stop.why == "all":
                raise
            self.end()
            self._imports = False

    def _run_cells(self) -> None:
        self.cell_errors, self.late_cells = [], []
        numbers = [n for n in range(1, len(self.notebook.cells) + 1) if n not in self.left_out]
        failed = self._failed(numbers)
        # A cell that stands above the one that defines its names is run once more at the end.
        again = [
            error.cell
            for error in failed
            if error.type in NAME_ERRORS and not self._is_superseded(error.cell)
        ]
        still = {error.cell: error for error in self._failed(again)}
        self.late_cells = [number for number in again if number not in still]
        self.cell_errors = [still.get(e.cell, e) for e in failed if e.cell not in self.late_cells]

    def _is_superseded(self, number: int) -> bool:
        """Whether a later cell defines a function anew: run again, the earlier one would win."""
        defined = set(functions_of(self.notebook.cells[number - 1]))
        later = self.notebook.cells[number:]
        return any(defined & set(functions_of(source)) for source in later)

    def _failed(self, numbers: list[int]) -> list[CellError]:
        failed: list[CellError] = []
        for number in numbers:
            if self._running is None:
                break
            try:
                source = self.notebook.cells[number - 1]
                error = self._ask({"do": "cell", "source": source}, self.limits.cell).get("error")
            except _Stopped as stopped:
                self.left_out[number] = stopped.stop
                self.end()
                if stopped.stop.why == "all":
                    raise
                break
            if isinstance(error, dict):
                kind, message = _plain(error.get("type"), 60), _plain(error.get("message"), 200)
                failed.append(CellError(number, kind, message))
        return failed

    def _ask(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        assert self._running is not None
        left = self.until - time.monotonic()
        limit = min(seconds, left)
        self._asked += 1
        try:
            if limit <= 0:
                raise Late
            send(self._running.channel, {"id": self._asked, **message}, limit)
            answer = receive(self._running.channel, limit)
        except Late:
            why = self._running.why(0)
            if why == "memory":
                raise _Stopped(Stop("memory", f"{self.limits.memory} MiB")) from None
            whole = left < seconds
            shown = self.limits.submission if whole else seconds
            raise _Stopped(Stop("all" if whole else "time", f"{shown:g} s")) from None
        except Broken as error:
            why = self._running.why(GRACE)
            if why == "memory":
                raise _Stopped(Stop("memory", f"{self.limits.memory} MiB")) from None
            raise _Stopped(Stop("exit" if "hung up" in str(error) else "answer")) from None
        if answer.get("id") != self._asked:
            raise _Stopped(Stop("answer"))
        return answer


def _plain(text: object, longest: int) -> str:
    """A text of the other side, short and fit for any file."""
    return str(text)[:longest].encode("utf-8", "replace").decode()


def _observation(answer: dict[str, Any], key: str, seed: int | None) -> Observation:
    if "unusable" in answer:
        return _stopped_observation(key, seed, Stop("tampered"))
    try:
        seen = from_json(str(answer["observation"]))
        if (seen.exercise, seen.seed) != (key, seed) or seen.kind == STOPPED:
            raise KeyError
    except (KeyError, Unusable):
        raise _Stopped(Stop("answer")) from None
    return seen


def _stopped_observation(key: str, seed: int | None, stop: Stop) -> Observation:
    return Observation(key, seed, STOPPED, facts={"why": stop.why, "limit": stop.limit})
