"""The solution notebooks as they were installed, and the code between their markers."""

import json
from importlib.resources import files
from pathlib import Path

from mnv2_tutor.engine.exercise import Exercise
from mnv2_tutor.errors import Unusable

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
"""The markers, each alone on its line. nbgrader knows the same ones."""


def notebook_path(name: str) -> Path:
    """A solution notebook: installed as data, or in the checkout that this package is part of.

    Raises:
        Unusable: it is in neither place.
    """
    package = Path(str(files("mnv2_tutor")))
    for folder in (package / "_solutions", package.parent / "solutions"):
        if (folder / name).is_file():
            return folder / name
    raise Unusable(f"The solution notebook {name} is not installed: reinstall mnv2_tutor.")


def solution_of(exercise: Exercise) -> str:
    """The solution as one function, without markers."""
    # Our own notebook in its stored form: plain JSON will do, also in a page of the book.
    notebook = json.loads(notebook_path(exercise.notebook).read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and f"def {exercise.key}(" in source:
            lines = [line for line in source.splitlines() if line.strip() not in (BEGIN, END)]
            return "\n".join(lines)
    raise Unusable(f"The notebook {exercise.notebook} holds no solution of {exercise.key}.")
