"""The built book in a real browser: light and dark, on a screen and on a phone."""

import re

import pytest
from bs4 import BeautifulSoup

from mnv2_tutor.authoring.course import ROOT
from mnv2_tutor.engine.course import exercise
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.grading import classpage
from tests.browser.pages import AXE_RUN, BUILT, Visit, chapters, pages
from tests.grading.submissions import record_of, report_of

pytestmark = pytest.mark.browser
SCREENS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
ALIKE = "10_shipping"
"""Of the pages that are made alike, the one with the most on it."""


def on_screens():
    """Each page on every screen; for a quick run on a dark phone, and one chapter on all.

    The pages of exercises and of solutions are all made alike: one of each is quick.
    """
    for path in pages():
        alike = path.startswith(("book/exercises/", "solutions/")) and ALIKE not in path
        for width, scheme in SCREENS:
            quick = (width, scheme) == (390, "dark") and not alike
            quick |= path == f"book/{ALIKE}.html"
            yield pytest.param(path, width, scheme, marks=[] if quick else [pytest.mark.long])


@pytest.mark.parametrize(("path", "width", "scheme"), on_screens())
def test_page_is_sound(browser, site, axe, path, width, scheme):
    """No request to another host, no 404, no console error, no sideways scroll, accessible."""
    with Visit(browser, site, path, width, scheme) as visit:
        page = visit.page
        page.wait_for_function("!document.querySelector('.mnv2-moving:not(.mnv2-alive)')")
        assert visit.trouble == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert page.locator("html").get_attribute("data-theme") == scheme
        page.evaluate(axe)
        assert page.evaluate(AXE_RUN) == []


@pytest.mark.parametrize("path", pages())
def test_no_text_shows_an_entity(site, path):
    """What was escaped twice stands on the page as &quot; or &lt;."""
    page = BeautifulSoup((BUILT / path).read_text(encoding="utf-8"), "html.parser")
    says = [
        BeautifulSoup(str(each["data-says"]), "html.parser") for each in page.select("[data-says]")
    ]
    for text in (page.article, *says):
        assert not re.findall(r"&(?:quot|amp|lt|gt|#\w+);|</?code>", text.get_text())


def shown(figure):
    return figure.evaluate(
        "f => [...f.querySelectorAll('.mnv2-frame')].findIndex(frame => !frame.hidden)"
    )


def test_figures_that_move_are_in_chapters_alone(site):
    for path in set(pages()) - set(chapters()):
        assert "mnv2-moving" not in (BUILT / path).read_text(encoding="utf-8"), path


def chapters_with_moving_figures():
    stored = {path: ROOT / path.replace(".html", ".ipynb") for path in chapters()}
    return [path for path, file in stored.items() if "mnv2-moving" in file.read_text("utf-8")]


@pytest.mark.parametrize("path", chapters_with_moving_figures())
def test_every_slider_and_choice_moves_its_picture_by_keyboard(browser, site, path):
    with Visit(browser, site, path) as visit:
        figures = visit.page.locator("figure.mnv2-moving").all()
        assert figures
        for figure in figures:
            controls = figure.locator("input[type=range], input[type=radio]:checked").all()
            assert controls
            for control in controls:
                before, says = shown(figure), figure.locator(".mnv2-readout").inner_text()
                slides = control.get_attribute("type") == "range"
                at_end = control.evaluate("(input) => input.value === input.max")
                control.focus()
                visit.page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
                assert shown(figure) != before
                assert figure.locator(".mnv2-readout").inner_text() != says
                assert control.get_attribute("aria-valuetext") or not slides


def test_two_values_and_words_are_chosen_and_numbers_are_slid(browser, site):
    with Visit(browser, site, "book/10_shipping.html") as visit:
        figure = visit.page.locator("figure.mnv2-moving").first
        ruler = figure.get_by_role("radiogroup", name="ruler")
        assert ruler.get_by_role("radio", name="with zero point").is_checked()
        assert figure.get_by_role("slider", name="outlier").is_visible()
    with Visit(browser, site, "book/03_depthwise.html") as visit:
        words = visit.page.get_by_role("radiogroup", name="kind").get_by_role("radio")
        assert words.count() == 3
    with Visit(browser, site, "book/01_relu6.html") as visit:
        assert visit.page.get_by_role("slider", name="bits").is_visible()


def test_steps_go_on_and_back_by_keyboard_to_either_end(browser, site):
    with Visit(browser, site, "book/03_depthwise.html") as visit:
        figure = visit.page.locator("figure.mnv2-moving").first
        where = figure.locator(".mnv2-where")
        assert where.inner_text() == "step 1 of 8"
        figure.get_by_role("button", name="Step").focus()
        for number in range(2, 9):
            visit.page.keyboard.press("Enter")
            assert where.inner_text() == f"step {number} of 8"
            assert f"number {number} of 8" in figure.locator(".mnv2-readout").inner_text()
        assert figure.get_by_role("button", name="Step").is_disabled()
        visit.page.keyboard.press("Enter")  # the focus is on the button back
        assert where.inner_text() == "step 7 of 8"


def test_a_choice_stays_while_its_figure_is_stepped(browser, site):
    with Visit(browser, site, "book/03_depthwise.html") as visit:
        figure = visit.page.locator("figure.mnv2-moving").first
        figure.get_by_role("radio", name="depthwise").check()
        figure.get_by_role("button", name="Step").click()
        assert "Depthwise, number 2 of 8" in figure.locator(".mnv2-readout").inner_text()


def test_playing_steps_by_itself_until_it_is_paused(browser, site):
    with Visit(browser, site, "book/03_depthwise.html") as visit:
        figure = visit.page.locator("figure.mnv2-moving").first
        figure.get_by_role("button", name="Play").click()
        figure.get_by_text("step 3 of 8").wait_for()
        figure.get_by_role("button", name="Pause").click()
        before = figure.locator(".mnv2-where").inner_text()
        visit.page.wait_for_timeout(1000)
        assert figure.locator(".mnv2-where").inner_text() == before


def test_who_wants_little_motion_is_offered_none(browser, site):
    with Visit(browser, site, "book/03_depthwise.html") as visit:
        visit.page.emulate_media(reduced_motion="reduce")
        visit.page.reload()
        assert visit.page.get_by_role("button", name="Step").is_visible()
        assert not visit.page.get_by_role("button", name="Play").is_visible()


def test_a_slider_shows_the_frame_of_its_values(browser, site):
    with Visit(browser, site, "book/01_relu6.html") as visit:
        figure = visit.page.locator("#figure-relu6-cap")
        figure.get_by_role("slider", name="cap").press("Home")
        figure.get_by_role("slider", name="bits").press("Home")
        assert "Cap 2, 4 bits" in figure.locator(".mnv2-readout").inner_text()
        figure.get_by_role("slider", name="cap").press("End")
        assert "Cap 16, 4 bits" in figure.locator(".mnv2-readout").inner_text()


def test_a_number_question_answers_and_explains(browser, site):
    with Visit(browser, site, "book/01_relu6.html") as visit:
        form = visit.page.locator("#question-01-relu6-half_step")
        form.get_by_role("button", name="Check").click()
        assert "give a number" in form.get_by_role("status").inner_text()
        assert not form.locator("details").is_visible()
        form.get_by_label("Your number").fill("0.1875")
        form.get_by_role("button", name="Check").click()
        assert "Not yet" in form.get_by_role("status").inner_text()
        form.get_by_label("Your number").fill("0,2")
        visit.page.keyboard.press("Enter")
        assert "Right" in form.get_by_role("status").inner_text()
        assert "half a step" in form.locator("details").inner_text()


def test_a_choice_question_says_why_by_keyboard(browser, site):
    with Visit(browser, site, "book/01_relu6.html") as visit:
        form = visit.page.locator("#question-01-relu6-swap")
        form.get_by_label("Better outputs").focus()
        visit.page.keyboard.press("Space")
        visit.page.keyboard.press("Enter")
        assert "does not bring back" in form.get_by_role("status").inner_text()
        form.get_by_label("Other numbers").check()
        form.get_by_role("button", name="Check").press("Enter")
        assert "Right" in form.get_by_role("status").inner_text()


def test_a_multiple_choice_question_wants_all_that_apply(browser, site):
    with Visit(browser, site, "book/02_expansion.html") as visit:
        form = visit.page.locator("#question-02-expansion-larger")
        form.get_by_label("the MACs").check()
        form.get_by_role("button", name="Check").click()
        assert "One that applies is missing" in form.get_by_role("status").inner_text()
        form.get_by_label("the memory").check()
        form.get_by_role("button", name="Check").click()
        assert "Right" in form.get_by_role("status").inner_text()
        form.get_by_label("the weights").check()
        form.get_by_role("button", name="Check").click()
        assert "no kernel gets larger" in form.get_by_role("status").inner_text()


def test_the_output_of_a_prediction_comes_after_the_answer(browser, site):
    with Visit(browser, site, "book/01_relu6.html") as visit:
        form = visit.page.locator("#question-01-relu6-keras_tensor")
        assert "ValueError" not in form.inner_text()
        form.get_by_label("a tensor of four zeros").check()
        form.get_by_role("button", name="Check").click()
        assert "ValueError" in form.inner_text()


def test_without_javascript_the_first_picture_and_the_folds_stand(browser, site):
    with Visit(browser, site, "book/01_relu6.html", script=False) as visit:
        figure = visit.page.locator("#figure-relu6-cap")
        assert figure.locator(".mnv2-frame:visible").count() == 1
        assert figure.locator("input").count() == 0
        form = visit.page.locator("#question-01-relu6-swap")
        form.locator("summary").click()
        assert form.locator("details").inner_text().count("learnt together")


def test_the_solution_is_behind_a_fold(browser, site):
    with Visit(browser, site, "solutions/01_relu6.html") as visit:
        code = visit.page.get_by_text("BEGIN SOLUTION")
        assert not code.is_visible()
        visit.page.get_by_text("Show the solution").click()
        assert code.is_visible()


def test_the_search_finds_the_chapter_of_a_word(browser, site):
    with Visit(browser, site, "book/01_relu6.html") as visit:
        visit.page.goto(site + "search.html?q=depthwise")
        found = visit.page.locator("#search-results a[href*='03_depthwise']").first
        found.click()
        assert "/book/03_depthwise.html" in visit.page.url
        assert visit.trouble == []


@pytest.fixture
def class_page(browser, tmp_path):
    """``class.html`` of three made-up learners, opened."""
    lead = Message("relu6.no_cap", "x = 9.0", "6.0", "9.0", {"name": "relu6"})
    wrong = {"relu6": report_of("relu6", lead)}
    marks = {"Ada": 10, "Ben": 2, "Cleo": None}
    reports = [
        record_of(name, {"relu6": mark}, reports=wrong if mark == 2 else {})
        for name, mark in marks.items()
    ]
    html = classpage.as_page({"relu6": exercise("relu6")}, reports, anonymous=False)
    (tmp_path / "class.html").write_text(html, encoding="utf-8")
    context = browser.new_context(viewport={"width": 390, "height": 900}, color_scheme="dark")
    page = context.new_page()
    page.goto((tmp_path / "class.html").as_uri())
    yield page
    context.close()


def test_the_class_page_is_accessible_and_fits_a_phone(class_page, axe):
    class_page.evaluate(axe)
    assert class_page.evaluate(AXE_RUN) == []
    assert class_page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_heading_of_the_class_page_sorts_by_keyboard(class_page):
    heading = class_page.locator(".map").get_by_role("button", name="relu6")
    names = class_page.locator(".map tbody th")
    heading.press("Enter")
    assert names.all_inner_texts() == ["Cleo", "Ben", "Ada"]
    heading.press("Enter")
    assert names.all_inner_texts() == ["Ada", "Ben", "Cleo"]
