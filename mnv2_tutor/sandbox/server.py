"""The fork server: imports TensorFlow once, runs no op, and forks a process a submission.

``python -m mnv2_tutor.sandbox.server FD KIND`` inside the sandbox. It holds no answers and reads
nothing that a submission sends. On its control socket it gets, for each run, a line of JSON with
two sockets: the child's channel, and a line on which it says how the run ended. When the other side
closes that line, the run is ended.

Each child is forked before any TensorFlow op has run: after one, a fork hangs.
"""

import contextlib
import gc
import json
import os
import select
import socket
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from mnv2_tutor.sandbox.confine import (
    BY_SIGNAL,
    MIB,
    Confinement,
    become_subreaper,
    children_of,
    end_with_all_below,
    hide_memory,
    lone_process,
)
from mnv2_tutor.sandbox.policy import may_read
from mnv2_tutor.submission.child import QuietShell, load_libraries, new_shell, serve
from mnv2_tutor.submission.conversation import CRASHES

LOOK_EVERY = 0.2
"""Seconds between two looks at the memory of what runs."""


@dataclass
class Run:
    """One submission that runs: the process that guards it, and the line that reports its end."""

    pid: int
    pidfd: int
    line: socket.socket
    memory: int
    why: str = "exit"

    def end(self) -> None:
        """In a namespace one process takes all others with it; else they are found one by one."""
        end_with_all_below([psutil.Process(self.pid)])


def main(control: socket.socket, kind: str) -> None:
    """Serve until the control socket closes."""
    shell = _import_everything()
    reads = tuple(may_read()) if kind == "limits" else ()
    become_subreaper()
    runs: dict[int, Run] = {}
    control.sendall(json.dumps({"ready": True, "threads": threading.active_count()}).encode())
    looked = time.monotonic()
    while True:
        lines: dict[Any, Run] = {run.line: run for run in runs.values()}
        watched: list[Any] = [control, *(run.pidfd for run in runs.values())]
        readable, _, _ = select.select([*watched, *lines], [], [], LOOK_EVERY if runs else None)
        for ready in readable:
            if ready is control:
                if not _accept(control, kind, reads, runs, shell):
                    _end_all(runs)
                    return
            elif ready in lines:
                lines[ready].end()
                lines[ready].line.close()
        for run in [run for run in runs.values() if run.pidfd in readable]:
            _finished(run, runs)
        for run in [run for run in runs.values() if run.line.fileno() < 0]:
            _finished(run, runs)
        if time.monotonic() - looked > LOOK_EVERY:
            _watch_memory(runs)
            looked = time.monotonic()


def _import_everything() -> QuietShell:
    """Whatever a submission needs, once; and a shell, which starts no thread."""
    import mnv2_tutor.learner.tutor  # noqa: F401

    load_libraries()
    shell = new_shell()
    if threading.active_count() > 1:
        raise RuntimeError("a thread was started at import: forks would hang")
    hide_memory()
    gc.collect()
    gc.freeze()  # a child's collector does not touch, and so not copy, what is here already
    return shell


def _accept(
    control: socket.socket,
    kind: str,
    reads: tuple[str, ...],
    runs: dict[int, Run],
    shell: QuietShell,
) -> bool:
    """Begin the run that was asked for; False where nobody asks any more."""
    data, fds, _, _ = socket.recv_fds(control, 65536, 2)
    if not data:
        return False
    asked = json.loads(data)
    channel, line = (socket.socket(fileno=fd) for fd in fds)
    limits = (asked["memory"], asked["seconds"], asked["user"], asked["folder"])
    how = Confinement(kind, *limits, reads, tuple(asked["keeps"]))
    pid = os.fork()
    if pid == 0:
        _become_the_submission(channel, how, asked["home"], shell)
    channel.close()
    run = Run(pid, os.pidfd_open(pid), line, asked["memory"])
    runs[pid] = run
    return True


def _become_the_submission(
    channel: socket.socket, how: Confinement, home: str, shell: QuietShell
) -> None:
    """In the child: leave everything of the server behind, and serve the channel."""
    try:
        number = os.dup2(channel.fileno(), 3) if channel.fileno() != 3 else 3
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        os.closerange(4, 4096)
        lone_process(how)
        os.environ.update(
            HOME=f"{home}/home",
            MNV2_TUTOR_HOME=f"{home}/home",
            IPYTHONDIR=f"{home}/ipython",
            TMPDIR=f"{home}/tmp",  # noqa: S108
        )
        tempfile.tempdir = None  # what was found before the fork is the server's
        serve(socket.socket(fileno=number), shell)
    finally:
        os._exit(70)


def _finished(run: Run, runs: dict[int, Run]) -> None:
    """Say how it ended, and end what outlived its guard."""
    _, status = os.waitpid(run.pid, 0)
    if run.why == "exit" and BY_SIGNAL - os.waitstatus_to_exitcode(status) in CRASHES:
        run.why = "crash"
    os.close(run.pidfd)
    del runs[run.pid]
    while orphans := [p for p in children_of(os.getpid()) if p.pid not in runs]:
        end_with_all_below(orphans)
        for orphan in orphans:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(orphan.pid, 0)
    if run.line.fileno() >= 0:
        with contextlib.suppress(OSError):
            run.line.sendall(json.dumps({"why": run.why}).encode())
        run.line.close()


def _end_all(runs: dict[int, Run]) -> None:
    for run in list(runs.values()):
        run.end()
        _finished(run, runs)


def _watch_memory(runs: dict[int, Run]) -> None:
    """End what uses more than it may, all of its processes together."""
    at_fork = _own_memory(os.getpid())  # what a child shares with us until it changes it
    for run in runs.values():
        with contextlib.suppress(psutil.Error):
            below = psutil.Process(run.pid).children(recursive=True)
            if sum(max(0, _own_memory(p.pid) - at_fork) for p in below) > run.memory * MIB:
                run.why = "memory"
                run.end()


def _own_memory(pid: int) -> int:
    """Bytes in memory that are no file's; what processes share counts for each of them."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    kilobytes = [line.split()[1] for line in lines if line.startswith(("RssAnon:", "RssShmem:"))]
    return sum(map(int, kilobytes)) * 1024


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), sys.argv[2])
