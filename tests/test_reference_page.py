"""The reference: generated, fresh, and with all that a reader can call."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from typer.testing import CliRunner

import mnv2_tutor
from mnv2_tutor import viz
from mnv2_tutor.authoring import course, reference
from mnv2_tutor.cli import app
from mnv2_tutor.exercises import KEYS, exercise
from mnv2_tutor.report import Report
from tests.test_notebooks import name

PAGE = reference.PATH.read_text(encoding="utf-8")
_, *PARTS = re.split(r"^### (?:class )?(.+)$", PAGE, flags=re.MULTILINE)
ENTRIES = dict(zip([head.replace("\\", "") for head in PARTS[::2]], PARTS[1::2], strict=True))
"""Heading and text of each entry."""
LINKS = re.findall(r"\]\(([^)]+)\)", PAGE)
IMPORTED = re.compile(r"^from mnv2_tutor(?:\.(\w+))? import (?!\()(.+)$", re.MULTILINE)


def test_page_is_what_would_be_made_now():
    assert reference.written() == PAGE, "run: mnv2-tutor author reference"


@pytest.mark.parametrize("key", [*mnv2_tutor.__all__, "Report", "Epochs"])
def test_what_a_notebook_calls_has_an_entry(key):
    assert key in ENTRIES


@pytest.mark.parametrize("key", viz.__all__)
def test_what_draws_has_an_entry_or_its_value(key):
    assert f"viz.{key}" in ENTRIES or f'\nviz.{key} = "{getattr(viz, key)}"\n' in PAGE


@pytest.mark.parametrize("key", [key for key in dir(Report) if not key.startswith("_")])
def test_what_a_report_has_is_named(key):
    assert re.search(rf"^    {key}: |^`{key}\(", PAGE, re.MULTILINE)


@pytest.mark.parametrize("key", KEYS)
def test_an_exercise_has_its_call_and_both_its_pages(key):
    called, _, rest = reference.asked(exercise(key)).partition("\n")
    parameters = re.findall(r"(\w+)(?:=[\w.]+)?[,)]", called)
    assert tuple(parameters) == exercise(key).parameters
    assert f"{called}\n{rest}" in PAGE
    assert len(re.findall(r"\]\(", rest)) == 2


@pytest.mark.parametrize("target", sorted(set(LINKS)))
def test_a_link_leads_to_a_page_of_the_book(target):
    assert [p for p in (".ipynb", ".md") if (reference.PATH.parent / f"{target}{p}").is_file()]


def used_in(path):
    """Names that a notebook takes from the helper, as the page writes them."""
    cells = nbformat.read(path, as_version=4).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    imported = [
        (module, one) for module, names in IMPORTED.findall(code) for one in names.split(", ")
    ]
    for module, one in imported:
        if module in ("", "experiments") and one not in mnv2_tutor.__all__:
            yield from re.findall(rf"(?<![\w.]){one}\.[A-Za-z]\w*", code)
        elif module != "mine":
            yield f"published.{one}" if module == "published" else one


@pytest.mark.parametrize("path", course.notebooks(), ids=name)
def test_what_a_notebook_takes_from_the_helper_is_explained(path):
    for used in used_in(path):
        assert used in ENTRIES or f"\n{used} = " in PAGE, used


def test_the_chapters_take_something():
    used = {one for path in course.notebooks() for one in used_in(path)}
    assert {"check", "viz.moving", "data.clothes", "Epochs", "latency.stored"} <= used


@pytest.mark.parametrize("command", [c.callback.__name__ for c in app.registered_commands])
def test_a_command_has_the_options_of_its_help(command):
    shown = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
    entry = ENTRIES[f"mnv2-tutor {command}"]
    written = set(re.findall(r"^`(--[\w-]+)", entry, re.MULTILINE))
    assert written | {"--help"} == set(re.findall(r"(?<![\w-])--[a-z][\w-]*", shown.output))


def test_a_value_is_written_as_the_formatter_writes_it():
    assert reference.literal((1, "a", None, (True, 0.5))) == '(1, "a", None, (True, 0.5))'


def test_nothing_of_this_machine_is_written():
    assert " at 0x" not in PAGE
    assert str(course.ROOT) not in PAGE


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (None, "None"),
        (str | None, "str | None"),
        (Path | Any, "Path | Any"),
        (dict[str, list[int]], "dict[str, list[int]]"),
        (tuple[int, ...], "tuple[int, ...]"),
        (Callable[[int, Path], Mapping[str, Any]], "Callable[[int, Path], Mapping[str, Any]]"),
        (Callable[..., None], "Callable[..., None]"),
        ("Report", "Report"),
    ],
)
def test_a_type_is_written_without_its_module(kind, text):
    assert reference.type_name(kind) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("``x`` is *one*", r"`x` is \*one\*"),
        (":func:`clothes` and :class:`~a.b.C`", "`clothes` and `a.b.C`"),
        ("add --run, see class.html.", "add `--run`, see `class.html`."),
        ("2.5 of\n    MNV2_TUTOR_DATA", "2.5 of `MNV2_TUTOR_DATA`"),
        ("half-done - so", "half-done - so"),
    ],
)
def test_what_is_code_is_set_as_code(text, expected):
    assert reference.marked(text) == expected


def test_a_docstring_is_taken_apart():
    def asks(): ...

    asks.__doc__ = """It asks.

    Args:
        a, b: one text
            in two lines.
        c: another.

    Returns:
        What came.

    Raises:
        KeyError: there is none.

    The end.
    """
    doc = reference.Doc.of(asks)
    assert doc.text == "It asks.\n\nThe end."
    assert doc.entries("Args") == {
        "a": "one text in two lines.", "b": "one text in two lines.", "c": "another.",
    }  # fmt: skip
    assert doc.parts["Returns"] == "What came."
    assert doc.entries("Raises") == {"KeyError": "there is none."}
