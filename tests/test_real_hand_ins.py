"""Submissions as classes hand them in: each gets its points, and words that are true."""

import html
import re
import sys
import time

import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("grades on Linux", allow_module_level=True)

from mnv2_tutor.checking import Checked, check_submission
from mnv2_tutor.grading.marks import points
from mnv2_tutor.grading.results import folder_of
from tests.grading import grade
from tests.handed_in.cases import CASES, CHECKED, FAST, SLOW

EXERCISES = ("relu6", "use_residual", "depthwise_block", "expansion_block")
SEED = 5
NAME = re.compile(r"['.]*(?P<name>[a-z0-9]+(_[a-z0-9]+)*)")


def hand_in(names, folder):
    """Write these submissions as one class."""
    for name in names:
        case = CASES[name]
        for path, content in case.files.items():
            place = folder / path if case.loose else folder / name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def fast(tmp_path_factory):
    folder = hand_in(FAST, tmp_path_factory.mktemp("class"))
    return grade(folder, tmp_path_factory.mktemp("out"), exercises=EXERCISES, seconds=3000)


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    folder = hand_in(SLOW, tmp_path_factory.mktemp("class"))
    began = time.monotonic()
    graded = grade(folder, tmp_path_factory.mktemp("out"), exercises=EXERCISES, seconds=3000)
    return graded, time.monotonic() - began


def row_of(graded, name):
    """The row of a case; None where there is none. Signs around the name may stay, or change."""
    found = [row for row in graded.rows if (at := NAME.match(row)) and at["name"] == name]
    return found[0] if found else None


def words_of(graded, row):
    """What the learner reads, without tags and the learner's name, in small letters."""
    page = graded.feedback(folder_of(row))
    page = re.sub(r"<(style|script).*?</\1>", " ", page, flags=re.S)
    return " ".join(
        html.unescape(re.sub(r"<[^>]+>", " ", page)).replace(row, "").split()
    ).casefold()


def assert_fits(graded, name):
    case = CASES[name]
    row = row_of(graded, name)
    assert row is not None, f"no row for {name}"
    got = {key: graded.rows[row][key] for key in case.points}
    wanted = {key: "" if value is None else str(value) for key, value in case.points.items()}
    assert got == wanted, case.why
    words = words_of(graded, row)
    unsaid = [one for one in case.says if not any(w.casefold() in words for w in one.split("|"))]
    assert not unsaid, words
    false = [one for one in case.never if one.casefold() in words]
    assert not false, words


@pytest.mark.parametrize("name", FAST)
def test_what_was_handed_in_gets_its_points_and_true_words(fast, name):
    assert_fits(fast, name)


def test_nobody_has_two_rows_and_nobody_is_missing(fast):
    assert sorted(filter(None, (row_of(fast, name) for name in FAST))) == sorted(fast.rows)
    assert len(fast.table) == len(FAST)


def test_no_name_steers_a_terminal(fast):
    assert "\x1b[31m" not in fast.done.stderr
    assert "\x1b" not in (fast.out / "class.html").read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.parametrize("name", SLOW)
def test_slow_cells_cost_no_points(slow, name):
    assert_fits(slow[0], name)


@pytest.mark.parametrize("name", CHECKED)
def test_check_and_grade_agree_in_points_and_in_what_they_say_first(fast, tmp_path, name):
    files = CASES[name].files
    path = hand_in([name], tmp_path) / name / next(p for p in files if p.endswith(".ipynb"))
    (checked,) = check_submission([path.read_bytes()], SEED, 60, [path.parent])
    assert isinstance(checked, Checked), checked
    row = row_of(fast, name)
    assert row is not None
    graded = fast.report(folder_of(row))["reports"]
    reports = {one.exercise.key: one for one in checked.reports if one.exercise.key in graded}
    assert reports.keys() == graded.keys()
    for key, one in reports.items():
        value = points(one)
        assert fast.rows[row][key] == ("" if value is None else str(value))
        assert (one.lead and one.lead.key) == (graded[key]["lead"] or {}).get("key")
