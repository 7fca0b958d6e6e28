"""The page "Your progress": what a browser remembers, and nothing leaves it."""

import json

import pytest

from tests.browser.pages import BUILT, KEEPS_NOTHING, Visit
from tools.browser import served

pytestmark = pytest.mark.browser
PAGE, CHAPTER = "book/progress.html", "book/01_relu6.html"


@pytest.fixture
def visit(browser, site):
    with Visit(browser, site, CHAPTER) as opened:
        yield opened


def answer(page, number):
    form = page.locator("#question-01-relu6-half_step")
    form.get_by_label("Your number").fill(number)
    form.get_by_role("button", name="Check").click()


def row(visit):
    """The cells of chapter 1 on the progress page."""
    visit.page.goto(visit.site + PAGE)
    visit.page.locator(".mnv2-progress button").first.wait_for()
    return visit.page.locator('tr[data-page="book/01_relu6"] td').all_inner_texts()


def test_nothing_is_done_at_first(visit):
    read, questions, exercises = row(visit)
    assert read == "–"
    assert questions.startswith("– of ")
    assert exercises == "–"


def test_right_answer_counts_and_a_wrong_one_does_not(visit):
    answer(visit.page, "7")
    assert row(visit)[1].startswith("– of")
    visit.page.goto(visit.site + CHAPTER)
    answer(visit.page, "0.2")
    assert row(visit)[1].startswith("1 of")


def test_chapter_is_read_when_its_end_was_seen(visit):
    assert row(visit)[0] == "–"
    visit.page.goto(visit.site + CHAPTER)
    visit.page.locator(".prev-next-footer").scroll_into_view_if_needed()
    visit.page.wait_for_function("localStorage.getItem('mnv2-tutor/read/book/01_relu6')")
    assert row(visit)[0] == "yes"


def test_chapter_counts_as_read_wherever_the_book_lies(browser, site, tmp_path):
    (tmp_path / "my-book").symlink_to(BUILT)
    with served(tmp_path) as address, Visit(browser, address, f"my-book/{CHAPTER}") as visit:
        visit.page.locator(".prev-next-footer").scroll_into_view_if_needed()
        visit.page.wait_for_function("localStorage.getItem('mnv2-tutor/read/book/01_relu6')")


def test_what_cannot_be_brought_back_is_said(visit, tmp_path):
    (tmp_path / "mine.json").write_text(json.dumps({"read/book/01_relu6": "2026-01-01"}))
    visit.page.add_init_script(KEEPS_NOTHING)
    row(visit)
    visit.page.set_input_files("#mnv2-bring", tmp_path / "mine.json")
    visit.page.get_by_text("This browser does not keep it").wait_for()


def test_questions_are_as_many_as_the_chapter_asks(visit):
    asked = visit.page.locator("form.mnv2-question").count()
    assert row(visit)[1] == f"– of {asked}"


def test_progress_is_taken_away_forgotten_and_brought_back(visit, tmp_path):
    answer(visit.page, "0.2")
    assert row(visit)[1].startswith("1 of")
    page = visit.page
    with page.expect_download() as download:
        page.get_by_role("button", name="Take it away as a file").click()
    download.value.save_as(tmp_path / "mine.json")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Forget everything").click()
    assert row(visit)[1].startswith("– of")
    page.set_input_files("#mnv2-bring", tmp_path / "mine.json")
    page.get_by_text("It is back.").wait_for()
    assert row(visit)[1].startswith("1 of")


@pytest.mark.parametrize("content", ["not JSON", "[1]", json.dumps({"other/name": "x"})])
def test_another_file_is_refused(visit, tmp_path, content):
    (tmp_path / "other.json").write_text(content)
    row(visit)
    visit.page.set_input_files("#mnv2-bring", tmp_path / "other.json")
    visit.page.get_by_text("This file is none that this page wrote.").wait_for()


def test_nothing_is_asked_of_another_host(visit):
    row(visit)
    assert visit.trouble == []
