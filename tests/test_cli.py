"""The command line: what it prints, and its exit status."""

import subprocess
import sys

import pytest

from mnv2_tutor.authoring.course import EXERCISES, SOLUTIONS
from tests.helpers import notebook_bytes


def run(*arguments):
    command = [sys.executable, "-m", "mnv2_tutor.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_exercises_lists_them():
    done = run("exercises")
    assert done.returncode == 0
    assert "relu6(x)" in done.stdout


def test_check_of_a_solution_exits_0():
    done = run("check", SOLUTIONS / "01_relu6.ipynb")
    assert done.returncode == 0
    assert "relu6: passed, 10 of 10 points" in done.stdout


def test_check_of_an_untouched_exercise_exits_1():
    done = run("check", EXERCISES / "01_relu6.ipynb")
    assert done.returncode == 1
    assert "not attempted" in done.stdout


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.ipynb", None, "No such file"),
        ("text.ipynb", "hello", "not a notebook"),
        ("none.ipynb", notebook_bytes("print(1)").decode(), "no exercise"),
    ],
)
def test_unusable_input_exits_2_with_one_line(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    done = run("check", path)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert message in done.stderr


def test_a_folder_exits_2(tmp_path):
    done = run("check", tmp_path)
    assert (done.returncode, "a folder" in done.stderr) == (2, True)


@pytest.mark.parametrize("command", ["fingerprints", "transcripts"])
def test_making_the_files_of_an_unknown_exercise_exits_2(command):
    done = run("author", command, "nosuch")
    assert done.returncode == 2
    assert "nosuch" in done.stderr and len(done.stderr.splitlines()) == 1
