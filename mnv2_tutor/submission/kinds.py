"""Which files of a submission are notebooks and scripts: their content decides, then their name."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Literal

from mnv2_tutor.errors import Unusable
from mnv2_tutor.exercises import KEYS
from mnv2_tutor.submission.damage import is_python, text_of

Kind = Literal["notebook", "script", "data"]
NOTEBOOK, SCRIPT = ".ipynb", ".py"
CELLS = re.compile(r'"(?:cells|worksheets)"\s*:\s*\[|"cell_type"\s*:')
OURS = re.compile(r"\b(?:" + "|".join(KEYS) + r")\b")
"""A function of the course."""
DEFINES = re.compile(r"^[ \t]*def (?:" + "|".join(KEYS) + r")\b", re.M)
PROSE = {".md", ".rst", ".html", ".htm", ".csv", ".tsv", ".toml", ".tex"}
"""What ends so may show a function of the course, and is no script for that."""
MOST = 400_000
"""Bytes of what may be a script under another name."""


def answers(files: Mapping[str, bytes]) -> dict[str, Kind]:
    """The notebooks and scripts among the files of a submission; the others are data."""
    kinds = {path: kind_of(path, data) for path, data in files.items()}
    return {path: kind for path, kind in kinds.items() if kind != "data"}


def kind_of(path: str, data: bytes) -> Kind:
    """What a file is taken for.

    What is called a notebook and is none stays one, so that somebody is told what is wrong.
    """
    endings = [ending.lower().rstrip() for ending in PurePosixPath(path).suffixes]
    ending = endings[-1] if endings else ""
    if ending == NOTEBOOK and data.lstrip()[:1] == b"{":
        return "notebook"
    if ending == SCRIPT and data.lstrip()[:1] != b"{":
        return "script"
    try:
        text = text_of(data).text
    except Unusable:
        text = ""
    if text.lstrip()[:1] == "{" and CELLS.search(text):
        return "notebook"
    if NOTEBOOK in endings:
        return "script" if _is_code(text) else "notebook"
    if SCRIPT in endings:
        return "script"
    return "script" if ending != ".json" and _is_script(text, ending) else "data"


def _is_code(text: str) -> bool:
    return text.lstrip()[:1] != "{" and is_python(text)


def _is_script(text: str, ending: str) -> bool:
    """Whether a text of another name is Python about an exercise, or means to be."""
    if len(text) > MOST or not OURS.search(text):
        return False
    defines = bool(DEFINES.search(text))
    return defines and is_python(text) if ending in PROSE else defines or is_python(text)
