"""A script in parts, so that one which fails takes no function with it."""

import ast
import warnings
from itertools import pairwise

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
APART = (*DEFINITIONS, ast.Import, ast.ImportFrom)
"""A part of a script each."""
ENDINGS = {"exit", "quit", "_exit"}
"""Of Python, where a script calls them outside of its functions."""
MOST_PARTS = 200
"""Each is sent and run for itself."""
NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What the parser raises where a text is none, or too deep."""


def parts(source: str, most: int) -> list[tuple[int, str]]:
    """Each import, each definition, and what stands between, with the line where it begins.

    Lines keep their numbers. What is no Python, what ends or changes all that stands below it, and
    what would be more than ``most`` characters stays whole.
    """
    whole = [(1, source)]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(source).body if len(source) <= most else []
    except NO_PYTHON:
        return whole
    starts = [1, *(first for before, node in pairwise(body) if (first := _start(before, node)))]
    too_much = len(source) + sum(starts) > most or len(starts) > MOST_PARTS
    if too_much or any(map(_is_for_all_below, body)):
        return whole
    lines = source.split("\n")
    found = [
        (start, _at_line(start, "\n".join(lines[start - 1 : end - 1])))
        for start, end in pairwise([*starts, len(lines) + 1])
    ]
    return found if _is_same(found, body) else whole


def called(node: ast.Call) -> str:
    """The name of what is called, without what stands before its last dot."""
    return str(getattr(node.func, "id", getattr(node.func, "attr", "")))


def _start(before: ast.stmt, node: ast.stmt) -> int | None:
    """The line where a part begins with ``node``; None where it goes on."""
    first = min(one.lineno for one in (node, *getattr(node, "decorator_list", ())))
    is_apart = isinstance(node, APART) or isinstance(before, APART)
    return first if is_apart and first > (before.end_lineno or 0) else None


def _is_for_all_below(node: ast.stmt) -> bool:
    """Whether a statement changes or ends what stands below it."""
    if isinstance(node, ast.ImportFrom):
        return node.module == "__future__"
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return called(node.value) in ENDINGS
    return isinstance(node, ast.Raise)


def _at_line(line: int, text: str) -> str:
    """The text so that it begins at this line. IPython drops lines before it that are empty."""
    return text if line == 1 else "#" + "\n" * (line - 1) + text


def _is_same(found: list[tuple[int, str]], body: list[ast.stmt]) -> bool:
    """Whether the parts hold the statements of the whole: where one begins is not always told."""
    try:
        nodes = [node for _, part in found for node in ast.parse(part).body]
    except NO_PYTHON:
        return False
    return [ast.dump(node) for node in nodes] == [ast.dump(node) for node in body]
