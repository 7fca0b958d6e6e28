"""Self-check questions: written down as data, answered in the page, explained after the answer.

``questions/<language>/<chapter>.toml`` holds a chapter's questions. Kinds:

- ``single``: one of several choices; ``multiple``: all that apply;
- ``number``: a number, within ``tolerance`` of ``answer``;
- ``predict``: code is shown, its output comes after the answer. It is run when the notebook is, and
  "an error" is always among the choices.

Without JavaScript the answers are behind a fold.
"""

import contextlib
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from jinja2 import Environment, Template
from markupsafe import Markup

from mnv2_tutor.engine.active import in_course
from mnv2_tutor.engine.messages import LANGUAGE

KINDS = ("single", "multiple", "number", "predict")
AN_ERROR = "an error"


@dataclass(frozen=True)
class Choice:
    """A possible answer, whether it is right, and what is said to who picks it."""

    text: str
    right: bool
    says: str


@dataclass(frozen=True)
class Question:
    """A question with all that is shown before and after the answer; texts may hold `code`."""

    name: str
    kind: str
    text: str
    explanation: str
    choices: tuple[Choice, ...] = ()
    answer: float | None = None
    tolerance: float = 0.0
    code: str = ""
    output: str = ""

    def __repr__(self) -> str:
        return f"Question: {self.text}"

    def _repr_html_(self) -> str:
        html: str = _template().render(question=self, right=_right(self))
        return html


@cache
def questions(chapter: str) -> dict[str, Mapping[str, Any]]:
    """The questions of a chapter by name, as they were written down.

    Raises:
        KeyError: the chapter has none.
    """
    path = in_course("questions", LANGUAGE, f"{chapter}.toml")
    if not path.is_file():
        raise KeyError(f"no questions for chapter {chapter!r}")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def ask(chapter: str, name: str) -> Question:
    """A question, ready to stand at the end of a cell.

    Raises:
        KeyError: there is no such question.
        ValueError: it is not written as its kind asks.
    """
    data = questions(chapter)[name]
    kind = str(data["kind"])
    choices = tuple(
        Choice(str(c["text"]), c.get("right", False), str(c["says"]))
        for c in data.get("choices", ())
    )
    _verify(name, kind, data, choices)
    code = str(data.get("code", "")).strip("\n")
    return Question(
        name=f"{chapter.replace('_', '-')}-{name}",
        kind=kind,
        text=str(data["text"]),
        explanation=str(data["explanation"]),
        choices=choices,
        answer=data.get("answer"),
        tolerance=float(data.get("tolerance", 0)),
        code=code,
        output=_output_of(code) if kind == "predict" else "",
    )


def _verify(name: str, kind: str, data: Mapping[str, Any], choices: tuple[Choice, ...]) -> None:
    right = sum(choice.right for choice in choices)
    trouble = ""
    if kind not in KINDS:
        trouble = f"kind {kind!r}, where {', '.join(KINDS)} are known"
    elif kind == "number" and not isinstance(data.get("answer"), int | float):
        trouble = "a number question needs an answer"
    elif kind in ("single", "predict") and (right != 1 or len(choices) < 2):
        trouble = "exactly one of at least two choices must be right"
    elif kind == "multiple" and (right == 0 or len(choices) < 2):
        trouble = "at least one of at least two choices must be right"
    elif kind == "predict" and AN_ERROR not in [choice.text.lower() for choice in choices]:
        trouble = f"{AN_ERROR!r} must be among the choices"
    if trouble:
        raise ValueError(f"question {name!r}: {trouble}")


def _output_of(code: str) -> str:
    """What the code prints, or the last line of its error."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(code, "<question>", "exec"), {})  # noqa: S102 - the course's own code
        except Exception as error:  # noqa: BLE001 - an error may be the right answer
            first = str(error).strip().splitlines()[0] if str(error).strip() else ""
            print(f"{type(error).__name__}: {first}")
    return printed.getvalue().rstrip()


def _right(question: Question) -> str:
    """The right answer in words."""
    if question.kind == "number":
        return f"{question.answer:g}"
    return "; ".join(c.text.removesuffix(".") for c in question.choices if c.right)


def _with_code(text: str) -> str:
    """Escaped, with `backticks` as code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{p}</code>" if n % 2 else p for n, p in enumerate(parts))


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["text"] = lambda text: Markup(_with_code(text))  # noqa: S704 - escaped there
    # As text: a Markup would escape what replaces its characters once more.
    environment.filters["attribute"] = lambda html: Markup(escape(str(html)))  # noqa: S704
    source = files("mnv2_tutor.viz") / "question.html.j2"
    return environment.from_string(source.read_text(encoding="utf-8"))
