"""Chapter 10: ``to_tflite_int8(model, images)``, the network as a TensorFlow Lite file in int8.

The file's input and output are int8 as well. ``images`` are preprocessed float32 pictures, from
which the converter learns the range of every tensor. Source: Jacob et al., "Quantization and
Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference" (CVPR 2018), section 3.
"""

import random

from mnv2_tutor.engine.exercise import Evidence, Exercise, Item, case_seed
from mnv2_tutor.engine.judge.answer_form import KINDS_WITH_WORDS
from mnv2_tutor.engine.judge.compare import close
from mnv2_tutor.engine.judge.model_evidence import about, failure, results, three_digits, values_of
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observation import LearnerError
from mnv2_tutor.families.conversion.cases import ConvertCase

TOLERANCE = 0.08
"""Twenty steps of the grid of the answers; rounding inside the network makes up to a dozen."""
RANGE_TOLERANCE = 0.03
"""Four steps of a grid from -1 to 1."""
NEEDS = ("form",)
A_FILE = "the bytes of a model file"
EIGHT_BITS = {"int8", "uint8"}


def probe(seed: int | None) -> tuple[ConvertCase, ...]:
    """One classifier: to convert one takes most of a second."""
    draw = random.Random("convert, public" if seed is None else f"convert, {seed}")
    shape = (16, 24, 3) if seed is None else (8 * draw.randint(2, 3), 8 * draw.randint(2, 3), 3)
    return (
        ConvertCase("classifier", shape, draw.randint(3, 5), 32, case_seed("to_tflite_int8", seed)),
    )


def _form(evidence: Evidence) -> Message | None:
    """An item: the call runs and gives the bytes of a file that can be run."""
    for case, result in results(evidence):
        if result.error and _is_uncallable(result.error):
            found = f"{result.error.type}: {result.error.message}"
            key = "to_tflite_int8.dataset_called"
            return about(evidence, key, case, A_FILE, found)
        if result.error:
            return failure(evidence, case, result)
        if result.kind == "model file":
            continue
        own = {
            "none": ("returned_none", "None"),
            "text": ("returned_text", "text"),
            "not a model": ("not_a_model", f"{result.type_name} that no interpreter can run"),
            "other ends": ("other_ends", "a model of another input or output"),
        }
        is_array = result.kind in KINDS_WITH_WORDS and result.kind not in own
        found = result.kind if is_array else f"a value of type {result.type_name}"
        key, found = own.get(result.kind, ("returned_other", found))
        return about(evidence, f"to_tflite_int8.{key}", case, A_FILE, found)
    return None


def _is_uncallable(error: LearnerError) -> bool:
    """Whether the converter could not call what it was given for a function."""
    return "object is not callable" in error.message and "convert(" in (error.source or "")


def _ends(evidence: Evidence) -> Message | None:
    """An item: input and output are int8; uint8 passes with a note."""
    for case, result in results(evidence, "ends"):
        given, _, gives = result.kind.partition(", ")
        if not {given, gives} <= EIGHT_BITS:
            found = f"{given} in, {gives} out"
            return about(evidence, "to_tflite_int8.ends", case, "int8 in, int8 out", found)
    return None


def _inside(evidence: Evidence) -> Message | None:
    """An item: no tensor between the ends holds floats or 16-bit numbers."""
    for case, result in results(evidence, "inside"):
        if result.kind != "int8":
            return about(evidence, "to_tflite_int8.inside", case, "int8 throughout", result.kind)
    return None


def _calibrated(evidence: Evidence) -> Message | None:
    """An item: the grid of the input covers the pictures and little more."""
    for case, result in results(evidence, "grid"):
        found = values_of(result)
        if len(found) != 2:
            return about(
                evidence, "to_tflite_int8.no_grid", case, "an input from -1 to 1", "no grid"
            )
        if not (close(found[0], -1, RANGE_TOLERANCE) and close(found[1], 1, RANGE_TOLERANCE)):
            low, high = map(three_digits, found)
            text = f"an input from {low} to {high}"
            return about(evidence, "to_tflite_int8.grid", case, "an input from -1 to 1", text)
    return None


def _answers(evidence: Evidence) -> Message | None:
    """An item: the file says what the network says, by the reference's own observation of it.

    Rounding inside may take an answer farther than that, at some networks. Then it takes the
    reference's own file there as well.
    """
    wanted, filed = (dict(evidence.expected.results(name)) for name in ("network", "answers"))
    for case, result in results(evidence, "answers"):
        ours, theirs = values_of(result), values_of(wanted[case.name])
        if _near(ours, values_of(filed[case.name])):
            continue
        if len(ours) != len(theirs) or not ours:
            return about(
                evidence, "to_tflite_int8.answers", case, "probabilities", "something else"
            )
        found, right = max(zip(ours, theirs, strict=True), key=_apart)
        if not abs(found - right) <= TOLERANCE:
            expected, text = f"{right:.2f} for one class", f"{found:.2f} for it"
            return about(evidence, "to_tflite_int8.answers", case, expected, text)
    return None


def _near(ours: tuple[float, ...], theirs: tuple[float, ...]) -> bool:
    pairs = zip(ours, theirs, strict=False)
    return len(ours) == len(theirs) and all(abs(a - b) <= TOLERANCE for a, b in pairs)


def _apart(pair: tuple[float, float]) -> float:
    """How far two numbers are apart; NaN is the farthest."""
    distance = abs(pair[0] - pair[1])
    return distance if distance == distance else float("inf")


def _notes(evidence: Evidence) -> tuple[Message, ...]:
    if any("uint8" in result.kind for _, result in results(evidence, "ends")):
        return (Message("to_tflite_int8.note_uint8", parameters={"name": "to_tflite_int8"}),)
    return ()


EXERCISE = Exercise(
    key="to_tflite_int8",
    chapter=10,
    parameters=("model", "images"),
    family="conversion",
    probe=probe,
    rubric=(
        Item("form", 1, _form),
        Item("ends", 3, _ends, NEEDS),
        Item("inside", 2, _inside, NEEDS),
        Item("calibrated", 2, _calibrated, ("form", "ends")),
        Item("answers", 2, _answers, NEEDS),
    ),
    tolerance=0.04,
    notes=_notes,
    slowness=8,
)
