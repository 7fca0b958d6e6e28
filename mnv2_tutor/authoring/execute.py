"""Running a notebook from top to bottom in a fresh kernel."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from mnv2_tutor.authoring.forked_kernels import AsyncForkingKernelManager
from mnv2_tutor.engine.environment import quiet_environment
from mnv2_tutor.errors import Unusable
from mnv2_tutor.submission.notebook import read_notebook
from mnv2_tutor.submission.share_functions import share_functions

SECONDS = 1200


def executed(notebook: NotebookNode, folder: Path, solutions: Iterable[Path] = ()) -> NotebookNode:
    """A copy with the outputs of a run in ``folder``, which leaves no trace in the progress.

    ``mnv2_tutor.mine`` gives the functions of ``solutions``, as if all had passed.

    Raises:
        Unusable: a cell failed, or wrote to stderr.
    """
    fresh: NotebookNode = nbformat.from_dict(notebook)
    with tempfile.TemporaryDirectory() as home:
        share_functions([read_notebook(path.read_bytes()).cells for path in solutions], Path(home))
        os.environ.update(quiet_environment(MNV2_TUTOR_HOME=home))
        client = NotebookClient(
            fresh,
            timeout=SECONDS,
            kernel_name="python3",
            kernel_manager_class=AsyncForkingKernelManager,
            store_widget_state=False,
            resources={"metadata": {"path": str(folder)}},
        )
        try:
            client.execute()
        except CellExecutionError as error:
            raise Unusable(f"a cell failed: {error.ename}: {error.evalue}") from None
    for number, cell in enumerate(fresh.cells, start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                raise Unusable(f"cell {number} wrote to stderr: {output.text.strip()[:200]}")
    return fresh
