"""Looking for a seed that lets a wrong answer pass: no mark may hang on the seed.

A probe is drawn from few possibilities, so most seeds ask what another one has asked already. A
block or a network takes long to observe: of all the seeds, those are asked that draw an argument
which no earlier one drew.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from mnv2_tutor.authoring.fingerprints import forget_layers
from mnv2_tutor.engine.course import exercise
from mnv2_tutor.engine.exercise import Case, Exercise, Expected
from mnv2_tutor.engine.expected import misconceptions, reference
from mnv2_tutor.engine.judge import judge
from mnv2_tutor.engine.observation import Observation
from mnv2_tutor.engine.observe import observe
from mnv2_tutor.engine.observe.results import number_result
from mnv2_tutor.families.plain.cases import PlainCase


@dataclass(frozen=True)
class Lucky:
    """A wrong answer that passes at a seed."""

    key: str
    name: str
    seed: int


def lucky(key: str, seeds: Iterable[int]) -> Iterator[Lucky]:
    """Wrong answers of the exercise that some seed lets pass."""
    task, functions, right = exercise(key), misconceptions(key), reference(key)
    for seed in telling(task, seeds):
        cases = task.probe(seed)
        candidates = {n: f for n, f in functions.items() if not _told_apart(f, right, cases)}
        expected = observe(right, task, seed) if candidates else None
        for name, function in candidates.items():
            assert expected is not None
            if _passes(task, observe(function, task, seed), expected):
                yield Lucky(key, name, seed)
        if task.builds_models:
            forget_layers()


def telling(task: Exercise, seeds: Iterable[int]) -> Iterator[int]:
    """All seeds where each may matter; elsewhere those that draw something new."""
    known: set[tuple[Any, ...]] = set()
    for seed in seeds:
        new = {drawn for case in task.probe(seed) for drawn in _drawn(case, seed)} - known
        if new:
            yield seed
        known |= new


def _drawn(case: Case, seed: int) -> Iterator[tuple[Any, ...]]:
    """What the case draws, each part by itself and what belongs together; the seed where all is."""
    if not case.draws:
        yield (case.name, seed)
    for name, value in ((name, getattr(case, name)) for name in case.draws):
        if name == "arguments":  # without the block's id, which is a name and no number
            yield (case.name, name, value[:-1])
        elif name == "shape" and value:
            yield (case.name, "channels", value[-1])
            yield (case.name, "odd", tuple(size % 2 for size in value[:-1]))
        else:
            yield (case.name, name, value)


def _told_apart(function: Any, right: Any, cases: tuple[Any, ...]) -> bool:
    """Whether a function of plain numbers gives something else: then nothing need be judged."""
    if not isinstance(cases[0], PlainCase):
        return False
    return any(_value(function, case) != _value(right, case) for case in cases)


def _value(function: Any, case: PlainCase) -> Any:
    try:
        return number_result(function(*case.arguments))
    except Exception as error:  # noqa: BLE001 - a wrong answer may raise anything
        return type(error)


def _passes(task: Exercise, seen: Observation, expected: Observation) -> bool:
    return judge(task, seen, Expected(expected)).passed
