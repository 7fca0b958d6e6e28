"""Calling code that nobody has read: whatever it raises or prints comes back as data."""

import builtins
import linecache
import logging
import os
import re
import sys
import sysconfig
import types
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from traceback import walk_tb
from types import FrameType, TracebackType
from typing import Any

from mnv2_tutor.observation import LearnerError

OWN_FOLDER = str(Path(__file__).parents[1])
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
            return function(*args, **kwargs), None
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


@contextmanager
def noticing(function: types.FunctionType) -> Iterator[list[str]]:
    """Calls of a library's ``function`` meanwhile, under whatever name it was imported.

    A copy of it calls the other functions of its module, so these are watched as well. The function
    objects stay the same ones and do the same; their code is exchanged for a while.
    """
    calls = _NOTICED
    calls.clear()
    watched = [
        other
        for other in function.__globals__.values()
        if isinstance(other, types.FunctionType)
        and other.__module__ == function.__module__
        and other.__closure__ is None
    ]
    kept = {id(other): other.__code__ for other in [*watched, function]}
    for other in {id(f): f for f in [*watched, function]}.values():
        original = types.FunctionType(
            other.__code__, other.__globals__, other.__name__, other.__defaults__
        )
        original.__kwdefaults__ = other.__kwdefaults__
        _ORIGINAL[id(other)] = original
        constants = [id(other) if c == _WHICH else c for c in _noticed.__code__.co_consts]
        other.__code__ = _noticed.__code__.replace(co_consts=tuple(constants))
    try:
        yield calls
    finally:
        for other in [*watched, function]:
            other.__code__ = kept[id(other)]


_NOTICED: list[str] = []
_ORIGINAL: dict[Any, types.FunctionType] = {}
_WHICH = "the function that is watched"
"""Stands for the function's id in the code below."""


def _noticed(*args, **kwargs):  # type: ignore[no-untyped-def]
    """Its code runs among the globals of the function that is watched, so it imports its own."""
    from mnv2_tutor.observe import calls

    calls._NOTICED.append("called")
    return calls._ORIGINAL["the function that is watched"](*args, **kwargs)


@contextmanager
def _silence() -> Iterator[None]:
    logger = logging.getLogger("tensorflow")  # warns of retracing, with addresses
    level = logger.level
    with open(os.devnull, "w", encoding="utf-8") as sink, warnings.catch_warnings():  # noqa: PTH123
        warnings.simplefilter("ignore")
        logger.setLevel(logging.ERROR)
        try:
            with redirect_stdout(sink), redirect_stderr(sink):
                yield
        finally:
            logger.setLevel(level)


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
