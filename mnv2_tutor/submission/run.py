"""Running a submission: notebooks in, observations out. The caller never runs a learner's code."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mnv2_tutor.environment import quiet_environment
from mnv2_tutor.errors import Unusable
from mnv2_tutor.exercises import KEYS
from mnv2_tutor.observation import STOPPED, Observation
from mnv2_tutor.submission.conversation import (
    CellError,
    Conversation,
    Limits,
    Question,
    Start,
    Stop,
)
from mnv2_tutor.submission.notebook import Notebook, functions_of, read_notebook

Seen = Mapping[int | None, Mapping[str, Observation]]
"""What was seen, by seed (None is the public probe) and exercise."""


@dataclass(frozen=True)
class Observed:
    """What was seen of a notebook.

    Attributes:
        cell_errors: cells that failed.
        left_out: cells that were left out, since with them nothing came back.
        late_cells: cells that ran only after those below them.
    """

    notebook: Notebook
    observations: Seen
    cell_errors: tuple[CellError, ...] = ()
    left_out: tuple[tuple[int, Stop], ...] = ()
    late_cells: tuple[int, ...] = ()

    @property
    def exercises(self) -> tuple[str, ...]:
        return self.notebook.exercises


Ask = Callable[[str, Sequence[Observation]], Question | None]
"""The next question about an exercise after what was seen of it; None where that is enough."""


def each_of(seeds: Sequence[int | None]) -> Ask:
    """Ask the probe of each seed, whatever was seen."""

    def ask(_: str, seen: Sequence[Observation]) -> Question | None:
        return Question(seeds[len(seen)]) if len(seen) < len(seeds) else None

    return ask


def observe_submission(
    notebooks: Sequence[bytes],
    seeds: tuple[int | None, ...],
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
        else _observed(entry, cells_in_order(read), seeds, limits, folder)
        for entry, folder in zip(read, folders or [None] * len(read), strict=True)
    ]


def _observed(
    notebook: Notebook,
    all_cells: Sequence[Sequence[str]],
    seeds: tuple[int | None, ...],
    limits: Limits,
    folder: Path | None,
) -> Observed | Unusable:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        start = _process_in(Path(scratch), folder)
        try:
            return observe_notebook(start, notebook, all_cells, limits, each_of(seeds))
        except Unusable as error:
            return error


def observe_notebook(
    start: Start,
    notebook: Notebook,
    all_cells: Sequence[Sequence[str]],
    limits: Limits,
    ask: Ask,
    files: Mapping[str, str] | None = None,
    until: float | None = None,
) -> Observed:
    """Observe the exercises of one notebook in processes that ``start`` gives.

    Of what was seen on the probe of one seed, the last counts.

    Raises:
        Unusable: no process could run it.
    """
    until = time.monotonic() + limits.submission if until is None else until
    talk = Conversation(start, notebook, all_cells, limits, files or {}, until)
    found: dict[int | None, dict[str, Observation]] = {}
    try:
        for key in notebook.exercises:
            seen: list[Observation] = []
            while question := ask(key, seen):
                seen.append(_with_cause(talk.observe(key, question), notebook, talk.left_out))
                of_seed = found.setdefault(question.seed, {})
                # What was seen stays where more could not be seen.
                if key not in of_seed or seen[-1].kind != STOPPED:
                    of_seed[key] = seen[-1]
    finally:
        talk.end()
    left_out = tuple(sorted(talk.left_out.items()))
    return Observed(notebook, found, tuple(talk.cell_errors), left_out, tuple(talk.late_cells))


def _with_cause(seen: Observation, notebook: Notebook, left_out: Iterable[int]) -> Observation:
    """The same, or that a cell stopped, or was left out, and with it the function."""
    is_missing = seen.kind == "absent" and not seen.facts.get("similar_name")
    if is_missing and seen.exercise in notebook.defined:
        went = any(seen.exercise in functions_of(notebook.cells[n - 1]) for n in left_out)
        why = "left_out" if went else "cell"
        return Observation(seen.exercise, seen.seed, STOPPED, facts={"why": why})
    return seen


def cells_in_order(read: Sequence[Notebook | Unusable]) -> list[tuple[str, ...]]:
    """The cells of each notebook that can be used, in the order of the book."""
    usable = [entry for entry in read if isinstance(entry, Notebook)]
    return [entry.all_cells for entry in sorted(usable, key=_place_in_book)]


def _place_in_book(notebook: Notebook) -> tuple[int, tuple[str, ...]]:
    return KEYS.index(notebook.exercises[0]), notebook.cells


def _read(data: bytes) -> Notebook | Unusable:
    try:
        return read_notebook(data)
    except Unusable as error:
        return error


@dataclass
class _Process:
    """A Python process of its own, in its own session; no sandbox."""

    process: subprocess.Popen[bytes]
    channel: socket.socket

    def why(self, seconds: float) -> str:  # noqa: ARG002 - nothing watches it
        return ""

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
