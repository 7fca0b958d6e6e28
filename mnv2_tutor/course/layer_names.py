"""What the course calls the layers of its network."""

from mnv2_tutor.families.block.judge import LayerNames

LAST_BLOCK = 17
SUFFIXES = {
    "expansion_block": ("expand", "expand_bn", "expand_relu"),
    "depthwise_block": ("depthwise_conv", "dw_bn", "dw_relu"),
    "projection_block": ("compress", "compress_bn"),
}
SUFFIXES["bottleneck"] = tuple(name for names in SUFFIXES.values() for name in names)
"""What the layers of a block are called after ``block_{id}_``."""
OTHER_NAMES = (
    "conv1", "conv1_bn", "conv1_relu", "last_conv", "last_bn", "last_relu",
    "global_average_pool", "predictions",
)  # fmt: skip
"""Layers of the network outside its blocks."""


def names_in(exercise: str) -> LayerNames:
    """Of the block that the exercise builds, and of everything else."""

    def own(block_id: int) -> tuple[str, ...]:
        return tuple(f"block_{block_id}_{suffix}" for suffix in SUFFIXES[exercise])

    def of_others(block_ids: tuple[int, ...]) -> set[str]:
        ids = range(1, LAST_BLOCK + 2)  # the second block of a pair may be one more
        inside = {f"block_{i}_{suffix}" for i in ids for suffix in SUFFIXES["bottleneck"]}
        return (inside | set(OTHER_NAMES)) - {name for i in block_ids for name in own(i)}

    return LayerNames(own, of_others)
