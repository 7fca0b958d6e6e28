"""The exercises of the active course, imported when first asked for.

A course is a package with

- ``exercises/``: ``KEYS``, the names in the order of the book, and a module with an ``EXERCISE``
  for each;
- ``answers/``: for each a module with the ``reference`` and the wrong implementations, called
  ``wrong_...``, and a data file of what they do, made by ``mnv2-tutor author fingerprints``;
- ``words/<language>/``: for each a file with its texts and messages;
- ``TITLE``, what the course is called, and ``OTHERWISE``, keys of an exercise's own messages that
  mean something else than the same name in words which several exercises share.
"""

from functools import cache
from importlib import import_module

from mnv2_tutor.engine.active import PACKAGE
from mnv2_tutor.engine.exercise import Exercise

_course = import_module(PACKAGE)
TITLE: str = _course.TITLE
OTHERWISE: tuple[str, ...] = _course.OTHERWISE
KEYS: tuple[str, ...] = import_module(f"{PACKAGE}.exercises").KEYS
"""Names of all exercises, in the order of the book."""


@cache
def exercise(key: str) -> Exercise:
    """The exercise called ``key``.

    Raises:
        KeyError: there is none.
    """
    if key not in KEYS:
        raise KeyError(key)
    found = import_module(f"{PACKAGE}.exercises.{key}").EXERCISE
    assert isinstance(found, Exercise)
    return found
