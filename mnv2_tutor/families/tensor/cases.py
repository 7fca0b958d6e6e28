"""Questions to a function of one tensor."""

from dataclasses import dataclass

from mnv2_tutor.engine.exercise import Case, verify_size


@dataclass(frozen=True)
class TensorCase(Case):
    """A call with one float32 tensor of ``shape``, which ``values`` fill row by row.

    ``gradient`` asks for the derivative of the summed output by the input as well.
    """

    shape: tuple[int, ...]
    values: tuple[float, ...]
    gradient: bool = False

    def __post_init__(self) -> None:
        verify_size(self.name, self.shape, self.values)

    @property
    def given(self) -> str:
        """The argument in words."""
        return f"x: a float32 tensor of shape {self.shape}"
