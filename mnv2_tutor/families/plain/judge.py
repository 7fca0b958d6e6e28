"""Items for exercises of plain Python numbers: the form of the answer, and its values."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from mnv2_tutor.engine.exercise import Evidence
from mnv2_tutor.engine.judge.answer_form import KINDS_WITH_WORDS, raised, returned
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observation import Array, Result
from mnv2_tutor.families.plain.cases import PlainCase


@dataclass(frozen=True)
class Form:
    """An item: every call gives what ``fits``.

    The other items ask it too, each about its own calls: one call that raises costs no more than
    the points of what it belongs to.

    Attributes:
        expected: what fits, in words.
        otherwise: the end of the message's key for something else that has numbers.
    """

    fits: Callable[[Result], bool]
    expected: str
    otherwise: str

    def __call__(self, evidence: Evidence) -> Message | None:
        """The message about the first call that gave something else."""
        cases = {case.name: case for case in evidence.cases}
        return _first(
            self.misfit(evidence, cases[case_name], result)
            for case_name, result in evidence.observation.results("value")
        )

    def misfit(self, evidence: Evidence, case: PlainCase, result: Result) -> Message | None:
        """The message about one call, if it gave something else."""
        name = evidence.observation.exercise
        if result.error:
            return raised(evidence, call_text(name, case), result)
        if result.array is not None and self.fits(result):
            return None
        special = result.kind in ("none", "text", "generator", "coroutine", "function")
        assert not special or result.kind in KINDS_WITH_WORDS
        return Message(
            f"common.returned_{result.kind if special else self.otherwise}",
            input=call_text(name, case),
            expected=self.expected,
            found=_with_numbers(result),
            parameters={"name": name, "type": result.type_name},
        )


def _first(messages: Iterable[Message | None]) -> Message | None:
    return next(filter(None, messages), None)


def _with_numbers(result: Result) -> str:
    plain = result.kind in ("bool", "number", "sequence") and result.array is not None
    return number_text(result) if plain else returned(result)


def _is_pair(result: Result) -> bool:
    truths = any(kind.startswith("bool") for kind in _number_types(result))
    return bool(result.array and result.array.shape == (2,) and not truths)


def _is_truth(result: Result) -> bool:
    array = result.array
    return result.kind in ("bool", "number") and bool(array and array.values[0] in (0.0, 1.0))


one_number = Form(lambda result: result.kind == "number", "one whole number", "no_number")
"""Of a count: a whole float or a NumPy number is one too."""
one_truth = Form(_is_truth, "True or False", "no_truth")
"""1, 0 and NumPy's booleans are that too."""
pair_of_numbers = Form(_is_pair, "two whole numbers", "no_pair")
"""In a tuple or a list."""


def with_default(*arguments: Any) -> PlainCase:
    """A call that leaves its last argument to the default: asked by itself, and for one item.

    Another default, or none, is one mistake: it costs its own points, and no count's.
    """
    return PlainCase(f"default {' '.join(map(str, arguments))}", arguments)


def is_default(case: PlainCase) -> bool:
    """Whether the call is one of these."""
    return case.name.startswith("default ")


def whole_numbers(key: str) -> Callable[[Evidence], Message | None]:
    """An item: every number is an int, Python's or NumPy's; a whole float is none.

    A call that gave no number at all is not this item's.
    """

    def judge(evidence: Evidence) -> Message | None:
        cases = {case.name: case for case in evidence.cases}
        expected = dict(evidence.expected.results("value"))
        for case_name, result in evidence.observation.results("value"):
            if result.kind != "number" or _is_int(result):
                continue
            name = evidence.observation.exercise
            found = f"{result.array.values[0]}" if result.array else number_text(result)
            return Message(
                key,
                input=call_text(name, cases[case_name]),
                expected=number_text(expected[case_name]),
                found=f"{found}, of type {result.type_name}",
                parameters={"name": name, "type": result.type_name},
            )
        return None

    return judge


def _is_int(result: Result) -> bool:
    """By the type's name, which is all that was kept: ``int``, ``int64``, ``uint8``."""
    return _number_types(result)[0].strip("u0123456789") == "int"


def values_where(
    form: Form, condition: Callable[[PlainCase], bool], key: str, place: int | None = None
) -> Callable[[Evidence], Message | None]:
    """An item: in the cases that meet ``condition`` the number is the reference's.

    Of a pair of numbers all are compared, or the one at ``place``. What is not of the ``form`` is
    said in the words of the form.
    """

    def judge(evidence: Evidence) -> Message | None:
        expected = dict(evidence.expected.results("value"))
        found = dict(evidence.observation.results("value"))
        return _first(
            form.misfit(evidence, case, found[case.name])
            or _other_number(evidence, case, key, found[case.name], expected[case.name], place)
            for case in evidence.cases
            if condition(case)
        )

    return judge


def _other_number(
    evidence: Evidence,
    case: PlainCase,
    key: str,
    found: Result,
    expected: Result,
    place: int | None,
) -> Message | None:
    """The message of ``key``, if the number is another one."""
    got, wanted = _at(found, place), _at(expected, place)
    if same_number(got, wanted):
        return None
    name = evidence.observation.exercise
    return Message(
        key,
        input=call_text(name, case),
        expected=number_text(wanted),
        found=_alike(got, wanted),
        parameters={"name": name},
    )


def _at(result: Result, place: int | None) -> Result:
    """One number of a pair, as a result of its own; without a place, and of no pair, all of it."""
    if place is None or result.array is None or len(result.array.shape) != 1:
        return result
    return replace(result, array=Array((), "number", (result.array.values[place],)))


def _alike(found: Result | None, expected: Result) -> str:
    """What was found, in the words in which the expected value is shown: 1 is True."""
    if found and found.array and expected.kind == "bool":
        return number_text(replace(found, kind="bool"))
    return number_text(found)


def same_number(found: Result | None, expected: Result) -> bool:
    """Exactly equal: a count is a whole number and has no tolerance."""
    if found is None or found.array is None or expected.array is None:
        return False
    return found.array.values == expected.array.values


def call_text(name: str, case: PlainCase) -> str:
    return f"{name}({', '.join(map(repr, case.arguments))})"


def number_text(result: Result | None) -> str:
    """A number with its thousands set apart; other results by their kind."""
    if result is None or result.array is None:
        return "nothing" if result is None else returned(result)
    if result.kind == "bool":
        return str(bool(result.array.values[0]))
    texts = [f"{v:,.0f}" if v == v // 1 else f"{v:,}" for v in result.array.values]
    alone = "," if len(texts) == 1 else ""
    return texts[0] if result.array.shape == () else f"({', '.join(texts)}{alone})"


def type_notes(evidence: Evidence) -> tuple[Message, ...]:
    """A note where whole numbers came back as floats or as another library's integers."""
    results = evidence.observation.results("value")
    kinds = {kind for _, result in results for kind in _number_types(result)} - {"int", ""}
    if not kinds:
        return ()
    types = {result.type_name for _, result in results}
    arrays = {name for name in types if name.startswith(("array", "tensor"))}
    key = "common.array_of_numbers" if arrays else "common.other_number_type"
    names = ", ".join(sorted(arrays or kinds))
    return (Message(key, parameters={"name": evidence.observation.exercise, "type": names}),)


def _number_types(result: Result) -> list[str]:
    """Of ``float``, and of ``tuple of float, int``, the types of the numbers."""
    return result.type_name.rpartition(" of ")[2].split(", ")


def truth_notes(evidence: Evidence) -> tuple[Message, ...]:
    """A note where 1 and 0, or another library's booleans, stand for True and False."""
    kinds = {result.type_name for _, result in evidence.observation.results("value")} - {"bool", ""}
    if not kinds:
        return ()
    parameters = {"name": evidence.observation.exercise, "type": ", ".join(sorted(kinds))}
    return (Message("common.other_truth_type", parameters=parameters),)
