"""Reading what was handed in: statements, which exercises they are about, and what was mended."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.util import find_spec
from pathlib import PurePosixPath
from typing import Any

from mnv2_tutor.engine.course import KEYS, exercise
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observe.code import is_empty
from mnv2_tutor.errors import Unusable
from mnv2_tutor.learner.lookup import alike
from mnv2_tutor.source.slicing import MINE, Statement, Statements
from mnv2_tutor.source.statements import Part, unseen_characters
from mnv2_tutor.submission.content import Kind, cells_of, kind_of, text_of
from mnv2_tutor.submission.damage import what_is_wrong

LARGEST = 50_000_000
MOST_CODE = 400_000
"""Characters of code in a file: to read more takes the parser seconds and gigabytes."""
PLAY = "play"
"""A cell with this tag is for trying things out, and is run where an answer stands nowhere else."""
LONGEST_SHOWN = 80
"""Characters of a line in a remark."""
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
FENCED = re.compile(r"^```(?:python|py)?[ \t]*\n(.*?)^```", re.M | re.S)
HEAD = re.compile(r"^(?:async +def|def|class) +(\w+)", re.M)
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
class Step:
    """A statement of a notebook that is run for itself.

    Attributes:
        where: how a remark calls its place: ``Line 2 of code cell 1``, or ``Line 7`` of a script.
        part: its text.
        statement: what it does with names; None where it is no Python.
    """

    where: str
    part: Part
    statement: Statement | None

    @property
    def shown(self) -> str:
        """Its first line, as it can stand in a remark."""
        line = self.part.shown
        return line if len(line) <= LONGEST_SHOWN else line[: LONGEST_SHOWN - 1] + "…"

    @property
    def binds(self) -> set[str]:
        """Names that it is to give a value; of what is no Python, those behind def and class."""
        if self.statement is None:
            return set(HEAD.findall(self.part.text))
        return self.statement.binds | self.statement.may_bind

    def removes(self, name: str) -> bool:
        """Whether it takes the name away: ``del``, or the magic ``%reset``."""
        match self.statement.node if self.statement else None:
            case ast.Delete(targets=targets):
                return any(isinstance(n, ast.Name) and n.id == name for n in targets)
            case ast.Expr(value=ast.Call(args=[ast.Constant(value="reset"), *_]) as call):
                return _called(call) == "run_line_magic"
        return False

    def sets(self, modules: Mapping[str, str]) -> bool:
        """Whether it calls or changes something of a library for its own sake.

        Args:
            modules: the module of each name that an import binds.
        """
        nodes = ast.walk(self.statement.node) if self.statement else iter(())
        return any(_root(target) in modules for node in nodes for target in _changed_by(node))

    @property
    def is_quiet(self) -> bool:
        """Whether it can do no more than bind names: an import, a definition, a constant."""
        if self.statement is None:
            return False
        return _is_quiet(self.statement.node)


MODULES_OF_NETWORKS = (MINE, "keras.applications", "tensorflow.keras.applications")
"""What is imported from there is a module, a network or a learner's own, whatever its name."""
SETTINGS_OF = (
    "tensorflow", "keras", "tf_keras", "numpy", "os", "sys", "builtins", "random", "gc", "types",
    "importlib", "inspect", "math", "absl",
)  # fmt: skip
"""Modules in which a line can change something for everything below it."""
HARMLESS = ("check", "hint", "solution", "progress", "display", "print", "len")
"""Functions whose calls leave nothing behind."""


def _is_quiet(node: ast.stmt) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Pass():
            return True
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return not node.decorator_list
        case ast.Assign(targets=[ast.Name()], value=value) | ast.Expr(value=value):
            return _is_quiet_value(value)
    return False


def _changed_by(node: ast.AST) -> list[ast.expr]:
    """What a statement calls without using the result, or assigns to, by its dots."""
    match node:
        case ast.Expr(value=ast.Call(func=target)):
            return [target]
        case ast.Assign(targets=targets):
            return [one for one in targets if isinstance(one, ast.Attribute | ast.Subscript)]
        case ast.AugAssign(target=ast.Attribute() | ast.Subscript() as target):
            return [target]
    return []


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_quiet_value(value: ast.expr) -> bool:
    match value:
        case ast.Constant() | ast.Name() | ast.Attribute(value=ast.Name()):
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in HARMLESS
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return all(map(_is_quiet_value, elements))
        case ast.UnaryOp(operand=operand):
            return _is_quiet_value(operand)
    return False


@dataclass(frozen=True)
class Notebook:
    """A notebook or a script that was handed in.

    Attributes:
        cells: the sources of the code cells that count, in order; of a script, its text.
        exercises: the keys of the exercises in it, in the order of the book.
        prelude: imports that its cells rely on, whether one of them has them or not.
        mended: what was not as it should be, and how it was taken.
        is_script: whether remarks count the lines of a file, and not those of a cell.
        numbers: what each cell is called: its number among the code cells.
    """

    cells: tuple[str, ...]
    exercises: tuple[str, ...]
    prelude: str = ""
    mended: tuple[Message, ...] = ()
    is_script: bool = False
    numbers: tuple[int, ...] = ()
    statements: Statements = field(default_factory=lambda: Statements(()), repr=False)

    @property
    def all_cells(self) -> tuple[str, ...]:
        return (self.prelude, *self.cells) if self.prelude else self.cells

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All that is run, in order."""
        found = [
            Step(self._where(cell, part), part, statement)
            for cell, part, statement in self.statements.with_broken
        ]
        return tuple(step for step in found if not self._is_left_stub(step))

    def _where(self, cell: int, part: Part) -> str:
        if self.is_script:
            return f"Line {part.line}"
        return f"Line {part.line} of code cell {self.numbers[cell]}"

    @cached_property
    def _written(self) -> set[str]:
        return {key for key in self.exercises if self.writes(key)}

    def _is_left_stub(self, step: Step) -> bool:
        """Whether it is the template's empty function, beside the one that was written."""
        node = step.statement.node if step.statement else None
        return isinstance(node, FUNCTION) and node.name in self._written and _is_stub(node)

    @cached_property
    def settings(self) -> frozenset[int]:
        """The steps that may change a library for everything below them."""
        modules: dict[str, str] = {}
        for statement in self.statements:
            origin = statement.origin
            for name, alias in statement.imported.items():
                module = (origin or alias.name).partition(".")[0]
                if module in SETTINGS_OF:
                    modules[name] = module
        return frozenset(n for n, step in enumerate(self.steps) if step.sets(modules))

    def binds(self, key: str) -> bool:
        """Whether some statement gives the name a value, an import included."""
        return any(key in step.binds for step in self.steps)

    def writes(self, key: str) -> bool:
        """Whether something was written for ``key``: no import, and not the template's stub."""
        return any(_writes(statement, key) for statement in self.statements) or any(
            key in HEAD.findall(part.text) for part in self.statements.broken_parts
        )

    def needed_by(self, key: str) -> list[int]:
        """The numbers of the steps that ``key`` needs at the end, itself included."""
        return self._numbers(self.statements.needed_by(key))

    def stands_after(self, key: str) -> list[int]:
        """The steps after which ``key`` is asked: first where it is written last, then at the end.

        They differ where something below takes its name, or one that it uses, for another thing.
        """
        if not self.binds(key):
            return []
        written = [s for s in self.statements if _defines(s, key)]
        known = self.statements.needed_by(key, until=written[-1]) if written else []
        found = (self._numbers(known), self.needed_by(key))
        return sorted({max(numbers) for numbers in found if numbers})

    def is_bound_below(self, key: str, step: int) -> bool:
        return any(key in other.binds for other in self.steps[step + 1 :])

    def _numbers(self, statements: list[Statement]) -> list[int]:
        wanted = set(map(id, statements))
        return [n for n, step in enumerate(self.steps) if id(step.statement) in wanted]


def _defines(statement: Statement, key: str) -> bool:
    """Whether something was written there, which does not take the name for its own result."""
    return _writes(statement, key) and key not in statement.uses_now


def _writes(statement: Statement, key: str) -> bool:
    if key not in statement.binds | statement.may_bind or key in statement.imported:
        return False
    return not _is_stub(statement.node)


def _is_stub(node: ast.stmt) -> bool:
    """Whether it is the template's empty function; one with a decorator is more than that."""
    return isinstance(node, FUNCTION) and is_empty(node) and not node.decorator_list


def read_answer(path: str, data: bytes) -> Notebook:
    """Read a notebook or a script, whichever it is by its content.

    Raises:
        Unusable: it is neither, or no exercise is in it.
    """
    is_script = kind_of(path, data) is Kind.SCRIPT
    found = read_script(data) if is_script else read_notebook(data)
    ending = PurePosixPath(path).suffix.lower()
    if is_script and ending == ".ipynb":
        return replace(found, mended=(Message("notebook.is_script"), *found.mended))
    return found


def read_notebook(data: bytes) -> Notebook:
    """Read a notebook of any nbformat version and encoding.

    Raises:
        Unusable: it is no notebook, or no exercise is in it.
    """
    _refuse_size(data)
    try:
        cells = _code_cells(data)
    except ValueError:
        raise Unusable(f"not a notebook: {what_is_wrong(data)}") from None
    return _with_encoding(_notebook(cells), data)


def read_script(data: bytes) -> Notebook:
    """Read a Python file.

    Raises:
        Unusable: it is no text, or no exercise is in it.
    """
    _refuse_size(data)
    text, _ = text_of(data)
    if "\0" in text:
        raise Unusable("not a Python file: it holds a null byte")
    return _with_encoding(_notebook([_Cell(_unix(text))], is_script=True), data)


def _with_encoding(found: Notebook, data: bytes) -> Notebook:
    """With a remark where it was not saved as UTF-8."""
    encoding = text_of(data)[1]
    if not encoding:
        return found
    said = Message("notebook.encoding", parameters={"encoding": encoding})
    return replace(found, mended=(said, *found.mended))


@dataclass(frozen=True)
class _Cell:
    """A cell, or a script.

    Attributes:
        marked: the key of an exercise in its metadata.
        number: among the code cells, from 1.
        is_play: whether it is there for trying things out.
        is_retyped: whether it was of another type.
    """

    source: str
    marked: str = ""
    number: int = 1
    is_play: bool = False
    is_retyped: bool = False

    @cached_property
    def statements(self) -> Statements:
        return Statements([self.source])


def _refuse_size(data: bytes) -> None:
    if len(data) > LARGEST:
        raise Unusable(
            f"larger than {LARGEST // 1_000_000} MB: clear its outputs and save it again"
        )
    if not data.strip():
        raise Unusable("the file is empty: save it again")


def _notebook(cells: list[_Cell], is_script: bool = False) -> Notebook:
    if sum(len(cell.source) for cell in cells) > MOST_CODE:
        raise Unusable(f"more than {MOST_CODE // 1000} kB of code: is there data in a cell?")
    played = _needed_play(cells)
    cells = [cell for cell in cells if not cell.is_play or cell in played.values()]
    statements = Statements([cell.source for cell in cells])
    calls = [_given(call) for statement in statements for call in _checks(statement.node)]
    keys = _keys(cells, statements, calls)
    if not keys:
        raise NoExercise("no exercise in it: no cell defines or checks a function of the course")
    under_keys = "\n".join(_under_their_keys(statements, calls))
    if under_keys:
        last = max((cell.number for cell in cells), default=0)
        cells = [*cells, _Cell(under_keys, number=last + 1)]
        statements = Statements([cell.source for cell in cells])
    missing, prelude = _set_up(statements)
    found = Notebook(
        cells=tuple(cell.source for cell in cells),
        exercises=keys,
        prelude=prelude,
        is_script=is_script,
        numbers=tuple(cell.number for cell in cells),
        statements=statements,
    )
    return replace(found, mended=tuple(_mended(found, cells, played, missing)))


def _needed_play(cells: list[_Cell]) -> dict[str, _Cell]:
    """By key, the cell for trying things out in which alone an answer was written."""
    found: dict[str, _Cell] = {}
    for cell in cells:
        if not cell.is_play:
            continue
        for key in KEYS:
            if any(_writes(s, key) and isinstance(s.node, FUNCTION) for s in cell.statements):
                found[key] = cell
    others = [s for cell in cells if not cell.is_play for s in cell.statements]
    return {k: cell for k, cell in found.items() if not any(_writes(s, k) for s in others)}


def _keys(cells: list[_Cell], statements: Statements, calls: list[list[str]]) -> tuple[str, ...]:
    """What it is about: exercises that are marked, written or checked; else what may be meant."""
    given = {name for call in calls for name in call}
    bound = set().union(*(_answered(statement) for statement in statements))
    bound |= {name for part in statements.broken_parts for name in HEAD.findall(part.text)}
    marked = {cell.marked for cell in cells}
    exact = tuple(key for key in KEYS if key in marked | given | bound)
    if exact:
        return exact
    functions = [node for s in statements for node in _functions(s.node)]
    meant = tuple(key for key in KEYS if any(_is_meant(node, key) for node in functions))
    # Of a library's function it is said that it is no answer.
    imported = {name for s in statements if _is_of_a_library(s) for name in s.imported}
    return meant or tuple(key for key in KEYS if key in imported)


def _answered(statement: Statement) -> set[str]:
    """Names that a statement binds and that can be answers: from a library comes none."""
    names = statement.binds | statement.may_bind
    if not statement.imported:
        return names
    return set() if statement.origin == MINE or _is_library(statement) else names


def _is_of_a_library(statement: Statement) -> bool:
    """Whether it imports functions of a library, and not a module that happens to be called so."""
    module = statement.origin or ""
    return _is_library(statement) and bool(module) and not module.startswith(MODULES_OF_NETWORKS)


def _is_library(statement: Statement) -> bool:
    """Whether an import is of something that is installed here, and not of a file beside."""
    node = statement.node
    if not isinstance(node, ast.ImportFrom):
        return True
    if node.level or not node.module:
        return False
    try:
        return find_spec(node.module.partition(".")[0]) is not None
    except (ImportError, ValueError):
        return True


def _functions(node: ast.stmt) -> Iterator[ast.FunctionDef]:
    """Functions that stay when the statement has run."""
    waiting: list[ast.AST] = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, ast.FunctionDef):
            yield current
        elif not isinstance(current, (ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            waiting += [n for n in ast.iter_child_nodes(current) if isinstance(n, ast.stmt)]


def _is_meant(node: ast.FunctionDef, key: str) -> bool:
    """Whether a function of another name can be called as the exercise asks."""
    return alike(node.name, key) and takes(node, len(exercise(key).parameters))


def takes(node: ast.FunctionDef, count: int) -> bool:
    """Whether a function can be called with so many values."""
    given = node.args
    names = len(given.posonlyargs) + len(given.args)
    needed = names - len(given.defaults) + sum(d is None for d in given.kw_defaults)
    most = names + len(given.kwonlyargs)
    return needed <= count and (count <= most or given.vararg is not None)


def _checks(node: ast.stmt) -> list[ast.Call]:
    if isinstance(node, (*FUNCTION, ast.ClassDef, ast.Import, ast.ImportFrom)):
        return []
    return [n for n in ast.walk(node) if isinstance(n, ast.Call) and _called(n) == "check"]


def _called(node: ast.Call) -> str:
    """The name of what is called, without what stands before its last dot."""
    return str(getattr(node.func, "id", getattr(node.func, "attr", "")))


def _given(call: ast.Call) -> list[str]:
    """The arguments of a call that are names, or stand in quotes; others are empty."""
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    arguments = [*call.args, *(named[n] for n in ("function", "key") if n in named)]
    return [
        argument.id
        if isinstance(argument, ast.Name)
        else str(argument.value)
        if isinstance(argument, ast.Constant)
        else ""
        for argument in arguments
    ]


def _under_their_keys(statements: Statements, calls: list[list[str]]) -> Iterator[str]:
    """A line for each function of another name that was checked as the answer to an exercise."""
    for name, key in sorted({(call[0], call[1]) for call in calls if len(call) > 1}):
        if key in KEYS and statements.define(name) and not statements.define(key):
            yield f"{key} = {name}"


def _set_up(statements: Statements) -> tuple[list[str], str]:
    """Names of the set-up that nothing binds, and imports to run before all cells."""
    used = set().union(*(s.uses_now | s.uses_later for s in statements))
    bound = set().union(*(s.binds | s.may_bind for s in statements))
    imported = set().union(*(s.imported for s in statements))
    wanted = [name for name in SET_UP if name in used]
    missing = [name for name in wanted if name not in bound]
    # Also what a cell imports: its line may stand below one that needs it.
    early = [name for name in wanted if name in missing or name in imported]
    return missing, "\n".join(dict.fromkeys(SET_UP[name] for name in early))


def _mended(
    notebook: Notebook, cells: list[_Cell], played: Mapping[str, _Cell], missing: list[str]
) -> Iterator[Message]:
    for cell in cells:
        if cell.is_retyped:
            yield Message("notebook.retyped", parameters={"cell": str(cell.number)})
    for cell in cells:
        if names := unseen_characters(cell.source):
            parameters = {"names": ", ".join(names), "cell": str(cell.number)}
            yield Message("notebook.unseen_characters", parameters=parameters)
    for key, cell in played.items():
        parameters = {"name": key, "cell": str(cell.number)}
        yield Message("notebook.play", parameters=parameters)
    if missing:
        imports = "; ".join(dict.fromkeys(SET_UP[name] for name in missing))
        parameters = {"names": ", ".join(missing), "imports": imports}
        yield Message("notebook.not_imported", parameters=parameters)
    for key in notebook.exercises:
        where = [step.where for step in notebook.steps if _is_definition(step, key)]
        if len(where) > 1:
            places = " and ".join(place[0].lower() + place[1:] for place in where)
            yield Message("notebook.twice", parameters={"name": key, "places": places})


def _is_definition(step: Step, key: str) -> bool:
    node = step.statement.node if step.statement else None
    return isinstance(node, FUNCTION) and node.name == key


def _code_cells(data: bytes) -> list[_Cell]:
    """The cells that count: those of code, and others that hold an answer by a slip.

    Raises:
        ValueError: it is no notebook.
    """
    found: list[_Cell] = []
    for cell in cells_of(data):
        number = len(found) + 1
        source, marked = _unix(cell["source"]), _marked(cell)
        if cell["cell_type"] == "code":
            found.append(_Cell(source, marked, number, is_play=_is_play(cell)))
        elif any(_holds(code := _without_fences(source), key) for key in KEYS):
            found.append(_Cell(code, marked, number, is_retyped=True))
    return found


def _unix(source: str) -> str:
    return source.replace("\r\n", "\n").replace("\r", "\n")


def _is_play(cell: Mapping[str, Any]) -> bool:
    tags = cell["metadata"].get("tags")
    return isinstance(tags, list) and PLAY in tags


def _without_fences(text: str) -> str:
    """The code between the fences of a text cell; a text without any as it is."""
    fenced = FENCED.findall(text)
    return "\n".join(fenced) if fenced else text


def _holds(source: str, key: str) -> bool:
    """Whether the text is Python, all of it, that defines ``key``."""
    if f"def {key}" not in source:
        return False
    statements = Statements([source])
    return not statements.broken_parts and any(
        isinstance(s.node, FUNCTION) and s.node.name == key for s in statements
    )


def _marked(cell: Mapping[str, Any]) -> str:
    marked = cell["metadata"].get("mnv2_tutor", {})
    key = marked.get("exercise") if isinstance(marked, dict) else None
    return key if isinstance(key, str) else ""
