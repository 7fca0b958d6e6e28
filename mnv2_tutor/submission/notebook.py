"""Reading what was handed in: code cells, which exercises they are about, and what was mended."""

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import nbformat

from mnv2_tutor.errors import Unusable
from mnv2_tutor.exercises import KEYS
from mnv2_tutor.find import alike, has_same_letters
from mnv2_tutor.messages import Message
from mnv2_tutor.slicing import MINE
from mnv2_tutor.submission.script import DEFINITIONS, called, parts

LARGEST = 50_000_000
MOST_CODE = 400_000
"""Characters of code in a file: to read more takes the parser seconds and gigabytes."""
MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.M)
"""A line for IPython. Its own translator reads a cell anew for each of them, which a hostile cell
can make take for ever; here it is only about names."""
PLAY = "play"
"""A cell with this tag is for trying things out, and is not run."""
SET_UP = {
    "keras": "import keras",
    "layers": "from keras import layers",
    "tf": "import tensorflow as tf",
    "np": "import numpy as np",
    "math": "import math",
    **dict.fromkeys(("check", "hint", "solution"), "from mnv2_tutor import check, hint, solution"),
}
"""What the first cell of an exercise imports, or people usually do, by the name that it binds."""


class NoExercise(Unusable):
    """A notebook or script that has nothing to do with the course."""


@dataclass(frozen=True)
class Notebook:
    """A notebook or a script that was handed in.

    Attributes:
        cells: the sources of the code cells, in order.
        exercises: the keys of the exercises in it, in the order of the book.
        prelude: imports that its cells rely on, whether one of them has them or not.
        mended: what was not as it should be, and how it was taken.
        defined: names of functions and classes that some cell defines, if it runs.
        places: how a remark calls each cell: its number, or where it begins in a script.
    """

    cells: tuple[str, ...]
    exercises: tuple[str, ...]
    prelude: str = ""
    mended: tuple[Message, ...] = ()
    defined: frozenset[str] = frozenset()
    places: tuple[str, ...] = ()

    @property
    def all_cells(self) -> tuple[str, ...]:
        return (self.prelude, *self.cells) if self.prelude else self.cells


def read_notebook(data: bytes) -> Notebook:
    """Read a notebook of any nbformat version, with or without a byte-order mark.

    Raises:
        Unusable: it is no notebook, or no exercise is in it.
    """
    _refuse_size(data)
    return _notebook(*_code_cells(data))


def read_script(data: bytes) -> Notebook:
    """Read a Python file: each import and each definition is taken for a cell, and what is between.

    Raises:
        Unusable: it is no text, or no exercise is in it.
    """
    _refuse_size(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unusable("not text in UTF-8: save the file with that encoding") from None
    if "\0" in text:
        raise Unusable("not a Python file: it holds a null byte")
    return _notebook([_Cell(part, line=line) for line, part in parts(_unix(text), MOST_CODE)], ())


@dataclass(frozen=True)
class _Cell:
    """A cell, or a part of a script.

    Attributes:
        marked: the key of an exercise in its metadata.
        line: where a part begins in its script.
    """

    source: str
    marked: str = ""
    line: int | None = None

    def name(self, number: int) -> str:
        """How a remark calls it."""
        return str(number) if self.line is None else f"at line {self.line}"


def _refuse_size(data: bytes) -> None:
    if len(data) > LARGEST:
        raise Unusable(
            f"larger than {LARGEST // 1_000_000} MB: clear its outputs and save it again"
        )
    if not data.strip():
        raise Unusable("the file is empty: save it again")


def _notebook(cells: list[_Cell], retyped: tuple[int, ...]) -> Notebook:
    if sum(len(cell.source) for cell in cells) > MOST_CODE:
        raise Unusable(f"more than {MOST_CODE // 1000} kB of code: is there data in a cell?")
    # Where the course's own cells are marked, a helper may have any name.
    meant = has_same_letters if any(cell.marked for cell in cells) else alike
    keys = tuple(key for key in KEYS if any(_is_about(cell, key, meant) for cell in cells))
    if not keys:
        raise NoExercise("no exercise in it: no cell defines or checks a function of the course")
    names = [_names(cell.source) for cell in cells]
    bound = set().union(*(n.bound for n in names))
    imported = set().union(*(n.mentioned for n in names))
    used = [name for name in SET_UP if any(name in n.used for n in names)]
    missing = [name for name in used if name not in bound]
    # Also what a cell imports: its line may stand below one that fails.
    early = [name for name in used if name in missing or name in imported]
    prelude = "\n".join(dict.fromkeys(SET_UP[name] for name in early))
    mended = [Message("notebook.retyped", parameters={"cell": str(n)}) for n in retyped]
    if missing:
        imports = "; ".join(dict.fromkeys(SET_UP[name] for name in missing))
        parameters = {"names": ", ".join(missing), "imports": imports}
        mended.append(Message("notebook.not_imported", parameters=parameters))
    for key in keys:
        where = [number for number, n in enumerate(names, start=1) for d in n.defs if d == key]
        if len(where) > 1:
            called = dict.fromkeys(cells[number - 1].name(number) for number in where)
            parameters = {"name": key, "cells": " and ".join(called)}
            mended.append(Message("notebook.twice", parameters=parameters))
    defined = frozenset().union(*(n.defined for n in names))
    sources = (*(cell.source for cell in cells), *_under_their_keys(names, defined))
    own = [cell.name(number) for number, cell in enumerate(cells, start=1)]
    places = (*own, *map(str, range(len(own) + 1, len(sources) + 1)))
    return Notebook(sources, keys, prelude, tuple(mended), defined, places)


def _under_their_keys(names: list["_Names"], defined: frozenset[str]) -> Iterator[str]:
    """A cell for each function of another name that was checked as the answer to an exercise."""
    for name, key in sorted(frozenset().union(*(n.checked for n in names))):
        if key in KEYS and name in defined and key not in defined:
            yield f"{key} = {name}"


def functions_of(source: str) -> tuple[str, ...]:
    """The names of the functions that a cell defines, in order."""
    return _names(source).defs


def _code_cells(data: bytes) -> tuple[list[_Cell], tuple[int, ...]]:
    """The code cells, and the numbers of those that were of another type."""
    try:
        text = data.decode("utf-8-sig")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            notebook = nbformat.reads(text, as_version=4, capture_validation_error={})
        found: list[_Cell] = []
        retyped = []
        for cell in notebook.cells:
            if not isinstance(cell.source, str):
                raise TypeError("a cell's source is text")
            if not _counts(cell):
                continue
            found.append(_Cell(_unix(cell.source), _marked(cell)))
            if cell.cell_type != "code":
                retyped.append(len(found))
        return found, tuple(retyped)
    except Exception:  # noqa: BLE001 - nbformat raises all sorts for what is no notebook
        raise Unusable("not a notebook: Jupyter's .ipynb format was expected") from None


def _unix(source: str) -> str:
    return source.replace("\r\n", "\n").replace("\r", "\n")


def _counts(cell: Any) -> bool:
    """Whether a cell is run: code, or what was code before its type was changed by a slip."""
    if cell.cell_type != "code":
        return any(_defines(_unix(cell.source), key) for key in KEYS)
    tags = cell.metadata.get("tags")
    return not (isinstance(tags, list) and PLAY in tags)


def _defines(source: str, key: str) -> bool:
    """Whether the text is Python that defines ``key``."""
    return f"def {key}" in source and key in _names(source).defs


def _marked(cell: Any) -> str:
    marked = cell.metadata.get("mnv2_tutor", {})
    key = marked.get("exercise") if isinstance(marked, dict) else None
    return key if isinstance(key, str) else ""


def _is_about(cell: _Cell, key: str, meant: Callable[[str, str], bool]) -> bool:
    """By the cell's metadata, or by what it defines or checks."""
    if cell.marked == key:
        return True
    names = _names(cell.source)
    return key in names.mentioned or any(meant(name, key) for name in names.defined)


@dataclass(frozen=True)
class _Names:
    """Names in a cell.

    Attributes:
        defined: of functions and classes, outside of other functions.
        mentioned: of what is assigned or imported there, or given to ``check``.
        used: of what is read.
        defs: of the functions at the top level, in order.
        bound: of everything that the cell binds, inside of functions too.
        checked: name and key where ``check`` was told which exercise a function is for.
    """

    defined: frozenset[str] = frozenset()
    mentioned: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    defs: tuple[str, ...] = ()
    bound: frozenset[str] = frozenset()
    checked: frozenset[tuple[str, str]] = frozenset()


@lru_cache(maxsize=2000)
def _names(source: str) -> _Names:
    # A line that begins with % is a magic, unless the cell is Python with it.
    for plain in (source, MAGIC.sub(r"\1pass", source)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(plain)
            return _names_of(tree)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    lines = source.splitlines()
    heads = {line.split("(")[0][4:].strip() for line in lines if line.startswith("def ")}
    return _Names(frozenset(heads))


def _names_of(tree: ast.Module) -> _Names:
    outside = list(_outside_functions(tree))
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and called(n) == "check"]
    given = [[_given(argument) for argument in call.args] for call in calls]
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return _Names(
        defined=frozenset(node.name for node in outside if isinstance(node, DEFINITIONS)),
        mentioned=frozenset(name for node in outside for name in _assigned(node))
        | frozenset(name for call in given for name in call if name),
        used=frozenset(node.id for node in names if not isinstance(node.ctx, ast.Store)),
        defs=tuple(n.name for n in tree.body if isinstance(n, ast.FunctionDef)),
        bound=frozenset(name for node in ast.walk(tree) for name in _bound(node)),
        checked=frozenset((call[0], call[1]) for call in given if len(call) > 1),
    )


SCOPES = (*DEFINITIONS, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
MODULES_OF_NETWORKS = ("keras.applications", "tensorflow.keras.applications")
"""What is imported from there is a module or a network, and no answer, whatever its name."""


def _outside_functions(tree: ast.Module) -> Iterator[ast.AST]:
    """The nodes whose names stay when the cell has run."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, SCOPES):
            waiting += ast.iter_child_nodes(node)


def _assigned(node: ast.AST) -> set[str]:
    """The names of what is assigned or imported. What comes from ``mine`` is answered elsewhere."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return {node.id}
    if isinstance(node, ast.Import | ast.ImportFrom):
        module = str(getattr(node, "module", None))
        if module != MINE and not module.startswith(MODULES_OF_NETWORKS):
            return _imported(node)
    return set()


def _imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    return {name.asname or name.name.partition(".")[0] for name in node.names}


def _bound(node: ast.AST) -> set[str]:
    if isinstance(node, DEFINITIONS):
        return {node.name}
    if isinstance(node, ast.arg):
        return {node.arg}
    return _imported(node) if isinstance(node, ast.Import | ast.ImportFrom) else _assigned(node)


def _given(argument: ast.expr) -> str:
    """A name, or what stands in quotes."""
    if isinstance(argument, ast.Name):
        return argument.id
    return str(argument.value) if isinstance(argument, ast.Constant) else ""
