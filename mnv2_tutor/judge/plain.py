"""Items for exercises of plain Python numbers: the form of the answer, and its values."""

from collections.abc import Callable
from dataclasses import replace

from mnv2_tutor.exercise import Look, PlainCase
from mnv2_tutor.judge.forms import KINDS_WITH_WORDS, raised, returned
from mnv2_tutor.messages import Message
from mnv2_tutor.observation import Array, Result


def one_number(look: Look) -> Message | None:
    """An item: every call gives one number. A whole float or a NumPy number is one too."""
    return _each_is(look, lambda r: r.kind == "number", "one whole number", "no_number")


def one_truth(look: Look) -> Message | None:
    """An item: every call gives True or False; 1, 0 and NumPy's booleans are that too."""
    return _each_is(look, _is_truth, "True or False", "no_truth")


def pair_of_numbers(look: Look) -> Message | None:
    """An item: every call gives two numbers, in a tuple or a list."""
    return _each_is(look, _is_pair, "two whole numbers", "no_pair")


def _is_pair(result: Result) -> bool:
    truths = any(kind.startswith("bool") for kind in _number_types(result))
    return bool(result.array and result.array.shape == (2,) and not truths)


def _is_truth(result: Result) -> bool:
    array = result.array
    return result.kind in ("bool", "number") and bool(array and array.values[0] in (0.0, 1.0))


def _each_is(
    look: Look, fits: Callable[[Result], bool], expected: str, otherwise: str
) -> Message | None:
    """The message about the first call that gave something else."""
    cases = {case.name: case for case in look.cases}
    name = look.observation.exercise
    for case_name, result in look.observation.results("value"):
        asked = call_text(name, cases[case_name])
        if result.error:
            return raised(look, asked, result)
        if result.array is not None and fits(result):
            continue
        special = result.kind in ("none", "text", "generator", "coroutine", "function")
        assert not special or result.kind in KINDS_WITH_WORDS
        key = f"common.returned_{result.kind if special else otherwise}"
        plain = result.kind in ("bool", "number", "sequence") and result.array is not None
        found = number_text(result) if plain else returned(result)
        return Message(key, asked, expected, found, {"name": name, "type": result.type_name})
    return None


def whole_numbers(key: str) -> Callable[[Look], Message | None]:
    """An item: every number is an int, Python's or NumPy's; a whole float is none."""

    def judge(look: Look) -> Message | None:
        cases = {case.name: case for case in look.cases}
        expected = dict(look.expected.results("value"))
        for case_name, result in look.observation.results("value"):
            if _is_int(result):
                continue
            name = look.observation.exercise
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
    return result.kind == "number" and result.type_name.strip("u0123456789") == "int"


def values_where(
    condition: Callable[[PlainCase], bool], key: str, place: int | None = None
) -> Callable[[Look], Message | None]:
    """An item: in the cases that meet ``condition`` the number is the reference's.

    Of a pair of numbers all are compared, or the one at ``place``.
    """

    def judge(look: Look) -> Message | None:
        expected = dict(look.expected.results("value"))
        found = dict(look.observation.results("value"))
        for case in look.cases:
            if not condition(case):
                continue
            wanted = _at(expected[case.name], place)
            got = _at(found[case.name], place) if case.name in found else None
            if not same_number(got, wanted):
                name = look.observation.exercise
                return Message(
                    key,
                    input=call_text(name, case),
                    expected=number_text(wanted),
                    found=_alike(got, wanted),
                    parameters={"name": name},
                )
        return None

    return judge


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


def type_notes(look: Look) -> tuple[Message, ...]:
    """A note where whole numbers came back as floats or as another library's integers."""
    results = look.observation.results("value")
    kinds = {kind for _, result in results for kind in _number_types(result)} - {"int", ""}
    if not kinds:
        return ()
    parameters = {"name": look.observation.exercise, "type": ", ".join(sorted(kinds))}
    return (Message("common.other_number_type", parameters=parameters),)


def _number_types(result: Result) -> list[str]:
    """Of ``float``, and of ``tuple of float, int``, the types of the numbers."""
    return result.type_name.rpartition(" of ")[2].split(", ")


def truth_notes(look: Look) -> tuple[Message, ...]:
    """A note where 1 and 0, or another library's booleans, stand for True and False."""
    kinds = {result.type_name for _, result in look.observation.results("value")} - {"bool", ""}
    if not kinds:
        return ()
    parameters = {"name": look.observation.exercise, "type": ", ".join(sorted(kinds))}
    return (Message("common.other_truth_type", parameters=parameters),)
