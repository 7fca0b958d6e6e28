"""The process that runs a submission: it answers what it is asked, and decides nothing.

``python -m mnv2_tutor.submission.child FD`` serves the socket FD until the other side hangs up.
Nothing of ``answers/`` is imported here. What it may be asked (``do``):

- ``begin``: offer the functions of the submission's notebooks (``submission``, the cells of each)
  to ``mnv2_tutor.mine``, and put its other files (``files``) into the working folder;
- ``cell``: run ``source``; answers with the learner's ``error``, or null;
- ``observe``: watch the answer to the exercise ``key`` on the probe of ``seed``, or its ``first``
  cases; answers with the ``observation``, or why there is none (``unusable``).
"""

import os
import socket
import sys
import types
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from mnv2_tutor import records
from mnv2_tutor.errors import Unusable
from mnv2_tutor.exercises import exercise
from mnv2_tutor.find import in_namespace
from mnv2_tutor.observation import to_json
from mnv2_tutor.observe import absent, observe
from mnv2_tutor.observe.calls import described
from mnv2_tutor.submission.frames import Broken, receive, send
from mnv2_tutor.submission.offer import offer

OBSERVER = ("mnv2_tutor.observe", "mnv2_tutor.observation", "mnv2_tutor.submission")


class QuietShell(InteractiveShell):  # type: ignore[misc]
    """IPython without a terminal: what a notebook may ask of its front end does nothing."""

    def enable_gui(self, gui: str | None = None) -> None:
        """%matplotlib asks for an event loop; there is none."""

    def ask_exit(self) -> None:
        """Exit and quit end a session; the later cells still run."""


def new_shell() -> QuietShell:
    """The shell, ready for the first cell. It starts no thread, so its process may fork."""
    config = Config()
    config.HistoryManager.enabled = False
    shell: QuietShell = QuietShell.instance(config=config)
    shell.user_module.__name__ = "__main__"
    return shell


class Session:
    """One notebook that runs."""

    def __init__(self, shell: QuietShell) -> None:
        self.shell = shell
        self.modules = {n: m for n, m in sys.modules.items() if n.startswith(OBSERVER)}
        self.ours = _own_functions(self.modules)
        sys.path.insert(0, "")  # as in a notebook: modules beside it
        sys.modules["__main__"] = shell.user_module

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What to say to one request."""
        if asked["do"] == "begin":
            offer(asked["submission"], records.folder())
            for name, text in asked["files"].items():
                Path(name).parent.mkdir(parents=True, exist_ok=True)
                Path(name).write_text(text, encoding="utf-8")
            return {}
        if asked["do"] == "cell":
            return self.run_cell(asked["source"])
        return self.observe(asked["key"], asked["seed"], asked["first"])

    def run_cell(self, source: str) -> dict[str, Any]:
        """Run a code cell as a notebook would, magics included."""
        result = self.shell.run_cell(source, store_history=False, silent=False)
        error = result.error_before_exec or result.error_in_exec
        if error is None:
            return {"error": None}
        seen = described(error)
        return {"error": {"type": seen.type, "message": seen.message}}

    def observe(self, key: str, seed: int | None, first: int | None) -> dict[str, str]:
        """What is seen of the answer to an exercise."""
        _reopen_streams()
        if _own_functions(self.modules) != self.ours:
            return {"unusable": "the observer was changed"}
        found, task = in_namespace(self.shell.user_ns, key), exercise(key)
        task = task if first is None else task.begun(first)
        try:
            if found.is_absent:
                return {"observation": to_json(absent(task, seed, found.similar_name))}
            return {"observation": to_json(observe(found.function, task, seed), packed=True)}
        except Unusable as error:
            return {"unusable": str(error)}


def _own_functions(
    modules: dict[str, types.ModuleType],
) -> dict[tuple[str, str], tuple[int, int]]:
    """Identity of every function of the observer: a notebook has no reason to change one."""
    return {
        (module, name): (id(value), id(value.__code__))
        for module, loaded in modules.items()
        for name, value in vars(loaded).items()
        if isinstance(value, types.FunctionType)
    }


def _reopen_streams() -> None:
    """What a notebook closed of stdin, stdout and stderr: libraries rely on the three."""
    for stream in (0, 1, 2):
        try:
            os.fstat(stream)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one


def serve(channel: socket.socket, shell: QuietShell) -> None:
    """Answer until the other side hangs up."""
    session = Session(shell)
    while True:
        try:
            asked = receive(channel)
            send(channel, {"id": asked["id"], **session.answer(asked)})
        except Broken:
            os._exit(0)  # a thread that the notebook left behind would keep Python waiting
        except KeyboardInterrupt:
            continue  # from a learner's timer: the question it came into is answered with nothing


def channel_from(argument: str) -> socket.socket:
    """The socket of that number; where sockets are not inherited, its description is on stdin."""
    if argument == "stdin":
        size = int(sys.stdin.buffer.readline())
        return socket.fromshare(sys.stdin.buffer.read(size))  # type: ignore[attr-defined,no-any-return,unused-ignore]
    return socket.socket(fileno=int(argument))


if __name__ == "__main__":
    serve(channel_from(sys.argv[1]), new_shell())
