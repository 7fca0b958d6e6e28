"""The gate of the course: everything that is written or made for it, with all that is wrong.

``mnv2-tutor author check`` prints every violation with what mends it. It reads messages, hints,
questions, notebooks and made files, and runs no answer.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat

from mnv2_tutor.authoring import course, fingerprints, mistakes, network_map, transcripts
from mnv2_tutor.authoring.clean import as_stored
from mnv2_tutor.authoring.gate import Violation, made, pages, wording
from mnv2_tutor.engine import expected
from mnv2_tutor.engine.course import KEYS, exercise
from mnv2_tutor.engine.messages import sources, words
from mnv2_tutor.errors import Unusable
from mnv2_tutor.learner.solutions import solution_of
from mnv2_tutor.viz.questions import ask, questions


def violations() -> Iterator[Violation]:
    """All of them, in the order in which the course is written."""
    for source in (source for source in sources() if source not in KEYS):
        yield from wording.of_file(source, words(source))
    for key in KEYS:
        yield from _of_exercise(key)
    for path in course.notebooks():
        yield from _of_notebook(path)
    yield from _of_exercise_notebooks()
    yield from _of_written_pages()


def _of_exercise(key: str) -> Iterator[Violation]:
    found, names = words(key), list(expected.misconceptions(key))
    task = exercise(key)
    shared = words(found["shares"]) if "shares" in found else None
    yield from wording.of_file(key, found, shared)
    facts = wording.Facts({item.key for item in task.rubric}, names, solution_of(task))
    yield from wording.of_exercise(key, found, facts)
    data, transcript = fingerprints.path_of(key), transcripts.path_of(key)
    stored = json.loads(_text(data) or '{"misconceptions": {}}')
    yield from made.of_names(_name(data), stored["misconceptions"], names)
    yield from made.of_transcript(_name(transcript), _text(transcript) or "", names, found)


def _of_notebook(path: Path) -> Iterator[Violation]:
    where, stored = _name(path), path.read_text(encoding="utf-8")
    notebook = nbformat.reads(stored, as_version=4)
    command = f"mnv2-tutor author notebooks {where}"
    yield from made.of_text(where, stored, as_stored(notebook, path.stem), command)
    yield from pages.of_code(where, notebook.cells)
    if path.parent == course.ROOT / "book":
        asked = questions(path.stem)
        yield from pages.of_chapter(where, notebook.cells, asked)
        for name in asked:
            yield from _of_question(path.stem, name)


def _of_question(chapter: str, name: str) -> Iterator[Violation]:
    try:
        ask(chapter, name)
    except (KeyError, ValueError) as error:
        where = f"questions/en/{chapter}.toml [{name}]"
        yield Violation(where, str(error), "write it as its kind asks")


def _of_exercise_notebooks() -> Iterator[Violation]:
    command = "mnv2-tutor author exercises"
    for solution in course.solutions():
        path = course.EXERCISES / solution.name
        cells = nbformat.read(path, as_version=4).cells if path.is_file() else []
        try:
            now = course.generated_source(solution)
        except Unusable as error:
            yield Violation(_name(solution), str(error), "mark its solution")
            continue
        stored = "\n\n".join(cell.source for cell in cells) if cells else None
        yield from made.of_text(_name(path), stored, "\n\n".join(now), command)
    solutions = {path.name for path in course.solutions()}
    for path in sorted(course.EXERCISES.glob("*.ipynb")):
        if path.name not in solutions:
            yield Violation(
                _name(path), "has no solution", "write it in solutions/, or remove this"
            )


def _of_written_pages() -> Iterator[Violation]:
    yield from of_mistakes()
    command = "mnv2-tutor author map"
    page, numbers = network_map.PAGE, network_map.NUMBERS
    yield from made.of_text(_name(page), _text(page), network_map.page(), command)
    stored = _text(numbers)
    now = network_map.numbers(network_map.facts_in(stored)) if stored else ""
    yield from made.of_text(_name(numbers), stored, now, command)


def of_mistakes() -> Iterator[Violation]:
    """Of the appendix, which is made from the words."""
    where = _name(mistakes.PATH)
    try:
        now = mistakes.made()
    except KeyError as error:
        yield Violation(where, f"cannot be made for want of {error}", "mend the words first")
    else:
        yield from made.of_text(where, _text(mistakes.PATH), now, "mnv2-tutor author mistakes")


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _name(path: Path) -> str:
    return path.relative_to(course.ROOT).as_posix()
