"""The converted networks that lie in ``files/``: their shapes, classes and ranges."""

from dataclasses import dataclass


@dataclass(frozen=True)
class KeptFile:
    """A small converted network that is kept as a file.

    Attributes:
        shape: of a picture, ``(h, w, c)``.
        n_classes: numbers in an answer.
        range: of the pictures it was calibrated with. It is not symmetric, so that the zero point
            of the input is far from 0 and one who leaves it out is far off.
        seed: decides its weights.
    """

    shape: tuple[int, int, int]
    n_classes: int
    range: tuple[float, float]
    seed: str


KEPT = {
    "dark": KeptFile((16, 16, 3), 4, (-2.0, 0.5), "dark"),
    "bright": KeptFile((16, 24, 3), 3, (-0.25, 1.5), "bright"),
}
"""By name."""
