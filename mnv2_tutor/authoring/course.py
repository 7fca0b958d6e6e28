"""The course's files in a checkout, and the commands that make those that are made."""

from collections.abc import Iterable
from pathlib import Path

import nbformat

from mnv2_tutor.authoring.clean import as_stored
from mnv2_tutor.authoring.execute import executed
from mnv2_tutor.authoring.generate import exercise_from
from mnv2_tutor.errors import Unusable

ROOT = Path(__file__).parents[2]
SOLUTIONS = ROOT / "solutions"
EXERCISES = ROOT / "book" / "exercises"


def notebooks() -> list[Path]:
    """Every notebook of the course: chapters, exercises, solutions."""
    return [*sorted((ROOT / "book").glob("*.ipynb")), *sorted(EXERCISES.glob("*.ipynb")),
            *sorted(SOLUTIONS.glob("*.ipynb"))]  # fmt: skip


def solutions() -> list[Path]:
    return sorted(SOLUTIONS.glob("*.ipynb"))


def generated_source(solution: Path) -> list[str]:
    """The sources of the cells that the exercise of ``solution`` must have."""
    made = exercise_from(nbformat.read(solution, as_version=4), solution.name)
    return [cell.source.strip("\n") for cell in made.cells]


def make_exercise(solution: Path) -> Path:
    """Write the exercise notebook with the outputs of the untouched run."""
    made = exercise_from(nbformat.read(solution, as_version=4), solution.name)
    path = EXERCISES / solution.name
    _write(path, as_stored(_run(made, path), path.stem))
    return path


def renew(path: Path) -> None:
    """Execute a notebook and save it in its stored form."""
    notebook = nbformat.read(path, as_version=4)
    _write(path, as_stored(_run(notebook, path), path.stem))


def chosen(names: Iterable[str]) -> list[Path]:
    """The notebooks to work on: all, or those given as paths.

    Raises:
        Unusable: one of them is not there.
    """
    paths = [Path(name).resolve() for name in names]
    for path in paths:
        if not path.is_file():
            raise Unusable(f"{path}: no such file")
    return paths or notebooks()


def _run(notebook: nbformat.NotebookNode, path: Path) -> nbformat.NotebookNode:
    try:
        return executed(notebook, path.parent, solutions())
    except Unusable as error:
        raise Unusable(f"{path.relative_to(ROOT)}: {error}") from None


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
