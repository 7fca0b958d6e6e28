"""The rules for what a check says: messages, hints and explanations.

A message states what the function did, gives the reason, and asks for the next step; it is neutral
about the person. The last hint alone may give the solution away.
"""

import io
import re
import string
import tokenize
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mnv2_tutor.authoring.gate import Violation

LONGEST_MESSAGE, LONGEST_HINT, FEWEST_HINTS = 40, 160, 3
BANNED = re.compile(
    r"\b(just|simply|obvious(ly)?|illegal|easy|easily|trivial(ly)?|of course|clearly|wrong answer|"
    r"your code is|you should have|failed to|bad|stupid|merely|basically)\b",
    re.IGNORECASE,
)
IMPERATIVE = re.compile(
    r"(^|[.:] )(Use|Try|Change|Add|Remove|Replace|Check|Write|Call|Put|Make|Fix|Return)\b"
)
SAY_INSTEAD = {"activation map": "feature map", "filter size": "kernel size", "array": "tensor"}
ABOUT_ARRAYS = {"preprocess", "transfer_weights", "run_tflite"}
"""Exercises whose matter is NumPy's arrays themselves."""
PLACEHOLDERS = {
    "name", "other", "type", "wanted", "names", "error", "dtype", "limit", "cause", "missing",
    "module",
}  # fmt: skip
"""What the judge fills in."""
PLACEHOLDERS_OF = {
    "notebook": {
        "cell", "counts", "encoding", "error", "files", "here", "imports", "limit", "lines", "name",
        "names", "number", "places", "problem", "text", "version", "where",
    },
}  # fmt: skip
"""What is filled in of words that are not the judge's."""
ASK_FOR_NOTHING = {
    ("common", "checker_error"),
    ("common", "renamed"),
    ("common", "keyword_only"),
    ("common", "reordered"),
    ("common", "settings"),
    ("common", "array_of_numbers"),
    ("common", "replaced_builtins"),
    ("common", "other_number_type"),
    ("common", "other_truth_type"),
    ("relu6", "eager_only"),
}
"""Remarks without a question, beside those called note_."""
WITHOUT_REASON = {"not_attempted"}
RUN = 5
"""So many tokens of the solution in a row give it away."""

Words = Mapping[str, Any]
Tokens = tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """What the words of an exercise have to fit."""

    rubric: Collection[str]
    misconceptions: Collection[str]
    solution: str


def of_file(source: str, words: Words, shared: Words | None = None) -> Iterator[Violation]:
    """Of one file of words, without the messages that it has from another one."""
    others = shared["messages"] if shared else {}
    own = {key: entry for key, entry in words["messages"].items() if entry != others.get(key)}
    for key, entry in own.items():
        yield from of_message(source, key, entry)
    yield from _of_terms(source, str({**words, "messages": own}))


def of_message(source: str, key: str, entry: Mapping[str, str]) -> Iterator[Violation]:
    where = f"{_file(source)} [messages.{key}]"
    absent = [part for part in ("says", "why") if part not in entry]
    if absent:
        yield Violation(where, f"{' and '.join(absent)} is missing", "write it")
        return
    count = len(said(entry).split())
    if count > LONGEST_MESSAGE:
        yield Violation(
            where, f"says and why have {count} words", f"at most {LONGEST_MESSAGE}: shorten them"
        )
    yield from _of_tone(where, f"{said(entry)} {entry.get('next', '')}")
    if found := IMPERATIVE.search(said(entry)):
        yield Violation(where, f"says or why orders: {found[2]}", "state a fact; ask in next")
    if not entry["why"] and key not in WITHOUT_REASON:
        yield Violation(where, "why is empty", "give the reason, in a concept of the chapter")
    asks_nothing = (source, key) in ASK_FOR_NOTHING or key.startswith("note_")
    if not asks_nothing and not entry.get("next", "").endswith("?"):
        yield Violation(where, "next is no question", "end it with one that leads on")
    parsed = string.Formatter().parse(" ".join(entry.values()))
    known = PLACEHOLDERS_OF.get(source, PLACEHOLDERS)
    for name in sorted({name for _, name, _, _ in parsed if name} - known):
        what = f"nothing fills the placeholder {{{name}}}"
        yield Violation(where, what, f"known are {', '.join(sorted(known))}")


def of_exercise(key: str, words: Words, facts: Facts) -> Iterator[Violation]:
    """Of what an exercise has beside its messages, and of the messages together."""
    where = _file(key)
    if len(words["hints"]) < FEWEST_HINTS:
        yield Violation(where, "too few hints", f"write at least {FEWEST_HINTS}")
    for number, hint in enumerate(words["hints"], start=1):
        yield from _of_hint(f"{where} hint {number}", hint)
    for part in ("why", "notice"):
        if not words["explanation"].get(part):
            yield Violation(f"{where} [explanation]", f"{part} is missing", "write it")
    yield from _of_titles(where, words["rubric"], facts.rubric)
    yield from _of_misconceptions(key, words["messages"], facts.misconceptions)
    yield from _of_giving_away(where, words, facts.solution)


def said(entry: Mapping[str, str]) -> str:
    """What is read first; the next step is folded."""
    return f"{entry['says']} {entry['why']}"


def _file(source: str) -> str:
    return f"words/en/{source}.toml"


def _of_tone(where: str, text: str) -> Iterator[Violation]:
    if found := BANNED.search(text):
        yield Violation(where, f"{found[0]!r} judges or belittles", "say it without")


def _of_terms(source: str, text: str) -> Iterator[Violation]:
    for term, better in SAY_INSTEAD.items():
        if term == "array" and source in ABOUT_ARRAYS:
            continue
        if found := re.search(rf"\b{term}s?\b", text.replace("NumPy array", "")):
            yield Violation(
                _file(source), f"{found[0]!r} is not the course's term", f"say {better}"
            )


def _of_hint(where: str, hint: str) -> Iterator[Violation]:
    count = len(hint.split())
    if count > LONGEST_HINT:
        yield Violation(where, f"{count} words", f"at most {LONGEST_HINT}: shorten it")
    if not hint.endswith("?"):
        yield Violation(where, "does not end with a question", "ask what leads on")
    yield from _of_tone(where, hint)


def _of_titles(where: str, titles: Collection[str], rubric: Collection[str]) -> Iterator[Violation]:
    for key in sorted(set(rubric) - set(titles)):
        yield Violation(f"{where} [rubric]", f"{key} has no title", "write what the item asks for")
    for key in sorted(set(titles) - set(rubric)):
        yield Violation(f"{where} [rubric]", f"{key} is no item of the rubric", "remove it")


def _of_misconceptions(
    key: str, messages: Mapping[str, Mapping[str, str]], names: Iterable[str]
) -> Iterator[Violation]:
    where, answers = _file(key), f"answers/{key}.py"
    keys = list(dict.fromkeys(name.partition("__")[0] for name in names))
    if not keys:
        yield Violation(answers, "no misconception", "write functions wrong_<key>")
    first: dict[str, str] = {}
    for name in keys:
        if name not in messages:
            yield Violation(
                f"{where} [messages.{name}]", "missing", f"say what wrong_{name} of {answers} does"
            )
            continue
        other = first.setdefault(messages[name].get("says", ""), name)
        if other != name:
            yield Violation(
                f"{where} [messages.{name}]", f"says the same as {other}", "say what differs"
            )


def _of_giving_away(where: str, words: Words, solution: str) -> Iterator[Violation]:
    runs = _runs(solution.split('"""')[-1])
    hints = words["hints"]
    if not runs:
        yield Violation(where, "the solution is too short to be given away", "ask for more")
        return
    for number, hint in enumerate(hints[:-1], start=1):
        if given := runs & _runs(hint):
            yield Violation(
                f"{where} hint {number}", f"gives the solution away: {_shown(given)}",
                "only the last hint may",
            )  # fmt: skip
    for key, entry in words["messages"].items():
        if given := runs & _runs(f"{entry.get('says', '')} {entry.get('why', '')}"):
            yield Violation(
                f"{where} [messages.{key}]", f"gives the solution away: {_shown(given)}",
                "say what the function did",
            )  # fmt: skip
    if not hints or not runs & _runs(hints[-1]):
        yield Violation(f"{where} last hint", "does not show the solution", "write its line down")


def _runs(text: str) -> set[Tokens]:
    """All runs of tokens; text that is no Python is cut into words and signs."""
    try:
        tokens = [
            token.string
            for token in tokenize.generate_tokens(io.StringIO(" ".join(text.split())).readline)
            if token.string.strip()
        ]
    except (tokenize.TokenError, IndentationError):
        tokens = re.findall(r"\w+(?:\.\d+)?|[^\w\s]", text)
    return {tuple(tokens[n : n + RUN]) for n in range(len(tokens) - RUN + 1)}


def _shown(runs: set[Tokens]) -> str:
    return " ".join(min(runs))
