"""Questions to a function that makes a model ready for training."""

from dataclasses import dataclass

from mnv2_tutor.engine.exercise import Case


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

    draws = ("features", "n_classes")
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
