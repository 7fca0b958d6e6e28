"""What was seen when a learner's function ran: plain data, kept as JSON.

Nothing here judges. An observation may come from a process that ran hostile code, so
:func:`from_json` checks every field and never builds anything but the classes below.
"""

import json
import sys
from array import array
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from math import ceil, gcd, prod
from typing import Any

from mnv2_tutor.errors import Unusable

LARGEST_ARRAY = 4_000_000
MOST_AXES = 8
MOST_ENTRIES = 100
LONGEST_NAME = 100
COUNT = "count"
"""The dtype of whole numbers that are compared exactly, whatever the tolerance."""
SEPARATOR = "; "
"""Between the names in a fact that holds several."""
UNOBSERVED = "unobserved"
"""Kind of a result at which the looking itself raised."""
STOPPED = "stopped"
"""The kind of an observation that the learner's code did not let happen."""
KINDS = ("callable", "absent", "other", STOPPED)
"""What an observation may be of. A class that is called like one of them is no such thing: its
name travels in the facts."""
LONGEST_FACT = 20_000
"""A fact may list the layers of a whole network."""


@dataclass(frozen=True)
class Array:
    """The numbers of a tensor, row by row; with ``every`` above 1 only each ``every``-th one."""

    shape: tuple[int, ...]
    dtype: str
    values: tuple[float, ...]
    every: int = 1

    def thinned(self, most: int) -> "Array":
        """The same array with at most ``most`` of its numbers, spread over all its axes.

        A step that shares no factor with the size meets every row and every channel in turn.
        """
        size = len(self.values)
        every = max(1, ceil(size / most))
        while every > 1 and gcd(every, size) > 1:
            every += 1
        return Array(self.shape, self.dtype, self.values[::every], every)


@dataclass(frozen=True)
class LearnerError:
    """An exception of the learner's code; ``line`` and ``source`` are the learner's own."""

    type: str
    message: str
    line: int | None = None
    source: str | None = None
    nested: bool = False
    """Whether a function of the learner's was being called by itself, many times over."""


@dataclass(frozen=True)
class Result:
    """One thing that came back: its kind, and the data that goes with that kind.

    Kinds: ``tensor`` and ``numpy`` (with ``array``), ``error`` (with ``error``), ``none``,
    ``absent`` (nothing was there to look at), and the names in ``observe.results`` for the rest.
    """

    kind: str
    type_name: str = ""
    array: Array | None = None
    error: LearnerError | None = None


@dataclass(frozen=True)
class Signature:
    """How the function can be called: names in order, and how many must be given."""

    parameters: tuple[str, ...]
    required: tuple[str, ...]
    keyword_only: tuple[str, ...] = ()
    takes_any: bool = False

    def needs_names(self, count: int) -> bool:
        """Whether ``count`` values do not all fit by position, and some must go by name."""
        fits = self.takes_any or len(self.parameters) >= count
        return not fits and bool(self.keyword_only)


@dataclass(frozen=True)
class CaseResult:
    """Everything seen in one case; the names of ``results`` are the observer's."""

    case: str
    results: Mapping[str, Result]


@dataclass(frozen=True)
class Observation:
    """Everything seen of one learner's function.

    Attributes:
        exercise: key of the exercise.
        seed: None for the public probe.
        kind: what was found under the name, one of ``KINDS``; ``other`` has the fact ``type``, and
            ``stopped`` has the facts ``why`` and ``limit``.
        signature: None where Python cannot tell.
        empty_body: the body holds nothing but a docstring, ``pass``, ``...`` or
            ``raise NotImplementedError``.
        digest: identifies the code whatever its spacing, comments and local names; "" if unknown.
        cases: in the order of the probe.
        facts: further plain facts, by the observer.
    """

    exercise: str
    seed: int | None
    kind: str
    signature: Signature | None = None
    empty_body: bool = False
    digest: str = ""
    cases: tuple[CaseResult, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    def results(self, name: str) -> list[tuple[str, Result]]:
        """The results called ``name`` with their cases' names, in order."""
        return [(seen.case, seen.results[name]) for seen in self.cases if name in seen.results]

    def thinned(self, most: int) -> "Observation":
        """The same observation with at most ``most`` numbers an array."""
        cases = tuple(
            CaseResult(
                seen.case, {name: _thin(result, most) for name, result in seen.results.items()}
            )
            for seen in self.cases
        )
        return replace(self, cases=cases)


def _thin(result: Result, most: int) -> Result:
    if result.array is None:
        return result
    return Result(result.kind, result.type_name, result.array.thinned(most), result.error)


def to_json(observation: Observation, packed: bool = False) -> str:
    """One line of JSON; fields that hold nothing are left out.

    ``packed`` writes the numbers of each array as base64 of little-endian doubles: smaller and much
    faster to read, for what no person reads.
    """
    return json.dumps(_plain(observation, packed), separators=(",", ":"))


def _plain(data: Any, packed: bool) -> Any:
    if isinstance(data, Array):
        values = _packed(data.values) if packed else list(data.values)
        return {
            "shape": list(data.shape),
            "dtype": data.dtype,
            "values": values,
            "every": data.every,
        }
    if is_dataclass(data):
        data = {part.name: getattr(data, part.name) for part in fields(data)}
    if isinstance(data, Mapping):
        return {k: _plain(v, packed) for k, v in data.items() if v not in (None, "", {})}
    return [_plain(value, packed) for value in data] if isinstance(data, list | tuple) else data


def _packed(values: tuple[float, ...]) -> str:
    numbers = array("d", values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return b64encode(numbers.tobytes()).decode("ascii")


def _unpacked(text: str) -> tuple[float, ...]:
    numbers = array("d")
    numbers.frombytes(b64decode(text, validate=True))
    if sys.byteorder == "big":
        numbers.byteswap()
    return tuple(numbers)


def from_json(text: str) -> Observation:
    """Read an observation that somebody else wrote.

    Raises:
        Unusable: the text is not an observation.
    """
    try:
        return _observation(json.loads(text))
    except (
        ArithmeticError,
        AttributeError,
        KeyError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise Unusable(f"not an observation: {error}") from None


def _observation(data: dict[str, Any]) -> Observation:
    signature = data.get("signature")
    return Observation(
        exercise=_text(data["exercise"]),
        seed=None if data.get("seed") is None else int(data["seed"]),
        kind=_kind(data["kind"]),
        signature=None if signature is None else _signature(signature),
        empty_body=data.get("empty_body") is True,
        digest=_text(data.get("digest", "")),
        cases=tuple(_seen(seen) for seen in _few(data.get("cases", ()))),
        facts={
            _text(key): _text(value, LONGEST_FACT)
            for key, value in _few(data.get("facts", {})).items()
        },
    )


def _signature(data: dict[str, Any]) -> Signature:
    return Signature(
        parameters=_names(data["parameters"]),
        required=_names(data["required"]),
        keyword_only=_names(data["keyword_only"]),
        takes_any=data["takes_any"] is True,
    )


def _kind(name: Any) -> str:
    if name not in KINDS:
        raise ValueError("an observation of that kind is none of ours")
    return str(name)


def _names(data: Any) -> tuple[str, ...]:
    return tuple(_text(name, LONGEST_NAME) for name in _few(data))


def _few(things: Any) -> Any:
    """The same list or dictionary, unless it is longer than any observation has a use for."""
    if len(things) > MOST_ENTRIES:
        raise ValueError(f"{len(things)} entries")
    return things


def _seen(data: dict[str, Any]) -> CaseResult:
    results = {_text(name): _result(result) for name, result in _few(data["results"]).items()}
    return CaseResult(_text(data["case"]), results)


def _result(data: dict[str, Any]) -> Result:
    numbers, error = data.get("array"), data.get("error")
    return Result(
        kind=_text(data["kind"]),
        type_name=_text(data.get("type_name", "")),
        array=None if numbers is None else _array(numbers),
        error=None if error is None else _error(error),
    )


def _array(data: dict[str, Any]) -> Array:
    shape = tuple(int(size) for size in data["shape"])
    kept = data["values"]
    values = _unpacked(kept) if isinstance(kept, str) else tuple(map(float, kept))
    every = int(data.get("every", 1))
    # Each size first: the product of huge ones alone would take minutes.
    sane = len(shape) <= MOST_AXES and all(0 <= size <= LARGEST_ARRAY for size in shape)
    if not sane or prod(shape) > LARGEST_ARRAY or every < 1:
        raise ValueError("an array of that shape is none of ours")
    if len(values) != ceil(prod(shape) / every):
        raise ValueError(f"{len(values)} values for shape {shape}, every {every}")
    return Array(shape, _text(data["dtype"]), values, every)


def _error(data: dict[str, Any]) -> LearnerError:
    line, source = data.get("line"), data.get("source")
    return LearnerError(
        type=_text(data["type"]),
        message=_text(data.get("message", "")),
        line=None if line is None else int(line),
        source=None if source is None else _text(source),
        nested=data.get("nested") is True,
    )


def _text(value: Any, longest: int = 2000) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text expected, got {type(value).__name__}")
    return value[:longest].encode("utf-8", "replace").decode()
