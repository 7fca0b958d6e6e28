"""Questions to a function that copies weights from one network to another."""

from dataclasses import dataclass

from mnv2_tutor.engine.exercise import Case


@dataclass(frozen=True)
class TransferCase(Case):
    """A call with two whole networks of one architecture, whose weights differ.

    Attributes:
        alpha: width multiplier of both.
        n_classes: numbers in the answer.
        seed: decides the weights.
        networks: a function that makes a student and a reference of these, as ``module:name``.
    """

    draws = ("alpha", "n_classes")
    builds_models = True
    alpha: float
    n_classes: int
    seed: str
    networks: str

    @property
    def needs_modules(self) -> tuple[str, ...]:
        return (self.networks.partition(":")[0],)

    @property
    def asks(self) -> tuple[str, ...]:
        return ("value", "kernels", "classifier", "scales", "statistics", "reference")

    def asked(self, name: str) -> str:
        """The call in words."""
        return (
            f"{name}(student, reference), both of width {self.alpha} with {self.n_classes} classes"
        )
