"""Within a submission, the functions of one notebook are there for the others."""

from collections.abc import Iterable
from pathlib import Path

from mnv2_tutor.engine.course import KEYS, exercise
from mnv2_tutor.learner import saved_code
from mnv2_tutor.source.slicing import Statements


def share_functions(notebooks: Iterable[Iterable[str]], home: Path) -> None:
    """Let ``mnv2_tutor.mine`` give the functions of these notebooks, each its cells' sources.

    Nothing is run: the code is cut out as it stands, right or wrong. Where several notebooks
    define a function, the last one counts in which something was written. ``home`` is the
    MNV2_TUTOR_HOME of who uses them.
    """
    saved_code.mark_as_submission(home)
    sources = [Statements(cells) for cells in notebooks]
    for key in KEYS:
        found = [statements for statements in sources if statements.define(key)]
        written = [statements for statements in found if not statements.leave_empty(key)]
        source = next(reversed(written or found), None)
        if source is None:
            continue
        made = source.slice_of(key, key)
        if made.lacks:
            notebook = exercise(key).notebook
            reason = f"{key} of {notebook} cannot be used because {made.lacks}."
            saved_code.put_reason(home, key, reason)
        else:
            saved_code.put_code(home, key, made.code)
