"""The appendix "Reference": all that a reader calls, by its signature and its docstring.

What it says is read from the code, so it cannot say anything else than the code does. Types and
calls are written down here and not by ``inspect``, which spells some of them differently from one
version of Python to the next.
"""

import inspect
import json
import re
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from typing import Any, Union, get_args, get_origin

from typer.models import ArgumentInfo, CommandInfo

from mnv2_tutor import viz
from mnv2_tutor.authoring.course import ROOT
from mnv2_tutor.authoring.mistakes import SPECIAL
from mnv2_tutor.exercise import Exercise
from mnv2_tutor.exercises import KEYS, exercise

PATH = ROOT / "book" / "reference.md"
WIDEST = 76
"""Columns of a call that stands in one line, as for the code of a chapter."""
HEAD = """# Reference

What you can call in this course: what it takes, what it gives back, and when it refuses. The \
texts are those of the code, so `help(check)` in a notebook says the same.
"""
PART = re.compile(r"^(Args|Attributes|Raises|Returns):\n((?: +.*\n?|\n)*)", re.MULTILINE)
CODE = re.compile(
    r"``(.+?)``"
    r"|:\w+:`~?([^`]+)`"
    r"|`([^`]+)`"
    r"|(?<![\w-])(--[a-z][\w-]*)"
    r"|(?<![\w./])([A-Za-z]\w*(?:[./]\w+)*(?:\.[A-Za-z]|_)\w*)"
)
"""What is set as code: what is marked as such, options, and what can only be a name or a file."""
Getter = Callable[[Any], Any]
TASK = re.compile(r"Write (\w+\(.*?\)): (.+)")


@dataclass(frozen=True)
class Section:
    """A part of the page.

    Attributes:
        names: what it explains, each with the module that holds it.
        using: the line that imports them; empty where nobody has to.
        prefix: stands before each name, as in the code of a chapter.
        about: the module whose docstring opens the section.
    """

    title: str
    names: Mapping[str, str]
    using: str = ""
    prefix: str = ""
    about: str = ""


def _of(module: str, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, f"mnv2_tutor.{module}")


def _module(title: str, path: str, *names: str) -> Section:
    """A section about one module, whose names are used through it: ``viz.still``."""
    package, _, name = f"mnv2_tutor.{path}".rpartition(".")
    using = f"from {package} import {name}"
    return Section(title, _of(path, *names), using, f"{name}.", f"mnv2_tutor.{path}")


SECTIONS = (
    Section(
        "In an exercise",
        _of("tutor", "check", "hint", "solution", "progress"),
        "from mnv2_tutor import check, hint, solution, progress",
        about="mnv2_tutor.tutor",
    ),
    Section(
        "What comes back",
        _of("report", "Report", "ItemReport", "Outcome")
        | _of("messages", "Message")
        | _of("report.cards", "Card")
        | _of("errors", "Unusable"),
    ),
    _module("Data", "data", "trained_network", "class_names", "clothes", "Clothes", "Photos"),
    Section(
        "While a network trains",
        _of("epochs", "Epochs"),
        "from mnv2_tutor.epochs import Epochs",
        about="mnv2_tutor.epochs",
    ),
    _module("The published networks", "published", "checkpoints", "Checkpoint"),
    _module("Figures, tables and questions", "viz", *viz.__all__),
    _module(
        "Measured once: the time of a convolution",
        "experiments.latency",
        *("CHANNELS", "stored", "Row"),
    ),
    _module(
        "Measured once: the linear bottleneck",
        "experiments.linear_bottleneck",
        *("VARIANTS", "SEEDS", "stored", "final_loss", "network", "train", "Row"),
    ),
)


# The page.


def written() -> str:
    """The page as Markdown."""
    first, returned, *others = SECTIONS
    parts = [HEAD, *_section(first), *_section(returned), *_mine()]
    for section in others:
        parts += _section(section)
    return "\n".join(part.strip("\n") + "\n" for part in [*parts, *_commands()] if part)


def write() -> Path:
    PATH.write_text(written(), encoding="utf-8")
    return PATH


def _section(section: Section) -> Iterator[str]:
    """Constants first, then functions, then classes; each in the order of the names."""
    yield f"## {section.title}"
    if section.about:
        yield prose(_doc(import_module(section.about)))
    if section.using:
        yield _block(section.using)
    named = {
        f"{section.prefix}{name}": getattr(import_module(module), name)
        for name, module in section.names.items()
    }
    constants = [
        f"{name} = {literal(value)}" for name, value in named.items() if not callable(value)
    ]
    if constants:
        yield _block("\n".join(constants))
    for name, value in named.items():
        if callable(value) and not isinstance(value, type):
            yield from _function(name, value)
    for name, value in named.items():
        if isinstance(value, type):
            yield from _class(name, value)


def _function(name: str, function: Callable[..., Any]) -> Iterator[str]:
    doc = Doc.of(function)
    yield _heading(name)
    yield _block(call(name, function))
    yield prose(doc.text)
    yield _definitions(_as_code(doc.entries("Args")) | _ends(doc))


def _class(name: str, kind: type) -> Iterator[str]:
    """What it holds, or how it is made; then what its docstrings say of attributes and methods."""
    doc = Doc.of(kind)
    public = {key: value for key, value in vars(kind).items() if not key.startswith("_")}
    properties = {
        key: value.fget
        for key, value in public.items()
        if isinstance(value, property) and value.fget
    }
    methods = {
        call(key, getattr(kind, key)): _doc(value)
        for key, value in public.items()
        if isinstance(value, types.FunctionType | classmethod)
    }
    said = {key: _doc(value) for key, value in properties.items()} | methods
    entries = doc.entries("Attributes") | {key: text for key, text in said.items() if text}
    yield _heading(f"class {name}")
    yield _block(_shape(name, kind, properties))
    yield prose(doc.text)
    yield _definitions(_as_code(entries) | _ends(doc))


def _shape(name: str, kind: type, properties: Mapping[str, Getter]) -> str:
    """Members of an enumeration, fields of data, the import of an error, the call of the rest."""
    if issubclass(kind, Enum):
        return "\n".join(f"{name}.{member.name} = {literal(member.value)}" for member in kind)
    if issubclass(kind, Exception):
        return f"from {kind.__module__} import {name}"
    fields = inspect.get_annotations(kind)
    if not fields:
        return call(name, kind)
    computed = {key: inspect.get_annotations(get)["return"] for key, get in properties.items()}
    lines = [
        f"    {key}: {type_name(of)}"
        for key, of in (fields | computed).items()
        if not key.startswith("_")
    ]
    return "\n".join([f"class {kind.__name__}:", *lines])


def _ends(doc: "Doc") -> dict[str, str]:
    """What comes back, and what is raised."""
    returned = {"Returns": doc.parts["Returns"]} if "Returns" in doc.parts else {}
    raised = doc.entries("Raises").items()
    return returned | {f"Raises `{error}`": f"When {reason}" for error, reason in raised}


def _mine() -> Iterator[str]:
    yield "## Your own functions"
    yield prose(_doc(import_module("mnv2_tutor.mine")))
    yield "".join(f"{asked(exercise(key))}\n" for key in KEYS)


def asked(task: Exercise) -> str:
    """The function that an exercise asks for, and where: chapter and exercise share their name.

    Raises:
        ValueError: the task does not begin with "Write", the call and a colon.
    """
    found = TASK.fullmatch(str(task.words["task"]))
    if not found:
        raise ValueError(f"the task of {task.key} has no call to begin with")
    name = Path(task.notebook).stem
    places = f"Chapter [{task.chapter}]({name}), [exercise](exercises/{name})"
    return f"`{found[1]}`\n: {_sentence(found[2])} {places}, {task.max_score} points.\n"


# The command line.


def _commands() -> Iterator[str]:
    from mnv2_tutor.cli import app

    yield "## The command line"
    for command in sorted(app.registered_commands, key=_name_of):
        yield from _command(command)


def _name_of(command: CommandInfo) -> str:
    return str(command.name or getattr(command.callback, "__name__", ""))


def _command(command: CommandInfo) -> Iterator[str]:
    assert command.callback is not None
    given = [Given.of(p) for p in inspect.signature(command.callback).parameters.values()]
    arguments = [one for one in given if one.is_argument]
    options = [one for one in given if not one.is_argument]
    name = f"mnv2-tutor {_name_of(command)}"
    yield _heading(name)
    line = [name, "[OPTIONS]" if options else "", *map(str, arguments)]
    yield _block(" ".join(filter(None, line)), "text")
    yield prose(_doc(command.callback))
    yield _definitions({f"`{one}`": one.says for one in [*arguments, *options]})


@dataclass(frozen=True)
class Given:
    """What is given to a command: an argument or an option.

    Attributes:
        kind: its type, without None.
        default: what is taken where it is left out; None where that says nothing.
        about: what the code tells typer.
    """

    name: str
    kind: Any
    default: Any
    is_required: bool
    about: Any

    @classmethod
    def of(cls, parameter: inspect.Parameter) -> "Given":
        kind, about = get_args(parameter.annotation)
        if get_origin(kind) in (Union, types.UnionType):
            kind = get_args(kind)[0]
        is_required = parameter.default is inspect.Parameter.empty
        is_silent = is_required or isinstance(parameter.default, bool)
        default = None if is_silent else parameter.default
        return cls(parameter.name, kind, default, is_required, about)

    @property
    def is_argument(self) -> bool:
        return isinstance(self.about, ArgumentInfo)

    @property
    def value(self) -> str:
        """What follows an option."""
        one = get_args(self.kind)[0] if get_origin(self.kind) is list else self.kind
        if issubclass(one, Enum):
            return "|".join(member.value for member in one)
        return {bool: "", int: "INTEGER", float: "NUMBER", Path: "PATH", str: "NAME"}[one]

    def __str__(self) -> str:
        more = "..." if get_origin(self.kind) is list else ""
        if self.is_argument:
            return f"{self.name.upper()}{more}" if self.is_required else f"[{self.name.upper()}]"
        return f"--{self.name.replace('_', '-')} {self.value}".strip() + more

    @property
    def says(self) -> str:
        """Its help, the least that it takes, and its default."""
        least = f"At least {self.about.min}." if self.about.min is not None else ""
        default = f"By default {self.default}." if self.default is not None else ""
        return " ".join(filter(None, [self.about.help, least, default]))


# Calls and types.


def call(name: str, function: Callable[..., Any]) -> str:
    """The call with its types, in one line or with a line for each parameter."""
    found = inspect.signature(function)
    parameters = [_parameter(p) for p in found.parameters.values() if p.name != "self"]
    gives = found.return_annotation
    is_silent = isinstance(function, type) or gives in (None, inspect.Signature.empty)
    after = "" if is_silent else f" -> {type_name(gives)}"
    line = f"{name}({', '.join(parameters)}){after}"
    if len(line) <= WIDEST:
        return line
    lines = "".join(f"    {parameter},\n" for parameter in parameters)
    return f"{name}(\n{lines}){after}"


def _parameter(parameter: inspect.Parameter) -> str:
    default = "" if parameter.default is parameter.empty else f" = {literal(parameter.default)}"
    return f"{parameter.name}: {type_name(parameter.annotation)}{default}"


def literal(value: object) -> str:
    """A plain value with the quotes of the code: ruff formats what stands in Markdown as well."""
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))})"
    return json.dumps(str(value)) if isinstance(value, str) else repr(value)


def type_name(kind: Any) -> str:
    """A type as the code writes it, without the modules that its names come from."""
    if isinstance(kind, str):
        return kind
    if kind in (None, types.NoneType):
        return "None"
    if kind is Ellipsis:
        return "..."
    arguments = kind if isinstance(kind, list) else get_args(kind)
    inside = ", ".join(map(type_name, arguments))
    if isinstance(kind, list):
        return f"[{inside}]"
    if get_origin(kind) in (Union, types.UnionType):
        return " | ".join(map(type_name, arguments))
    name = (get_origin(kind) or kind).__name__
    return f"{name}[{inside}]" if arguments else str(name)


# Docstrings.


@dataclass(frozen=True)
class Doc:
    """A docstring in Google's style: its text, and its parts by their names."""

    text: str
    parts: Mapping[str, str]

    @classmethod
    def of(cls, thing: object) -> "Doc":
        found = _doc(thing)
        parts = {part[1]: dedent(part[2]).strip() for part in PART.finditer(found)}
        return cls(PART.sub("", found).strip(), parts)

    def entries(self, part: str) -> dict[str, str]:
        """Name to text; names that share a text have it each."""
        lines = re.sub(r"\n +", " ", self.parts.get(part, "")).splitlines()
        pairs = [line.partition(": ") for line in lines]
        return {name: text for names, _, text in pairs for name in names.split(", ")}


def _doc(thing: object) -> str:
    """Its own docstring: ``inspect.getdoc`` would give that of a base class as well."""
    return inspect.cleandoc(thing.__doc__ or "")


def prose(text: str) -> str:
    """Paragraphs and lists of a docstring as Markdown."""
    return "\n\n".join(map(_paragraph, re.split(r"\n\s*\n", text))) if text else ""


def _paragraph(text: str) -> str:
    marks = re.split(r"^[*-] ", text, flags=re.MULTILINE)
    if len(marks) == 1:
        return marked(text)
    return "\n".join(f"- {marked(item)}" for item in marks if item)


def marked(text: str) -> str:
    """Text in one line: code as code, and everything else as it is."""
    line, parts, at = " ".join(text.split()), [], 0
    for found in CODE.finditer(line):
        code = next(filter(None, found.groups()))
        parts += [_plain(line[at : found.start()]), f"`{code}`"]
        at = found.end()
    return "".join([*parts, _plain(line[at:])])


def _sentence(text: str) -> str:
    return marked(text[:1].upper() + text[1:])


def _as_code(entries: Mapping[str, str]) -> dict[str, str]:
    return {f"`{' '.join(name.split())}`": text for name, text in entries.items()}


def _heading(text: str) -> str:
    """Not as code, which would not break on a phone; classes say so, or two ids would be one."""
    return f"### {_plain(text)}"


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return SPECIAL.sub(r"\\\1", text)


def _definitions(entries: Mapping[str, str]) -> str:
    return "\n".join(f"{term}\n: {_sentence(text)}\n" for term, text in entries.items())


def _block(code: str, language: str = "python") -> str:
    return f"```{language}\n{code}\n```"
