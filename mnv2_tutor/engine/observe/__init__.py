"""The only step that runs a learner's code. It writes down what it saw and decides nothing."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from importlib import import_module
from typing import Any, Protocol, cast

from mnv2_tutor.engine.exercise import Asked, Exercise
from mnv2_tutor.engine.observation import CaseResult, Observation, Signature
from mnv2_tutor.engine.observe.calls import name_of, noting_course_code, original_builtins
from mnv2_tutor.engine.observe.code import (
    digest_of,
    has_code_below_stub,
    has_empty_body,
    signature_of,
)
from mnv2_tutor.engine.observe.keras_settings import usual_settings


class Observer(Protocol):
    """The module ``observe`` of a family: it knows how to watch its functions.

    Attributes:
        QUICK: whether these do little, so that what they call can be looked at call by call.
    """

    QUICK: bool

    def watch(
        self, function: Callable[..., Any], signature: Signature | None, asked: Asked
    ) -> tuple[tuple[CaseResult, ...], dict[str, str]]: ...


def observe(function: Any, exercise: Exercise, seed: int | None = None) -> Observation:
    """Ask ``function`` the exercise's public questions, or the unseen ones of ``seed``.

    Raises:
        Unusable: the libraries themselves were tampered with, so nothing can be observed.
    """
    return replace(observe_asked(function, exercise.asked(seed)), seed=seed)


def observe_asked(function: Any, asked: Asked, tidies: bool = True) -> Observation:
    """Ask ``function`` these questions; the observation has no seed.

    Args:
        tidies: whether models are freed at once; a process that soon ends saves the time.

    Raises:
        Unusable: the libraries themselves were tampered with, so nothing can be observed.
    """
    with (
        original_builtins() as replaced,
        _without_collections(tidies),
        usual_settings() as settings,
    ):
        if not callable(function):
            return Observation(asked.key, None, "other", facts={"type": name_of(type(function))})
        signature = signature_of(function)
        empty = has_empty_body(function)
        can_be_called = not signature or len(signature.required) <= len(asked.parameters)
        seen: tuple[CaseResult, ...] = ()
        facts: dict[str, str] = {}
        if asked.cases and can_be_called and not empty:
            observer = cast(Observer, import_module(f"mnv2_tutor.families.{asked.family}.observe"))
            with noting_course_code(function) if observer.QUICK else nullcontext() as used:
                seen, facts = observer.watch(function, signature, asked)
            if used:
                facts["of_the_course"] = ", ".join(sorted(used)[:3])
        if settings:
            facts["settings"] = "; ".join(settings)
        if replaced:
            facts["replaced_builtins"] = ", ".join(replaced)
        if has_code_below_stub(function):
            facts["below_stub"] = "yes"
        digest = digest_of(function)
        return Observation(asked.key, None, "callable", signature, empty, digest, seen, facts)


@contextmanager
def _without_collections(tidies: bool) -> Iterator[None]:
    """While models are built, Python's collector would search all of TensorFlow again and again.

    A whole network is observed in half the time when it runs once, at the end.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    gc.freeze()  # what was there before is none of ours
    try:
        yield
    finally:
        if tidies:
            gc.collect()  # models are cycles: nothing else frees them
        gc.unfreeze()
        if was_enabled:
            gc.enable()


def prepare(asked: Asked) -> None:
    """Load all that watches the exercise, before a learner's code can replace what it looks up."""
    import_module(f"mnv2_tutor.families.{asked.family}.observe")
    for case in asked.cases:
        for module in case.needs_modules:
            import_module(module)
    if asked.in_library:
        origin = import_module("mnv2_tutor.engine.keras_models.origin")
        origin.making_layers(asked.in_library.path)


def absent(exercise: Exercise | Asked, seed: int | None = None, **facts: str) -> Observation:
    """There is no such function.

    Args:
        facts: ``similar_name``, one that was perhaps meant; ``imported_from``, a library that gave
            it. What is empty is left out.
    """
    told = {name: text for name, text in facts.items() if text}
    return Observation(exercise.key, seed, "absent", facts=told)
