"""From a solution notebook to the exercise: what stands between the markers becomes a stub."""

import nbformat
from nbformat import NotebookNode

from mnv2_tutor.errors import Unusable
from mnv2_tutor.learner.solutions import BEGIN, END

BOOK_ONLY_TAGS = {"hide-input", "hide-cell", "hide-output", "remove-cell"}
"""What the page of a solution hides, such as the hints; in the exercise all is there."""


def exercise_from(solution: NotebookNode, name: str) -> NotebookNode:
    """The exercise notebook, without outputs.

    Raises:
        Unusable: markers that do not pair, or none at all; the message names the cell.
    """
    fresh: NotebookNode = nbformat.from_dict(solution)
    count = 0
    for number, cell in enumerate(fresh.cells, start=1):
        where = f"{name}, cell {number}"
        tags = [tag for tag in cell.metadata.pop("tags", []) if tag not in BOOK_ONLY_TAGS]
        if tags:
            cell.metadata["tags"] = tags
        if cell.cell_type != "code":
            _refuse_markers(cell.source, where)
            cell.source = cell.source.replace("](../book/", "](../")  # exercises live in the book
            cell.source = cell.source.replace("# Solution ", "# Exercise ", 1)
            continue
        cell.outputs = []
        cell.execution_count = None
        source = without_solution(cell.source, where)
        if source != cell.source:
            count += 1
            cell.source = source
        cell.metadata.pop("mystnb", None)
    if not count:
        raise Unusable(f"{name}: no cell holds {BEGIN} and {END}")
    fresh.metadata["mnv2_tutor"] = {"generated_from": f"solutions/{name}"}
    return fresh


def without_solution(source: str, where: str) -> str:
    """The code with each marked block replaced by a stub at the same indentation.

    Raises:
        Unusable: a marker without its partner.
    """
    kept: list[str] = []
    inside = False
    for number, line in enumerate(source.splitlines(), start=1):
        marker = line.strip()
        if marker == BEGIN:
            if inside:
                raise Unusable(f"{where}, line {number}: {BEGIN} again, before {END}")
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            kept.append(f'{indent}raise NotImplementedError("Your code goes here.")')
        elif marker == END:
            if not inside:
                raise Unusable(f"{where}, line {number}: {END} without {BEGIN} before it")
            inside = False
        elif BEGIN.lower() in line.lower() or END.lower() in line.lower():
            raise Unusable(f"{where}, line {number}: a marker must stand alone on its line")
        elif not inside:
            kept.append(line)
    if inside:
        raise Unusable(f"{where}: {BEGIN} without {END} after it")
    return "\n".join(kept)


def _refuse_markers(source: str, where: str) -> None:
    if BEGIN in source or END in source:
        raise Unusable(f"{where}: a marker in a cell that is not code")
