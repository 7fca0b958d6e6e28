"""Chapter 8: ``transfer_weights(student, reference)``, from one network into another, in place.

Both are flat, functional MobileNetV2s of the same width: the reference as Keras builds it, the
student with the course's layer names. Weights decide and not outputs: with moving statistics that
were left behind a network may still answer. Source: table 2 of Sandler et al., "MobileNetV2", for
the order of the layers, which both share.
"""

import random

from mnv2_tutor.engine.exercise import Evidence, Exercise, Item
from mnv2_tutor.engine.judge.compare import close
from mnv2_tutor.engine.judge.model_evidence import about, failure, results, same, values_of
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observation import SEPARATOR
from mnv2_tutor.families.transfer.cases import TransferCase

GROUPS = {"kernels": 2, "classifier": 1, "scales": 2, "statistics": 3}
"""What is copied, and the points for it."""
NEEDS = ("form",)
TOLERANCE = 1e-4
NETWORKS = "mnv2_tutor.course.transfer_networks:student_and_reference"


def probe(seed: int | None) -> tuple[TransferCase, ...]:
    """The narrowest network, twice with other weights: nothing may be kept from the first call."""
    draw = random.Random(f"transfer, {seed}")
    n_classes = 7 if seed is None else draw.randint(4, 16)
    values = None if seed is None else f"{draw.getrandbits(48):x}"  # the seed itself goes nowhere
    return tuple(
        TransferCase(name, 0.35, n_classes, f"{values} {name}", NETWORKS)
        for name in ("first", "second")
    )


def _form(evidence: Evidence) -> Message | None:
    """An item: every call ran, and gave back nothing but the student, if anything."""
    for case, result in results(evidence):
        if result.error:
            return failure(evidence, case, result)
        if result.kind in ("reference", "model"):
            found = "the reference" if result.kind == "reference" else "another model"
            key = f"transfer_weights.returned_{result.kind}"
            return about(evidence, key, case, "None, or the student itself", found)
    return None


def _copied(group: str) -> Item:
    """An item: all arrays of the group are the reference's; names the first one that is not."""

    def judge(evidence: Evidence) -> Message | None:
        wanted = dict(evidence.expected.results(group))
        for case, result in results(evidence, group):
            right, found = values_of(wanted[case.name]), values_of(result)
            if len(found) != len(right):
                return about(
                    evidence, f"transfer_weights.{group}", case, "all arrays", "other arrays"
                )
            equal = [close(a, b, TOLERANCE) for a, b in zip(found, right, strict=True)]
            if not all(equal):
                first = _name(evidence, group, equal.index(False))
                return about(
                    evidence, f"transfer_weights.{group}", case,
                    f"{len(equal)} of {len(equal)} arrays equal",
                    f"{sum(equal)} of {len(equal)}; the first other one is the {first}",
                )  # fmt: skip
        return None

    return Item(group, GROUPS[group], judge, NEEDS)


def _name(evidence: Evidence, group: str, place: int) -> str:
    names = evidence.observation.facts.get(group, "").split(SEPARATOR)
    return names[place] if place < len(names) else f"array {place + 1}"


def _untouched(evidence: Evidence) -> Message | None:
    wanted = dict(evidence.expected.results("reference"))
    for case, result in results(evidence, "reference"):
        if not same(result, wanted[case.name]):
            return about(
                evidence, "transfer_weights.untouched", case,
                "a reference with the weights it had", "a reference with other weights",
            )  # fmt: skip
    return None


def _notes(evidence: Evidence) -> tuple[Message, ...]:
    odd = [r for _, r in results(evidence) if r.type_name not in ("", "student")]
    if not odd:
        return ()
    parameters = {"name": "transfer_weights", "type": odd[0].type_name}
    return (Message("transfer_weights.note_returned", parameters=parameters),)


EXERCISE = Exercise(
    key="transfer_weights",
    chapter=8,
    parameters=("student", "reference"),
    family="transfer",
    probe=probe,
    rubric=(
        Item("form", 0, _form),
        *(_copied(group) for group in GROUPS),
        Item("untouched", 2, _untouched, (*NEEDS, "kernels")),
    ),
    notes=_notes,
    slowness=12,
)
