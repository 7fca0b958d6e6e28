"""The running notebook or script: the code of what was defined in it."""

import sys
from pathlib import Path
from typing import Any

from mnv2_tutor.learner.lookup import text_attribute
from mnv2_tutor.source.slicing import MINE, Slice, Statements


def code_of(function: Any, key: str) -> Slice:
    """Of all that was executed so far, what ``function`` needs as the answer to ``key``."""
    if text_attribute(function, "__module__").startswith(f"{MINE}."):
        return Slice(lacks="it is the one that was kept before")
    name = _name_of(function, key)
    if not name:
        return Slice(lacks="it has no name in the notebook")
    return Statements(_executed_cells()).slice_of(name, key)


def only_imports(key: str) -> bool:
    """Whether the notebook binds that name by imports alone."""
    made = [s for s in Statements(_executed_cells()) if key in s.binds | s.may_bind]
    return bool(made) and all(key in statement.imported for statement in made)


def _name_of(function: Any, key: str) -> str:
    namespace = vars(sys.modules["__main__"])
    # IPython's own names for what a cell gave begin with _.
    others = [name for name in namespace if not name.startswith("_")]
    names = [key, text_attribute(function, "__name__"), *others]
    return next((name for name in names if namespace.get(name) is function), "")


def _executed_cells() -> list[str]:
    """The sources of the cells in the order in which they ran; of a script its text."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        return [str(source) for source in shell.history_manager.input_hist_raw]
    script = getattr(sys.modules["__main__"], "__file__", None)
    return [Path(script).read_text(encoding="utf-8")] if script else []
