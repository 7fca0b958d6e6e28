"""The fork server of kernels: imports TensorFlow once, runs no op, and forks a process a kernel.

``python -m mnv2_tutor.authoring.kernel_server FD``. A packet on its control socket is an order for
a kernel. On the line that came with it the kernel says its number, and the server, when it ended,
its exit status. When the control socket closes, the server ends and takes its kernels with it.

A kernel is what ``python -m ipykernel_launcher`` would be in the folder and with the environment
of its order, except that what it will import is there. So nothing may happen here that happens
once in a process: no op (after one, a fork hangs), no ZeroMQ context, no figure.
"""

import builtins
import contextlib
import gc
import json
import os
import runpy
import select
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

PACKET = 1 << 18
"""Bytes that hold every order: more than a packet can have."""


class Order(NamedTuple):
    """What a kernel is to be: its arguments, environment, folder, and where its output goes."""

    arguments: list[str]
    environment: dict[str, str]
    folder: str
    line: socket.socket
    streams: tuple[int, int]


class Kernel(NamedTuple):
    """A kernel that runs, and the line on which its end is reported."""

    pid: int
    line: socket.socket


class CurrentStream:
    """Stands for ``sys.stdout`` or ``sys.stderr``, whichever object that is when it is used.

    A logger keeps the stream that it finds when it is imported. In a kernel that would be the
    stream into the cell's output, which a kernel has only when it was forked.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._first = getattr(sys, name)

    def __getattr__(self, attribute: str) -> Any:
        now = getattr(sys, self._name)
        return getattr(self._first if now is self else now, attribute)

    def close(self) -> None:
        """Nothing: absl's handler closes its stream when ipykernel configures the logging."""


@contextlib.contextmanager
def as_in_a_cell() -> Iterator[None]:
    """While libraries look, when they are imported, whether they are in a notebook."""
    stdout: Any = CurrentStream("stdout")
    stderr: Any = CurrentStream("stderr")
    marks = ((builtins, "get_ipython", lambda: True), (sys, "ps1", "In : "), (sys, "ps2", "...: "))
    for owner, name, value in marks:
        setattr(owner, name, value)
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        yield
    for owner, name, _ in marks:
        delattr(owner, name)


def import_libraries() -> None:
    """Import what nearly every notebook does, as if a cell did."""
    # Both are read at import: the process with which a kernel ends, and the backend that ipykernel
    # names before the first cell.
    os.environ["JPY_PARENT_PID"] = str(os.getpid())
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    import ipykernel.kernelapp  # noqa: F401

    with as_in_a_cell():
        import keras  # noqa: F401
        import matplotlib.pyplot  # noqa: F401
        import numpy  # noqa: F401
        import tensorflow  # noqa: F401
    if threading.active_count() > 1:
        raise RuntimeError("a thread was started at import: kernels would hang")
    gc.collect()
    gc.freeze()  # a kernel's collector does not touch, and so not copy, what is here already


def serve(control: socket.socket) -> Order | None:
    """Fork a kernel for each order. Returns its order in each kernel, and None when all is over."""
    kernels: dict[int, Kernel] = {}
    while True:
        readable, _, _ = select.select([*kernels, control.fileno()], [], [])
        for ready in readable:
            if ready != control.fileno():
                _report(kernels.pop(ready))
                os.close(ready)
            elif order := _receive(control):
                pid = os.fork()
                if pid == 0:
                    _leave(control, kernels)
                    return order
                for stream in order.streams:
                    os.close(stream)
                kernels[os.pidfd_open(pid)] = Kernel(pid, order.line)
            else:
                for kernel in kernels.values():
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(kernel.pid, signal.SIGKILL)
                return None


def become_kernel(order: Order) -> None:
    """In the forked process: be the kernel, until it ends."""
    import numpy as np

    os.setsid()  # a signal to the kernel is one to all that it started
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, stream in enumerate((nothing, *order.streams)):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(order.environment, JPY_PARENT_PID=str(os.getppid()))
    os.chdir(order.folder)
    np.random.seed()  # else every kernel would draw the same numbers
    order.line.sendall(str(os.getpid()).encode())
    order.line.close()
    sys.path[0] = str(Path.cwd())  # as python -m has it
    sys.argv = ["", *order.arguments]
    runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)


def _receive(control: socket.socket) -> Order | None:
    packet, fds, _, _ = socket.recv_fds(control, PACKET, 3)
    if not packet:
        return None
    arguments, environment, folder = json.loads(packet)
    line, stdout, stderr = fds
    return Order(arguments, environment, folder, socket.socket(fileno=line), (stdout, stderr))


def _report(kernel: Kernel) -> None:
    _, status = os.waitpid(kernel.pid, 0)
    with contextlib.suppress(OSError), kernel.line as line:
        line.sendall(str(os.waitstatus_to_exitcode(status)).encode())


def _leave(control: socket.socket, kernels: dict[int, Kernel]) -> None:
    """A kernel holds nothing of the server, nor of another kernel."""
    control.close()
    for pidfd, kernel in kernels.items():
        os.close(pidfd)
        kernel.line.close()


if __name__ == "__main__":
    import_libraries()
    if kernel_order := serve(socket.socket(fileno=int(sys.argv[1]))):
        become_kernel(kernel_order)
