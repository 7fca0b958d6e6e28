"""What a file is that should have been a notebook or a script, and its text where it has one.

A reason is a part of a sentence: it stands behind "not a notebook:".
"""

import ast
import codecs
import io
import json
import re
import tokenize
import warnings
from dataclasses import dataclass

from mnv2_tutor.errors import Unusable

NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What the parser raises where a text is none, or too deep."""
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", ""),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
"""How a text begins that says itself in which encoding it is: what to decode with, what to say."""
BEGINNINGS = (
    (b"%PDF", "a PDF, which holds no code that can be run: hand in the .ipynb itself"),
    (b"PK\x03\x04", "a zip under another name: give it the ending .zip"),
    (b"PK\x05\x06", "an empty zip"),
    (b"Rar!", "a .rar archive, which cannot be opened here: hand in a .zip"),
    (b"7z\xbc\xaf\x27\x1c", "a .7z archive, which cannot be opened here: hand in a .zip"),
    (b"\x1f\x8b", "a gzip archive under another name: give it the ending .tar.gz"),
    (b"BZh", "a bzip2 archive under another name: give it the ending .tar.bz2"),
    (b"\xfd7zXZ\x00", "an xz archive under another name: give it the ending .tar.xz"),
    (b"\x89PNG", "a picture: hand in the notebook itself"),
    (b"\xff\xd8\xff", "a picture: hand in the notebook itself"),
    (b"GIF8", "a picture: hand in the notebook itself"),
    (b"\xd0\xcf\x11\xe0", "a document of an office program: hand in the notebook itself"),
    (b"{\\rtf", "a document of a word processor (RTF): hand in the notebook itself"),
    (b"bplist00", "a placeholder of a file that is still in the cloud: download it first"),
    (b"\x00\x05\x16\x07", "what a Mac keeps beside a file, and not the file itself"),
    (b"\x89HDF", "a file of numbers or weights (HDF5)"),
    (b"\x93NUMPY", "an array of NumPy"),
    (b"version https://git-lfs", "a pointer of Git LFS, not the file itself: run git lfs pull"),
)
ZIPPED = ((b"word/", "Word"), (b"xl/", "Excel"), (b"ppt/", "PowerPoint"), (b"content.xml", "ODF"))
"""What the names in a zip say of the program that made it."""
CONFLICT = re.compile(r"^[ \t\"]*(<<<<<<<|>>>>>>>)(?: |\\n|$)", re.M)
PAGE = re.compile(r"\A\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body|!--)", re.I)
LOG_IN = re.compile(r"\b(?:log ?in|sign ?in|password|anmelden)\b", re.I)
LINK = re.compile(r"\A\s*(?:\[InternetShortcut\]|https?://\S+\s*\Z|\{\s*\"url\"\s*:)")
BINARY = re.compile(r"[\x00-\x08\x0e-\x1a]")
NO_TEXT = "no text, and of no known kind"
SAVED_AGAIN = "save it again from Jupyter"


@dataclass(frozen=True)
class Text:
    """The text of a file.

    Attributes:
        encoding: how it is called where it is not UTF-8.
    """

    text: str
    encoding: str = ""


def text_of(data: bytes) -> Text:
    """The text, where its encoding is sure, or cannot matter for what the code does.

    Raises:
        Unusable: it is none.
    """
    for mark, codec, name in MARKS:
        if data.startswith(mark):
            try:
                return Text(data.decode(codec), name)
            except UnicodeDecodeError:
                raise Unusable(f"its text is damaged ({name or 'UTF-8'})") from None
    if found := _without_a_mark(data):
        return found
    try:
        return Text(data.decode("utf-8"))
    except UnicodeDecodeError:
        if found := _declared(data) or _of_one_byte(data):
            return found
        raise Unusable(what_is_wrong(data)) from None


def what_is_wrong(data: bytes) -> str:
    """Why this is no notebook, as far as it can be told."""
    if not data.strip():
        return "the file is empty"
    if not data.strip(b"\0"):
        return "a file of zeros, as a disk or a cloud leaves one that was never written"
    if data.startswith(b"PK\x03\x04") and (program := _program(data)):
        return f"a document of {program}: hand in the notebook itself"
    for beginning, reason in BEGINNINGS:
        if data.startswith(beginning):
            return reason
    if data[4:8] == b"ftyp":
        return "a picture or a film: hand in the notebook itself"
    if data[257:262] == b"ustar":
        return "a tar archive under another name: give it the ending .tar"
    try:
        text = _as_text(data)
    except UnicodeDecodeError:
        return NO_TEXT if b"\0" in data else "not text in UTF-8: save the file with that encoding"
    return _wrong_text(text)


def has_conflict(text: str) -> int | None:
    """The line of the first mark that a merge left, where both of its sides are there."""
    if not ("<<<<<<<" in text and ">>>>>>>" in text):
        return None
    found = CONFLICT.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else None


def _wrong_text(text: str) -> str:
    if line := has_conflict(text):
        return (
            f"it holds the marks of a merge conflict (<<<<<<< in line {line}): choose what is to "
            "stay and take the marks out"
        )
    if PAGE.match(text):
        if LOG_IN.search(text):
            return "a saved web page that asks to log in: log in and download the file itself"
        return "a saved web page (HTML), not the file that it shows: download the file itself"
    if LINK.match(text):
        return "a link, not the file that it leads to: download the file itself"
    if BINARY.search(text):
        return NO_TEXT
    if text.lstrip()[:1] in ("{", "["):
        return _wrong_json(text.strip())
    if re.fullmatch(r"(?:404:? )?Not Found\.?", text.strip(), re.I):
        return "what a server answers where there is no such file: download it again"
    if is_python(text):
        return "Python under the name of a notebook: give it the ending .py"
    return "text, and no notebook in Jupyter's format"


def _wrong_json(text: str) -> str:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        if error.pos >= len(text) or "Unterminated" in error.msg:
            return f"it is cut off, and its end is missing: download it or {SAVED_AGAIN}"
        if error.msg == "Extra data":
            return f"something follows its end (in line {error.lineno}): {SAVED_AGAIN}"
        return f"its JSON is damaged in line {error.lineno}: {SAVED_AGAIN}"
    except (ValueError, RecursionError):
        return "JSON that cannot be read"
    if isinstance(found, dict) and ("cells" in found or "worksheets" in found):
        return f"its cells are not those of a notebook: {SAVED_AGAIN}"
    return "JSON without cells: a notebook has some"


def _as_text(data: bytes) -> str:
    for mark, codec, _ in MARKS:
        if data.startswith(mark):
            return data.decode(codec, "replace")
    if found := _without_a_mark(data):
        return found.text
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        head = data.lstrip()[:1]
        if head in (b"<", b"{", b"[") and b"\0" not in data:
            return data.decode("latin-1")
        raise


def _program(data: bytes) -> str:
    head = data[:4000] + data[-8000:]
    return next((name for part, name in ZIPPED if part in head), "")


def _declared(data: bytes) -> Text | None:
    """The text by the encoding that the first lines of a script name."""
    try:
        name, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(name)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return None
    return Text(text, name) if is_python(text) else None


def _without_a_mark(data: bytes) -> Text | None:
    """UTF-16 that does not begin by saying so: every second byte of it is zero."""
    head = data[:200]
    for codec, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if len(head) > 3 and zeros.count(0) > 0.9 * len(zeros):
            try:
                return Text(data.decode(codec), "UTF-16")
            except UnicodeDecodeError:
                return None
    return None


def _of_one_byte(data: bytes) -> Text | None:
    """One of the old encodings, where it decides about comments and texts alone."""
    if BINARY.search(data[:10_000].decode("latin-1")):
        return None
    try:
        text, name = data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        text, name = data.decode("latin-1"), "Latin-1"
    is_safe = _is_json(text) if text.lstrip()[:1] == "{" else _has_plain_names(text)
    return Text(text, name) if is_safe else None


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _has_plain_names(text: str) -> bool:
    """Whether it is Python in which letters beyond ASCII stand in comments and texts alone."""
    if not is_python(text):
        return False
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, *NO_PYTHON):
        return False
    return all(one.string.isascii() for one in tokens if one.type in (tokenize.NAME, tokenize.OP))


def is_python(text: str, most: int = 400_000) -> bool:
    """Whether it is Python that does something: defines, assigns, imports or calls."""
    if len(text) > most:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(text).body
    except NO_PYTHON:
        return False
    values = [node.value for node in body if isinstance(node, ast.Expr)]
    return len(values) < len(body) or any(isinstance(value, ast.Call) for value in values)
