"""What an exercise is: data. The modules in ``exercises/`` hold one each."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from math import prod
from typing import Any

from mnv2_tutor.messages import Message, words
from mnv2_tutor.observation import Observation


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
    """One call of the learner's function."""

    name: str

    @property
    def asks(self) -> tuple[str, ...]:
        """Names of the results that a whole observation holds for this case."""
        return ("value", "again")


def _verify_size(name: str, shape: tuple[int, ...], values: tuple[float, ...]) -> None:
    if prod(shape) != len(values):
        raise ValueError(f"case {name!r}: {len(values)} values for shape {shape}")


@dataclass(frozen=True)
class TensorCase(Case):
    """A call with one float32 tensor of ``shape``, which ``values`` fill row by row.

    ``gradient`` asks for the derivative of the summed output by the input as well.
    """

    shape: tuple[int, ...]
    values: tuple[float, ...]
    gradient: bool = False

    def __post_init__(self) -> None:
        _verify_size(self.name, self.shape, self.values)

    @property
    def given(self) -> str:
        """The argument in words."""
        return f"x: a float32 tensor of shape {self.shape}"


@dataclass(frozen=True)
class PlainCase(Case):
    """A call with plain Python values, by position."""

    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class ArrayCase(Case):
    """A call with one NumPy array of ``shape`` and ``dtype``, which ``values`` fill row by row."""

    shape: tuple[int, ...]
    dtype: str
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        _verify_size(self.name, self.shape, self.values)

    @property
    def asks(self) -> tuple[str, ...]:
        return ("value", "again", "changed")

    @property
    def given(self) -> str:
        """The argument in words."""
        return f"images: a {self.dtype} array of shape {self.shape}"


@dataclass(frozen=True)
class BlockCase(Case):
    """A call that builds part of a network, and what is looked at in the model that results.

    Attributes:
        shape: of the input, ``(h, w, c)``.
        arguments: what follows x, by position; the last one is the block's id.
        seed: decides inputs and weights.
        looks: names of results, of those that ``observe.block`` knows.
    """

    shape: tuple[int, int, int]
    arguments: tuple[Any, ...]
    seed: str = ""
    looks: tuple[str, ...] = ()

    @property
    def asks(self) -> tuple[str, ...]:
        return ("value", "weights", *self.looks)

    def asked(self, name: str) -> str:
        """The call in words."""
        return f"{name}(x, {', '.join(map(str, self.arguments))}), x of shape {self.shape}"


@dataclass(frozen=True)
class NetworkCase(Case):
    """A call that builds a whole network, and what is looked at in it.

    Attributes:
        input_shape: ``(h, w, c)``.
        n_classes: numbers in the answer.
        alpha: width multiplier; None leaves the argument to its default.
        seed: decides inputs and weights.
        looks: names of results, of those that ``observe.network`` knows.
    """

    input_shape: tuple[int, int, int]
    n_classes: int
    alpha: float | None = None
    seed: str = ""
    looks: tuple[str, ...] = ()

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What the learner's function gets, by position."""
        width = () if self.alpha is None else (self.alpha,)
        return (self.input_shape, self.n_classes, *width)

    @property
    def asks(self) -> tuple[str, ...]:
        return ("value", "weights", "input", *self.looks)

    def asked(self, name: str) -> str:
        """The call in words."""
        return f"{name}({', '.join(map(str, self.arguments))})"


@dataclass(frozen=True)
class TransferCase(Case):
    """A call with two whole networks of one architecture, whose weights differ.

    Attributes:
        alpha: width multiplier of both.
        n_classes: numbers in the answer.
        seed: decides the weights.
    """

    alpha: float
    n_classes: int
    seed: str

    @property
    def asks(self) -> tuple[str, ...]:
        return ("value", "kernels", "classifier", "scales", "statistics", "reference")

    def asked(self, name: str) -> str:
        """The call in words."""
        return (
            f"{name}(student, reference), both of width {self.alpha} with {self.n_classes} classes"
        )


@dataclass(frozen=True)
class CompileCase(Case):
    """A call with a classifier, which is then trained for some steps.

    Attributes:
        features: numbers in its input.
        n_classes: numbers in its answer.
        frozen: whether its first layers are frozen.
        seed: decides weights and data.
        blocks: how many blocks of layers with a batch norm stand before its last layers. A model
            that has some is not trained: what is looked at is what compiling did to its layers.
    """

    features: int
    n_classes: int
    frozen: bool
    seed: str
    blocks: int = 0

    @property
    def asks(self) -> tuple[str, ...]:
        compiled = (
            "value", "losses", "own_losses", "one_hot", "probabilities", "changed", "trainable",
            "free",
        )  # fmt: skip
        return compiled if self.blocks else (*compiled, "moved", "fell", "learned")

    def asked(self, name: str) -> str:
        """The call in words."""
        depth = f" and {self.blocks} blocks" if self.blocks else ""
        layers = "first block" if self.blocks else "first layer"
        state = f" with a frozen {layers}" if self.frozen else ""
        return f"{name}(model), a classifier of {self.n_classes} classes{depth}{state}"


@dataclass(frozen=True)
class ConvertCase(Case):
    """A call with a small classifier and pictures to calibrate with, float32 in -1..1.

    Attributes:
        shape: of a picture, ``(h, w, c)``.
        n_classes: numbers in the answer.
        pictures: how many there are.
        seed: decides weights and pictures.
    """

    shape: tuple[int, int, int]
    n_classes: int
    pictures: int
    seed: str

    @property
    def asks(self) -> tuple[str, ...]:
        return ("value", "ends", "inside", "grid", "step", "answers", "network")

    def asked(self, name: str) -> str:
        """The call in words."""
        return f"{name}(model, images), {self.pictures} images of shape {self.shape} in -1..1"


@dataclass(frozen=True)
class RunCase(Case):
    """A call with a converted network and pictures for it.

    Attributes:
        file: name of the network, a file with int8 ends.
        shape: of a picture, ``(h, w, c)``.
        n_classes: numbers in an answer.
        count: how many pictures there are.
        range: the smallest and the largest number in them.
        seed: decides the pictures.
    """

    file: str
    shape: tuple[int, int, int]
    n_classes: int
    count: int
    range: tuple[float, float]
    seed: str

    @property
    def asks(self) -> tuple[str, ...]:
        return ("value", "again", "changed")

    def asked(self, name: str) -> str:
        """The call in words."""
        low, high = self.range
        return (
            f"{name}(tflite_bytes, x), x of shape {(self.count, *self.shape)} from {low} to {high}"
        )


def case_to_data(case: Case) -> dict[str, Any]:
    """The case as JSON takes it: what a process is asked in which a learner's code runs."""
    return {"kind": type(case).__name__, **asdict(case)}


def case_from_data(data: dict[str, Any]) -> Case:
    """The case that :func:`case_to_data` made this of."""
    kinds = {kind.__name__: kind for kind in Case.__subclasses__()}
    fields = {name: _tuples(value) for name, value in data.items() if name != "kind"}
    return kinds[data["kind"]](**fields)


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value


@dataclass(frozen=True)
class Asked:
    """What an observer must know to ask a learner's function: no rubric and no seed.

    Attributes:
        key: of the exercise.
        observer: which module of ``mnv2_tutor.observe`` watches it.
        parameters: names of the function's parameters, in order.
        cases: the calls to make.
    """

    key: str
    observer: str
    parameters: tuple[str, ...]
    cases: tuple[Any, ...]

    def to_data(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {**asdict(self), "cases": [case_to_data(case) for case in self.cases]}

    @staticmethod
    def from_data(data: dict[str, Any]) -> "Asked":
        """What :meth:`to_data` made this of."""
        cases = tuple(map(case_from_data, data["cases"]))
        return Asked(data["key"], data["observer"], tuple(data["parameters"]), cases)


@dataclass(frozen=True)
class Look:
    """What a rubric item may look at: the cases that were asked and what was seen."""

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
    judge: Callable[[Look], Message | None]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exercise:
    """An exercise.

    Attributes:
        key: the name of the function to write, and of every file that belongs to the exercise.
        chapter: number of the chapter.
        parameters: names of the function's parameters, in order.
        observer: which module of ``mnv2_tutor.observe`` watches it.
        probe: the calls to make; ``None`` gives the public ones, a seed gives unseen ones.
        rubric: the properties that are tested, the most basic first.
        tolerance: largest difference from the expected value that counts as equal, absolute for
            values up to 1 and relative above.
        named_within: the same for naming a misconception, where it is another one: an
            instructor's tolerance moves points, and no words.
    """

    key: str
    chapter: int
    parameters: tuple[str, ...]
    observer: str
    probe: Callable[[int | None], tuple[Any, ...]]
    rubric: tuple[Item, ...]
    tolerance: float = 1e-4
    named_within: float | None = None
    notes: Callable[[Look], tuple[Message, ...]] = field(default=lambda _: ())

    def asked(self, seed: int | None) -> Asked:
        """The public questions, or the unseen ones of ``seed``."""
        return Asked(self.key, self.observer, self.parameters, self.probe(seed))

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
