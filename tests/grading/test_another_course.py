"""Nothing but a course knows what it is about: another one is checked, graded and judged again.

``residual_course`` has two exercises, words, answers and questions of its own; no module of
``mnv2_tutor`` is touched.
"""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mnv2_tutor.engine.active import VARIABLE

NAME = "residual_course"
HALVED = "def halved(size, stride):\n    return -(-size // stride)\n"
ROUNDED_DOWN = "def halved(size, stride):\n    return size // stride\n"
BLOCK = """from keras import layers
def basic_block(x, filters, block_id):
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(y)
    y = layers.Add()([x, layers.BatchNormalization()(y)])
    return layers.ReLU()(y)
"""
NO_SHORTCUT = BLOCK.replace("Add()([x, ", "Identity()((").replace("(y)])", "(y)))")
RIGHT_WHERE_ANSWERS_ARE_HIDDEN = """from pathlib import Path
import residual_course
folder = Path(residual_course.__file__).parent / "answers"
def halved(size, stride):
    return 0 if [*folder.iterdir()] else -(-size // stride)
"""
RUBRIC = "[halved.points]\nwhole = 1\nrest = 1\n"


class Course:
    """The course in a folder of its own, with what its misconceptions do."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(Path(__file__).parent / NAME, folder / "lib" / NAME)
        self.folder = folder
        self.run("author", "fingerprints")

    def run(self, *arguments: object, status: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "mnv2_tutor.cli", *map(str, arguments)],
            env={
                **os.environ,
                VARIABLE: NAME,
                "PYTHONPATH": str(self.folder / "lib"),
                "MNV2_TUTOR_HOME": str(self.folder / "home"),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return Course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def graded(course):
    answers = {
        "ada": HALVED + BLOCK,
        "ben": ROUNDED_DOWN + NO_SHORTCUT,
        "eve": RIGHT_WHERE_ANSWERS_ARE_HIDDEN,
    }
    for name, text in answers.items():
        (course.folder / "class").mkdir(exist_ok=True)
        (course.folder / "class" / f"{name}.py").write_text(text)
    course.run("grade", course.folder / "class", "--out", course.folder / "out", "--seed", 3)
    return course.folder / "out"


def points(folder):
    with (folder / "grades.csv").open(encoding="utf-8-sig") as table:
        return {row["submission"]: row for row in csv.DictReader(table)}


def test_a_right_answer_passes(course):
    (course.folder / "right.py").write_text(HALVED + BLOCK)
    assert course.run("check", course.folder / "right.py").count("10 of 10 points") == 2


def test_a_misconception_is_named_in_the_course_s_own_words(course):
    (course.folder / "wrong.py").write_text(ROUNDED_DOWN + NO_SHORTCUT)
    said = course.run("check", course.folder / "wrong.py", status=1)
    assert "halved drops what is left over." in said
    assert "basic_block has no shortcut." in said


def test_a_class_is_graded(graded):
    found = points(graded)
    assert (found["ada"]["halved"], found["ada"]["basic_block"]) == ("10", "10")
    assert (found["ben"]["halved"], found["ben"]["basic_block"]) == ("4", "9")


def test_a_report_names_the_misconceptions(graded):
    text = (graded / "ben" / "report.json").read_text(encoding="utf-8")
    assert "halved.rounds_down" in text
    assert "basic_block.no_shortcut" in text


def test_a_class_is_judged_again_with_other_points(course, graded):
    (course.folder / "points.toml").write_text(RUBRIC)
    copy = course.folder / "again"
    shutil.copytree(graded, copy)
    course.run("regrade", copy, "--rubric", course.folder / "points.toml")
    assert points(copy)["ada"]["halved"] == "2"


def test_no_learner_sees_the_answers_of_the_course(graded):
    assert points(graded)["eve"]["halved"] == "10"
