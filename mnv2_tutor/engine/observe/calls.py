"""Calling code that nobody has read: whatever it raises or prints comes back as data."""

import builtins
import linecache
import logging
import os
import re
import sys
import sysconfig
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from traceback import walk_tb
from types import FrameType, FunctionType, TracebackType
from typing import Any

from mnv2_tutor.engine.observation import LearnerError

OWN_FOLDER = str(Path(__file__).parents[2])
LIBRARY_FOLDERS = tuple(
    {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
)
LONGEST_MESSAGE = 160
LONGEST_NAME = 60
MANY_CALLS = 10
"""A function that calls itself more often than this is why Python gave up."""
NOTEBOOK_OWN = {
    "_", "breakpoint", "display", "exit", "get_ipython", "help", "input", "open", "print", "quit",
}  # fmt: skip
"""Builtins that IPython and Jupyter themselves replace."""
KEPT_BUILTINS = {name: value for name, value in vars(builtins).items() if name not in NOTEBOOK_OWN}
"""As they were when this module was imported, before a learner's cell could replace one."""


class Stopped(Exception):
    """Somebody pressed stop while the learner's function ran; ask it nothing more."""

    def __init__(self, error: LearnerError) -> None:
        super().__init__()
        self.error = error


def call(
    function: Callable[..., Any], *args: Any, **kwargs: Any
) -> tuple[Any, LearnerError | None]:
    """The function's value, or its error. What it prints or warns of is dropped.

    Raises:
        Stopped: the call was interrupted from the keyboard.
    """
    limit = sys.getrecursionlimit()
    try:
        with _silence(), original_builtins():  # builtins come back first
            return _noted(function)(*args, **kwargs), None
    except KeyboardInterrupt as error:
        raise Stopped(described(error)) from None
    except BaseException as error:  # noqa: BLE001 - SystemExit and GeneratorExit are theirs as well
        return None, described(error)
    finally:
        sys.setrecursionlimit(limit)


def described(error: BaseException) -> LearnerError:
    """The error as data, with the learner's own line. A private class goes by its public base."""
    names = (name_of(kind) for kind in type.mro(type(error)))
    name = next(name for name in names if not name.startswith("_"))
    line, source = _learner_line(error.__traceback__)
    nested = name == "RecursionError" and _is_nested(error.__traceback__)
    return LearnerError(name, _short(error), line, source, nested)


def name_of(kind: type) -> str:
    """A type's name, not through its metaclass, which may be hostile; cut to a sane length."""
    return str(type.__dict__["__name__"].__get__(kind))[:LONGEST_NAME]


class original_builtins:  # noqa: N801 - used as a context manager, like contextlib's functions
    """Python's own builtins for as long as we work; gives the names that had been replaced.

    Afterwards everything is as it was. No builtin is called while they are not in place.
    """

    def __enter__(self) -> list[str]:
        now = self.now = builtins.__dict__
        self.before = {n: now.get(n) for n, kept in KEPT_BUILTINS.items() if now.get(n) is not kept}
        now.update({name: KEPT_BUILTINS[name] for name in self.before})
        return sorted(self.before)

    def __exit__(self, *_: object) -> None:
        # First undo what ran inside, then put back what was there before.
        self.now.update(KEPT_BUILTINS)
        self.now.update(self.before)


NO_ANSWERS = tuple(
    os.path.join(OWN_FOLDER, *name)  # noqa: PTH118 - as code objects have it
    for name in (
        ("engine", "observe"),
        ("engine", "judge"),
        ("engine", "keras_models"),
        ("families",),
        ("course", "exercises"),
        ("course", "experiments"),
        ("authoring",),
    )
)
"""Code of the course that is at hand while an answer runs, and is nobody's answer."""
_NOTED: list[set[str]] = []


@contextmanager
def noting_course_code(answer: Any) -> Iterator[set[str]]:
    """Names of the functions of the course that a learner's answer is, or calls meanwhile.

    Costs time with every call below it: nothing for functions that build models.
    """
    found: set[str] = set()
    if isinstance(answer, FunctionType) and answer.__code__.co_filename.startswith(NO_ANSWERS):
        found.add(answer.__name__)
    _NOTED.append(found)
    try:
        yield found
    finally:
        _NOTED.pop()


def _noted(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which where that is asked for notes what it calls of the course's own."""
    if not _NOTED or not isinstance(function, FunctionType):
        return function
    if function.__code__.co_filename.startswith((OWN_FOLDER, *LIBRARY_FOLDERS)):
        return function

    def noting(*args: Any, **kwargs: Any) -> Any:
        found, before = _NOTED[-1], sys.getprofile()

        def note(frame: FrameType, event: str, _: object) -> None:
            code = frame.f_code
            is_print = code is _printed_nowhere.__code__  # ours, and called as Python's own
            if event == "call" and code.co_filename.startswith(NO_ANSWERS) and not is_print:
                found.add(code.co_name)

        sys.setprofile(note)
        try:
            return function(*args, **kwargs)
        finally:
            sys.setprofile(before)

    return noting


@contextmanager
def _silence() -> Iterator[None]:
    logger = logging.getLogger("tensorflow")  # warns of retracing, with addresses
    level = logger.level
    with open(os.devnull, "w", encoding="utf-8") as sink, warnings.catch_warnings():  # noqa: PTH123
        warnings.simplefilter("ignore")
        logger.setLevel(logging.ERROR)
        shown = builtins.print
        builtins.print = _printed_nowhere  # to put a tensor into words takes longer than to add two
        try:
            with redirect_stdout(sink), redirect_stderr(sink):
                yield
        finally:
            logger.setLevel(level)
            builtins.print = shown


def _printed_nowhere(*_: Any, **options: Any) -> None:
    """What stands in for ``print`` while a function is asked; into a file it prints."""
    file = options.get("file")
    if file is not None and file not in (sys.stdout, sys.stderr):
        _print(*_, **options)


_print = builtins.print


def _learner_line(trace: TracebackType | None) -> tuple[int | None, str | None]:
    """The innermost line that is neither ours nor a library's."""
    found: tuple[int | None, str | None] = (None, None)
    for frame, line in walk_tb(trace):
        name = frame.f_code.co_filename
        if not _is_learners(frame):
            continue
        source = linecache.getline(name, line, frame.f_globals).strip()
        found = (line, source[:LONGEST_MESSAGE] or None)
    return found


def _is_nested(trace: TracebackType | None) -> bool:
    """Whether some function that is neither ours nor a library's stands in it many times."""
    codes = Counter(id(frame.f_code) for frame, _ in walk_tb(trace) if _is_learners(frame))
    return max(codes.values(), default=0) > MANY_CALLS


def _is_learners(frame: FrameType) -> bool:
    name = frame.f_code.co_filename
    return not name.startswith((OWN_FOLDER, "<frozen", *LIBRARY_FOLDERS))


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NOISE = re.compile(
    r"\{\{function_node .*?\}\}\s*|\x1b\[[0-9;]*[A-Za-z]|\[Op:\w+\].*"
    r"|^in user code:|^Exception encountered.*"
)


def _short(error: BaseException) -> str:
    """The first line of the message that says something, without addresses and paths."""
    try:
        text = str.__str__(str(error)[:20_000])
    except BaseException:  # noqa: BLE001 - an exception whose __str__ raises is still an exception
        return ""
    text = text.encode("utf-8", "replace").decode("utf-8")  # no lone surrogates
    lines = (_CONTROL.sub("", _NOISE.sub("", line)).strip() for line in text.splitlines())
    first = next((line for line in lines if line and not line.startswith("File ")), "")
    first = re.sub(r"0x[0-9a-fA-F]+", "0x…", first)
    first = re.sub(r"<ipython-input-[^>]*>, ", "", first)
    first = re.sub(r"(?:[A-Za-z]:)?(?:[/\\][^\s/\\:'\"]+){2,}[/\\]", "…/", first)
    return first if len(first) <= LONGEST_MESSAGE else first[: LONGEST_MESSAGE - 1] + "…"
