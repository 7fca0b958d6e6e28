"""The reference: it names all that a reader can call, and the built page explains it."""

import re
from dataclasses import fields

import nbformat
import pytest
from bs4 import BeautifulSoup
from typer.testing import CliRunner

import mnv2_tutor
from mnv2_tutor import viz
from mnv2_tutor.authoring import course
from mnv2_tutor.cli import app
from mnv2_tutor.engine.course import KEYS, exercise
from mnv2_tutor.engine.report import Report
from tests.browser.pages import BUILT
from tests.notebooks.test_notebooks import name

IMPORTED = re.compile(r"^from mnv2_tutor(?:\.([\w.]+))? import (?!\()(.+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def page(site):
    return BeautifulSoup((BUILT / "book" / "reference.html").read_text("utf-8"), "html.parser")


@pytest.fixture(scope="module")
def entries(page):
    """The dotted names that have an entry, without the package's own."""
    return {
        term["id"].removeprefix("mnv2_tutor.")
        for term in page.select("dl.py > dt.sig[id]")
        if term.find_next_sibling("dd").get_text(strip=True)
    }


def test_what_a_notebook_calls_has_an_entry(entries):
    assert set(mnv2_tutor.__all__) <= entries


def test_what_draws_is_named(entries, page):
    named = {code.get_text().removeprefix("viz.") for code in page.select("code")}
    assert not [key for key in viz.__all__ if f"viz.{key}" not in entries and key not in named]


def test_what_a_report_has_is_named(page):
    text = page.find(id="mnv2_tutor.engine.report.Report").find_next_sibling("dd").get_text()
    names = {key for key in dir(Report) if not key.startswith("_")}
    names |= {field.name for field in fields(Report)}
    assert not [key for key in names if not re.search(rf"\b{key}\b", text)]


@pytest.mark.parametrize("key", KEYS)
def test_an_exercise_has_its_call_and_both_its_pages(key, page):
    (term,) = [dt for dt in page.select("dt") if dt.find(string=key) and "mine." in dt.get_text()]
    parameters = [each.get_text().split("=")[0] for each in term.select("em.sig-param")]
    assert tuple(parameters) == exercise(key).parameters
    assert len(term.find_next_sibling("dd").select("a")) == 2


def used_in(path):
    """Names that a notebook takes from the helper, below the package."""
    cells = nbformat.read(path, as_version=4).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    imported = [
        (module, one) for module, names in IMPORTED.findall(code) for one in names.split(", ")
    ]
    for module, one in imported:
        if module in ("", "course.experiments") and one not in mnv2_tutor.__all__:
            for used in re.findall(rf"(?<![\w.]){one}\.[A-Za-z]\w*", code):
                yield f"{module}.{used}".lstrip(".")
        elif module != "mine":
            yield f"{module}.{one}".lstrip(".")


@pytest.mark.parametrize("path", course.notebooks(), ids=name)
def test_what_a_notebook_takes_from_the_helper_is_explained(path, entries, page):
    named = {code.get_text() for code in page.select("code")}
    assert not [used for used in used_in(path) if used not in entries | named]


def test_the_chapters_take_something():
    used = {one for path in course.notebooks() for one in used_in(path)}
    some = {"check", "viz.moving", "data.clothes", "epochs.Epochs"}
    assert some | {"course.experiments.latency.stored"} <= used


@pytest.mark.parametrize("command", [c.callback.__name__ for c in app.registered_commands])
def test_a_command_has_the_options_of_its_help(command, page):
    shown = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
    section = page.select_one(f"section#mnv2-tutor-{command}")
    written = {name.get_text() for name in section.select("dt .sig-name")}
    options = {name for name in written if name.startswith("--")}
    assert options | {"--help"} == set(re.findall(r"(?<![\w-])--[a-z][\w-]*", shown.output))


def test_nothing_of_this_machine_is_written(page):
    assert " at 0x" not in page.get_text()
    assert str(course.ROOT) not in page.get_text()
