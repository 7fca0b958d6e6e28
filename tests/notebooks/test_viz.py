"""Figures and questions as HTML; how they behave in a page is tested in test_book.py."""

import json
import re

import matplotlib.pyplot as plt
import pytest
from bs4 import BeautifulSoup

from mnv2_tutor import viz
from mnv2_tutor.viz import questions


def draw(a, b):
    figure, axis = plt.subplots()
    axis.plot([0, a], [0, b])
    axis.set_title(f"{a} and {b}: 0.12345")
    return figure, f"a is {a}, b is {b}."


def draw_one(a):
    return draw(1, a)


def figure(**more):
    viz.use_style()
    controls = {"a": (1, 2, 3), "b": (4, 5)}
    return viz.moving(draw, "test", controls, (2, 5), "Caption.", **more)


def table(rows=((1, "a<b"), (2, "c"))):
    return viz.browse("test", ("number", "letter"), [("First", rows)], "Caption.")


def test_a_table_to_browse_opens_by_groups_without_a_script():
    html = table()._repr_html_()
    assert html.count("<details>") == 1
    assert "<summary>First</summary>" in html
    assert '<th scope="col">letter</th>' in html


def test_values_of_a_table_are_text():
    assert "a&lt;b" in table()._repr_html_()


def test_a_table_says_its_claim_and_its_groups_as_text():
    assert repr(table()) == "Table: Caption.\nFirst (2 rows)"


def test_a_row_of_another_length_than_the_headings_is_refused():
    with pytest.raises(ValueError, match="has 1 of 2 values"):
        table(rows=[(1,)])


def test_a_moving_figure_holds_a_frame_for_every_combination():
    html = figure().html()
    assert html.count("<svg") == 6
    assert re.findall(r"a is \d, b is \d\.</p>", html)[3] == "a is 2, b is 5.</p>"


def test_only_the_first_frame_is_visible():
    html = figure().html()
    assert html.count('class="mnv2-frame" hidden') == 5
    assert "<input" not in html


def test_a_hidden_frame_waits_in_a_template():
    frames = BeautifulSoup(figure().html(), "html.parser").select(".mnv2-frame")
    for frame in frames:
        assert (frame.find("template", recursive=False) is not None) == frame.has_attr("hidden")


def test_controls_are_data_for_the_script():
    html = figure().html()
    data = re.search(r'data-controls="([^"]*)"', html)[1].replace("&quot;", '"')
    first, second = json.loads(data)
    assert first == {"kind": "slider", "label": "a", "values": ["1", "2", "3"], "start": 1}
    assert second["kind"] == "choice"


def test_no_two_pictures_share_an_id():
    html = figure().html()
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_text_takes_the_pages_colour_and_labels_keep_their_digits():
    html = figure().html()
    assert "currentColor" in html
    assert "#010203" not in html
    assert "0.12345" in html


def test_the_live_widget_moves_the_same_pictures():
    moving = figure()
    box = moving.widget()
    slider, other, picture = box.children
    slider.value, other.value = 3, 4
    assert "a is 3, b is 4." in picture.value


@pytest.mark.parametrize(
    ("values", "control"),
    [
        ((1, 2), "RadioButtons"),
        (("none", "same", "valid"), "RadioButtons"),
        ((1, 2, 3), "SelectionSlider"),
        (("none", 1, 2, 3), "SelectionSlider"),
    ],
)
def test_two_values_and_three_words_are_chosen_and_others_slid(values, control):
    moving = viz.moving(draw_one, "test", {"a": values}, values[:1], "")
    assert type(moving.widget().children[0]).__name__ == control


def test_the_bundle_has_html_for_the_page_and_a_widget_for_the_kernel():
    bundle = figure()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "mnv2-moving" in bundle["text/html"]
    assert bundle["text/plain"] == "Figure: a is 2, b is 5. (Move: a and b.)"


def test_a_start_that_is_no_value_is_refused():
    with pytest.raises(ValueError, match="start"):
        viz.moving(draw, "test", {"a": (1,), "b": (2,)}, (1, 3), "")


def test_what_is_stepped_through_must_be_a_control():
    with pytest.raises(ValueError, match="no control c"):
        figure(stepped="c")


def test_a_stepped_control_is_named_to_the_script():
    assert "&quot;steps&quot;, &quot;label&quot;: &quot;a&quot;" in figure(stepped="a").html()


def question(monkeypatch, **data):
    monkeypatch.setattr(questions, "questions", lambda chapter: {"q": data})
    return viz.ask("01_x", "q")


CHOICES = [{"text": "yes", "right": True, "says": "so it is"}, {"text": "no", "says": "why not"}]


def test_a_single_choice_question_marks_its_answer(monkeypatch):
    html = question(
        monkeypatch, kind="single", text="Is `x` < 1?", explanation="E.", choices=CHOICES
    )._repr_html_()
    assert "Is <code>x</code> &lt; 1?" in html
    assert html.count('data-right="yes"') == 1
    assert 'type="radio"' in html
    assert "<strong>yes</strong>. E." in html


def test_a_multiple_choice_question_has_boxes(monkeypatch):
    html = question(
        monkeypatch, kind="multiple", text="T", explanation="E.", choices=CHOICES
    )._repr_html_()
    assert 'type="checkbox"' in html


def test_a_prediction_runs_its_code_and_hides_the_output(monkeypatch):
    choices = [*CHOICES, {"text": "an error", "says": "none"}]
    html = question(
        monkeypatch, kind="predict", text="T", explanation="E.", choices=choices, code="print(6*7)"
    )._repr_html_()
    assert "42" in html.split("<details>")[1]
    assert "42" not in html.split("<details>")[0]


def test_a_prediction_shows_the_last_line_of_an_error(monkeypatch):
    choices = [CHOICES[1], {"text": "an error", "right": True, "says": "none"}]
    html = question(
        monkeypatch, kind="predict", text="T", explanation="E.", choices=choices, code="1/0"
    )._repr_html_()
    assert "ZeroDivisionError: division by zero" in html


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"kind": "essay"}, "kind"),
        ({"kind": "number"}, "needs an answer"),
        ({"kind": "single", "choices": CHOICES[1:]}, "exactly one"),
        ({"kind": "multiple", "choices": [CHOICES[1], CHOICES[1]]}, "at least one"),
        ({"kind": "predict", "choices": CHOICES}, "an error"),
    ],
)
def test_a_question_that_is_not_written_as_its_kind_asks_is_refused(monkeypatch, data, message):
    with pytest.raises(ValueError, match=message):
        question(monkeypatch, text="T", explanation="E.", **data)


def test_a_chapter_without_questions_is_refused():
    with pytest.raises(KeyError, match="99_none"):
        viz.ask("99_none", "q")
