"""Chapter 10: ``run_tflite(tflite_bytes, x)``, a converted network asked about pictures.

``x`` is float32 of shape (n, h, w, c), the file's input and output are int8; what comes back are
float probabilities of shape (n, classes). Source: Jacob et al., "Quantization and Training of
Neural Networks for Efficient Integer-Arithmetic-Only Inference" (CVPR 2018), equation 1.
"""

import random
from collections.abc import Callable

from mnv2_tutor.engine.exercise import Evidence, Exercise, Item, case_seed
from mnv2_tutor.engine.judge.answer_form import KINDS_WITH_WORDS, returned
from mnv2_tutor.engine.judge.compare import steadiness
from mnv2_tutor.engine.judge.model_evidence import about, failure, results, values_of
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observation import Result
from mnv2_tutor.families.inference.cases import RunCase
from mnv2_tutor.families.inference.kept_files import KEPT

TOLERANCE = 0.05
"""What one step of the input's grid may change in an answer, and some steps of the answer's."""
OUTSIDE = 6
"""Pictures outside the range: of two, one in fourteen each gives the same answer when wrapped."""
NEEDS = ("form",)


def probe(seed: int | None) -> tuple[RunCase, ...]:
    """One picture, several, a network of other sizes, and numbers that no step stands for."""
    draw = random.Random("run, public" if seed is None else f"run, {seed}")
    several = 2 if seed is None else draw.randint(3, 5)
    first, second = ("dark", "bright") if seed is None else draw.sample(sorted(KEPT), 2)
    return (
        _case("one", first, 1, 1.0, seed),
        _case("several", first, several, 1.0, seed),
        _case("another", second, 2, 1.0, seed),
        _case("outside", first, OUTSIDE, 3.0, seed),
    )


def _case(name: str, file: str, count: int, stretch: float, seed: int | None) -> RunCase:
    kept = KEPT[file]
    low, high = (stretch * end for end in kept.range)
    return RunCase(
        name,
        file,
        kept.shape,
        kept.n_classes,
        count,
        (low, high),
        case_seed(f"run_tflite, {name}", seed),
    )


def _form(evidence: Evidence) -> Message | None:
    """An item: every call gives one row of float numbers a picture, without NaN."""
    for case, result in results(evidence):
        if result.error:
            return _failure(evidence, case, result)
        shape = (case.count, case.n_classes)
        expected = f"float numbers of shape {shape}"
        if result.kind != "array" or result.array is None:
            kind = result.kind if result.kind in KINDS_WITH_WORDS else "other"
            key = f"common.returned_{kind.replace(' ', '_')}"
            return about(evidence, key, case, expected, returned(result), type=result.type_name)
        if result.array.shape != shape:
            found = f"an array of shape {result.array.shape}"
            return about(evidence, "run_tflite.shape", case, expected, found)
        if result.array.dtype != "float":
            found = f"{result.array.dtype} numbers"
            return about(evidence, "run_tflite.dtype", case, expected, found)
        if any(value != value for value in result.array.values):
            return about(evidence, "run_tflite.nan", case, "numbers", "NaN")
    return None


def _failure(evidence: Evidence, case: RunCase, result: Result) -> Message:
    """About an exception: four of the interpreter's have a sentence of their own."""
    assert result.error is not None
    for part, key in (
        ("Got value of type", "run_tflite.raw_floats"),
        ("Dimension mismatch", "run_tflite.whole_batch"),
        ("allocate_tensors", "run_tflite.not_allocated"),
        ("Could not open", "run_tflite.no_file"),
    ):
        if part in result.error.message:
            found = f"{result.error.type}: {result.error.message}"
            return about(evidence, key, case, "probabilities", found)
    return failure(evidence, case, result)


def _answers_in(name: str, key: str) -> Callable[[Evidence], Message | None]:
    """An item: in the case of this name the answers are those of the file."""

    def judge(evidence: Evidence) -> Message | None:
        wanted = dict(evidence.expected.results("value"))
        for case, result in results(evidence):
            if case.name != name:
                continue
            pairs = zip(values_of(result), values_of(wanted[case.name]), strict=True)
            for place, (found, right) in enumerate(pairs):
                if not abs(found - right) <= TOLERANCE:
                    picture, which = divmod(place, case.n_classes)
                    where = f"for class {which} of picture {picture}"
                    return about(evidence, key, case, f"{right:.3f} {where}", f"{found:.3f}")
        return None

    return judge


def _untouched(evidence: Evidence) -> Message | None:
    for case, result in results(evidence, "changed"):
        if any(values_of(result)):
            expected = "pictures that are the same after the call"
            found = f"{values_of(result)[0]:.0f} numbers are others"
            return about(evidence, "run_tflite.overwritten", case, expected, found)
    return None


def _notes(evidence: Evidence) -> tuple[Message, ...]:
    if {result.type_name for _, result in results(evidence)} <= {"float32"}:
        return ()
    return (Message("run_tflite.note_dtype", parameters={"name": "run_tflite"}),)


EXERCISE = Exercise(
    key="run_tflite",
    chapter=10,
    parameters=("tflite_bytes", "x"),
    family="inference",
    probe=probe,
    rubric=(
        Item("form", 1, _form),
        Item("steady", 1, steadiness, NEEDS),
        Item("one", 3, _answers_in("one", "run_tflite.one"), NEEDS),
        Item("several", 2, _answers_in("several", "run_tflite.several"), ("form", "one")),
        Item("another", 1, _answers_in("another", "run_tflite.another"), ("form", "one")),
        Item("outside", 1, _answers_in("outside", "run_tflite.outside"), ("form", "one")),
        Item("untouched", 1, _untouched, NEEDS),
    ),
    tolerance=TOLERANCE,
    notes=_notes,
)
