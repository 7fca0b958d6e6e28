"""What an observation shows about the models that a learner's function built, and how to say it.

For the items about blocks and about whole networks.
"""

from collections.abc import Iterator
from typing import Any

from mnv2_tutor.engine.exercise import Evidence
from mnv2_tutor.engine.judge.answer_form import raised
from mnv2_tutor.engine.judge.compare import same_array
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observation import UNOBSERVED, Array, Result

TOLERANCE = 1e-3
Counts = tuple[int, int]
"""Numbers that can be trained, and others."""
KERAS_TENSOR = "a Keras tensor that was computed from x"


def results(evidence: Evidence, name: str = "value") -> Iterator[tuple[Any, Result]]:
    """The results called ``name`` with their cases."""
    cases = {case.name: case for case in evidence.cases}
    for case_name, result in evidence.observation.results(name):
        yield cases[case_name], result


def ran(evidence: Evidence, name: str) -> Iterator[tuple[Any, Result]]:
    """The same of those calls that did not raise."""
    errors = {case.name for case, result in results(evidence) if result.error}
    for case, result in results(evidence, name):
        if case.name not in errors:
            yield case, result


def ran_once(evidence: Evidence, name: str) -> Iterator[tuple[Any, Result | None]]:
    """The same; None where no call that was to show ``name`` ran: nothing is earned by it."""
    seen = list(ran(evidence, name))
    if not seen:
        yield evidence.cases[0], None
    yield from seen


def is_unobserved(result: Result) -> bool:
    """Whether the looking itself raised: that is no fault of the learner's."""
    return result.kind == UNOBSERVED


def values_of(result: Result) -> tuple[float, ...]:
    return result.array.values if result.array else ()


def about(
    evidence: Evidence,
    key: str,
    case: Any,
    expected: str,
    found: str,
    change: str = "",
    **more: str,
) -> Message:
    """A message about one call; ``change`` says what was special about its input."""
    name = evidence.observation.exercise
    return Message(key, case.asked(name) + change, expected, found, {"name": name, **more})


def weights_of(evidence: Evidence, case: Any) -> Counts | None:
    """How many numbers can be trained in the model of ``case``, and how many not."""
    return counts_of(dict(evidence.observation.results("weights"))[case.name])


def counts_of(result: Result) -> Counts | None:
    found = values_of(result)
    return (int(found[0]), int(found[1])) if len(found) == 2 else None


def failure(evidence: Evidence, case: Any, result: Result) -> Message:
    """About an exception of the learner's."""
    assert result.error is not None
    asked = case.asked(evidence.observation.exercise)
    if "KerasTensor" in result.error.message and "boolean" not in result.error.message:
        found = f"{result.error.type}: {result.error.message}"
        parameters = {"name": evidence.observation.exercise}
        return Message("blocks.raw_tensorflow", asked, KERAS_TENSOR, found, parameters)
    return raised(evidence, asked, result)


def first_failure(evidence: Evidence) -> Message | None:
    """About the first call that raised where others did not."""
    return next((failure(evidence, case, r) for case, r in results(evidence) if r.error), None)


def same(found: Result, expected: Result) -> bool:
    if found.array is None or expected.array is None:
        return found.kind == expected.kind
    return same_array(found.array, expected.array, TOLERANCE)


def largest_difference(found: Array | None, expected: Array | None) -> tuple[str, str]:
    if found is None or expected is None or found.shape != expected.shape:
        return "the numbers of the reference", "nothing that can be compared"
    ours = found.values[:: expected.every // found.every]
    a, b = max(zip(ours, expected.values, strict=True), key=lambda pair: abs(pair[0] - pair[1]))
    digits = next((n for n in range(3, 8) if f"{a:.{n}g}" != f"{b:.{n}g}"), 8)
    return f"{b:.{digits}g} at one place", f"{a:.{digits}g} there"


def count_text(counts: Counts) -> str:
    return f"{counts[0]:,} weights to train and {counts[1]:,} others"


def three_digits(value: float) -> str:
    """Three digits: more of them would differ between processors."""
    return f"{value:.3g}"
