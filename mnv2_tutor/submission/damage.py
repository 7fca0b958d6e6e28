"""What is wrong with a file that should have been a notebook.

A reason is a part of a sentence: it stands behind "not a notebook:".
"""

import json
import re

from mnv2_tutor.submission.content import MERGE, is_script, text_of

BEGINNINGS = (
    (b"%PDF", "a PDF, which holds no code that can be run: hand in the .ipynb itself"),
    (b"PK\x03\x04", "a zip archive under another name: give it the ending .zip"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"Rar!", "a .rar archive, which cannot be opened here: hand in a .zip"),
    (b"7z\xbc\xaf\x27\x1c", "a .7z archive, which cannot be opened here: hand in a .zip"),
    (b"\x1f\x8b", "packed with gzip: unpack it first"),
    (b"BZh", "packed with bzip2: unpack it first"),
    (b"\xfd7zXZ\x00", "packed with xz: unpack it first"),
    (b"\x89PNG", "a picture: hand in the notebook itself"),
    (b"\xff\xd8\xff", "a picture: hand in the notebook itself"),
    (b"GIF8", "a picture: hand in the notebook itself"),
    (b"\xd0\xcf\x11\xe0", "a document of an office program: hand in the notebook itself"),
    (b"{\\rtf", "a document of a word processor (RTF): hand in the notebook itself"),
    (b"bplist00", "a placeholder of a file that is still in the cloud: download it first"),
    (b"\x00\x05\x16\x07", "what a Mac keeps beside a file, and not the file itself"),
    (b"\x89HDF", "a file of numbers or weights (HDF5)"),
    (b"\x93NUMPY", "an array of NumPy"),
    (b"version https://git-lfs", "a Git LFS pointer instead of the file: run git lfs pull"),
)
ZIPPED = ((b"word/", "Word"), (b"xl/", "Excel"), (b"ppt/", "PowerPoint"), (b"content.xml", "ODF"))
"""What the names in a zip say of the program that made it."""
PAGE = re.compile(r"\A\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body|!--)", re.I)
LOG_IN = re.compile(r"\b(?:log ?in|sign ?in|password|anmelden)\b", re.I)
LINK = re.compile(r"\A\s*(?:\[InternetShortcut\]|https?://\S+\s*\Z|\{\s*\"url\"\s*:)")
BINARY = re.compile(r"[\x00-\x08\x0e-\x1a]")
NO_TEXT = "no text, and of no known kind"
SAVED_AGAIN = "save it again from Jupyter"


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
    return _wrong_text(text_of(data)[0], data)


def _wrong_text(text: str, data: bytes) -> str:
    if found := MERGE.search(text):
        line = text.count("\n", 0, found.start()) + 1
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
    if is_script(data):
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
    return "JSON that holds no cells: a notebook has some"


def _program(data: bytes) -> str:
    head = data[:4000] + data[-8000:]
    return next((name for part, name in ZIPPED if part in head), "")
