"""Questions to a function that converts a network to a TensorFlow Lite file."""

from dataclasses import dataclass

from mnv2_tutor.engine.exercise import Case


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
