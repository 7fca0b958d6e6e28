"""What is made must be what would be made now; nothing is observed for that.

Of fingerprints and transcripts the names and the words are looked at; whether their numbers are
still those of the answers, the tests of the answers ask.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mnv2_tutor.authoring.gate import Violation
from mnv2_tutor.authoring.transcripts import RULE

ENTRY = re.compile(rf"^{RULE}\n(\w+)\n{RULE}\n", re.MULTILINE)
MADE = "run: make made, and read the diff"


def of_text(where: str, stored: str | None, made: str, command: str) -> Iterator[Violation]:
    """Of a file that a command writes whole."""
    if stored is None:
        yield Violation(where, "missing", f"run: {command}")
    elif stored != made:
        yield Violation(
            where, f"stale from line {_first_other_line(stored, made)}", f"run: {command}"
        )


def of_names(where: str, stored: Iterable[str], now: Iterable[str]) -> Iterator[Violation]:
    """Of a file that holds something of each answer, in their order."""
    stored, now = list(stored), list(now)
    missing = ", ".join(name for name in now if name not in stored)
    left = ", ".join(name for name in stored if name not in now)
    if missing:
        yield Violation(where, f"holds nothing of {missing}", MADE)
    if left:
        yield Violation(where, f"holds {left}, which is gone", MADE)
    if not missing and not left and stored != now:
        yield Violation(where, "is in another order than the answers", MADE)


def of_transcript(
    where: str, stored: str, names: Sequence[str], words: Mapping[str, Any]
) -> Iterator[Violation]:
    """Of a golden transcript: it has every answer, and says today's words of each."""
    parts = ENTRY.split(stored)
    entries = dict(zip(parts[1::2], parts[2::2], strict=True))
    yield from of_names(where, parts[1::2], ["reference", *names])
    for name, text in entries.items():
        if name != "reference" and name not in names:
            continue
        for part, template in _words_of(name, words).items():
            if template and not _says(text, template):
                yield Violation(f"{where} {name}", f"{part} is not what the words say now", MADE)


def _words_of(name: str, words: Mapping[str, Any]) -> Mapping[str, str]:
    if name == "reference":
        return dict(words["explanation"])
    return dict(words["messages"].get(name.partition("__")[0], {}))


def _says(text: str, template: str) -> bool:
    """Whether the words stand there, however the lines are broken and placeholders filled."""
    literal = re.split(r"\{\w+\}", template.replace("{{", "\0").replace("}}", "\1"))
    parts = [re.escape(" ".join(_braces(part).split(" "))) for part in literal]
    return re.search(".+?".join(parts).strip(), " ".join(text.split())) is not None


def _braces(text: str) -> str:
    return text.replace("\0", "{").replace("\1", "}")


def _first_other_line(stored: str, made: str) -> int:
    pairs = zip(stored.splitlines(), made.splitlines(), strict=False)
    same = next((n for n, (a, b) in enumerate(pairs, start=1) if a != b), None)
    return same or min(len(stored.splitlines()), len(made.splitlines())) + 1
