"""The course *MobileNetV2 from scratch*: exercises, answers, words, questions, experiments.

Nothing outside this folder knows what the course is about.
"""

TITLE = "MobileNetV2 from scratch"
OTHERWISE = (
    "depthwise_block.separable", "depthwise_block.grouped", "projection_block.activation_first",
    "projection_block.other_activation",
)  # fmt: skip
"""Messages that mean something else than those of the same name in ``blocks.toml``."""
