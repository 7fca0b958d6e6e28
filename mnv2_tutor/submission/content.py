"""What a file is, by what is in it: browsers, mail and version control change names and contents.

Nothing is run here. ``damage`` says what is wrong with a file that was to be a notebook.
"""

import ast
import codecs
import json
import re
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

from mnv2_tutor.engine.course import KEYS
from mnv2_tutor.source.statements import parts_of

NOTEBOOK, SCRIPT = ".ipynb", ".py"
TEXTS = (".txt", ".json", ".text", "")
"""Endings that a notebook or a script may have got on its way."""
LONGEST_TEXT = 2_000_000
"""Bytes of a file without the ending of a notebook that is looked into."""
_KEYS = "|".join(KEYS).encode()
OURS = re.compile(
    rb"\b(?:def|class)\s+(?:" + _KEYS + rb")\b|^[ \t]*(?:" + _KEYS + rb")[ \t]*=(?!=)", re.M
)
"""What binds the name of an exercise."""
BEGINS = re.compile(rb"^[ \t]*def (?:" + _KEYS + rb")\b", re.M)
"""A line that means to, whether it is Python or not."""
MERGE = re.compile(r"^(<{7}|>{7})( |$)", re.M)
COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""How a file in one of these encodings begins."""


class Kind(StrEnum):
    """What a file of a submission is."""

    NOTEBOOK = "notebook"
    SCRIPT = "script"
    DATA = "data"


def kind_of(path: str, data: bytes) -> Kind:
    """Notebook, script or something else: by its ending, and where that says little, by content.

    What is called a notebook and is none stays one, so that somebody is told what is wrong.
    """
    endings = [ending.lower().rstrip() for ending in PurePosixPath(path).suffixes]
    ending = endings[-1] if endings else ""
    if NOTEBOOK in endings or SCRIPT in endings:
        is_named = NOTEBOOK in endings
        is_notebook = looks_like_notebook(data) or (is_named and not is_script(data))
        return Kind.NOTEBOOK if is_notebook else Kind.SCRIPT
    if looks_like_notebook(data):
        return Kind.NOTEBOOK
    if ending not in TEXTS or len(data) > LONGEST_TEXT:
        return Kind.DATA
    means_to = _has(BEGINS, data) or (_has(OURS, data) and is_script(data))
    return Kind.SCRIPT if means_to else Kind.DATA


def _has(pattern: re.Pattern[bytes], data: bytes) -> bool:
    return pattern.search(text_of(data)[0].encode("utf-8", "replace")) is not None


def looks_like_notebook(data: bytes) -> bool:
    """Whether it is JSON that holds cells, or was before it was damaged."""
    if text_of(data[:200])[0].lstrip()[:1] != "{":
        return False
    return (
        re.search(r'"(?:cells|worksheets)"\s*:\s*\[|"cell_type"\s*:', text_of(data)[0]) is not None
    )


def is_script(data: bytes) -> bool:
    """Whether it is Python, most of it."""
    if len(data) > LONGEST_TEXT or b"\0" in data[:1000] or not data.strip():
        return False
    text = text_of(data)[0]
    if text.lstrip()[:1] in ("{", "<", "%") or (MERGE.search(text) and not _has(OURS, data)):
        return False
    parts = parts_of(text)
    whole = [part.node for part in parts if part.node is not None]
    return any(map(_does, whole)) and (_has(OURS, data) or len(whole) == len(parts))


def _does(node: ast.stmt) -> bool:
    """Whether it is more than a word: one word of prose is Python, too."""
    return not isinstance(node, ast.Expr) or isinstance(node.value, ast.Call)


def text_of(data: bytes) -> tuple[str, str]:
    """The text, and the name of its encoding where that is not UTF-8."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            text = data.decode(encoding, "replace")
            return text.removeprefix("\ufeff"), "" if encoding == "utf-8-sig" else "UTF-16"
    if data[:200].count(0) > len(data[:200]) // 3:
        little = data[1:200:2].count(0) > data[0:200:2].count(0)
        return data.decode("utf-16-le" if little else "utf-16-be", "replace"), "UTF-16"
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        return data.decode(_named(data) or "cp1252", "replace"), _named(data) or "Latin-1"


def _named(data: bytes) -> str:
    """The encoding that a script names in its first two lines."""
    for line in data.split(b"\n")[:2]:
        if found := COOKIE.match(line):
            try:
                return codecs.lookup(found[1].decode()).name
            except (LookupError, UnicodeDecodeError):
                return ""
    return ""


def cells_of(data: bytes) -> list[dict[str, Any]]:
    """The cells of a notebook of any version, each with ``cell_type``, ``source``, ``metadata``.

    More is taken than the format allows: what programs leave out or write otherwise.

    Raises:
        ValueError: it is no notebook.
    """
    try:
        whole = json.loads(text_of(data)[0], strict=False)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(whole, dict):
        raise ValueError("it is no notebook")
    sheets = whole.get("worksheets")
    found = whole.get("cells")
    if not isinstance(found, list) and isinstance(sheets, list):
        found = [cell for sheet in sheets if isinstance(sheet, dict) for cell in _list(sheet)]
    if not isinstance(found, list):
        raise ValueError("it holds no cells")
    return [_cell(one) for one in found if isinstance(one, dict)]


def _list(sheet: dict[str, Any]) -> list[Any]:
    cells = sheet.get("cells")
    return cells if isinstance(cells, list) else []


def _cell(one: dict[str, Any]) -> dict[str, Any]:
    source = one.get("source", one.get("input", one.get("code", "")))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    metadata = one.get("metadata")
    return {
        "cell_type": one.get("cell_type", "code"),
        "source": source if isinstance(source, str) else "",
        "metadata": metadata if isinstance(metadata, dict) else {},
    }
