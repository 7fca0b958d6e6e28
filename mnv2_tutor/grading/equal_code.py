"""Whose code is the same: read off the sources, a statement and no judgement.

A right answer to a small exercise is the same whoever writes it. So a short function says nothing,
and one of a few lines says something where several agree.
"""

import ast
import hashlib
import json
import re
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from mnv2_tutor.engine.observe.code import is_empty
from mnv2_tutor.errors import Unusable
from mnv2_tutor.grading.intake import HandedIn, answers
from mnv2_tutor.submission.content import text_of

LONGEST = 100_000
"""Characters of a cell that are looked at."""
LONG = 90
"""Nodes of a function's tree from which on two people do not write the same by chance."""
SHORT = 40
"""Below it everybody writes the same."""
SEVERAL = 3
"""Functions of a few lines that have to agree."""
FEW, MOST = 3, 0.2
"""What more submissions than this have, and more than this part of them, is what one writes."""
FILE = 1_000_000
"""Stands for the size of a file, which comes first."""
MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.M)


@dataclass(frozen=True)
class Code:
    """What one submission has for an exercise.

    Attributes:
        exact: a hash of its code without comments and docstring.
        shape: the same with the names of its variables left out.
        size: how much it is.
    """

    exact: str
    shape: str
    size: int


@dataclass(frozen=True)
class EqualCode:
    """A group of at least two submissions with the same file, or the same code for exercises.

    Attributes:
        keys: the exercises; none for a file.
        how: ``file``, ``code``, or ``shape`` where variables have other names.
        names: of the submissions.
        size: how much code it is.
    """

    keys: tuple[str, ...]
    how: str
    names: tuple[str, ...]
    size: int


def groups(submissions: Iterable[HandedIn], keys: Sequence[str]) -> list[EqualCode]:
    """All groups of submissions with equal code, the ones with the most code first."""
    whole: dict[str, set[str]] = defaultdict(set)
    shapes: dict[tuple[str, str], dict[str, Code]] = defaultdict(dict)
    for one in submissions:
        try:
            files = one.files()
        except Unusable:
            continue
        for path in answers(files):
            codes = dict(_codes(files[path], keys))
            if codes:  # in an untouched notebook nobody wrote anything
                whole[hashlib.sha256(files[path]).hexdigest()].add(one.name)
            for key, code in codes.items():
                shapes[key, code.shape][one.name] = code
    same_file = {frozenset(names) for names in whole.values() if len(names) > 1}
    found = [_group((), "file", names, FILE) for names in same_file]
    together: dict[tuple[frozenset[str], str], dict[str, int]] = defaultdict(dict)
    for key, by_name in _telling(shapes):
        names = frozenset(by_name)
        if names not in same_file:  # who handed in the same file is named already
            how = "code" if len({code.exact for code in by_name.values()}) == 1 else "shape"
            together[names, how][key] = next(iter(by_name.values())).size
    found += [
        _group([key for key in keys if key in sizes], how, names, max(sizes.values()))
        for (names, how), sizes in together.items()
    ]
    return sorted(found, key=lambda group: (-group.size, group.keys, group.names))


def _telling(
    shapes: Mapping[tuple[str, str], Mapping[str, Code]],
) -> list[tuple[str, Mapping[str, Code]]]:
    """The exercises and groups whose agreement says something."""
    long, few_lines = [], []
    answered: Counter[str] = Counter()
    for (key, _), by_name in shapes.items():
        answered[key] += len(by_name)
    for (key, _), by_name in shapes.items():
        size = next(iter(by_name.values())).size
        if len(by_name) > 1 and size >= LONG:
            long.append((key, by_name))
        elif 1 < len(by_name) <= max(FEW, MOST * answered[key]) and size >= SHORT:
            few_lines.append((key, by_name))
    everything = [*long, *few_lines]
    several = [
        (key, by_name)
        for key, by_name in few_lines
        if sum(by_name.keys() <= other.keys() for _, other in everything) >= SEVERAL
    ]
    return [*long, *several]


def _group(keys: Sequence[str], how: str, names: Iterable[str], size: int) -> EqualCode:
    return EqualCode(tuple(keys), how, tuple(sorted(names)), size)


def _codes(data: bytes, keys: Sequence[str]) -> Iterator[tuple[str, Code]]:
    """The last function of each of these names in a notebook or a script."""
    last: dict[str, ast.FunctionDef] = {}
    for source in _sources(data):
        if len(source) > LONGEST or not any(f"def {key}" in source for key in keys):
            continue
        last |= {f.name: f for f in _functions(source) if f.name in keys and not is_empty(f)}
    for key, function in last.items():
        with suppress(RecursionError):  # an expression of a thousand terms
            yield key, _code(function)


def _sources(data: bytes) -> list[str]:
    text, _ = text_of(data)
    if text.lstrip()[:1] != "{":
        return [text]
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    sheets = found.get("worksheets") if isinstance(found, dict) else None
    books = [found, *(sheets if isinstance(sheets, list) else [])]
    return [source for book in books for source in _cells(book)]


def _cells(book: object) -> Iterator[str]:
    cells = book.get("cells") if isinstance(book, Mapping) else None
    for cell in cells if isinstance(cells, list) else []:
        if isinstance(cell, Mapping):
            source = cell.get("source", cell.get("input"))
            lines = source if isinstance(source, list) else [source]
            yield "".join(line for line in lines if isinstance(line, str))


def _functions(source: str) -> list[ast.FunctionDef]:
    for plain in (source, MAGIC.sub(r"\1pass", source)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                body = ast.parse(plain).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        return [node for node in body if isinstance(node, ast.FunctionDef)]
    return []


def _code(function: ast.FunctionDef) -> Code:
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        function.body = body[1:] or body
    size = sum(1 for _ in ast.walk(function))
    exact = ast.dump(function)
    _without_names(function)
    return Code(_hash(exact), _hash(ast.dump(function)), size)


def _without_names(function: ast.FunctionDef) -> None:
    """Number the variables, and drop annotations."""
    numbers: dict[str, str] = {}
    for node in ast.walk(function):
        name = node.arg if isinstance(node, ast.arg) else ""
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            name = node.id
        if name:
            numbers.setdefault(name, f"v{len(numbers)}")
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            node.arg, node.annotation = numbers[node.arg], None
        elif isinstance(node, ast.Name):
            node.id = numbers.get(node.id, node.id)
    function.returns = None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
