"""How a block is probed: what the observer and the judge of blocks must both know."""

PATHS: tuple[tuple[float, float, float], ...] = (
    (1.0, 0.5, 1.0),
    (1.0, 2.0, 1.0),
    (-1.0, -1.0, 1.0),
    (1.0, -1.0, 1.0),
    (1.0, 0.5, -1.0),
    (1.0, 0.5, 3.0),
)
"""Factors (e, s, p) of the paths through a bottleneck, see ``observe.fill.paths``.

Channel k follows path k modulo their number. With an input of 20 each path shows one property: the
cap after the expansion, the cap after the depthwise step, the floor after each of the two, and an
end that lets negative numbers and numbers above 6 through.
"""
PATH_INPUTS = (20.0, 1.0)
SILENT_INPUTS = (2.5, -1.5, 8.0)

SEPARATOR = "; "
"""Between the names of layers in an observation's facts."""

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


def path_output(path: int, u: float) -> float:
    """What leaves path ``path`` for a constant input ``u``: p * relu6(s * relu6(e * u))."""
    e, s, p = PATHS[path % len(PATHS)]
    return p * _relu6(s * _relu6(e * u))


def _relu6(x: float) -> float:
    return min(max(x, 0.0), 6.0)


def names_of_others(exercise: str, block_ids: tuple[int, ...]) -> set[str]:
    """Names that layers of the rest of the network carry, other steps of the same block included.

    The names of the exercise's own layers are its own for its own blocks alone.
    """
    own = {f"block_{i}_{suffix}" for i in block_ids for suffix in SUFFIXES[exercise]}
    ids = range(1, LAST_BLOCK + 2)  # the second block of a pair may be one more
    inside = {f"block_{i}_{suffix}" for i in ids for suffix in SUFFIXES["bottleneck"]}
    return (inside | set(OTHER_NAMES)) - own
