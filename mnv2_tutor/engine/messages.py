"""Messages as a key and parameters, and the one place where they are put into words.

The words are data: ``words/<language>/<exercise>.toml`` of the course for one exercise,
``common.toml`` of the engine for what every exercise says, and files of a family for its own. A
message with the key ``"some_function.too_large"`` is found in ``some_function.toml`` under
``[messages.too_large]``.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources.abc import Traversable
from typing import Any

from mnv2_tutor.engine.active import in_course, in_package

LANGUAGE = "en"


@dataclass(frozen=True)
class Message:
    """What is said, before it is put into words.

    ``input``, ``expected`` and ``found`` are the evidence and stand in every message about a
    learner's answer; the other parameters fill the placeholders of the words.
    """

    key: str
    input: str = ""
    expected: str = ""
    found: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def says(self) -> str:
        """What the learner's function did, one sentence."""
        return self._words("says")

    @property
    def why(self) -> str:
        """The reason, in a concept of the chapter."""
        return self._words("why")

    @property
    def next(self) -> str:
        """A next step, kept apart from the fact."""
        return self._words("next")

    @property
    def message(self) -> str:
        return f"{self.says} {self.why}".strip()

    def to_dict(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "message": self.message,
            "input": self.input,
            "expected": self.expected,
            "found": self.found,
            "parameters": dict(self.parameters),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Message":
        """The message that ``to_dict`` wrote; its words are today's."""
        parts = ("key", "input", "expected", "found", "parameters")
        return cls(**{part: data[part] for part in parts})

    def _words(self, part: str) -> str:
        source, _, name = self.key.partition(".")
        template = str(words(source)["messages"][name].get(part, ""))
        given = {"input": self.input, "expected": self.expected, "found": self.found}
        return template.format_map({**given, **self.parameters}).strip()


@cache
def words(source: str, language: str = LANGUAGE) -> dict[str, Any]:
    """All words of one exercise, or those that several share.

    A file may name another one whose messages it ``shares``; its own ones come before them.

    Raises:
        KeyError: there are no such words.
    """
    found: dict[str, Any] = {}
    for path in _files(source, language):
        more = tomllib.loads(path.read_text(encoding="utf-8"))
        found = found | more | {"messages": found.get("messages", {}) | more.get("messages", {})}
    if not found:
        raise KeyError(f"no words for {source!r} in {language!r}")
    if "shares" in found:
        found["messages"] = words(found["shares"], language)["messages"] | found["messages"]
    return found


def sources(language: str = LANGUAGE) -> list[str]:
    """What there are words of: exercises, and what several share."""
    files = (path.name for folder in _folders(language) for path in folder.iterdir())
    return sorted({name.removesuffix(".toml") for name in files if name.endswith(".toml")})


def _files(source: str, language: str) -> Iterator[Traversable]:
    """The files of that name, the course's last: what it says comes before the others."""
    for folder in _folders(language):
        path = folder.joinpath(f"{source}.toml")
        if path.is_file():
            yield path


def _folders(language: str) -> Iterator[Traversable]:
    families = sorted(in_package("families").iterdir(), key=lambda folder: folder.name)
    for owner in (in_package("engine"), *families, in_course()):
        folder = owner.joinpath("words", language)
        if folder.is_dir():
            yield folder
