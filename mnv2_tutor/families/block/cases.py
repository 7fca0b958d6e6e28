"""Questions to a function that builds part of a network."""

from dataclasses import dataclass
from typing import Any

from mnv2_tutor.engine.exercise import Case


@dataclass(frozen=True)
class BlockCase(Case):
    """A call that builds part of a network, and what is looked at in the model that results.

    Attributes:
        shape: of the input, ``(h, w, c)``.
        arguments: what follows x, by position; the last one is the block's id.
        seed: decides inputs and weights.
        looks: names of results, of those that ``observe`` beside this module knows.
    """

    draws = ("arguments", "shape")
    builds_models = True
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
