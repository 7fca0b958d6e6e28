"""Observing and judging a function in this process."""

from functools import cache
from importlib import import_module
from itertools import count
from types import FunctionType

from mnv2_tutor.authoring.fingerprints import forget_layers
from mnv2_tutor.engine import expected
from mnv2_tutor.engine.course import exercise
from mnv2_tutor.engine.exercise import Expected
from mnv2_tutor.engine.judge import judge
from mnv2_tutor.engine.observation import from_json, to_json
from mnv2_tutor.engine.observe import observe


def right_versions(key):
    """The functions of right/<key>.py, and what it lists in OTHERS; helpers begin with _."""
    module = import_module(f"tests.exercises.right.{key}")
    functions = {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, FunctionType)
        and value.__module__ == module.__name__
        and not name.startswith("_")
    }
    return functions | getattr(module, "OTHERS", {})


def judged(function, key, seed=None):
    """The report on a function, on the public probe or an unseen one, by way of JSON.

    Kept, since several tests ask for the report on one and the same misconception.
    """
    return _judged(function, key, seed)


def observed(function, key, seed=None):
    """What was seen of a function, by way of JSON; kept for the same reason."""
    return _observed(function, key, seed)


# The cache counts a call with the default left out and one with it written as two: no defaults.
@cache
def _judged(function, key, seed):
    task, seen = exercise(key), observed(function, key, seed)
    answers = expected.public(key)
    if seed is None:
        return judge(task, seen, answers)
    return judge(task, seen, Expected(reference_on(key, seed)))


@cache
def _observed(function, key, seed):
    task = exercise(key)
    seen = from_json(to_json(observe(function, task, seed)))
    if task.builds_models and next(_MODELS) % CLEAR_EVERY == 0:
        forget_layers()
    return seen


_MODELS = count(1)
CLEAR_EVERY = 20
"""To clear takes longer than to observe a block: it searches all of TensorFlow for garbage."""


@cache
def reference_on(key, seed):
    """The reference's observation on an unseen probe, made in this process to save time."""
    return observe(expected.reference(key), exercise(key), seed)
