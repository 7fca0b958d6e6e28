"""The one way from files to observations, for ``check``, ``grade`` and ``regrade --run``.

What is a notebook and what a script, what is mended, and which of several answers counts is the
same for all three. They differ in where a file is run, which ``Places`` says.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from mnv2_tutor.engine.course import KEYS, exercise
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observation import Observation
from mnv2_tutor.errors import Unusable
from mnv2_tutor.submission.content import OURS, Kind, kind_of
from mnv2_tutor.submission.conversation import Beside, Limits, Start
from mnv2_tutor.submission.notebook import NoExercise, Notebook, read_answer
from mnv2_tutor.submission.remarks import remarks
from mnv2_tutor.submission.run import Asking, Observed, Place, observe_notebook
from mnv2_tutor.submission.submitted_files import SubmittedFiles

Read = Mapping[str, Notebook | Unusable]
"""Each notebook and script by its path; what cannot be used has the reason in its place."""


Places = Callable[[str], AbstractContextManager[Place]]
"""Gives the file at a path its place, for as long as it runs."""


@dataclass(frozen=True)
class Answer:
    """What was seen of one exercise, in the file that counts for it."""

    path: str
    observations: Mapping[int | None, Observation]


@dataclass(frozen=True)
class ObservedFiles:
    """What was seen of a submission.

    Attributes:
        read: its notebooks and scripts.
        observed: those of them that were run.
        answers: by exercise.
    """

    read: Read
    observed: Mapping[str, Observed] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def unread(self) -> dict[str, Unusable]:
        """Files that were to be answers and could not be read."""
        return {path: problem for path, problem in unusable(self.read).items()
                if not isinstance(problem, NoExercise)}  # fmt: skip

    def remarks(self, files: SubmittedFiles) -> Iterator[tuple[str, Message]]:
        """What there is to say of each file, and of all of them under no name."""
        for path, one in self.observed.items():
            yield from ((path, message) for message in remarks(one))
        yield from (("", message) for message in self._of_several())
        for path, problem in self.unread.items():
            yield path, Message("notebook.unusable", parameters={"problem": str(problem)})
        if files.left_behind:
            reasons = "; ".join(files.left_behind)
            yield "", Message("notebook.left_behind", parameters={"files": reasons})

    def _of_several(self) -> Iterator[Message]:
        """Which answer counts, where several files hold one that was written."""
        for key, answer in self.answers.items():
            paths = _answering(key, self.read)
            written = [path for path in paths if _notebook(self.read[path]).writes(key)]
            if len(written) > 1:
                names = ", ".join(sorted(written))
                parameters = {"name": key, "files": names, "counts": answer.path}
                yield Message("notebook.several", parameters=parameters)


def read_files(files: SubmittedFiles) -> Read:
    """Read every notebook and script; the other files are data."""
    answers = {path: data for path, data in files.items() if kind_of(path, data) is not Kind.DATA}
    return {**{path: _read(path, data) for path, data in answers.items()}, **files.unread}


def unusable(read: Read) -> dict[str, Unusable]:
    """The files that cannot be used, and why."""
    return {path: problem for path, problem in read.items() if isinstance(problem, Unusable)}


def exercises_in(read: Read) -> tuple[str, ...]:
    """The exercises that these files are about, in the order of the book."""
    notebooks = [one for one in read.values() if isinstance(one, Notebook)]
    return tuple(key for key in KEYS if any(key in one.exercises for one in notebooks))


def observe_files(
    read: Read, keys: Sequence[str], asking: Asking, limits: Limits, places: Places
) -> ObservedFiles:
    """Run the files that answer these exercises, and observe each exercise.

    ``mnv2_tutor.mine`` gives each file the functions of all, as their code stands. An exercise that
    several files answer is asked in one of them; in another one only where nothing stands there.

    Raises:
        Unusable: no process could run a file.
    """
    all_cells = _cells_in_order(read)
    waiting = {key: _answering(key, read) for key in keys}
    observed: dict[str, Observed] = {}
    while any(waiting.values()):
        for path, asked in _next_turn(waiting).items():
            notebook = replace(_notebook(read[path]), exercises=tuple(asked))
            with places(path) as place:
                found = observe_notebook(place, notebook, all_cells, limits, asking)
            observed[path] = _joined(observed[path], found) if path in observed else found
            for key in asked:
                if asking.stands(found.observations[asking.seed][key]):
                    waiting[key] = []
    return ObservedFiles(read, observed, _answers(observed, asking))


def one_after_another(start: Start, files: Mapping[str, bytes], seconds: float) -> Places:
    """Places of which each file has a copy of all others beside it, in the time of all of them."""
    until = time.monotonic() + seconds

    @contextmanager
    def place(path: str) -> Iterator[Place]:
        yield Place(start, beside_it(files, path), until)

    return place


def beside_it(files: Mapping[str, bytes], path: str) -> Beside:
    """The other files of its submission, and where in it the file lies."""
    at = PurePosixPath(path)
    others = {name: data for name, data in files.items() if name != path}
    return Beside(others, str(at.parent).strip("."), at.name)


def _read(path: str, data: bytes) -> Notebook | Unusable:
    try:
        return read_answer(path, data)
    except Unusable as error:
        is_helper = kind_of(path, data) is Kind.SCRIPT and not OURS.search(data)
        return NoExercise(str(error)) if is_helper else error


def _notebook(entry: Notebook | Unusable) -> Notebook:
    assert isinstance(entry, Notebook)
    return entry


def _cells_in_order(read: Read) -> list[tuple[str, ...]]:
    """The cells of each file that can be used, in the order of the book, then of their names."""
    paths = sorted(read, key=_natural)
    usable = [entry for path in paths if isinstance(entry := read[path], Notebook)]
    ordered = sorted(usable, key=lambda entry: KEYS.index(entry.exercises[0]))
    return [entry.all_cells for entry in ordered]


def _answering(key: str, read: Read) -> list[str]:
    """The files with an answer to ``key``, the one that counts first.

    That is the one with the name of the exercise or of its notebook, or else the last one; tests of
    it come after all others.
    """
    named = (key, PurePosixPath(exercise(key).notebook).stem)
    found = [
        path for path, one in read.items() if isinstance(one, Notebook) and key in one.exercises
    ]

    def rank(path: str) -> tuple[object, ...]:
        is_written = _notebook(read[path]).writes(key)
        stem = PurePosixPath(path).stem
        is_test = stem.startswith("test_") or stem.endswith("_test")
        is_named = re.sub(r"( \(\d+\)|-\d+)$", "", stem) in named
        folder = str(PurePosixPath(path).parent)
        return is_written, not is_test, is_named, _natural(folder), _natural(stem), path

    return sorted(found, key=rank, reverse=True)


def _natural(path: str) -> list[tuple[int, str]]:
    """So that 10 comes after 9."""
    parts = re.findall(r"\d+|\D+", path.casefold())
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


def _next_turn(waiting: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """For each exercise that is open, the next file that may answer it: its exercises by file."""
    turn: dict[str, list[str]] = {}
    for key, paths in waiting.items():
        if paths:
            turn.setdefault(paths.pop(0), []).append(key)
    return turn


def _joined(before: Observed, after: Observed) -> Observed:
    """Both of one file, which was run twice for different exercises."""
    observations = {
        seed: {**before.observations.get(seed, {}), **after.observations.get(seed, {})}
        for seed in (*before.observations, *after.observations)
    }
    keys = (*before.exercises, *after.exercises)
    notebook = replace(before.notebook, exercises=tuple(key for key in KEYS if key in keys))
    return replace(after, notebook=notebook, observations=observations)


def _answers(observed: Mapping[str, Observed], asking: Asking) -> dict[str, Answer]:
    """Of each exercise the last answer that stands, or else the first one."""
    found: dict[str, Answer] = {}
    for path, one in observed.items():
        for key in one.exercises:
            seen = {seed: by_key[key] for seed, by_key in one.observations.items() if key in by_key}
            if key not in found or asking.stands(seen[asking.seed]):
                found[key] = Answer(path, seen)
    return found
