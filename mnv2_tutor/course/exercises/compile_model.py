"""Chapter 9: ``compile_model(model)``, a classifier made ready for training.

The model ends in a softmax and the labels are integers. Optimiser and metrics are free; the loss is
the mean cross-entropy, and what comes back is the model itself. Source: Sandler et al.,
"MobileNetV2", section 6.1 trains a softmax classifier; the optimiser there is RMSProp.
"""

import random

from mnv2_tutor.engine.exercise import Evidence, Exercise, Item, case_seed
from mnv2_tutor.engine.judge.compare import close
from mnv2_tutor.engine.judge.model_evidence import (
    about,
    failure,
    results,
    same,
    three_digits,
    values_of,
)
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observation import Result
from mnv2_tutor.families.training.cases import CompileCase

NEEDS = ("form",)
TOLERANCE = 1e-3
BLOCKS = 8
"""Of the deep model: with three layers each."""


def probe(seed: int | None) -> tuple[CompileCase, ...]:
    """A small classifier with all layers free, a wider one whose first layer is frozen, a deep one.

    The deep one has more layers than anybody leaves out who freezes all but the last few.
    """
    draw = random.Random("compile, public" if seed is None else f"compile, {seed}")
    few, more = (3, 6) if seed is None else draw.sample(range(3, 9), 2)
    seeds = [case_seed(f"compile_model, {name}", seed) for name in ("free", "frozen", "deep")]
    return (
        CompileCase("free", draw.randint(4, 6), few, frozen=False, seed=seeds[0]),
        CompileCase("frozen", draw.randint(7, 9), more, frozen=True, seed=seeds[1]),
        CompileCase("deep", draw.randint(4, 9), few, frozen=True, seed=seeds[2], blocks=BLOCKS),
    )


def _form(evidence: Evidence) -> Message | None:
    """An item: every call ran, and a model that can be trained came of it."""
    for case, result in results(evidence):
        if result.error:
            return failure(evidence, case, result)
    for case, result in results(evidence, "losses"):
        if result.kind == "not compiled":
            key = "compile_model.not_compiled"
            return about(
                evidence, key, case, "a model that fit can train", "compile was not called"
            )
    return None


def _returned(evidence: Evidence) -> Message | None:
    """An item: the very model comes back."""
    for case, result in results(evidence):
        if result.kind != "same model":
            key = result.kind if result.kind in ("none", "model") else "other"
            found = {"none": "None", "model": "another model"}.get(
                key, f"a value of type {result.type_name}"
            )
            return about(evidence, f"compile_model.returned_{key}", case, "the same model", found)
    return None


def _loss(evidence: Evidence) -> Message | None:
    """An item: the loss is the mean of -log of the right class's probability."""
    wanted = dict(evidence.expected.results("losses"))
    if _finds_logits(evidence):
        return None
    for case, result in results(evidence, "losses"):
        if result.kind == "no loss":
            return about(evidence, "compile_model.no_loss", case, "a loss", "none was given")
        if result.error:
            found = f"{result.error.type}: {result.error.message}"
            expected = "a loss for integer labels"
            return about(evidence, "compile_model.loss_fails", case, expected, found)
        right, found_values = values_of(wanted[case.name]), values_of(result)
        if len(found_values) != len(right):
            return about(evidence, "compile_model.loss", case, "one number", "something else")
        for place, (a, b) in enumerate(zip(found_values, right, strict=True)):
            if not close(a, b, TOLERANCE):
                which = f"label {place}" if place < case.n_classes else "all labels at once"
                expected = f"{three_digits(b)} for {which}"
                return about(evidence, "compile_model.loss", case, expected, three_digits(a))
    return None


def _finds_logits(evidence: Evidence) -> bool:
    """Whether the loss is right for what the model itself answers, though for no other numbers.

    A loss that says ``from_logits`` is: of a tensor that a softmax made Keras finds the logits, and
    ``fit`` and ``evaluate`` hand over such tensors.
    """
    seen, wanted = (
        {case: values_of(result) for case, result in one.results("own_losses")}
        for one in (evidence.observation, evidence.expected)
    )
    return all(
        len(seen[case]) == len(right)
        and all(close(a, b, TOLERANCE) for a, b in zip(seen[case], right, strict=True))
        for case, right in wanted.items()
    )


def _takes_logits(evidence: Evidence) -> bool:
    """Whether the loss gives others numbers for probabilities that no softmax of Keras made."""
    wanted = dict(evidence.expected.results("losses"))
    return any(
        not close(a, b, TOLERANCE)
        for case, result in evidence.observation.results("losses")
        for a, b in zip(values_of(result), values_of(wanted[case]), strict=False)
    )


def _kept(evidence: Evidence) -> Message | None:
    """An item: compiling changes neither weights nor layers, nor what is frozen."""
    wanted = dict(evidence.expected.results("probabilities"))
    for case, result in results(evidence, "probabilities"):
        if not same(result, wanted[case.name]):
            expected, other = "the same answers before and after", "other answers"
            return about(evidence, "compile_model.kept", case, expected, other)
    for case, result in results(evidence, "changed"):
        if any(values_of(result)):
            expected, count = "weights that stay", f"{values_of(result)[0]:.0f} arrays of others"
            return about(evidence, "compile_model.kept", case, expected, count)
    wanted, free = (dict(evidence.expected.results(name)) for name in ("trainable", "free"))
    seen = dict(evidence.observation.results("free"))
    for case, result in results(evidence, "trainable"):
        ours, theirs = values_of(result), values_of(wanted[case.name])
        if ours != theirs:
            expected, found_text = (
                f"{values[0]:.0f} weights to train" if values else "a model"
                for values in (theirs, ours)
            )
            return about(evidence, "compile_model.trainable", case, expected, found_text)
        if values_of(seen[case.name]) != values_of(free[case.name]):
            expected, found_text = "the same layers to train as before", "as many, and others"
            return about(evidence, "compile_model.trainable", case, expected, found_text)
    return None


def _learns(evidence: Evidence) -> Message | None:
    """An item: after some steps of training the loss is lower."""
    for case, result in results(evidence, "learned"):
        if result.error:
            found = f"{result.error.type}: {result.error.message}"
            return about(evidence, "compile_model.fit_fails", case, "some steps of training", found)
        before, after = _before_and_after(result)
        if not after < before:
            expected = f"a loss below {three_digits(before)} after some steps"
            moved = any(values_of(dict(evidence.observation.results("moved"))[case.name]))
            key = "compile_model.learns" if moved else "compile_model.still"
            return about(evidence, key, case, expected, three_digits(after))
    return None


def _before_and_after(result: Result) -> tuple[float, float]:
    values = values_of(result)
    return (values[0], values[1]) if len(values) == 2 else (0.0, 0.0)


def _notes(evidence: Evidence) -> tuple[Message, ...]:
    found = []
    if _takes_logits(evidence):
        found.append("compile_model.note_logits")
    if not evidence.observation.facts.get("metrics"):
        found.append("compile_model.note_metrics")
    return tuple(Message(key, parameters={"name": "compile_model"}) for key in found)


EXERCISE = Exercise(
    key="compile_model",
    chapter=9,
    parameters=("model",),
    family="training",
    probe=probe,
    rubric=(
        Item("form", 0, _form),
        Item("returned", 2, _returned, NEEDS),
        Item("loss", 4, _loss, NEEDS),
        Item("kept", 2, _kept, NEEDS),
        Item("learns", 2, _learns, NEEDS),
    ),
    notes=_notes,
    slowness=4,
)
