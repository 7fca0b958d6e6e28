"""Naming a misconception: only where the learner's function does exactly what it does."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mnv2_tutor.engine.exercise import Evidence, Exercise
from mnv2_tutor.engine.judge.compare import same_observation, same_result, steadiness
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observation import CaseResult, Observation, Result

FINGERPRINT_NUMBERS = 8
"""How many numbers of an array are kept in a fingerprint."""
SAME_TWICE = 1e-6
"""A difference that rounding may make."""
EVIDENCE = "evidence"
"""The fact of a misconception that says which messages its own findings have."""
LEFT_OUT = {"again", "learned", "momentum", "pair", "rebuilt"}
"""Who does something else at the second call has another problem first; any usual momentum is
right, and any optimiser; and names that clash may come on top of every other mistake."""


BY_CHANCE = {"trained", "statistics"}
"""Numbers of the training mode, which mean nothing where the answer is random in it."""
SHAKY = Result("shaky")
"""Stands in a stored fingerprint for numbers that hang on how a processor rounds."""


def fingerprint(observation: Observation, numbers: int = FINGERPRINT_NUMBERS) -> Observation:
    """What identifies a behaviour: results and no code facts, with a few numbers an array."""
    thin = observation.thinned(numbers)
    cases = tuple(
        CaseResult(
            seen.case, _settled({n: r for n, r in seen.results.items() if n not in LEFT_OUT})
        )
        for seen in thin.cases
    )
    return Observation(thin.exercise, thin.seed, thin.kind, cases=cases)


def _settled(results: Mapping[str, Result]) -> Mapping[str, Result]:
    """Of an answer that is random in training, that it is, and not the numbers of one throw."""
    chance = results.get("chance", Result("absent")).array
    if chance is None or not any(value > SAME_TWICE for value in chance.values):
        return results
    kept = {name: result for name, result in results.items() if name not in BY_CHANCE}
    certain = replace(chance, values=(1.0,) * len(chance.values))
    return {**kept, "chance": replace(results["chance"], array=certain)}


def behaves_as(seen: Observation, known: Observation, tolerance: float) -> bool:
    """Whether two fingerprints are the same; what is shaky in one of them is not compared."""
    return same_observation(seen, known, tolerance, _same_or_shaky)


def _same_or_shaky(a: Result, b: Result, tolerance: float) -> bool:
    return SHAKY.kind in (a.kind, b.kind) or same_result(a, b, tolerance)


def misconception_of(
    evidence: Evidence, misconceptions: Mapping[str, Observation], tolerance: float
) -> str | None:
    """Name of the misconception whose fingerprint the observation matches.

    It may carry a variant after two underscores (``leaky__small``): variants are one
    misconception in several guises and share its message.
    """
    seen = fingerprint(evidence.observation)
    for name, fingerprint_of_it in misconceptions.items():
        if behaves_as(seen, fingerprint_of_it, tolerance):
            return name
    return None


def diagnosis(
    exercise: Exercise,
    evidence: Evidence,
    misconceptions: Mapping[str, Observation],
    found: Sequence[Message],
) -> tuple[Message, Message | None] | None:
    """The named misconception, and the finding whose evidence is shown with it.

    The evidence is what the misconception itself is found by: somebody who does something else
    wrong as well would otherwise read of the one and see the other. Where that item was not judged,
    because of the other mistake, it is asked here, and is no finding of its own.
    """
    if "delegated" in evidence.observation.facts:  # whatever it does, it is not the learner's
        return None
    name = misconception_of(evidence, misconceptions, exercise.named_within or exercise.tolerance)
    if name is None or not found or steadiness(evidence):
        return None
    own = misconceptions[name].facts.get(EVIDENCE, found[0].key).split()
    shown = next((message for message in found if message.key in own), None)
    finding = shown or _unasked(exercise, evidence, own)
    if finding is None:
        return None
    parameters = {"name": exercise.key, **finding.parameters}
    key = f"{exercise.key}.{name.partition('__')[0]}"
    named = Message(key, finding.input, finding.expected, finding.found, parameters)
    return named, shown


def _unasked(exercise: Exercise, evidence: Evidence, keys: Sequence[str]) -> Message | None:
    """What an item finds that was not judged, if it is one of ``keys``."""
    messages = (item.judge(evidence) for item in exercise.rubric)
    return next((message for message in messages if message and message.key in keys), None)
