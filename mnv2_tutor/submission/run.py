"""Running a submission: notebooks in, observations out. The caller never runs a learner's code."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from mnv2_tutor.engine.course import KEYS
from mnv2_tutor.engine.environment import quiet_environment
from mnv2_tutor.engine.observation import Observation
from mnv2_tutor.errors import Unusable
from mnv2_tutor.submission.content import Kind, kind_of
from mnv2_tutor.submission.conversation import (
    Beside,
    Conversation,
    Limits,
    Start,
    StepError,
    Stop,
    Walk,
)
from mnv2_tutor.submission.notebook import Notebook, read_notebook, read_script

Seen = Mapping[int | None, Mapping[str, Observation]]
"""What was seen, by seed (None is the public probe) and exercise."""


@dataclass(frozen=True)
class Observed:
    """What was seen of a notebook.

    Attributes:
        errors: statements that failed or were stepped over.
        late: statements that ran only after those below them.
        left_out: statements that were left out, since with them nothing came back.
        skipped: statements that were not run, since others hung that no exercise needs either.
        alone: exercises that could be asked only where nothing else of the notebook ran, with
            the statements that may be why.
        stopped: statements that did not answer while it was asked.
    """

    notebook: Notebook
    observations: Seen
    errors: tuple[StepError, ...] = ()
    late: tuple[int, ...] = ()
    left_out: Mapping[int, Stop] = field(default_factory=dict)
    skipped: tuple[int, ...] = ()
    alone: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    stopped: Mapping[int, Stop] = field(default_factory=dict)

    @property
    def exercises(self) -> tuple[str, ...]:
        return self.notebook.exercises

    @cached_property
    def needed(self) -> frozenset[int]:
        """The statements that its exercises need."""
        return frozenset(n for key in self.exercises for n in self.notebook.needed_by(key))

    @property
    def is_whole(self) -> bool:
        """Whether everything that an exercise needs let itself be run."""
        return not any(n in self.needed or stop.why == "all" for n, stop in self.stopped.items())


@dataclass(frozen=True)
class Asking:
    """What to ask, and who decides whether that is enough.

    Attributes:
        seed: of the first questions; None for the public ones.
        passes: whether an answer is right by what was seen of it.
        wants_words: whether the public questions are asked as well.
    """

    seed: int | None
    passes: Callable[[Observation], bool]
    wants_words: Callable[[Observation], bool] = lambda _: False


def observe_submission(
    notebooks: Sequence[bytes],
    asking: Asking,
    seconds: float,
    folders: Sequence[Path | None] | None = None,
) -> list[Observed | Unusable]:
    """Run the notebooks of one submission, each in a process of its own, and observe each.

    ``mnv2_tutor.mine`` gives each of them the functions of all, as their code stands, so it does
    not matter in which order they are. Every notebook has ``seconds`` and works in its folder, by
    default an empty one. Results come in the order of ``notebooks``; one that cannot be used has
    the reason in its place.
    """
    read = [_read(data) for data in notebooks]
    limits = Limits(submission=seconds)
    return [
        entry
        if isinstance(entry, Unusable)
        else _observed(entry, cells_in_order(read), asking, limits, folder)
        for entry, folder in zip(read, folders or [None] * len(read), strict=True)
    ]


def _observed(
    notebook: Notebook,
    all_cells: Sequence[Sequence[str]],
    asking: Asking,
    limits: Limits,
    folder: Path | None,
) -> Observed | Unusable:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        start = _process_in(Path(scratch), folder)
        try:
            return observe_notebook(start, notebook, all_cells, limits, asking)
        except Unusable as error:
            return error


def observe_notebook(
    start: Start,
    notebook: Notebook,
    all_cells: Sequence[Sequence[str]],
    limits: Limits,
    asking: Asking,
    beside: Beside | None = None,
    until: float | None = None,
) -> Observed:
    """Observe the exercises of one notebook in processes that ``start`` gives.

    First the notebook runs from top to bottom, and each function is asked as soon as it stands.
    One that is not right then is asked once more where only what it needs has run: something else
    in the notebook may have changed Python or its libraries. The public questions, of which words
    and evidence are shown, go to a process that has seen no unseen one.

    Raises:
        Unusable: no process could run it.
    """
    until = time.monotonic() + limits.submission if until is None else until

    def fresh() -> Conversation:
        beside_it = beside or Beside()
        return Conversation(start, notebook, all_cells, limits, beside_it, until, asking.passes)

    talk = fresh()
    first = talk.walk(dict.fromkeys(notebook.exercises, asking.seed))
    seen = dict(first.seen)
    alone: dict[str, tuple[int, ...]] = {}
    wrong = [key for key in seen if not asking.passes(seen[key])]
    for key in [key for key in wrong if first.skipped and _has_run(seen[key])]:
        # What was spared may have been what it needs.
        talk.spares, talk.until = False, min(until, time.monotonic() + SECOND_CHANCE)
        seen[key] = _better(talk.walk({key: asking.seed}).seen[key], seen[key], asking)
    doubtful = [
        key for key in wrong if not asking.passes(seen[key]) and _is_doubtful(first, key, notebook)
    ]
    if doubtful:
        talk.until = until
        again = talk.walk(dict.fromkeys(doubtful, asking.seed), _needed(notebook, doubtful))
        for key in doubtful:
            if _better(again.seen[key], seen[key], asking) is not seen[key]:
                seen[key] = again.seen[key]
                alone[key] = tuple(_others(first, key, notebook))
    found: dict[int | None, dict[str, Observation]] = {asking.seed: seen}
    wanting = [key for key in seen if asking.wants_words(seen[key])]
    told = first if asking.seed is None else None
    # Whose words are shown comes from processes that have seen nothing unseen.
    if in_all := [key for key in wanting if key not in alone]:
        told = fresh().walk(dict.fromkeys(in_all))
        found.setdefault(None, {}).update(told.seen)
    if by_themselves := [key for key in wanting if key in alone]:
        walk = fresh().walk(dict.fromkeys(by_themselves), _needed(notebook, by_themselves))
        found.setdefault(None, {}).update(walk.seen)
    if told is None:
        told = first if first.says_nothing else fresh().walk({}, range(first.reached))
    stopped = dict(talk.left_out)
    return Observed(
        notebook, found, told.errors, told.late, told.left_out, told.skipped, alone, stopped
    )


SECOND_CHANCE = 30
"""Seconds in which statements are run after all that were spared."""


def _better(again: Observation, first: Observation, asking: Asking) -> Observation:
    """The one that says more: it is right, or at least it ran where the first one did not."""
    is_better = asking.passes(again) or (not _has_run(first) and _has_run(again))
    return again if is_better else first


def _needed(notebook: Notebook, keys: Sequence[str]) -> list[int]:
    return sorted({n for key in keys for n in notebook.needed_by(key)})


def _is_doubtful(walk: Walk, key: str, notebook: Notebook) -> bool:
    """Whether something else in the notebook may be why an answer is not right."""
    seen = walk.seen[key]
    if not notebook.needed_by(key) or seen.empty_body or seen.facts.get("why") in ("time", "all"):
        return False
    return bool(_others(walk, key, notebook)) or (not _has_run(seen) and bool(walk.errors))


def _others(walk: Walk, key: str, notebook: Notebook) -> list[int]:
    """Statements that ``key`` does not need and that may change what it does.

    What ran and gave other numbers can only have met another setting of a library. Where nothing
    ran, everything that is more than a definition may be why.
    """
    needed = set(notebook.needed_by(key))
    failed = {error.step for error in walk.errors}
    settings = [n for n in sorted(notebook.settings) if n not in needed | failed]
    if settings or _has_run(walk.seen[key]):
        return settings
    steps = enumerate(notebook.steps)
    return [n for n, step in steps if not step.is_quiet and n not in needed | failed]


def _has_run(seen: Observation) -> bool:
    return any(not result.error for _, result in seen.results("value"))


def exercises_in(notebooks: Sequence[bytes]) -> list[str]:
    """The keys of all exercises in these notebooks, in the order of the book."""
    read = [entry for entry in map(_read, notebooks) if isinstance(entry, Notebook)]
    return [key for key in KEYS if any(key in entry.exercises for entry in read)]


def cells_in_order(read: Sequence[Notebook | Unusable]) -> list[tuple[str, ...]]:
    """The cells of each notebook that can be used, in the order of the book, then as given."""
    usable = [entry for entry in read if isinstance(entry, Notebook)]
    ordered = sorted(usable, key=lambda entry: KEYS.index(entry.exercises[0]))
    return [entry.all_cells for entry in ordered]


def _read(data: bytes) -> Notebook | Unusable:
    try:
        is_script = kind_of("", data) is Kind.SCRIPT
        return read_script(data) if is_script else read_notebook(data)
    except Unusable as error:
        return error


CRASHES = (-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGFPE, -signal.SIGILL)
"""Exit statuses of a process that a library took down."""


@dataclass
class _Process:
    """A Python process of its own, in its own session; no sandbox."""

    process: subprocess.Popen[bytes]
    channel: socket.socket

    def why(self, seconds: float) -> str:
        """``crash`` where a signal ended it, which no code of Python sends."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        return "crash" if self.process.returncode in CRASHES else ""

    def end(self) -> None:
        """End it and everything that it started in its session."""
        self.channel.close()
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()


def _process_in(scratch: Path, folder: Path | None) -> Start:
    """Start processes that keep what they need in ``scratch`` and work in ``folder``."""
    (scratch / "work").mkdir()

    def start() -> _Process:
        ours, theirs = socket.socketpair()
        # Where sockets are not inherited, a description of it goes to the process by stdin.
        described = hasattr(theirs, "share")
        # -P: a file random.py in the working folder must not stand in for Python's own.
        module = ["-P", "-m", "mnv2_tutor.submission.child"]
        process = subprocess.Popen(
            [sys.executable, *module, "stdin" if described else str(theirs.fileno())],
            cwd=folder or scratch / "work",
            env=quiet_environment(
                MNV2_TUTOR_HOME=str(scratch / "home"),
                MNV2_TUTOR_GRADING="1",
                IPYTHONDIR=str(scratch / "ipython"),
                MPLBACKEND="agg",
            ),
            stdin=subprocess.PIPE if described else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=() if described else (theirs.fileno(),),
            start_new_session=True,
        )
        if described and process.stdin:
            data = theirs.share(process.pid)  # type: ignore[attr-defined]
            process.stdin.write(b"%d\n" % len(data) + data)
            process.stdin.close()
        theirs.close()
        return _Process(process, ours)

    return start
