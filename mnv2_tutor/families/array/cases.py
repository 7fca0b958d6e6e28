"""Questions to a function of one NumPy array."""

from dataclasses import dataclass

from mnv2_tutor.engine.exercise import Case, verify_size


@dataclass(frozen=True)
class ArrayCase(Case):
    """A call with one NumPy array of ``shape`` and ``dtype``, which ``values`` fill row by row."""

    shape: tuple[int, ...]
    dtype: str
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        verify_size(self.name, self.shape, self.values)

    @property
    def asks(self) -> tuple[str, ...]:
        return ("value", "again", "changed")

    @property
    def given(self) -> str:
        """The argument in words."""
        return f"images: a {self.dtype} array of shape {self.shape}"
