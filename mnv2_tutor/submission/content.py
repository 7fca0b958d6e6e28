"""What a file is, by what is in it: browsers, mail and version control change names and contents.

A file that was to be a notebook and is none has a reason of its own for each way in which that
happens. Nothing is run here.
"""

import codecs
import json
import re
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

from mnv2_tutor.exercises import KEYS
from mnv2_tutor.statements import parts_of

NOTEBOOK, SCRIPT = ".ipynb", ".py"
TEXTS = (".txt", ".json", ".text", "")
"""Endings that a notebook or a script may have got on its way."""
LONGEST_TEXT = 2_000_000
"""Bytes of a file without the ending of a notebook that is looked into."""
OURS = re.compile(rb"\b(def|class)\s+(" + "|".join(KEYS).encode() + rb")\b")
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
BEGINNINGS = (
    (b"PK\x03\x04", "it is a zip archive: hand in the zip under its own ending, or unpack it"),
    (b"PK\x05\x06", "it is an empty zip archive"),
    (b"%PDF", "it is a PDF, which holds no code that can be run"),
    (b"\x1f\x8b", "it is a gzip archive: unpack it first"),
    (b"Rar!", "it is a RAR archive: unpack it first"),
    (b"7z\xbc\xaf", "it is a 7z archive: unpack it first"),
    (b"\x89PNG", "it is a picture"),
    (b"\xff\xd8\xff", "it is a picture"),
    (
        b"version https://git-lfs",
        "it is a Git LFS pointer instead of the file: run git lfs pull",
    ),
)


class Kind(StrEnum):
    """What a file of a submission is."""

    NOTEBOOK = "notebook"
    SCRIPT = "script"
    DATA = "data"


def kind_of(path: str, data: bytes) -> Kind:
    """Notebook, script or something else: by its ending, and where that says little, by content."""
    ending = PurePosixPath(path).suffix.lower()
    if ending in (NOTEBOOK, SCRIPT):
        is_notebook = looks_like_notebook(data) or (ending == NOTEBOOK and not is_script(data))
        return Kind.NOTEBOOK if is_notebook else Kind.SCRIPT
    if ending not in TEXTS or len(data) > LONGEST_TEXT:
        return Kind.DATA
    if looks_like_notebook(data):
        return Kind.NOTEBOOK
    return Kind.SCRIPT if OURS.search(data) and is_script(data) else Kind.DATA


def looks_like_notebook(data: bytes) -> bool:
    """Whether it is JSON that holds cells, or was before it was damaged."""
    start = text_of(data[:200_000])[0].lstrip()
    return start.startswith("{") and re.search(r'"(cells|worksheets)"\s*:', start) is not None


def is_script(data: bytes) -> bool:
    """Whether it is Python, most of it."""
    if len(data) > LONGEST_TEXT or b"\0" in data[:1000] or not data.strip():
        return False
    text = text_of(data)[0]
    if text.lstrip()[:1] in ("{", "<", "%") or (MERGE.search(text) and not OURS.search(data)):
        return False
    parts = parts_of(text)
    whole = [part for part in parts if part.node is not None]
    return bool(whole) and (OURS.search(data) is not None or len(whole) == len(parts))


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


def what_is_wrong(data: bytes) -> str:
    """Why a file that was to be a notebook is none, with what to do."""
    for beginning, what in BEGINNINGS:
        if data.startswith(beginning):
            return what
    text = text_of(data)[0].strip()
    if MERGE.search(text):
        return "it holds the marks of a merge conflict (<<<<<<<): settle it in Git and save again"
    if re.match(r"<(!doctype|html|\?xml|head|body)", text, re.I):
        return (
            "it is a web page, perhaps one for signing in, saved under that name: download the "
            "notebook itself"
        )
    if text.startswith("{"):
        return _wrong_json(text)
    if b"\0" in data[:4000]:
        return "it is no text at all"
    return "Jupyter's .ipynb format was expected"


def _wrong_json(text: str) -> str:
    try:
        json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        if error.pos >= len(text) - 1 or "Unterminated" in error.msg or not text.endswith("}"):
            return "it is cut off: it ends in the middle, so save or upload it again"
        return f"its JSON is damaged in line {error.lineno}: was it changed by hand?"
    except (ValueError, RecursionError):
        return "its JSON cannot be read"
    return "it is JSON that holds no cells"


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
