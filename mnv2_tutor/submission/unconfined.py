"""Processes without a sandbox, for who runs notebooks on a computer of their own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from mnv2_tutor.engine.environment import quiet_environment
from mnv2_tutor.submission.conversation import CRASHES, Start


@dataclass
class Process:
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


def process_in(scratch: Path, folder: Path | None) -> Start:
    """Start processes that keep what they need in ``scratch`` and work in ``folder``."""
    (scratch / "work").mkdir()

    def start() -> Process:
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
        return Process(process, ours)

    return start
