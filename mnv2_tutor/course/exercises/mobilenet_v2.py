"""Chapter 6: ``mobilenet_v2(input_shape, n_classes, alpha=1.0)``, the whole network.

Stem, the bottlenecks of table 2, a last 1x1 convolution, pooling, softmax. Source: Sandler et al.,
"MobileNetV2", table 2 and section 4.1; the width multiplier and its rounding as in the released
checkpoints.
"""

import random

from mnv2_tutor.engine.exercise import Exercise, InLibrary, Item
from mnv2_tutor.families.network import judge
from mnv2_tutor.families.network.cases import BlockCall, NetworkCase
from mnv2_tutor.families.network.probe import LARGE

STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""Rows of the paper's table 2: expansion, channels, repeats, stride of the first."""
NAMES = ("conv1", "block_2_expand", "block_17_compress_bn", "last_conv", "predictions")
"""Some of the course's layer names."""
NUMBERS = ("probabilities", "logits", "drift")
INSIDE = ("blocks", "outside")
TRAINED = ("trained", "statistics", "momentum", "chance", "constrained")
RUN = (*NUMBERS, *TRAINED, "unsteady", "shared")
EXPLAINED = (*RUN, *INSIDE, "rebuilt")
"""For the diagnosis: what happens inside explains a difference and makes none."""
BLOCK = BlockCall("bottleneck", (8, 8, 8), (6, 8, 8, 2, 1))
"""How the block is called alone where the network stops at a sum: its stride forbids one."""


def probe(seed: int | None) -> tuple[NetworkCase, ...]:
    """A narrow network that runs, and others that are counted.

    The public questions build the narrow one twice and look inside. Counted are a network of half
    the width for small grey pictures that are no squares, the one that everybody knows (224 pixels,
    1000 classes, no width given), and a wide one. The unseen ones, which are for marks, are of the
    same kinds, so that what cannot be built is the same in both: a wide one for large pictures and
    one without a width are counted. The one that runs comes last, after one of its own width, so
    that what only the first call does right is found, and a layer that calls of one width share.
    """
    if seed is None:
        return (
            NetworkCase("narrow", (64, 64, 3), 7, 0.35, "narrow", EXPLAINED, BLOCK),
            NetworkCase("half", (32, 64, 1), 5, 0.5),
            NetworkCase("full", (224, 224, 3), 1000),
            NetworkCase("wide", (32, 32, 3), 2, 1.4),
        )
    draw = random.Random(f"mobilenet_v2, {seed}")
    values = f"{draw.getrandbits(48):x}"  # the seed itself goes nowhere
    narrow = NetworkCase("narrow", (64, 64, 3), draw.randint(3, 12), 0.35, values, RUN)
    return (
        NetworkCase("wide", (LARGE, LARGE, 3), draw.randint(3, 12), 1.4),
        NetworkCase("plain", (32 * draw.randint(1, 4), 64, 3), draw.randint(3, 12)),
        NetworkCase("earlier", (32, 32, 3), 2, narrow.alpha),
        narrow,
    )


LIBRARY = InLibrary(
    "keras.applications.MobileNetV2",
    (
        "Conv1", "bn_Conv1", "expanded_conv_project_BN", "Conv_1_bn", "out_relu",
        *(f"block_{i}_{part}" for i in range(1, 17) for part in ("depthwise_BN", "project_BN")),
    ),
)  # fmt: skip
"""Keras's own network, with layer names that Keras gives and the course does not."""
NEEDS = ("form", "depends")
EXERCISE = Exercise(
    key="mobilenet_v2",
    chapter=6,
    parameters=("input_shape", "n_classes", "alpha"),
    family="network",
    probe=probe,
    rubric=(
        Item("form", 0, judge.built(LIBRARY.path)),
        Item("depends", 0, judge.depends, ("form",)),
        Item("builds", 1, judge.builds, NEEDS),
        Item("twice", 1, judge.twice, NEEDS),
        Item("probabilities", 1, judge.probabilities, NEEDS),
        Item("stages", 1, judge.stages(STAGES, "bottlenecks"), NEEDS),
        Item("adds", 1, judge.adds(STAGES), (*NEEDS, "stages")),
        Item("activations", 1, judge.activations(STAGES), NEEDS),
        Item("linear", 1, judge.linear(STAGES), NEEDS),
        Item("weights", 1, judge.weights, NEEDS),
        Item("training", 1, judge.training, NEEDS),
        Item("values", 1, judge.values, (*NEEDS, "probabilities", "stages", "weights")),
    ),
    tolerance=1e-3,
    notes=judge.notes(NAMES),
    in_library=LIBRARY,
    slowness=32,
)
