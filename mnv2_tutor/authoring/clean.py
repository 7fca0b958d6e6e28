"""The one form in which a notebook is stored: nothing in it that changes from run to run."""

import nbformat
from nbformat import NotebookNode

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
KEPT_NOTEBOOK_METADATA = ("mnv2_tutor", "mystnb")
KEPT_CELL_METADATA = ("mnv2_tutor", "mystnb", "nbgrader", "tags")
HIDDEN_IN_BOOK = {"hide-input", "remove-input"}
"""Cells whose code the book folds away; JupyterLab then folds it too."""
LIVE_ONLY = "application/vnd.jupyter.widget-view+json"
"""A widget needs a kernel; what a page shows in its place is the HTML beside it."""


def cleaned(notebook: NotebookNode, stem: str) -> NotebookNode:
    """A copy in the stored form. ``stem`` names the cells: ``<stem>-07``."""
    fresh: NotebookNode = nbformat.from_dict(notebook)
    kept = {name: fresh.metadata[name] for name in KEPT_NOTEBOOK_METADATA if name in fresh.metadata}
    fresh.metadata = nbformat.from_dict({**NOTEBOOK_METADATA, **kept})
    fresh.nbformat, fresh.nbformat_minor = 4, 5
    count = 0
    for number, cell in enumerate(fresh.cells, start=1):
        cell.id = f"{stem.replace('_', '-')}-{number:02d}"
        cell.source = cell.source.strip("\n")
        cell.metadata = nbformat.from_dict(
            {name: cell.metadata[name] for name in KEPT_CELL_METADATA if name in cell.metadata}
        )
        if HIDDEN_IN_BOOK & set(cell.metadata.get("tags", [])):
            cell.metadata["jupyter"] = {"source_hidden": True}
        cell.pop("attachments", None)
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count  # nbval takes a cell without one for never run
            cell.outputs = _outputs(cell.outputs, count)
    return fresh


def as_stored(notebook: NotebookNode, stem: str) -> str:
    """The text of the file."""
    return str(nbformat.writes(cleaned(notebook, stem))).rstrip("\n") + "\n"


def _outputs(outputs: list[NotebookNode], count: int) -> list[NotebookNode]:
    clean: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream" and clean and clean[-1].get("name") == output.name:
            clean[-1].text += output.text
            continue
        clean.append(_output(output, count))
    return clean


def _output(output: NotebookNode, count: int) -> NotebookNode:
    if "data" in output:
        output.data.pop(LIVE_ONLY, None)
        output.metadata = nbformat.from_dict({})
    if "execution_count" in output:
        output.execution_count = count
    if output.output_type == "error":
        output.traceback = [f"{output.ename}: {output.evalue}"]
    return output
