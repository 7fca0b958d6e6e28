"""Exercises written in a page, in a real browser: Python runs there, and the page stays alive."""

import json
import re

import nbformat
import pytest

from mnv2_tutor.authoring.course import ROOT
from tests.browser.pages import AXE, AXE_RUN, KEEPS_NOTHING, Visit
from tests.unit.test_in_page import DENSE, RIGHT

pytestmark = pytest.mark.browser
PAGE = "book/02_expansion.html"
PLACES = {
    "book/02_expansion.html": ["count_params", "count_macs"],
    "book/05_residual.html": ["use_residual"],
    "book/06_assembly.html": ["make_divisible"],
    "book/07_cost.html": ["bottleneck_memory"],
}
START = 60_000
"""Milliseconds for Python to start on a busy machine."""


class Desk:
    """One exercise of a page, with its editor open."""

    def __init__(self, page, key="count_params"):
        self.page = page
        self.place = page.locator(f'[data-exercise="{key}"]')
        self.press("Write it here")
        self.field = self.place.locator("textarea")
        self.field.wait_for()

    def press(self, name):
        self.place.get_by_role("button", name=name, exact=True).click()

    def write(self, source):
        self.field.fill(source)

    def shown(self, what):
        found = self.place.locator(what).first
        found.wait_for(timeout=START)
        return found.inner_text()

    def check(self, source):
        self.write(source)
        self.press("Check")
        return self.shown(".mnv2-report")

    def alarm(self):
        return self.shown(".mnv2-alarm:not(:empty)")


@pytest.fixture
def visit(browser, site):
    with Visit(browser, site, PAGE) as opened:
        yield opened


def test_every_plain_exercise_stands_in_its_chapter_with_its_task(browser, site):
    for path, keys in PLACES.items():
        with Visit(browser, site, path) as visit:
            places = visit.page.locator(".mnv2-practice")
            assert places.evaluate_all("all => all.map(one => one.dataset.exercise)") == keys
            for key in keys:
                text = visit.page.locator(f'[data-exercise="{key}"]').inner_text()
                assert f"Write {key}(" in text
                assert f"def {key}(" in text


def test_task_can_be_read_without_scripts(browser, site):
    with Visit(browser, site, PAGE, script=False) as visit:
        place = visit.page.locator('[data-exercise="count_params"]')
        assert "def count_params(kind" in place.inner_text()
        assert place.get_by_role("link", name="the exercise notebook").is_visible()


def test_python_is_loaded_by_the_first_check_and_not_before(visit):
    desk = Desk(visit.page)
    asked = "performance.getEntriesByType('resource').map(entry => entry.name)"
    assert not [name for name in visit.page.evaluate(asked) if "pyodide" in name]
    desk.write(RIGHT)
    desk.press("Check")
    stages = "Loading (Python|its library): |Starting|At work"
    assert re.match(stages, desk.shown(".mnv2-status:not(:empty)"))
    assert "passed, 10 of 10" in desk.shown(".mnv2-report")
    assert visit.trouble == []


def test_misconception_then_right_answer_then_another_exercise_that_calls_it(visit):
    desk = Desk(visit.page)
    assert "one flat kernel of k x k numbers" in desk.check(DENSE)
    desk.write(RIGHT)
    desk.press("Check")
    visit.page.locator('[data-exercise="count_params"].mnv2-passed').wait_for()
    other = Desk(visit.page, "count_macs")
    report = other.check(
        "def count_macs(kind, h, w, k, c_in, c_out, stride=1):\n"
        "    places = -(-h // stride) * -(-w // stride)\n"
        "    if kind != 'separable':\n"
        "        return places * count_params(kind, k, c_in, c_out)\n"
        "    return places * count_params(kind, k, c_in, c_out)\n"
    )
    assert "passed, 10 of 10" in report


def test_syntax_error_shows_its_line(visit):
    desk = Desk(visit.page)
    desk.write("def count_params(kind, k, c_in, c_out)\n    return 0\n")
    desk.press("Check")
    assert "line 1" in desk.shown(".mnv2-error")
    assert "SyntaxError" in desk.shown(".mnv2-error")


def test_endless_loop_is_ended_and_the_page_goes_on(visit):
    desk = Desk(visit.page)
    desk.write("while True:\n    pass\n")
    desk.press("Check")
    assert "Stopped after 10 seconds" in desk.alarm()
    assert desk.field.input_value() == "while True:\n    pass\n"
    assert "passed, 10 of 10" in desk.check(RIGHT)


def test_stop_ends_a_loop_at_once(visit):
    desk = Desk(visit.page)
    assert "passed" in desk.check(RIGHT)
    desk.write("while True:\n    pass\n")
    desk.press("Run")
    desk.press("Stop")
    assert desk.alarm() == "Stopped. What you wrote is still here."


def test_run_shows_prints_and_the_last_expression(visit):
    desk = Desk(visit.page)
    desk.write(f"{DENSE}\nprint('dense')\ncount_params('standard', 3, 16, 24)")
    desk.press("Run")
    assert desk.shown(".mnv2-printed").split() == ["dense", "3456"]


def test_hint_and_solution_are_those_of_the_notebook(visit):
    desk = Desk(visit.page)
    desk.press("Hint")
    assert "hint 1 of" in desk.shown(".mnv2-report")
    desk.press("Solution")
    desk.place.get_by_text("The solution of count_params opens after").wait_for(timeout=START)


def test_answer_and_attempts_are_there_at_the_next_visit(visit):
    desk = Desk(visit.page)
    desk.check(DENSE)
    visit.page.reload()
    again = Desk(visit.page)
    assert again.field.input_value() == DENSE
    again.press("Solution")
    assert "there have been 1" in again.shown(".mnv2-report")


def test_start_again_brings_back_the_empty_function(visit):
    desk = Desk(visit.page)
    desk.write("x = 1")
    visit.page.on("dialog", lambda dialog: dialog.accept())
    desk.press("Start again")
    assert desk.field.input_value().startswith("def count_params(kind, k, c_in, c_out):")


def test_editor_opens_with_what_another_tab_kept_meanwhile(visit):
    visit.page.evaluate("localStorage.setItem('mnv2-tutor/answer/count_params', 'x = 7')")
    assert Desk(visit.page).field.input_value() == "x = 7"


def test_what_is_not_kept_is_said_and_can_be_downloaded(visit):
    visit.page.add_init_script(KEEPS_NOTHING)
    visit.page.reload()
    desk = Desk(visit.page)
    desk.write(RIGHT)
    assert "keeps nothing: download" in desk.shown(".mnv2-status")
    with visit.page.expect_download() as download:
        desk.press("Download notebook")
    assert json.dumps(RIGHT.rstrip())[1:-1] in download.value.path().read_text()


def test_download_is_the_exercise_notebook_with_the_answer_in_it(visit, tmp_path):
    desk = Desk(visit.page)
    desk.write(RIGHT)
    with visit.page.expect_download() as download:
        desk.press("Download notebook")
    assert download.value.suggested_filename == "02_expansion.ipynb"
    download.value.save_as(tmp_path / "answer.ipynb")
    found = nbformat.read(tmp_path / "answer.ipynb", as_version=4)
    asked = nbformat.read(ROOT / "book" / "exercises" / "02_expansion.ipynb", as_version=4)
    changed = [
        cell.source
        for cell, before in zip(found.cells, asked.cells)
        if cell.source != before.source
    ]
    assert changed == [RIGHT.rstrip()]
    nbformat.validate(json.loads((tmp_path / "answer.ipynb").read_text()))


def test_without_python_the_page_says_where_the_exercise_is(visit):
    visit.page.context.route("**/vendor/pyodide/*", lambda route: route.abort())
    desk = Desk(visit.page)
    desk.write(RIGHT)
    desk.press("Check")
    assert "use the exercise notebook" in desk.alarm()


def test_without_the_editor_a_plain_field_does(visit):
    visit.page.context.route("**/prism-code-editor/**", lambda route: route.abort())
    assert "passed" in Desk(visit.page).check(RIGHT)


def test_tab_indents_and_after_escape_leaves(visit):
    desk = Desk(visit.page)
    desk.write("x")
    desk.field.press("Home")
    desk.field.press("Tab")
    assert desk.field.input_value() == "    x"
    visit.page.keyboard.press("Escape")
    visit.page.keyboard.press("Tab")
    assert desk.field.input_value() == "    x"
    assert visit.page.evaluate("document.activeElement.textContent") == "Run"


@pytest.mark.parametrize(
    ("width", "scheme"), [(390, "light"), pytest.param(1280, "dark", marks=pytest.mark.long)]
)
def test_open_exercise_is_accessible_and_fits(browser, site, width, scheme):
    with Visit(browser, site, PAGE, width, scheme) as visit:
        desk = Desk(visit.page)
        desk.check(DENSE)
        visit.page.evaluate(AXE.read_text(encoding="utf-8"))
        assert visit.page.evaluate(AXE_RUN) == []
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
