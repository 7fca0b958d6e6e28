"""Submissions as classes hand them in: each gets its points, and words that are true."""

import html
import json
import re
import sys
import time

import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("grades on Linux", allow_module_level=True)

from mnv2_tutor.grading.check_command import check_files
from mnv2_tutor.grading.intake import handed_in_together
from mnv2_tutor.grading.marks import points
from tests.grading.handed_in.cases import CASES, CHECKED, FAST, SLOW
from tests.grading.submissions import grade

EXERCISES = ("relu6", "use_residual", "depthwise_block", "expansion_block")
SEED = 5


def hand_in(names, folder):
    """Write these submissions as one class."""
    for name in names:
        case = CASES[name]
        for path, content in case.files.items():
            place = folder / path if case.loose else folder / name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    return folder


class Class:
    """A class that was graded: its rows and reports by the name of the case."""

    def __init__(self, graded, seconds):
        self.graded, self.seconds = graded, seconds
        self.rows = {_name(row): values for row, values in graded.rows.items()}
        found = {path.parent.name: _load(path) for path in graded.out.glob("*/report.json")}
        self.folders = {_name(report["submission"]): path for path, report in found.items()}

    def report(self, name):
        return self.graded.report(self.folders[name])

    def words(self, name):
        """What the learner reads, without tags and the learner's name, in small letters."""
        page = self.graded.feedback(self.folders[name]).replace(name, "")
        page = re.sub(r"<(style|script).*?</\1>", " ", page, flags=re.S)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split()).casefold()

    def faults(self, name):
        """What is not as the case wants it."""
        case = CASES[name]
        if name not in self.rows or name not in self.folders:
            return ["no row"]
        row, words = self.rows[name], self.words(name)
        wanted = {key: "" if value is None else str(value) for key, value in case.points.items()}
        return [
            *(f"{k}: {row[k] or '-'} for {v or '-'}" for k, v in wanted.items() if row[k] != v),
            *(f"unsaid: {one}" for one in case.says if not _has(words, one)),
            *(f"said: {one}" for one in case.never if _has(words, one)),
        ]


def _name(submission):
    """The case's name. Signs around it may stay, or change."""
    return re.match(r"\W*([a-z0-9]+(_[a-z0-9]+)*)", submission)[1]


def _load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def _has(words, one):
    return any(other.casefold() in words for other in one.split("|"))


def graded(names, make_folder):
    folder, out = hand_in(names, make_folder("class")), make_folder("out")
    began = time.monotonic()
    found = grade(folder, out, exercises=EXERCISES, seconds=3000)
    return Class(found, time.monotonic() - began)


@pytest.fixture(scope="module")
def fast(tmp_path_factory):
    return graded(FAST, tmp_path_factory.mktemp)


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    return graded(SLOW, tmp_path_factory.mktemp)


@pytest.mark.parametrize("name", FAST)
def test_what_was_handed_in_gets_its_points_and_true_words(fast, name):
    assert fast.faults(name) == [], CASES[name].why


def test_everybody_has_one_row(fast):
    assert sorted(fast.rows) == sorted(FAST)
    assert len(fast.graded.table) == len(FAST)


def test_no_name_steers_a_terminal(fast):
    assert "\x1b[31m" not in fast.graded.done.stderr
    assert "\x1b" not in (fast.graded.out / "class.html").read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.parametrize("name", SLOW)
def test_slow_cells_cost_no_points(slow, name):
    assert slow.faults(name) == [], CASES[name].why


@pytest.mark.long
def test_a_class_of_slow_notebooks_is_graded_in_a_minute_each(slow):
    assert slow.seconds < 60 * len(SLOW)


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[pytest.mark.long] if i % 5 else []) for i, n in enumerate(CHECKED)],
)
def test_check_and_grade_agree_in_points_and_in_what_they_say_first(fast, tmp_path, name):
    files = CASES[name].files
    path = hand_in([name], tmp_path) / name / next(p for p in files if p.endswith(".ipynb"))
    files, on_disk = handed_in_together([path])
    checked = check_files(files, SEED, 60, on_disk)
    assert not checked.unusable
    of_grade = fast.report(name)["reports"]
    of_check = {one.exercise.key: one for _, one in checked.reports if one.exercise.key in of_grade}
    assert of_check.keys() == of_grade.keys()
    for key, one in of_check.items():
        value = points(one)
        assert fast.rows[name][key] == ("" if value is None else str(value))
        assert (one.lead and one.lead.key) == (of_grade[key]["lead"] or {}).get("key")
