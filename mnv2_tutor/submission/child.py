"""The process that runs a submission: reads a request, writes observations, decides nothing.

Run as ``python -m mnv2_tutor.submission.child REQUEST ANSWER``, two files of JSON. Nothing of
``answers/`` is imported here.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from mnv2_tutor import records
from mnv2_tutor.errors import Unusable
from mnv2_tutor.exercises import exercise
from mnv2_tutor.find import in_namespace
from mnv2_tutor.observation import to_json
from mnv2_tutor.observe import absent, observe
from mnv2_tutor.observe.calls import described
from mnv2_tutor.submission.offer import offer


class QuietShell(InteractiveShell):  # type: ignore[misc]
    """IPython without a terminal: what a notebook may ask of its front end does nothing."""

    def enable_gui(self, gui: str | None = None) -> None:
        """%matplotlib asks for an event loop; there is none."""

    def ask_exit(self) -> None:
        """Exit and quit end a session; the later cells still run."""


def run_cells(cells: list[str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Run code cells as a notebook would, magics included; the names they leave, and their errors.

    A cell that fails does not stop the later ones.
    """
    shell = QuietShell.instance()
    sys.path.insert(0, "")  # as in a notebook: modules beside it
    shell.user_module.__name__ = "__main__"
    sys.modules["__main__"] = shell.user_module
    errors = []
    for number, source in enumerate(cells, start=1):
        result = shell.run_cell(source, store_history=False, silent=False)
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            seen = described(error)
            errors.append(
                {"cell": number, "type": seen.type, "message": seen.message, "source": seen.source}
            )
    return shell.user_ns, errors


def observations(namespace: dict[str, Any], keys: list[str], seed: int | None) -> dict[str, str]:
    """What is seen of each exercise, as JSON by key."""
    found = {}
    for key in keys:
        answer = in_namespace(namespace, key)
        task = exercise(key)
        try:
            if answer.is_absent:
                seen = absent(task, seed, answer.similar_name)
            else:
                seen = observe(answer.function, task, seed)
            found[key] = to_json(seen)
        except Unusable as error:
            found[key] = json.dumps({"unusable": str(error)})
    return found


def main(request_path: str, answer_path: str) -> None:
    request = json.loads(Path(request_path).read_text(encoding="utf-8"))
    offer(request["submission"], records.folder())
    namespace, errors = run_cells(request["cells"])
    answer = {
        "errors": errors,
        "observations": [
            observations(namespace, request["exercises"], seed) for seed in request["seeds"]
        ],
    }
    Path(answer_path).write_text(json.dumps(answer), encoding="utf-8")
    os._exit(0)  # a thread that the notebook left behind would keep Python waiting


if __name__ == "__main__":
    main(*sys.argv[1:])
