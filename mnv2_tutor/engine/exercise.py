"""What an exercise is: data. The modules in a course's ``exercises/`` hold one each."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from importlib import import_module
from math import prod
from typing import Any, ClassVar

from mnv2_tutor.engine.messages import Message, words
from mnv2_tutor.engine.observation import Observation


def case_seed(name: str, seed: int | None) -> str:
    """What decides the numbers of one case: readable in public, and opaque otherwise.

    A case travels to the process that runs a learner's code, and the seed must not: what is drawn
    from it there says nothing about the others.
    """
    if seed is None:
        return f"{name}, public"
    return hashlib.sha256(f"{name}, {seed}".encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Case:
    """One call of the learner's function. Each family has a class of its own in ``cases``.

    Attributes:
        draws: names of what a seed decides, beside mere numbers, that makes answers behave
            otherwise; none where every seed may.
        builds_models: whether each call leaves models behind, which TensorFlow frees late.
        is_deep: whether a whole network is run: it takes longer, and a wrong one may be so badly
            conditioned that its last numbers are all rounding.
    """

    name: str
    draws: ClassVar[tuple[str, ...]] = ()
    builds_models: ClassVar[bool] = False
    is_deep: ClassVar[bool] = False

    @property
    def needs_modules(self) -> tuple[str, ...]:
        """Modules of the course that make what the function gets."""
        return ()

    @property
    def asks(self) -> tuple[str, ...]:
        """Names of the results that a whole observation holds for this case."""
        return ("value", "again")


def verify_size(name: str, shape: tuple[int, ...], values: tuple[float, ...]) -> None:
    """That the values fill the shape.

    Raises:
        ValueError: they do not.
    """
    if prod(shape) != len(values):
        raise ValueError(f"case {name!r}: {len(values)} values for shape {shape}")


def case_to_data(case: Case) -> dict[str, Any]:
    """The case as JSON takes it: what a process is asked in which a learner's code runs."""
    return {"kind": type(case).__name__, **asdict(case)}


def case_from_data(family: str, data: dict[str, Any]) -> Case:
    """The case of a family that :func:`case_to_data` made this of."""
    kind = getattr(import_module(f"mnv2_tutor.families.{family}.cases"), data["kind"])
    found = kind(**{name: _tuples(value) for name, value in data.items() if name != "kind"})
    assert isinstance(found, Case)
    return found


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value


@dataclass(frozen=True)
class InLibrary:
    """A library's own answer to an exercise, which is nobody's work here.

    Attributes:
        path: of its function, as one imports it: ``keras.applications.SomeNetwork``.
        names: names that the library gives to layers, and the course does not.
    """

    path: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What an observer must know to ask a learner's function: no rubric and no seed.

    Attributes:
        key: of the exercise.
        family: which folder of ``mnv2_tutor.families`` watches it.
        parameters: names of the function's parameters, in order.
        cases: the calls to make.
        in_library: what a library offers that does the same.
    """

    key: str
    family: str
    parameters: tuple[str, ...]
    cases: tuple[Any, ...]
    in_library: InLibrary | None = None

    def to_data(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {**asdict(self), "cases": [case_to_data(case) for case in self.cases]}

    @staticmethod
    def from_data(data: dict[str, Any]) -> "Asked":
        """What :meth:`to_data` made this of."""
        family = data["family"]
        cases = tuple(case_from_data(family, case) for case in data["cases"])
        library = data["in_library"]
        of_library = InLibrary(library["path"], tuple(library["names"])) if library else None
        return Asked(data["key"], family, tuple(data["parameters"]), cases, of_library)


@dataclass(frozen=True)
class Expected:
    """What an answer is held against, on one probe.

    Attributes:
        reference: what the reference did; may be thinned.
        misconceptions: the fingerprint of each, by name; none for an unseen probe.
    """

    reference: Observation
    misconceptions: Mapping[str, Observation] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """What a rubric item may look at: what was asked, what was seen, what the reference does."""

    cases: tuple[Any, ...]
    observation: Observation
    expected: Observation


@dataclass(frozen=True)
class Item:
    """One property that the answer must have, with its points.

    ``judge`` returns the first message against the answer, or None. An item is judged only when
    every item named in ``needs`` passed: otherwise a constant would earn "nothing above 6".
    """

    key: str
    points: int
    judge: Callable[[Evidence], Message | None]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exercise:
    """An exercise.

    Attributes:
        key: the name of the function to write, and of every file that belongs to the exercise.
        chapter: number of the chapter.
        parameters: names of the function's parameters, in order.
        family: which folder of ``mnv2_tutor.families`` observes and judges it.
        probe: the calls to make; ``None`` gives the public ones, a seed gives unseen ones.
        rubric: the properties that are tested, the most basic first.
        tolerance: largest difference from the reference that counts as equal, absolute for values
            up to 1 and relative above: where a misconception is named, and in the comparison of
            all values once the rubric is passed. Items of a rubric measure with tolerances of
            their own.
        named_within: the same for naming a misconception, where it is another one: an
            instructor's tolerance moves points, and no words.
        notes: remarks on a right answer, which cost nothing.
        slowness: how much longer an answer is observed than one of plain numbers, roughly: tests
            that must be quick ask every n-th answer.
        in_library: what a library offers that does the same.
    """

    key: str
    chapter: int
    parameters: tuple[str, ...]
    family: str
    probe: Callable[[int | None], tuple[Any, ...]]
    rubric: tuple[Item, ...]
    tolerance: float = 1e-4
    named_within: float | None = None
    notes: Callable[[Evidence], tuple[Message, ...]] = field(default=lambda _: ())
    in_library: InLibrary | None = None
    slowness: int = 1

    def asked(self, seed: int | None) -> Asked:
        """The public questions, or the unseen ones of ``seed``."""
        return Asked(self.key, self.family, self.parameters, self.probe(seed), self.in_library)

    @property
    def builds_models(self) -> bool:
        """Whether its questions leave models behind, see ``Case``."""
        return any(case.builds_models for case in self.probe(None))

    @property
    def is_deep(self) -> bool:
        """Whether it asks for a whole network, see ``Case``."""
        return any(case.is_deep for case in self.probe(None))

    @property
    def max_score(self) -> int:
        return sum(item.points for item in self.rubric)

    @property
    def notebook(self) -> str:
        """File name of the exercise's notebook, in ``solutions/`` and in ``book/exercises/``."""
        return str(self.words["notebook"])

    @property
    def signature(self) -> str:
        return f"{self.key}({', '.join(self.parameters)})"

    @property
    def words(self) -> dict[str, Any]:
        """Title, task, hints, explanation and the words of the rubric."""
        return words(self.key)
