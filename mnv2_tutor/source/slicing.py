"""From a notebook's cells to the code of one function with everything that it needs."""

import ast
import builtins
import symtable
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mnv2_tutor.engine.course import KEYS
from mnv2_tutor.engine.observe.code import is_empty
from mnv2_tutor.source.statements import Part, parts_of

MINE = "mnv2_tutor.mine"
ALWAYS_THERE = {*dir(builtins), "display", "get_ipython", "__name__"}
MUTATORS = {
    "add", "append", "clear", "discard", "extend", "insert", "pop", "remove", "reverse",
    "setdefault", "sort", "update",
}  # fmt: skip
COMPOUND = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.Match)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
COMPREHENSION_SCOPES = {"listcomp", "setcomp", "dictcomp", "genexpr"}


@dataclass(frozen=True)
class Slice:
    """Code that stands alone, or why there is none.

    Attributes:
        lacks: what follows "because"; empty where the code is whole.
    """

    code: str = ""
    lacks: str = ""


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement at the top level of a cell, and what it does with names.

    Attributes:
        cell: the number of its cell, from 0.
        part: its text and its place.
        binds: names that are new afterwards.
        may_bind: names that are new afterwards if a branch or a loop got there.
        changes: names whose object is another or holds something else afterwards.
        uses_now: names that must be bound when it runs.
        uses_later: names that a function in it looks up when it is called.
        imported: for an import, from the name that it binds to how it is imported.
    """

    cell: int
    part: Part
    node: ast.stmt
    binds: set[str]
    may_bind: set[str]
    changes: set[str]
    uses_now: set[str]
    uses_later: set[str]
    imported: dict[str, ast.alias]

    @property
    def text(self) -> str:
        return self.part.text

    @property
    def origin(self) -> str | None:
        """The module of a ``from`` import."""
        return self.node.module if isinstance(self.node, ast.ImportFrom) else None

    @property
    def is_star(self) -> bool:
        return "*" in self.imported

    @property
    def binds_unseen(self) -> bool:
        """Whether it may bind names that do not stand in it: ``%run``, ``exec``, a star."""
        calls = (n for n in _own_nodes(self.node) if isinstance(n, ast.Call))
        return self.is_star or any(_runs_code(call) for call in calls)

    def only(self, names: set[str]) -> str:
        """The text; of an import no more than ``names`` asks for."""
        if not self.imported or self.is_star:
            return self.text
        wanted = [alias for name, alias in self.imported.items() if name in names]
        if isinstance(self.node, ast.ImportFrom):
            return ast.unparse(ast.ImportFrom(self.node.module, wanted, self.node.level))
        return ast.unparse(ast.Import(wanted))


class Statements:
    """The top-level statements of cells, in the order in which they ran."""

    def __init__(self, cells: Iterable[str]) -> None:
        self.with_broken: list[tuple[int, Part, Statement | None]] = [
            (cell, part, _statement(cell, part, part.node) if part.node else None)
            for cell, source in enumerate(cells)
            for part in parts_of(source)
        ]
        """Cell, text and statement of each part; no statement where it is no Python."""
        self._all = [statement for _, _, statement in self.with_broken if statement]
        self._touching: dict[str, list[int]] = defaultdict(list)
        for index, statement in enumerate(self._all):
            for name in statement.binds | statement.may_bind | statement.changes:
                self._touching[name].append(index)

    def __iter__(self) -> Iterator[Statement]:
        return iter(self._all)

    @property
    def broken_parts(self) -> list[Part]:
        """What is no Python."""
        return [part for _, part, statement in self.with_broken if statement is None]

    def define(self, name: str) -> bool:
        """Whether some statement binds ``name``, and not to the kept function."""
        return any(name in s.binds | s.may_bind for s in self._all if s.origin != MINE)

    def leave_empty(self, name: str) -> bool:
        """Whether the last function of that name is still the empty one of the exercise."""
        last = [s for s in self._all if name in s.binds and s.origin != MINE][-1:]
        return any(is_empty(statement.node) for statement in last)

    def needed_by(self, key: str, until: Statement | None = None) -> list[Statement]:
        """What the answer to the exercise ``key`` needs, itself included, in order.

        With ``until`` it is the one that stands just after that statement. Names that are looked up
        when it is called count as they are then, and where they are not bound yet, as they will be.
        """
        end = len(self._all) if until is None else self._all.index(until) + 1
        return [self._all[index] for index in sorted(self._search(key, key, end).taken)]

    def _search(self, name: str, key: str, end: int | None = None) -> "_Search":
        end = len(self._all) if end is None else end
        search = _Search(self._all, self._touching, key, end)
        search.need(name, before=end)
        while search.waiting:
            search.follow(search.waiting.pop())
        return search

    def slice_of(self, name: str, key: str) -> Slice:
        """What ``name`` needs, as the answer to the exercise ``key``."""
        search = self._search(name, key)
        if search.builds_on_itself:
            return Slice(lacks="it builds on its own earlier version")
        if search.missing:
            names = " and ".join(f"`{missing}`" for missing in sorted(search.missing))
            return Slice(lacks=f"it uses {names}, which no cell defines")
        parts = dict.fromkeys(s.text for s in self._all if s.origin == "__future__")
        needed = [self._all[index].only(names) for index, names in sorted(search.taken.items())]
        alias = [f"{key} = {name}"] if name != key else []
        return Slice("\n\n".join([*parts, *needed, *alias]) + "\n")


@dataclass
class _Search:
    """Which statements are needed, found by going from a use back to what bound the name.

    Attributes:
        touching: for a name, the statements that bind or change it.
        key: the exercise; its own kept function is no source of it.
        end: names that functions look up count as they are before this statement.
        taken: from a statement's index to the names for which it is needed.
        waiting: those of which it is not yet known what they need themselves.
    """

    statements: list[Statement]
    touching: dict[str, list[int]]
    key: str
    end: int
    taken: dict[int, set[str]] = field(default_factory=dict)
    waiting: list[int] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)
    asked: set[tuple[str, int, bool]] = field(default_factory=set)
    builds_on_itself: bool = False

    def follow(self, index: int) -> None:
        """Need what the statement at ``index`` uses."""
        statement = self.statements[index]
        for name in statement.uses_now:
            own = name in statement.may_bind | statement.changes
            self.need(name, before=index, required=not own)
        for name in statement.uses_later:
            is_there = any(index < self.end for index in self.touching.get(name, ()))
            self.need(name, before=self.end if is_there else len(self.statements))

    def need(self, name: str, before: int, required: bool = True) -> None:
        """Take what made ``name`` what it is just before the statement at ``before``."""
        if (name, before, required) in self.asked:
            return
        self.asked.add((name, before, required))
        makers = self._makers(name, before)
        if not makers and required:
            makers = [index for index, s in enumerate(self.statements) if s.binds_unseen]
            if not makers and name not in ALWAYS_THERE:
                self.missing.add(name)
        for index in makers:
            if index not in self.taken:
                self.waiting.append(index)
            self.taken.setdefault(index, set()).add(name)

    def _makers(self, name: str, before: int) -> list[int]:
        """The last statement that binds ``name``, and those that may have changed it since."""
        makers: list[int] = []
        is_bound = is_kept = False
        for index in reversed(self.touching.get(name, ())):
            if index >= before:
                continue
            statement = self.statements[index]
            if name in statement.binds:
                if statement.origin == MINE and statement.imported[name].name == self.key:
                    is_kept = True
                    continue
                # What is done to a module is no part of a function.
                return [index] if statement.imported else [*makers, index]
            if name in statement.may_bind | statement.changes:
                makers.append(index)
                is_bound = is_bound or name in statement.may_bind
        if is_kept and not is_bound:
            self.builds_on_itself = True
        return makers if is_bound else []


def _runs_code(call: ast.Call) -> bool:
    name = str(getattr(call.func, "id", getattr(call.func, "attr", "")))
    if name == "run_line_magic":
        return ast.unparse(call.args[0]) in ("'run'", "'load_ext'") if call.args else False
    return name in ("exec", "execfile", "run_path", "run_cell")


def _statement(cell: int, part: Part, node: ast.stmt) -> Statement:
    stored, changed = _stored(node), set(_changed(node))
    new = stored - changed
    now, later = _used(part.text, stored)
    return Statement(
        cell=cell,
        part=part,
        node=node,
        binds=set() if isinstance(node, COMPOUND) else new,
        may_bind=new if isinstance(node, COMPOUND) else set(),
        changes=changed,
        uses_now=now - set(_loop_variables(node)),
        uses_later=later,
        imported=_imported(node),
    )


def _imported(node: ast.stmt) -> dict[str, ast.alias]:
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return {}
    aliases = node.names
    if isinstance(node, ast.ImportFrom) and node.module == MINE and aliases[0].name == "*":
        aliases = [ast.alias(key) for key in KEYS]
    return {_bound_by(alias): alias for alias in aliases}


def _bound_by(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The node and those below it that are not in the scope of a function, class or loop."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, *COMPREHENSIONS)
        if not isinstance(current, inner):
            waiting.extend(ast.iter_child_nodes(current))


def _stored(node: ast.stmt) -> set[str]:
    """Names that a statement binds at the top level."""
    found = set(_imported(node)) - {"*"}
    for own in _own_nodes(node):
        match own:
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(name)
            case ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)):
                found.add(name)
            case ast.alias() if own.name != "*":
                found.add(_bound_by(own))
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                found.add(name)
    return found


def _changed(node: ast.stmt) -> Iterator[str]:
    """Names whose object a statement changes: ``x += 1``, ``x[0] = 1``, ``x.append(1)``.

    A decorator may keep what it is given, as a registry does, and a class may be told of those
    that are made of it.
    """
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        kept = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
        yield from map(_root, [*kept, *getattr(node, "bases", ())])
        return
    for own in _own_nodes(node):
        match own:
            case ast.AugAssign(target=target):
                yield _root(target)
            case (
                ast.Attribute(ctx=ast.Store() | ast.Del())
                | ast.Subscript(ctx=ast.Store() | ast.Del())
            ):
                yield _root(own)
            case ast.Call(func=ast.Attribute(attr=attribute) as method):
                if attribute in MUTATORS:
                    yield _root(method)
            case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[target, *_]):
                yield _root(target)


def _root(node: ast.expr) -> str:
    """The name at the start of ``name.attribute[index]``; empty where there is none."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _loop_variables(node: ast.stmt) -> Iterator[str]:
    for own in _own_nodes(node):
        if isinstance(own, ast.For | ast.AsyncFor):
            yield from (n.id for n in ast.walk(own.target) if isinstance(n, ast.Name))


def _used(text: str, stored: set[str]) -> tuple[set[str], set[str]]:
    """Names of the top level that are needed when the statement runs, and when it is called."""
    now: set[str] = set()
    later: set[str] = set()
    try:
        table = symtable.symtable(text, "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return now, later
    for symbol in table.get_symbols():
        # Python 3.12 counts the variable of a comprehension to the scope around it.
        if symbol.is_referenced() and (not symbol.is_assigned() or symbol.get_name() in stored):
            now.add(symbol.get_name())
    for child in table.get_children():
        _add_used_inside(child, now, later)
    return now, later


def _add_used_inside(table: symtable.SymbolTable, now: set[str], later: set[str]) -> None:
    waits = table.get_type() == "function" and table.get_name() not in COMPREHENSION_SCOPES
    found = later if waits else now
    for symbol in table.get_symbols():
        if symbol.is_global() and (symbol.is_referenced() or symbol.is_assigned()):
            found.add(symbol.get_name())
    for child in table.get_children():
        _add_used_inside(child, found, later)
