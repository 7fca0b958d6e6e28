"""The page from the paper to the code: what it names is there."""

import re

import pytest

from mnv2_tutor.authoring.course import ROOT
from mnv2_tutor.engine.course import KEYS, exercise

PAGE = (ROOT / "book" / "paper_to_code.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith(": Chapter")]
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+)`", PAGE))))
def test_a_test_that_is_named_exists(name):
    assert f"def {name}(" in TESTS


@pytest.mark.parametrize("key", KEYS)
def test_every_exercise_is_named(key):
    assert f"`{key}`" in PAGE


def test_the_page_has_its_rows():
    assert len(ROWS) >= 15


@pytest.mark.parametrize("row", [row for row in ROWS if "Your function" in row])
def test_a_function_stands_in_a_row_of_its_own_chapter(row):
    chapters, _, functions = row.partition("Your function")
    linked = {int(number) for number in re.findall(r"\]\((\d\d)_", chapters)}
    functions = functions.partition("Held by")[0]
    owners = {exercise(key).chapter for key in re.findall(r"`(\w+)`", functions)}
    assert owners
    assert owners <= linked | {6}, "mobilenet_v2 is used again in chapter 7"
