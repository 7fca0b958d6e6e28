"""The form of an answer before its values: was there a function, did it run, what came back?"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from mnv2_tutor.engine.exercise import Evidence, Exercise
from mnv2_tutor.engine.judge.compare import number
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observation import STOPPED, LearnerError, Observation, Result, Signature

KINDS_WITH_WORDS = (
    "none", "numpy", "generator", "coroutine", "text", "number", "sequence", "function",
    "layer", "keras tensor", "symbolic tensor", "variable",
)  # fmt: skip
"""Kinds that have a sentence of their own; every other one is named by its type."""


def unusable(exercise: Exercise, observation: Observation) -> Message | None:
    """Why the function cannot be asked anything, or None."""
    wanted = exercise.signature
    if library := observation.facts.get("imported_from", ""):
        return Message(
            "common.only_imported",
            input="the notebook",
            expected=f"a function {wanted} of your own",
            found=f"a function of {library}",
            parameters={"name": exercise.key, "module": library},
        )
    if observation.kind == "absent":
        other = observation.facts.get("similar_name", "")
        return Message(
            "common.other_name" if other else "common.not_defined",
            input="the notebook",
            expected=f"a function {wanted}",
            found=f"a function {other}" if other else "no function of that name",
            parameters={"name": exercise.key, "other": other},
        )
    if observation.kind == STOPPED:
        return _stopped(exercise, observation.facts)
    used = observation.facts.get("of_the_course")
    if used:
        return Message(
            "common.of_the_course",
            input=f"a call of {exercise.key}",
            expected="code of one's own",
            found=f"a call of {used}, which belongs to mnv2_tutor",
            parameters={"name": exercise.key},
        )
    if observation.kind != "callable":
        kind = observation.facts.get("type", "")
        return Message(
            "common.not_callable",
            input=exercise.key,
            expected=f"a function {wanted}",
            found=f"a value of type {kind}",
            parameters={"name": exercise.key, "type": kind},
        )
    if observation.signature and not accepts(observation.signature, len(exercise.parameters)):
        names = ", ".join(observation.signature.parameters + observation.signature.keyword_only)
        return Message(
            "common.parameters",
            input=f"the call {wanted}",
            expected=f"a function {wanted}",
            found=f"a function {exercise.key}({names})",
            parameters={"name": exercise.key, "wanted": wanted},
        )
    return None


STOPS = {
    "time": "did not finish in {limit}",
    "all": "the submission did not finish in {limit}",
    "memory": "asked for more than {limit}",
    "exit": "the process ended",
    "answer": "an answer that cannot be read",
    "cell": "an error in what defines it",
    "left_out": "what defines it was left out",
    "crash": "the process ended",
    "graph": "TensorFlow without its eager mode",
    "tampered": "other numbers than were put into a tensor",
}
"""Why nothing was seen, in words."""


def _stopped(exercise: Exercise, facts: Mapping[str, str]) -> Message:
    why = facts.get("why", "")
    why = why if why in STOPS else "answer"
    parameters = {
        "name": exercise.key,
        "limit": facts.get("limit", ""),
        "cause": facts.get("cause", ""),
    }
    return Message(
        f"common.stop_{why}",
        input=f"the questions about {exercise.key}",
        expected="an answer",
        found=STOPS[why].format_map(parameters),
        parameters=parameters,
    )


def accepts(signature: Signature, count: int) -> bool:
    """Whether a call with ``count`` arguments fits, by position or, where it must be, by name."""
    if len(signature.required) > count:
        return False
    available = len(signature.parameters) + len(signature.keyword_only)
    return signature.takes_any or available >= count


def not_attempted(observation: Observation) -> bool:
    """The stub is still there: an empty body, or every call ends at its NotImplementedError."""
    errors = [result.error for _, result in observation.results("value")]
    if "below_stub" in observation.facts:
        return False
    return observation.empty_body or (bool(errors) and all(map(_is_stub, errors)))


def _is_stub(error: LearnerError | None) -> bool:
    """Libraries raise NotImplementedError too; the stub does it in the learner's own line."""
    if error is None or error.type != "NotImplementedError":
        return False
    return error.source is None or "NotImplementedError" in error.source


def could_not_run(exercise: Exercise, evidence: Evidence) -> Message | None:
    """The learner's error, where not one call came back."""
    results = evidence.observation.results("value")
    if results and all(result.error for _, result in results):
        return exercise.rubric[0].judge(evidence)
    return None


def float_tensors(evidence: Evidence) -> Message | None:
    """An item: every call gives one tensor of floats, of x's shape and without NaN."""
    return _floats(evidence, "tensor", "common.dtype", "tensor")


def float_arrays(dtype_key: str) -> Callable[[Evidence], Message | None]:
    """An item: the same, or an array of NumPy; another dtype is named by ``dtype_key``.

    A call that raised where others did not is not this item's.
    """
    return lambda evidence: _floats(evidence, "array", dtype_key, "array or tensor", of_all=False)


def float32(key: str, noun: str) -> Callable[[Evidence], Message | None]:
    """An item: the floats have 32 bits, like those that came in."""

    def judge(evidence: Evidence) -> Message | None:
        cases = {case.name: case for case in evidence.cases}
        for case_name, result in evidence.observation.results("value"):
            case = cases[case_name]
            if result.array and result.array.dtype != "float32":
                expected = f"a float32 {noun} of shape {case.shape}"
                return _other_type(evidence, key, case, expected, result)
        return None

    return judge


def _other_type(evidence: Evidence, key: str, case: Any, expected: str, result: Result) -> Message:
    assert result.array is not None
    dtype = result.array.dtype
    found = f"a {dtype} {result.type_name or 'tensor'} of shape {case.shape}"
    parameters = {"name": evidence.observation.exercise, "dtype": dtype}
    return Message(key, case.given, expected, found, parameters)


def _floats(
    evidence: Evidence, kind: str, dtype_key: str, noun: str, of_all: bool = True
) -> Message | None:
    cases = {case.name: case for case in evidence.cases}
    name = evidence.observation.exercise
    seen = evidence.observation.results("value")
    some_ran = any(not result.error for _, result in seen)
    for case_name, result in seen:
        shape, given = cases[case_name].shape, cases[case_name].given
        expected = f"a float32 {noun} of shape {shape}"
        if result.error and some_ran and not of_all:
            continue
        if result.error:
            return raised(evidence, given, result)
        if result.kind != kind or result.array is None:
            key = result.kind if result.kind in KINDS_WITH_WORDS else "other"
            return Message(
                f"common.returned_{key.replace(' ', '_')}", given, expected, returned(result),
                {"name": name, "type": result.type_name},
            )  # fmt: skip
        came = result.type_name or "tensor"
        if result.array.shape != shape:
            found = f"{_article(came)} {came} of shape {result.array.shape}"
            return Message("common.shape", given, expected, found, {"name": name})
        if not result.array.dtype.startswith("float"):
            return _other_type(evidence, dtype_key, cases[case_name], expected, result)
        for x, y in zip(cases[case_name].values, result.array.values, strict=True):
            if y != y:
                return Message("common.nan", f"x = {number(x)}", "a number", "NaN", {"name": name})
    return None


def _article(noun: str) -> str:
    return "an" if noun[:1].lower() in "aeiou" else "a"


def returned(result: Result) -> str:
    """What came back, in words, for things that have no numbers to show."""
    name = result.type_name
    return "None" if result.kind == "none" else f"{_article(name)} {name}"


SPECIAL_ERRORS = {
    "RecursionError": "common.recursion",
    "KeyboardInterrupt": "common.stopped",
    "SystemExit": "common.exits",
    "NameError": "common.name_error",
    "UnboundLocalError": "common.name_error",
}


def raised(evidence: Evidence, given: str, result: Result) -> Message:
    """About an exception of the learner's; ``given`` is the input in words."""
    error = result.error
    assert error is not None
    others_ran = any(not other.error for _, other in evidence.observation.results("value"))
    facts = evidence.observation.facts
    key = SPECIAL_ERRORS.get(error.type, "common.raised")
    if "cause" in facts and facts.get("cause_name") in _names_in(error.message):
        key = "common.name_lost"
    elif "below_stub" in facts and _is_stub(error):
        key = "common.below_stub"
    if key == "common.recursion" and not error.nested:
        key = "common.raised"  # a library's own calls, and not a function that calls itself
    if others_ran and key == "common.raised":
        key = "common.raised_sometimes"
    return Message(
        key,
        input=given,
        expected="a result",
        found=f"{error.type}: {error.message}" if error.message else error.type,
        parameters={
            "name": evidence.observation.exercise,
            "type": error.type,
            "where": _where(error),
            "missing": facts.get("cause_name", ""),
            "cause": facts.get("cause", ""),
        },
    )


def _names_in(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _where(error: LearnerError) -> str:
    """The learner's own line, as ``line 3: return x``."""
    if error.line is None:
        return ""
    return f"line {error.line}" + (f": {error.source}" if error.source else "")
