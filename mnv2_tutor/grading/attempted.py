"""Which exercises a class attempted, read off the code: nothing is run."""

from collections.abc import Iterable

from mnv2_tutor.engine.course import KEYS
from mnv2_tutor.errors import Unusable
from mnv2_tutor.grading.intake import HandedIn, answers
from mnv2_tutor.source.slicing import Statements
from mnv2_tutor.submission.notebook import Notebook, read_answer


def attempted(submissions: Iterable[HandedIn]) -> tuple[str, ...]:
    """The exercises for which somebody wrote something, in the order of the book.

    Raises:
        Unusable: nobody did for any.
    """
    found: set[str] = set()
    for one in submissions:
        if len(found) < len(KEYS):
            found |= {key for notebook in _notebooks(one) for key in _begun(notebook)}
    if not found:
        raise Unusable("--exercises attempted: nobody attempted an exercise")
    return tuple(key for key in KEYS if key in found)


def _notebooks(one: HandedIn) -> list[Notebook]:
    """Those that can be read: what is wrong with the others is said when their turn comes."""
    try:
        files = one.files()
    except Unusable:
        return []
    found = []
    for path in answers(files):
        try:
            found.append(read_answer(path, files[path]))
        except Unusable:
            continue
    return found


def _begun(notebook: Notebook) -> set[str]:
    statements = Statements(notebook.cells)
    return {key for key in notebook.exercises if not statements.leave_empty(key)}
