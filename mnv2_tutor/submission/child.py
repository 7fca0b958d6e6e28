"""The process that runs a submission: it answers what it is asked, and decides nothing.

``python -m mnv2_tutor.submission.child FD`` serves the socket FD until the other side hangs up.
Nothing of ``answers/`` is imported here, and no seed comes here. What it may be asked (``do``):

- ``begin``: share the functions of the submission's notebooks (``submission``, the cells of each)
  to ``mnv2_tutor.mine`` and go to their ``folder``; ``loads`` says whether they need TensorFlow;
- ``file``: put ``data`` into the working folder under ``name``, before all else;
- ``run``: run ``parts`` of a cell; answers with the ``problems``, one each: the learner's error,
  with an empty type what was stepped over, or null;
- ``observe``: watch the answer to what is ``asked``; answers with the ``observation``, or why there
  is none (``unusable``).
"""

import ast
import base64
import os
import re
import socket
import sys
import types
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from mnv2_tutor.engine.active import PACKAGE
from mnv2_tutor.engine.course import KEYS, exercise
from mnv2_tutor.engine.exercise import Asked
from mnv2_tutor.engine.files import data_folder
from mnv2_tutor.engine.observation import to_json
from mnv2_tutor.engine.observe import absent, observe_asked, prepare
from mnv2_tutor.engine.observe.calls import described
from mnv2_tutor.errors import Unusable
from mnv2_tutor.learner.lookup import in_namespace, library_of
from mnv2_tutor.submission.frames import Broken, receive, send
from mnv2_tutor.submission.share_functions import share_functions

OBSERVER = ("mnv2_tutor.engine.", "mnv2_tutor.families.", "mnv2_tutor.submission", f"{PACKAGE}.")
INSTALLERS = ("pip", "conda", "mamba", "micromamba", "uv")
"""Magics that install what a grader does not install."""
NOT_HERE = re.compile(
    r"^(sudo +)?(python3? +-m +)?(pip3?|conda|mamba|uv|apt|apt-get|brew|npm|git|wget|curl|gdown|"
    r"kaggle|nvidia-smi)\b"
)
"""Programs that install or download something, or that ask for a graphics card."""


class QuietShell(InteractiveShell):  # type: ignore[misc]
    """IPython without a terminal: what a notebook may ask of its front end does nothing.

    ``stepped_over`` is what was not run because it belongs to another service.
    """

    stepped_over: str = ""

    def enable_gui(self, gui: str | None = None) -> None:
        """%matplotlib asks for an event loop; there is none."""

    def ask_exit(self) -> None:
        """Exit and quit end a session; the later cells still run."""

    def system(self, cmd: str) -> None:
        """Run a program, unless it installs or downloads something."""
        if NOT_HERE.match(cmd.strip()):
            self.stepped_over = f"!{cmd}"
        else:
            super().system(cmd)

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """The output of a program; nothing of one that is stepped over."""
        if NOT_HERE.match(cmd.strip()):
            self.stepped_over = f"!{cmd}"
            return [] if split else ""
        return super().getoutput(cmd, split, depth + 1)

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        """A magic; one that is not IPython's own, or that installs something, is stepped over."""
        if magic_name in INSTALLERS or self.find_line_magic(magic_name) is None:
            self.stepped_over = f"%{magic_name}"
            return None
        return super().run_line_magic(magic_name, line, _stack_depth + 1)

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        """The same of a magic that takes a whole cell."""
        if self.find_cell_magic(magic_name) is None:
            self.stepped_over = f"%%{magic_name}"
            return None
        return super().run_cell_magic(magic_name, line, cell)


def new_shell() -> QuietShell:
    """The shell, ready for the first cell. It starts no thread, so its process may fork."""
    config = Config()
    config.HistoryManager.enabled = False
    shell: QuietShell = QuietShell.instance(config=config)
    shell.user_module.__name__ = "__main__"
    shell.ast_node_interactivity = "none"
    return shell


class Session:
    """One notebook that runs."""

    def __init__(self, shell: QuietShell) -> None:
        self.shell = shell
        self.modules = {n: m for n, m in sys.modules.items() if n.startswith(OBSERVER)}
        self.ours = _own_functions(self.modules)
        self.streams = sys.stdin, sys.stdout, sys.stderr
        self.depth = sys.getrecursionlimit()
        sys.path.insert(0, "")  # as in a notebook: modules beside it
        sys.modules["__main__"] = shell.user_module

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What to say to one request."""
        if asked["do"] == "begin":
            share_functions(asked["submission"], data_folder())
            if asked["loads"]:
                load_libraries()
            if asked["folder"]:
                os.makedirs(asked["folder"], exist_ok=True)  # noqa: PTH103
                os.chdir(asked["folder"])
            sys.argv = [asked["name"] or "notebook"]
            if asked["name"].endswith(".py"):
                self.shell.user_ns["__file__"] = os.path.abspath(asked["name"])  # noqa: PTH100
            return {}
        if asked["do"] == "file":
            path = Path(asked["name"])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(asked["data"]))
            return {}
        if asked["do"] == "run":
            return {"problems": [self.run(part) for part in asked["parts"]]}
        return self.observe(Asked.from_data(asked["asked"]), asked["writes"])

    def run(self, part: str) -> dict[str, str] | None:
        """Run a part of a cell as a notebook would, magics included."""
        self.shell.stepped_over = ""
        problem = self._problem(part)
        if problem and problem["type"] in ("ImportError", "ModuleNotFoundError"):
            problem = self._import_one_by_one(part) or problem
        return problem

    def _problem(self, part: str) -> dict[str, str] | None:
        with self._mended():
            result = self.shell.run_cell(part, store_history=False, silent=False)
        error = result.error_before_exec or result.error_in_exec
        if self.shell.stepped_over:
            return {"type": "", "message": self.shell.stepped_over}
        if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
            return None
        seen = described(error)
        return {"type": seen.type, "message": seen.message}

    def _import_one_by_one(self, part: str) -> dict[str, str] | None:
        """Of an import of several names, those that are there; the problem of the others."""
        try:
            (node,) = ast.parse(part).body
        except (SyntaxError, ValueError):
            return None
        if not isinstance(node, ast.Import | ast.ImportFrom) or len(node.names) < 2:
            return None
        alone = []
        for name in node.names:
            node.names = [name]
            alone.append(ast.unparse(node))
        return next(filter(None, [self._problem(text) for text in alone]), None)

    @contextmanager
    def _mended(self) -> Iterator[None]:
        """What a notebook may have done to all of Python, undone: the rest relies on it."""
        sys.stdin, sys.stdout, sys.stderr = self.streams
        sys.setrecursionlimit(max(self.depth, sys.getrecursionlimit()))
        _reopen_streams()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield

    def observe(self, asked: Asked, writes: bool) -> dict[str, str]:
        """What is seen of the answer to an exercise.

        Args:
            writes: whether the notebook holds code that gives the name a value, beside imports.
        """
        sys.settrace(None)
        sys.setprofile(None)
        if _own_functions(self.modules) != self.ours:
            return {"unusable": "the observer was changed"}
        found = in_namespace(self.shell.user_ns, asked.key, len(asked.parameters))
        with self._mended():
            try:
                library = "" if found.is_absent or writes else library_of(found.function)
                if found.is_absent or library:
                    seen = absent(asked, similar_name=found.similar_name, imported_from=library)
                    return {"observation": to_json(seen)}
                return {
                    "observation": to_json(
                        observe_asked(found.function, asked, tidies=False), packed=True
                    )
                }
            except Unusable as error:
                return {"unusable": "graph" if "eager" in str(error) else "tampered"}


def load_libraries() -> None:
    """Import TensorFlow and Keras, ``tf.keras`` too, before a cell can change how they load.

    What a notebook sets for them in the environment comes too late, here as in a class. All that
    watches an exercise is loaded as well: it looks up what it uses when it is imported.
    """
    try:
        import keras  # noqa: F401
        import tensorflow as tf
    except ImportError:
        return
    tf.keras.layers  # noqa: B018 - it is loaded when it is first asked for
    for key in KEYS:
        prepare(exercise(key).asked(None))


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
