"""The grader's side of the fork server: starting it, and asking it for one process after another.

Everything here runs in the process that judges, which never runs a learner's code.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

from mnv2_tutor.errors import Unusable
from mnv2_tutor.sandbox.confine import HOME_FOLDERS
from mnv2_tutor.sandbox.policy import LIMITS, Sandbox, server_environment
from mnv2_tutor.sandbox.users import user_of
from mnv2_tutor.submission.conversation import Limits, Start

SECONDS_TO_START = 180
SECONDS_TO_END = 30
STARTS = 50
"""A server that had to be started so often in one batch is not worth another try."""


class ServerEnded(Exception):
    """The fork server died while something ran: perhaps not the fault of what is asked now."""


@dataclass
class Worker:
    """A process for one submission, while it runs."""

    channel: socket.socket
    line: socket.socket
    scratch: Path | None = None

    def why(self, seconds: float) -> str:
        """Why it ended: what the server says on its line; nothing while it runs.

        Raises:
            ServerEnded: there is nobody to say it.
        """
        self.line.settimeout(max(seconds, 0.01))
        try:
            said = self.line.recv(1000)
        except TimeoutError:
            return ""
        except OSError:
            said = b""
        if not said:
            raise ServerEnded
        return str(json.loads(said)["why"])

    def end(self) -> None:
        """End it with everything that it started: the server does when the line closes."""
        self.channel.close()
        with contextlib.suppress(OSError):
            self.line.shutdown(socket.SHUT_WR)
            self.line.settimeout(10)
            while self.line.recv(1000):
                pass
        self.line.close()
        if self.scratch:
            shutil.rmtree(self.scratch, ignore_errors=True)


@dataclass
class ForkServer:
    """The fork server; started when it is needed, and again when it died.

    Attributes:
        sandbox: what it runs in.
        limits: for every submission.
    """

    sandbox: Sandbox
    limits: Limits
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _process: subprocess.Popen[bytes] | None = None
    _control: socket.socket | None = None
    _starts: int = 0
    _closed: bool = False

    def __enter__(self) -> "ForkServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self, slot: int) -> Start:
        """What gives the worker number ``slot`` its processes."""
        return lambda: self._start_run(slot)

    def ready(self) -> None:
        """Have the server up; without this, the first process waits for it.

        Raises:
            Unusable: it does not start.
        """
        with self._lock:
            self._up()

    def close(self) -> None:
        """End the server and all that it started."""
        with self._lock:
            self._closed = True
            if self._control:
                self._control.close()
            if self._process:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(SECONDS_TO_END)
                self._kill()
            self._control = self._process = None

    def _start_run(self, slot: int) -> Worker:
        ours, theirs = socket.socketpair()
        line, their_line = socket.socketpair()
        user = user_of(slot)
        scratch = None
        folder, home = self.sandbox.folder, str(Path(self.sandbox.folder).parent)
        if self.sandbox.kind == LIMITS:
            scratch = Path(tempfile.mkdtemp(prefix="mnv2-grade-"))
            for path in (scratch, *(scratch / name for name in HOME_FOLDERS)):
                path.mkdir(exist_ok=True)
                if user is not None:
                    os.chown(path, user, user)
            folder, home = str(scratch / "work"), str(scratch)
        asked = {
            "memory": self.limits.memory,
            "seconds": int(self.limits.submission) + 60,
            "user": user,
            "folder": folder,
            "home": home,
            "keeps": self.sandbox.keeps,
        }
        with self._lock:
            for _ in range(2):
                control = self._up()
                fds = [theirs.fileno(), their_line.fileno()]
                try:
                    socket.send_fds(control, [json.dumps(asked).encode()], fds)
                    break
                except OSError:
                    self._drop()
        theirs.close()
        their_line.close()
        return Worker(ours, line, scratch)

    def _up(self) -> socket.socket:
        if self._closed:
            raise ServerEnded
        if self._process and self._process.poll() is not None:
            self._drop()
        if self._control is None:
            self._launch()
        assert self._control is not None
        return self._control

    def _launch(self) -> None:
        self._starts += 1
        if self._starts > STARTS:
            raise Unusable(f"the grader's server was ended {STARTS} times: use --sandbox bwrap")
        # Of packets, so that one message is one run, and two do not flow together.
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with tempfile.TemporaryFile() as errors:
            self._process = subprocess.Popen(
                self.sandbox.command(theirs.fileno()),
                env=server_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
            theirs.close()
            ours.settimeout(SECONDS_TO_START)
            try:
                said = ours.recv(1000)
            except OSError:
                said = b""
            if not said:
                self._kill()
                errors.seek(0)
                lines = errors.read().decode(errors="replace").strip().splitlines()
                raise Unusable(
                    "the grader's server does not start: " + (lines[-1] if lines else "no message")
                )
        ours.settimeout(10)
        self._control = ours

    def _drop(self) -> None:
        if self._control:
            self._control.close()
        self._kill()
        self._control = self._process = None

    def _kill(self) -> None:
        if self._process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
