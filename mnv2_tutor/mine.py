"""The learner's own functions: ``from mnv2_tutor.mine import make_divisible, bottleneck``.

Each exercise that passed its check is offered under its name, and later exercises build on it. In
grading the functions come from the notebooks of the same submission. A name that is not there
raises an ImportError that says which chapter it belongs to.
"""

import linecache
import sys
import warnings
from types import ModuleType
from typing import Any

from mnv2_tutor.engine.course import KEYS, exercise
from mnv2_tutor.engine.observe.calls import described
from mnv2_tutor.learner import saved_code

__all__ = list(KEYS)

_loaded: dict[str, tuple[str, Any]] = {}
"""From a key to the text that was executed and the function that it gave."""
_loading: list[str] = []
"""The keys whose code is being executed, each one asked for by the one before."""


def __getattr__(name: str) -> Any:
    if name not in KEYS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        text = saved_code.code(name)
        if text is None:
            raise _refusal(saved_code.why_not(name))
    except OSError as error:
        raise _refusal(f"the kept code of {name} cannot be read: {error}") from None
    if name not in _loaded or _loaded[name][0] != text:
        _loaded[name] = text, _executed(name, text)
    return _loaded[name][1]


def _executed(key: str, text: str) -> Any:
    """What ``text`` defines as ``key``, in a module of its own.

    Raises:
        ImportError: it stopped with an error, or defines nothing of that name.
    """
    again = f"check {key} again in {exercise(key).notebook}."
    if key in _loading:
        circle = ", which uses ".join([*_loading[_loading.index(key) :], key])
        raise _refusal(f"the kept code goes in a circle, {circle}: {again}")
    # In angle brackets, as IPython's cells were: a line in it is the learner's, not ours.
    file = f"<mine {key}>"
    lines = [f"{line}\n" for line in text.split("\n")]
    linecache.cache[file] = (len(text), None, lines, file)
    module = ModuleType(f"{__name__}.{key}")
    sys.modules[module.__name__] = module  # dataclasses and pickle look there
    _loading.append(key)
    try:
        with warnings.catch_warnings():  # its cell warned already
            warnings.simplefilter("ignore")
            exec(compile(text, file, "exec", dont_inherit=True), vars(module))  # noqa: S102
        if key not in vars(module):
            raise NameError(f"name {key!r} is not defined")
        return vars(module)[key]
    except BaseException as error:  # SystemExit would end the learner's session
        sys.modules.pop(module.__name__, None)
        is_told = isinstance(error, ImportError) and error.name == __name__
        if is_told or isinstance(error, KeyboardInterrupt):
            raise
        seen = described(error)
        stopped = f"{seen.type}: {seen.message}" if seen.message else seen.type
        raise _refusal(f"the kept code of {key} stopped with {stopped}; {again}") from None
    finally:
        _loading.pop()


def _refusal(sentence: str) -> ImportError:
    return ImportError(sentence, name=__name__)
