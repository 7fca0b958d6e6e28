"""``basic_block(x, filters, block_id)``: two 3x3 convolutions and a shortcut around them."""

import random

from mnv2_tutor.engine.exercise import Exercise, Item, case_seed
from mnv2_tutor.engine.judge.model_evidence import TOLERANCE, about, ran, values_of
from mnv2_tutor.families.block import judge
from mnv2_tutor.families.block.cases import BlockCase

LOOKS = (
    "drift", "constrained", "trained", "chance", "statistics", "momentum", "gradient", "pair",
    "again",
)  # fmt: skip
NAMES = judge.LayerNames(
    own=lambda number: (f"{number}_conv1", f"{number}_conv2"),
    of_others=lambda numbers: {"stem", "classifier"},
)


def probe(seed):
    draw = random.Random(f"basic_block, {seed}")
    h, w, c = draw.randint(5, 7), draw.randint(5, 7), draw.choice((6, 10))
    return (BlockCase("one", (h, w, c), (c, 3), case_seed("basic_block", seed), LOOKS),)


def weights(case):
    c = case.shape[-1]
    return judge.total((2 * 9 * c * c, 0), judge.batch_norm(c), judge.batch_norm(c))


def floor(evidence):
    """An item: the sum passes a ReLU."""
    for case, result in ran(evidence, "value"):
        low = min(values_of(result))
        if low < 0:
            return about(
                evidence, "basic_block.floor", case, "no number below 0", f"down to {low:.3g}"
            )
    return None


EXERCISE = Exercise(
    key="basic_block",
    chapter=2,
    parameters=("x", "filters", "block_id"),
    family="block",
    probe=probe,
    rubric=judge.rubric(
        weights,
        NAMES,
        Item("shape", 2, judge.shape(lambda case: case.shape[-1], lambda _: 1), judge.NEEDS),
        Item("weights", 2, judge.weights(weights), (*judge.NEEDS, "shape")),
        Item("floor", 3, floor, judge.NEEDS),
    ),
    tolerance=TOLERANCE,
    notes=judge.notes(NAMES),
)
