"""The only step that runs a learner's code. It writes down what it saw and decides nothing."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Protocol, cast

from mnv2_tutor.exercise import Exercise
from mnv2_tutor.observation import Observation, Seen, Signature
from mnv2_tutor.observe.calls import name_of, original_builtins
from mnv2_tutor.observe.code import digest_of, has_empty_body, signature_of
from mnv2_tutor.observe.settings import usual_settings


class Observer(Protocol):
    """A module of this folder that knows how to watch one family of functions."""

    def watch(
        self, function: Callable[..., Any], signature: Signature | None, cases: tuple[Any, ...]
    ) -> tuple[tuple[Seen, ...], dict[str, str]]: ...


def observe(function: Any, exercise: Exercise, seed: int | None = None) -> Observation:
    """Ask ``function`` the exercise's public questions, or the unseen ones of ``seed``.

    Raises:
        Unusable: the libraries themselves were tampered with, so nothing can be observed.
    """
    with original_builtins() as replaced, _without_collections(), usual_settings() as settings:
        if not callable(function):
            return Observation(exercise.key, seed, "other", facts={"type": name_of(type(function))})
        signature = signature_of(function)
        empty = has_empty_body(function)
        cases = () if empty else exercise.probe(seed)
        if signature and len(signature.required) > len(exercise.parameters):
            cases = ()
        seen: tuple[Seen, ...] = ()
        facts: dict[str, str] = {}
        if cases:
            observer = cast(Observer, import_module(f"mnv2_tutor.observe.{exercise.observer}"))
            seen, facts = observer.watch(function, signature, cases)
        if settings:
            facts["settings"] = "; ".join(settings)
        if replaced:
            facts["replaced_builtins"] = ", ".join(replaced)
        digest = digest_of(function)
        return Observation(exercise.key, seed, "callable", signature, empty, digest, seen, facts)


@contextmanager
def _without_collections() -> Iterator[None]:
    """While models are built, Python's collector would search all of TensorFlow again and again.

    A whole network is observed in half the time when it runs once, at the end.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    gc.freeze()  # what was there before is none of ours
    try:
        yield
    finally:
        gc.collect()  # models are cycles: nothing else frees them
        gc.unfreeze()
        if was_enabled:
            gc.enable()


def absent(exercise: Exercise, seed: int | None = None, similar_name: str = "") -> Observation:
    """There is no such function; ``similar_name`` is one that was perhaps meant."""
    facts = {"similar_name": similar_name} if similar_name else {}
    return Observation(exercise.key, seed, "absent", facts=facts)
