"""Asking one notebook: what is run, in which order, and what happens when it does not answer.

A notebook is run statement by statement, and a function is asked as soon as all that it needs has
run: what fails, hangs or ends Python below it costs it nothing. The process may die or lie at any
moment. Whatever it was asked at that moment pays for it and nothing else does: a statement is left
out, an exercise counts as stopped, and a new process goes on without it.
"""

import base64
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from mnv2_tutor.engine.course import exercise
from mnv2_tutor.engine.observation import STOPPED, Observation, from_json
from mnv2_tutor.errors import Unusable
from mnv2_tutor.submission.frames import LARGEST, Broken, Late, receive, send
from mnv2_tutor.submission.notebook import Notebook, Step

FRESH_STARTS = 12
"""After so many processes a notebook is given up."""
SECONDS_TO_LOAD = 60
"""For TensorFlow, where it was not loaded before."""
GRACE = 1.0
"""Seconds in which a process that ended says why."""
UNFINISHED_NAMES = {"NameError", "ImportError", "ModuleNotFoundError", "AttributeError"}
"""Errors of a function, or of a statement, that stands above what it needs."""
CRASHES = (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGFPE, -signal.SIGILL)
"""Exit statuses of a process that a library took down."""
OWN_FACTS = ("cause", "cause_name", "why", "limit")
"""Facts that are ours to give: what the other side says under these names is dropped."""


class Running(Protocol):
    """A process that serves a conversation."""

    @property
    def channel(self) -> socket.socket: ...

    def why(self, seconds: float) -> str:
        """Why it ended, if it did: ``memory``, ``exit``, ``crash`` or nothing."""
        ...

    def end(self) -> None:
        """End it and everything that it started."""
        ...


Start = Callable[[], Running]
Seconds = int | float
"""As they were given: what is kept of a batch holds them, and is read again."""


@dataclass(frozen=True)
class Limits:
    """Seconds: for a statement, for the questions of an exercise, for all of a submission."""

    cell: Seconds = 30
    exercise: Seconds = 10
    network: Seconds = 30
    submission: Seconds = 120
    memory: int = 4096
    """MiB, for everything that a submission runs."""
    unneeded: Seconds = 5
    """For a statement that no exercise needs."""

    def of(self, key: str) -> float:
        return self.network if exercise(key).is_deep else self.exercise


@dataclass(frozen=True)
class Stop:
    """Why a process did not answer.

    ``time``; ``all``, the time of the whole submission; ``memory``; ``exit``, it ended itself;
    ``crash``, a library ended it; ``answer``, it sent something unreadable; ``tampered``,
    TensorFlow was replaced in it; ``graph``, TensorFlow is not in its eager mode.
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
class StepError:
    """A statement that failed, and the learner's error; one that was stepped over has no type."""

    step: int
    type: str
    message: str


@dataclass(frozen=True)
class Walk:
    """What came of running a notebook once.

    Attributes:
        seen: of each exercise that was asked.
        errors: statements that failed.
        late: statements that ran at last when they were run again after all others.
        left_out: statements that did not answer.
        skipped: statements that were not run: no exercise needs them, and one above them hung.
        reached: how many statements there were up to the last one that was run.
    """

    seen: Mapping[str, Observation]
    errors: tuple[StepError, ...] = ()
    late: tuple[int, ...] = ()
    left_out: Mapping[int, Stop] = field(default_factory=dict)
    skipped: tuple[int, ...] = ()
    reached: int = 0

    @property
    def says_nothing(self) -> bool:
        """Whether everything that was run did as it should."""
        return not (self.errors or self.late or self.left_out or self.skipped)


@dataclass(frozen=True)
class Beside:
    """What was handed in with a notebook.

    Attributes:
        files: by their path in the submission.
        folder: where in it the notebook lies, and so works.
        name: of the notebook or script there.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    folder: str = ""
    name: str = ""


@dataclass
class Conversation:
    """A notebook that is being asked.

    Attributes:
        start: gives a fresh process.
        submission: the cells of each notebook of the submission, for ``mnv2_tutor.mine``.
        beside: what was handed in with it.
        until: ``time.monotonic()`` at which all of it must be over.
        passes: whether an answer is right, by what was seen of it.
        left_out: statements that did not answer, by their number; no later run has them.
        hung: the first statement that hung though no exercise needs it: no other one of these that
            stands below it is run.
        spares: whether that is so.
    """

    start: Start
    notebook: Notebook
    submission: Sequence[Sequence[str]]
    limits: Limits
    beside: Beside = field(default_factory=Beside)
    until: float = float("inf")
    passes: Callable[[Observation], bool] = lambda _: True
    left_out: dict[int, Stop] = field(default_factory=dict)
    hung: int | None = None
    spares: bool = True
    _one_by_one: bool = False
    _imports: bool = True
    _starts: int = 0

    def walk(self, seeds: Mapping[str, int | None], among: Sequence[int] | None = None) -> Walk:
        """Run the notebook in a fresh process and ask these exercises on the probes of ``seeds``.

        With ``among``, only these statements are run; all of them, where nothing is asked.

        Raises:
            NotStarted: no process could run the notebook.
        """
        seen: dict[str, Observation] = {}
        while True:
            run = _Run(self, seeds, seen, among)
            try:
                run.through()
            except _Stopped as stopped:
                if not self._goes_on_after(run, stopped.stop):
                    for key in seeds.keys() - seen.keys():
                        seen[key] = _stopped(key, seeds[key], stopped.stop)
                    return run.result()
            else:
                return run.result()
            finally:
                run.end()

    def _goes_on_after(self, run: "_Run", stop: Stop) -> bool:
        """Note who pays for a stop. False where there is nobody left to ask."""
        if stop.why == "all" or self._starts >= FRESH_STARTS:
            if run.doing and stop.why == "all":
                self.left_out[run.doing[0]] = stop
            return False
        if run.asking:
            run.seen[run.asking] = _stopped(run.asking, run.seeds[run.asking], stop)
        elif len(run.doing) > 1:
            self._one_by_one = True
        elif run.doing:
            self.left_out[run.doing[0]] = stop
            if run.doing[0] not in run.needed:
                self.hung = min(run.doing[0], self.hung if self.hung is not None else run.doing[0])
        run.settle_what_ran()
        return not run.seeds or bool(run.seeds.keys() - run.seen.keys())

    def is_spared(self, step: int, needed: set[int]) -> bool:
        """Whether a statement is not run because one like it hung above."""
        if self.hung is None or not self.spares or step < self.hung or step in needed:
            return False
        return not self.notebook.steps[step].is_quiet

    def begun(self) -> tuple[Running, int]:
        """A fresh process that has all that the notebook relies on; and how much it was asked.

        Raises:
            _Stopped: the time of the submission is over, or too many processes were started.
            NotStarted: it could not be.
        """
        while True:
            if self._starts >= FRESH_STARTS:
                raise _Stopped(Stop("exit"))
            self._starts += 1
            line = Line(self.start(), self)
            try:
                self._send_all(line)
            except _Stopped as stopped:
                line.running.end()
                if stopped.stop.why == "all":
                    raise
                raise NotStarted("no process could be started for it") from None
            if self._imported_early(line):
                return line.running, line.asked

    def _send_all(self, line: "Line") -> None:
        code = "\n".join(source for cells in self.submission for source in cells)
        loads = re.search(r"\b(tensorflow|keras)\b", code) is not None
        for name, data in self.beside.files.items():
            packed = base64.b64encode(data).decode()
            if len(packed) < LARGEST:
                line.ask({"do": "file", "name": name, "data": packed}, self.limits.cell)
        begin = {
            "do": "begin",
            "submission": list(self.submission),
            "folder": self.beside.folder,
            "name": self.beside.name,
            "loads": loads,
        }
        line.ask(begin, self.limits.cell + SECONDS_TO_LOAD)

    def _imported_early(self, line: "Line") -> bool:
        """Run the imports that the cells rely on.

        False where they ended the process: the next one does not run them.
        """
        if not (self.notebook.prelude and self._imports):
            return True
        try:
            line.ask({"do": "run", "parts": [self.notebook.prelude]}, self.limits.cell)
        except _Stopped as stopped:
            line.running.end()
            if stopped.stop.why == "all":
                raise
            self._imports = False
            return False
        return True


@dataclass
class Line:
    """The line to one process."""

    running: Running
    talk: Conversation
    asked: int = 0

    def ask(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The answer to one message.

        Raises:
            _Stopped: there is none.
        """
        left = self.talk.until - time.monotonic()
        limit = min(seconds, left)
        self.asked += 1
        try:
            if limit <= 0:
                raise Late
            send(self.running.channel, {"id": self.asked, **message}, limit)
            answer = receive(self.running.channel, limit)
        except Late:
            raise _Stopped(self._late(seconds, left)) from None
        except Broken as broken:
            why = self.running.why(GRACE)
            limit_text = f"{self.talk.limits.memory} MiB" if why == "memory" else ""
            is_cut = str(broken) == "it hung up"
            raise _Stopped(Stop(why or ("exit" if is_cut else "answer"), limit_text)) from None
        if answer.get("id") != self.asked:
            raise _Stopped(Stop("answer"))
        return answer

    def _late(self, seconds: float, left: float) -> Stop:
        if self.running.why(0) == "memory":
            return Stop("memory", f"{self.talk.limits.memory} MiB")
        if left < seconds:
            return Stop("all", f"{self.talk.limits.submission:g} s")
        return Stop("time", f"{seconds:g} s")


class _Run:
    """The notebook in one process."""

    def __init__(
        self,
        talk: Conversation,
        seeds: Mapping[str, int | None],
        seen: dict[str, Observation],
        among: Sequence[int] | None,
    ) -> None:
        notebook = talk.notebook
        self.talk, self.seeds, self.seen = talk, seeds, seen
        needs = {key: notebook.needed_by(key) for key in seeds}
        self.needed = {step for steps in needs.values() for step in steps}
        self.program = [
            n
            for n in (range(len(notebook.steps)) if among is None else among)
            if n not in talk.left_out and notebook.steps[n].statement
        ]
        self.stands = {key: notebook.stands_after(key) for key in seeds}
        """After which statements each function is asked, beside at the end."""
        self.errors: list[StepError] = []
        self.late: list[int] = []
        self.skipped: list[int] = []
        self.open: dict[str, Observation] = {}
        """What was seen of functions that may be whole at the end."""
        self.doing: Sequence[int] = ()
        self.asking = ""
        self.reached = 0
        self.line: Line | None = None

    def through(self) -> None:
        """Run it, as far as that is of use, and ask.

        Raises:
            _Stopped: it did not answer; ``doing`` and ``asking`` say to what.
        """
        running, asked = self.talk.begun()
        self.line = Line(running, self.talk, asked)
        for group in self._groups():
            self._do(group)
            for key, steps in self.stands.items():
                while steps and steps[0] <= group[-1]:
                    self._ask(key, after=steps.pop(0))
            if self.seeds and not self.seeds.keys() - self.seen.keys():
                return
        self._again()
        for key in self.seeds:
            if key not in self.seen:
                self._ask(key)

    def end(self) -> None:
        if self.line:
            self.line.running.end()

    def result(self) -> Walk:
        return Walk(
            {key: self._with_cause(seen) for key, seen in self.seen.items()},
            tuple(self.errors),
            tuple(self.late),
            dict(self.talk.left_out),
            tuple(self.skipped),
            self.reached,
        )

    def settle_what_ran(self) -> None:
        """After a stop: what was asked is not asked again, but where something was missing."""
        for key, found in self.open.items():
            if not _may_become_whole(found):
                self.seen.setdefault(key, found)

    def _groups(self) -> Iterator[list[int]]:
        """Statements that are run in one go: quiet ones together, each other one for itself."""
        group: list[int] = []
        for n in self.program:
            step = self.talk.notebook.steps[n]
            if self.talk.is_spared(n, self.needed):
                self.skipped.append(n)
                continue
            if step.is_quiet and not self.talk._one_by_one:
                group.append(n)
                if not any(n in steps for steps in self.stands.values()):
                    continue
            else:
                if group:
                    yield group
                group = [n]
            yield group
            group = []
        if group:
            yield group

    def _do(self, group: Sequence[int]) -> None:
        assert self.line is not None
        self.doing = group
        steps = [self.talk.notebook.steps[n] for n in group]
        is_needed = any(
            n in self.needed or step.is_quiet for n, step in zip(group, steps, strict=True)
        )
        seconds = self.talk.limits.cell if is_needed else self.talk.limits.unneeded
        parts = [step.part.at_its_line for step in steps]
        self.reached = max(self.reached, group[-1] + 1)
        answer = self.line.ask({"do": "run", "parts": parts}, seconds)
        self.doing = ()
        self._note(group, answer.get("problems"))

    def _note(self, group: Sequence[int], problems: object) -> None:
        if not isinstance(problems, list):
            return
        for n, problem in zip(group, problems, strict=False):
            if isinstance(problem, dict):
                kind, message = _plain(problem.get("type"), 60), _plain(problem.get("message"), 200)
                self.errors.append(StepError(n, kind, message))

    def _again(self) -> None:
        """Run once more what stands above the statement that defines its names."""
        failed = {error.step for error in self.errors if error.type in UNFINISHED_NAMES}
        for n in sorted(failed):
            if self._is_superseded(n):
                continue
            before = self.errors
            self.errors = [error for error in before if error.step != n]
            self._do([n])
            if any(error.step == n for error in self.errors):
                self.errors = before
            else:
                self.late.append(n)

    def _is_superseded(self, n: int) -> bool:
        """Whether a later statement binds the same anew: run again, the earlier one would win."""
        steps = self.talk.notebook.steps
        return any(steps[n].binds & step.binds for step in steps[n + 1 :])

    def _ask(self, key: str, after: int | None = None) -> None:
        """Ask a function that may stand after this statement, or at the end."""
        if key in self.seen:
            return
        assert self.line is not None
        self.asking, seed = key, self.seeds[key]
        asked = exercise(key).asked(seed).to_data()
        message = {"do": "observe", "asked": asked, "writes": self.talk.notebook.writes(key)}
        found = _observation(self.line.ask(message, self.talk.limits.of(key)), key, seed)
        self.asking = ""
        before = self.open.get(key)
        if after is None or self._is_settled(key, found, after):
            # A name that was taken for something else below leaves what stood before.
            is_gone = before and found.kind != "callable" and before.kind == "callable"
            self.seen[key] = before if before and is_gone else found
        else:
            self.open[key] = found

    def _is_settled(self, key: str, found: Observation, after: int) -> bool:
        """Whether nothing that stands below can matter."""
        if self.talk.notebook.is_bound_below(key, after):
            return False  # of several answers the last one counts
        if self.talk.passes(found) or found.empty_body:
            return True
        below = [n for n in self.program if n > after]
        is_quiet_below = all(self.talk.notebook.steps[n].is_quiet for n in below)
        return not self.stands[key] and is_quiet_below and not _may_become_whole(found)

    def _with_cause(self, seen: Observation) -> Observation:
        """The same, with the statement that failed or was left out where that is the cause."""
        steps = self.talk.notebook.steps
        broken = [n for n, step in enumerate(steps) if step.statement is None]
        lost = [*(error.step for error in self.errors), *broken]
        if seen.kind == "absent" and not seen.facts:
            for n in (*lost, *self.talk.left_out):
                if seen.exercise in steps[n].binds:
                    why = "cell" if n in lost else "left_out"
                    return replace(seen, kind=STOPPED, facts={"why": why, **_cause(steps[n])})
        name = _name_that_is_missing(seen)
        for n in (*lost, *self.talk.left_out, *self.skipped):
            if name and name in steps[n].binds:
                facts = {**seen.facts, "cause_name": name, **_cause(steps[n])}
                return replace(seen, facts=facts)
        return seen


def _cause(step: Step) -> dict[str, str]:
    return {"cause": f"{step.where}, `{step.shown}`"}


def _may_become_whole(seen: Observation) -> bool:
    """Whether statements below may still give what is missing."""
    return seen.kind == "absent" or bool(_unfinished(seen))


def _unfinished(seen: Observation) -> list[str]:
    errors = [result.error for _, result in seen.results("value") if result.error]
    return [error.message for error in errors if error.type in UNFINISHED_NAMES]


def _name_that_is_missing(seen: Observation) -> str:
    """The name without which the function stopped; empty where that is not what happened."""
    found = (
        re.match(r"(?:global )?name '(\w+)' is not defined", text) for text in _unfinished(seen)
    )
    return next((match[1] for match in found if match), "")


def _plain(text: object, longest: int) -> str:
    """A text of the other side, short and fit for any file."""
    return str(text or "")[:longest].encode("utf-8", "replace").decode()


def _observation(answer: dict[str, Any], key: str, seed: int | None) -> Observation:
    if "unusable" in answer:
        return _stopped(key, seed, Stop("graph" if answer["unusable"] == "graph" else "tampered"))
    try:
        seen = from_json(str(answer["observation"]))
        if seen.exercise != key or seen.seed is not None or seen.kind == STOPPED:
            raise KeyError
    except (KeyError, Unusable):
        raise _Stopped(Stop("answer")) from None
    facts = {name: text for name, text in seen.facts.items() if name not in OWN_FACTS}
    return replace(seen, seed=seed, facts=facts)


def _stopped(key: str, seed: int | None, stop: Stop) -> Observation:
    return Observation(key, seed, STOPPED, facts={"why": stop.why, "limit": stop.limit})
