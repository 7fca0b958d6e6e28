"""The appendix of common mistakes: generated, whole and fresh."""

import pytest

from mnv2_tutor.authoring import mistakes
from mnv2_tutor.exercises import KEYS, exercise


def test_page_is_what_would_be_made_now():
    stored = mistakes.PATH.read_text(encoding="utf-8")
    assert stored == mistakes.made(), "run: mnv2-tutor author mistakes"


@pytest.mark.parametrize("key", KEYS)
def test_every_misconception_of_an_exercise_has_a_line(key):
    task = exercise(key)
    fold = mistakes._fold(task)
    assert fold.count("\n**") == len(mistakes.names_of(task)) >= 8


def test_no_sentence_has_a_place_left_to_fill():
    plain = mistakes.made().replace("{dropdown}", "").replace(r"\{", "")
    assert "{" not in plain


def test_what_markdown_would_read_as_its_own_is_escaped():
    assert mistakes._plain("a_b * <c>") == r"a\_b \* \<c\>"
