"""Kernels that have imported TensorFlow when they begin.

Each is forked from a process that imported it once (:mod:`mnv2_tutor.authoring.kernel_server`).
A kernel of another kind, or on a system that cannot fork so, is started as ever.
"""

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager, KernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

SECONDS_TO_START = 180
LAUNCHER = [sys.executable, "-m", "ipykernel_launcher"]
READ_LATE = ("JPY_", "MNV2_TUTOR_", "PYTEST_")
"""Variables that nothing reads which the server imports: its kernels may differ in them."""


class ServerEnded(Exception):
    """The fork server did not start, or is no more."""


class ForkedProcess:
    """A forked kernel, as :class:`LocalProvisioner` wants a process: like :class:`Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, line: socket.socket, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._line = line

    def poll(self) -> int | None:
        """The exit status, as far as the server has told one."""
        if self.returncode is None and select.select([self._line], [], [], 0)[0]:
            return self.wait()
        return self.returncode

    def wait(self) -> int:
        """The exit status, as soon as there is one."""
        if self.returncode is None:
            with self._line:
                status = self._line.recv(100)
            if not status:  # the server was ended, which a kernel outlives by a second
                self.kill()
            self.returncode = int(status or -signal.SIGKILL)
        return self.returncode

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel and to all that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signum)

    def kill(self) -> None:
        """End it now."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class ForkServer:
    """The process from which kernels are forked. It ends with this one."""

    def __init__(self, environment: dict[str, str]) -> None:
        # Of packets, so that two orders do not flow together.
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        fd = theirs.fileno()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "mnv2_tutor.authoring.kernel_server", str(fd)],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[fd],
                start_new_session=True,  # an interrupt from the keyboard is not for it
            )
        atexit.register(self.close)

    def fork(
        self, arguments: list[str], environment: dict[str, str], folder: str, streams: list[int]
    ) -> ForkedProcess:
        """A kernel; the first one waits for the server's imports.

        Raises:
            ServerEnded: there is nobody to fork it.
        """
        line, theirs = socket.socketpair()
        order = json.dumps([arguments, environment, folder]).encode()
        line.settimeout(SECONDS_TO_START)
        try:
            with theirs:
                socket.send_fds(self._control, [order], [theirs.fileno(), *streams])
            pid = line.recv(100)
        except OSError:
            pid = b""
        if not pid:
            line.close()
            raise ServerEnded
        line.settimeout(None)
        return ForkedProcess(line, int(pid))

    def close(self) -> None:
        """End the server, and what it forked."""
        self._control.close()
        self._process.wait()


@cache
def server_for(seen: frozenset[tuple[str, str]]) -> ForkServer:
    """The fork server whose libraries saw this of an environment when they were imported."""
    return ForkServer(dict(seen))


def seen_at_import(environment: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """What an import may depend on. Kernels that differ in it have a server each."""
    return frozenset(item for item in environment.items() if not item[0].startswith(READ_LATE))


class ForkedKernel(LocalProvisioner):
    """Starts a kernel by a fork where it can, and else as its base class does."""

    process: Any = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch a kernel with a command."""
        streams = [_number(kwargs.get(name), n) for n, name in enumerate(("stdout", "stderr"), 1)]
        if sys.platform != "linux" or cmd[:3] != LAUNCHER or min(streams) < 0:
            return await super().launch_kernel(cmd, **kwargs)
        environment = dict(kwargs["env"])
        folder = str(kwargs.get("cwd") or Path.cwd())
        server = server_for(seen_at_import(environment))
        try:
            self.process = server.fork(cmd[3:], environment, folder, streams)
        except ServerEnded:
            self.log.warning("No kernel was forked: this one is started without.")
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = folder
        return self.connection_info


def _number(stream: Any, inherited: int) -> int:
    """The descriptor of what may be given to Popen; negative for a pipe or the like."""
    if stream is None:
        return inherited
    return stream if isinstance(stream, int) else int(stream.fileno())


class ForkingKernelManager(KernelManager):
    """A kernel manager whose kernels are forked."""

    def start_kernel(self, **kwargs: Any) -> Any:
        """Start the kernel; the arguments are those of any manager."""
        if self.provisioner is None:
            self.kernel_id = self.kernel_id or str(uuid.uuid4())
            self.provisioner = ForkedKernel(
                kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
            )
        return super().start_kernel(**kwargs)


class AsyncForkingKernelManager(ForkingKernelManager, AsyncKernelManager):
    """The same, to be awaited."""
