"""Which exercise an object is an answer to, and what is there under an exercise's name."""

import difflib
import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from mnv2_tutor.engine.course import KEYS, exercise
from mnv2_tutor.engine.observe.calls import LIBRARY_FOLDERS
from mnv2_tutor.errors import Unusable

CLOSE = 0.8
"""Names at least this similar (0 to 1, difflib's ratio) are taken for a misspelling."""


@dataclass(frozen=True)
class Found:
    """An answer and the key of its exercise; ``is_absent`` where there is none of that name."""

    key: str
    function: Any = None
    is_absent: bool = False
    similar_name: str = ""


def find(function: Any, key: str | None) -> Found:
    """The exercise by ``key``, by the notebook's name for the object, or by its own name.

    Raises:
        Unusable: there is no such exercise.
    """
    if key is not None:
        return Found(_known(key), function)
    notebook = vars(sys.modules["__main__"])
    if isinstance(function, str):
        return in_namespace(notebook, _known(function), _parameters(function))
    for name in KEYS:
        if notebook.get(name) is function and function is not None:
            return Found(name, function)
    own_name = text_attribute(function, "__name__")
    if own_name in KEYS:
        return Found(own_name, function)
    similar = next((key for key in KEYS if alike(own_name, key)), None)
    if similar and similar in notebook:
        raise Unusable(
            f"This function is called {own_name}: for the exercise use check({similar})."
        )
    if similar:
        return Found(similar, is_absent=True, similar_name=own_name)
    raise Unusable(
        f'No exercise goes by that name: use check(f, "key") with one of {", ".join(KEYS)}.'
    )


def in_namespace(namespace: Mapping[str, Any], key: str, parameters: int) -> Found:
    """What a notebook holds under ``key``, or a function that was perhaps meant for it.

    That one has a name like the exercise's, and takes as many ``parameters``: a layer or a helper
    that happens to be called so was meant for something else.
    """
    if key in namespace:
        return Found(key, namespace[key])
    similar = (
        name
        for name, value in namespace.items()
        if isinstance(value, FunctionType) and not name.startswith("_") and name not in KEYS
        if alike(name, key) and _takes(value, parameters)
    )
    return Found(key, is_absent=True, similar_name=next(similar, ""))


def _takes(function: FunctionType, count: int) -> bool:
    try:
        inspect.signature(function).bind(*range(count))
    except (TypeError, ValueError):
        return False
    return True


def _parameters(key: str) -> int:
    return len(exercise(key).parameters)


def library_of(function: Any) -> str:
    """The module of a function that belongs to an installed library; empty for any other one."""
    inner = getattr(function, "__wrapped__", function)
    module = text_attribute(inner, "__module__") or text_attribute(type(function), "__module__")
    loaded = sys.modules.get(module)
    file = str(getattr(loaded, "__file__", None) or "")
    if loaded is None or module in ("__main__", "mnv2_tutor.mine"):
        return ""
    is_library = not file or file.startswith(LIBRARY_FOLDERS)
    return module if is_library and not module.startswith("mnv2_tutor.mine.") else ""


def alike(name: str, key: str) -> bool:
    """Whether ``name`` looks like ``key`` with other capitals, underscores or a slip."""
    return difflib.SequenceMatcher(None, _letters(name), _letters(key)).ratio() >= CLOSE


def _letters(name: str) -> str:
    return name.lower().replace("_", "")


def text_attribute(thing: Any, attribute: str) -> str:
    """``thing.attribute`` if it is text, else an empty one. ``thing`` may be hostile."""
    try:
        text = getattr(thing, attribute, "")
    except BaseException:  # noqa: BLE001 - a hostile attribute is no text
        return ""
    return text if type(text) is str else ""


def _known(key: str) -> str:
    if type(key) is not str or key not in KEYS:
        raise Unusable(f"There is no exercise {key!r}. There are: {', '.join(KEYS)}.")
    return key
