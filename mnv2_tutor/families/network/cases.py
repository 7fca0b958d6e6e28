"""Questions to a function that builds a whole network."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from mnv2_tutor.engine.exercise import Case


class BlockCall(NamedTuple):
    """How the learner's own block is called alone, where a network stops at a sum in it.

    ``shape`` is that of its input, ``(h, w, c)``; ``arguments`` follow the input.
    """

    name: str
    shape: tuple[int, int, int]
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class NetworkCase(Case):
    """A call that builds a whole network, and what is looked at in it.

    Attributes:
        input_shape: ``(h, w, c)``.
        n_classes: numbers in the answer.
        alpha: width multiplier; None leaves the argument to its default.
        seed: decides inputs and weights.
        looks: names of results, of those that ``observe`` beside this module knows.
        block: the block to call alone, see ``BlockCall``.
    """

    draws = ("input_shape", "n_classes", "alpha")
    builds_models = True
    is_deep = True
    input_shape: tuple[int, int, int]
    n_classes: int
    alpha: float | None = None
    seed: str = ""
    looks: tuple[str, ...] = ()
    block: BlockCall | None = None

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
