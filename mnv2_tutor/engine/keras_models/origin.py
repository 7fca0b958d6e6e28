"""Where the weights of a network come from: whose code was running when each was made.

A library's function can be copied, executed once more, or reached by another name; its code stays
the same. So the code that stands on the stack is compared, and not the name that was called.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from types import CodeType, FrameType, FunctionType
from typing import Any

import keras

from mnv2_tutor.engine.active import in_course
from mnv2_tutor.engine.exercise import InLibrary
from mnv2_tutor.engine.observe.calls import OWN_FOLDER, call

_Variable = keras.Variable
LIBRARY, COURSE, RESTORED, OWN = "library", "course", "restored", "own"
RESTORING = ("functional_from_config", "_clone_functional_model", "_clone_sequential_model")
"""Functions of Keras that make a model of another one, or of its description."""


def _operations(code: CodeType) -> bytes:
    """What stays the same in a copy, whatever its places, line numbers and constants."""
    return code.co_code[::2]


@cache
def making_layers(path: str) -> frozenset[bytes]:
    """The operations of the functions that make layers, in the module of the function at ``path``.

    They are hundreds: whoever writes a network of one's own does not come upon the same, and other
    names in a copy change none of them.
    """
    module, _, name = path.rpartition(".")
    main = getattr(import_module(module), name)
    return frozenset(
        _operations(function.__code__)
        for function in main.__globals__.values()
        if isinstance(function, FunctionType)
        and function.__module__ == main.__module__
        and "layers" in function.__code__.co_names
    )


_FOLDER = keras.Model.__module__.partition(".")[0]
_CALL = call.__code__


class Origins:
    """Of every weight that was made meanwhile: by whose code."""

    def __init__(self, library: InLibrary | None) -> None:
        self._names = set(library.names) if library else set()
        self._made: dict[int, str] = {}
        self._kept: list[Any] = []  # so that no identity is given twice

    def note(self, weight: Any, maker: str) -> None:
        self._made[id(weight)] = maker
        self._kept.append(weight)

    def of(self, weights: Iterable[Any], names: Iterable[str]) -> str:
        """``library`` or ``course`` where these weights are no work of the learner's, or nothing.

        Whoever only looks at the library's network, or takes its names for layers of one's own, has
        made the weights.
        """
        makers = {self._made.get(id(weight), "") for weight in weights}
        if LIBRARY in makers:
            return LIBRARY
        has_names = len(self._names & set(names)) > len(self._names) / 2
        library_ran = LIBRARY in self._made.values()
        if (has_names and makers - {OWN}) or (library_ran and (RESTORED in makers or has_names)):
            return LIBRARY
        return COURSE if COURSE in makers else ""


@contextmanager
def noting_origins(library: InLibrary | None) -> Iterator[Origins]:
    """Note the origin of every weight that is made meanwhile."""
    origins, before = Origins(library), _Variable.__init__
    of_library = making_layers(library.path) if library else frozenset()

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        origins.note(self, _maker(sys._getframe(1), of_library))
        before(self, *args, **kwargs)

    own = vars(_Variable).get("__init__")
    _Variable.__init__ = __init__
    try:
        yield origins
    finally:
        if own is None:
            del _Variable.__init__
        else:
            _Variable.__init__ = own


def _maker(frame: FrameType | None, of_library: frozenset[bytes]) -> str:
    """By the frames between the making of a weight and the call of the learner's function."""
    found = OWN
    while frame is not None and frame.f_code is not _CALL:
        code = frame.f_code
        if _operations(code) in of_library:
            return LIBRARY
        if code.co_name in RESTORING and _is_of_keras(frame):
            found = RESTORED
        elif code.co_filename.startswith(OWN_FOLDER + os.sep) and not _is_answer(code):
            found = COURSE
        frame = frame.f_back
    return found


def _is_of_keras(frame: FrameType) -> bool:
    return bool(str(frame.f_globals.get("__name__")).partition(".")[0] == _FOLDER)


def _is_answer(code: CodeType) -> bool:
    """Whether it is one of the course's own answers, which are asked to see what they do."""
    return code.co_filename.startswith(f"{in_course('answers')}{os.sep}")
