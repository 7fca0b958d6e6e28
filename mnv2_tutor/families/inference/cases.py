"""Questions to a function that runs a TensorFlow Lite file."""

from dataclasses import dataclass

from mnv2_tutor.engine.exercise import Case


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
