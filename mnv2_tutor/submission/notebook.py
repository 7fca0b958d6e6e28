"""Reading a submitted notebook: what its code cells are, and which exercises it is about."""

import ast
import warnings
from dataclasses import dataclass

import nbformat

from mnv2_tutor.errors import Unusable
from mnv2_tutor.exercises import KEYS
from mnv2_tutor.find import alike
from mnv2_tutor.slicing import MINE

LARGEST = 100_000_000
PLAY = "play"
"""A cell with this tag is for trying things out, and is not run."""


@dataclass(frozen=True)
class Submission:
    """The code cells in order, and the keys of the exercises in the order of the book."""

    cells: tuple[str, ...]
    exercises: tuple[str, ...]


def read_notebook(data: bytes) -> Submission:
    """Read a notebook of any nbformat version, with or without a byte-order mark.

    Raises:
        Unusable: it is no notebook, or no exercise is in it.
    """
    if len(data) > LARGEST:
        raise Unusable(
            f"larger than {LARGEST // 1_000_000} MB: clear its outputs and save it again"
        )
    if not data.strip():
        raise Unusable("the file is empty: save the notebook again")
    cells = _code_cells(data)
    keys = tuple(key for key in KEYS if any(_is_about(cell, key) for cell in cells))
    if not keys:
        raise Unusable("no exercise in it: no cell defines or checks a function of the course")
    return Submission(tuple(cell.source for cell in cells), keys)


def _code_cells(data: bytes) -> list[nbformat.NotebookNode]:
    try:
        text = data.decode("utf-8-sig")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            notebook = nbformat.reads(text, as_version=4, capture_validation_error={})
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        return [cell for cell in cells if _counts(cell)]
    except Exception:  # noqa: BLE001 - nbformat raises all sorts for what is no notebook
        raise Unusable("not a notebook: Jupyter's .ipynb format was expected") from None


def _counts(cell: nbformat.NotebookNode) -> bool:
    if not isinstance(cell.source, str):
        raise TypeError("a cell's source is text")
    tags = cell.metadata.get("tags")
    return not (isinstance(tags, list) and PLAY in tags)


def _is_about(cell: nbformat.NotebookNode, key: str) -> bool:
    """By the cell's metadata, or by what it defines or checks."""
    marked = cell.metadata.get("mnv2_tutor", {})
    if isinstance(marked, dict) and marked.get("exercise") == key:
        return True
    defined, mentioned = _names(cell.source)
    return key in mentioned or any(alike(name, key) for name in defined)


def _names(source: str) -> tuple[set[str], set[str]]:
    """Functions defined, and names that are assigned or given to ``check``."""
    plain = "\n".join(line for line in source.splitlines() if not line.startswith(("%", "!")))
    try:
        tree = ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        lines = source.splitlines()
        return {line.split("(")[0][4:].strip() for line in lines if line.startswith("def ")}, set()
    defined: set[str] = set()
    mentioned: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            defined.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            mentioned.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            # A function of an earlier chapter is used here, and answered there.
            if getattr(node, "module", None) != MINE:
                mentioned |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Call) and _called(node) == "check":
            mentioned |= {arg.id for arg in node.args if isinstance(arg, ast.Name)}
            mentioned |= {str(arg.value) for arg in node.args if isinstance(arg, ast.Constant)}
    return defined, mentioned


def _called(node: ast.Call) -> str:
    """The name of what is called, without what stands before its last dot."""
    return str(getattr(node.func, "id", getattr(node.func, "attr", "")))
