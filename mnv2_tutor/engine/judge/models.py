"""What is judged of every model, block or network: how it trains, and what it is made of."""

import re

from mnv2_tutor.engine.exercise import Evidence
from mnv2_tutor.engine.judge.model_evidence import (
    TOLERANCE,
    about,
    first_failure,
    ran,
    ran_once,
    three_digits,
    values_of,
)
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observation import SEPARATOR

LEAST_MOMENTUM, LARGEST_MOMENTUM = 0.9, 0.9999


def training(evidence: Evidence) -> Message | None:
    """An item: batch norm learns its statistics in training, slowly, and only there."""
    for case, result in ran(evidence, "drift"):
        if max(values_of(result), default=0.0) > 0:
            return about(
                evidence, "blocks.drift", case, "moving statistics that stay", "they moved"
            )
    for case, result in ran(evidence, "constrained"):
        if max(values_of(result), default=0.0) > 0:
            found = f"{three_digits(values_of(result)[0])} weights with a constraint"
            return about(evidence, "blocks.constrained", case, "weights that learn freely", found)
    for case, learned in ran_once(evidence, "momentum"):
        if learned is None:
            return first_failure(evidence)
        expected = f"a momentum from {LEAST_MOMENTUM} to {LARGEST_MOMENTUM}"
        momenta, chance = values_of(learned), dict(evidence.observation.results("chance"))
        by_chance = max(values_of(chance[case.name]), default=0.0) if chance else 0.0
        if by_chance > TOLERANCE and momenta and max(momenta) - min(momenta) > TOLERANCE:
            continue  # chance above a batch norm spoils the estimate
        for momentum in momenta:
            if momentum == 1:
                found = "moving statistics that stay"
                return about(evidence, "blocks.still", case, "moving statistics that move", found)
            if not LEAST_MOMENTUM - 1e-4 <= momentum <= LARGEST_MOMENTUM + 1e-4:
                found = f"a momentum of {momentum:g}"
                return about(evidence, "blocks.momentum", case, expected, found)
    return None


def layer_notes(
    evidence: Evidence, wanted: tuple[str, ...], usual: tuple[str, ...] = (), number: str = ""
) -> tuple[Message, ...]:
    """Remarks on a right model of other layers, or of other names, than the course's.

    Kinds of layers that are ``usual`` here get no remark. The ``number`` in a name is the block's:
    it may be that of a question which nobody is to see, so ``{block_id}`` stands for it.
    """

    def shown(layer: str) -> str:
        return re.sub(rf"(?<!\d){number}(?!\d)", "{block_id}", layer) if number else layer

    facts = evidence.observation.facts
    name = evidence.observation.exercise
    kinds = facts.get("kinds", "").split(SEPARATOR)
    found = [
        Message(NOTES[kind], parameters={"name": name})
        for kind in kinds
        if kind in NOTES and kind not in usual
    ]
    custom = [kind.removeprefix("custom ") for kind in kinds if kind.startswith("custom ")]
    if custom:
        parameters = {"name": name, "type": ", ".join(custom)}
        found.append(Message("blocks.note_custom", parameters=parameters))
    layers = facts.get("layers", "").split(SEPARATOR)
    missing = [layer for layer in wanted if layer not in layers]
    if missing:
        first = shown(layers[0]) or "none"
        parameters = {"name": name, "wanted": shown(missing[0]), "names": first}
        found.append(Message("blocks.note_names", parameters=parameters))
    return tuple(found)


NOTES = {
    "Dense": "blocks.note_dense",
    "EinsumDense": "blocks.note_dense",
    "Conv2D with groups": "blocks.note_groups",
    "Lambda": "blocks.note_lambda",
    "nested model": "blocks.note_nested",
}
