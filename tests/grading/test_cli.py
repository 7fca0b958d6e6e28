"""The command line: what it prints, and its exit status."""

import os
import subprocess
import sys
import zipfile

import pytest

from mnv2_tutor.authoring.course import EXERCISES, SOLUTIONS
from mnv2_tutor.grading.cli import one_by_one
from tests.grading.submissions import checked, notebook_bytes


def run(*arguments, **environment):
    command = [sys.executable, "-m", "mnv2_tutor.cli", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, env=os.environ | environment
    )


def test_exercises_lists_them():
    done = run("exercises")
    assert done.returncode == 0
    assert "relu6(x)" in done.stdout


def test_check_of_a_solution_exits_0():
    done = run("check", SOLUTIONS / "01_relu6.ipynb")
    assert done.returncode == 0
    assert "relu6: passed, 10 of 10 points" in done.stdout


@pytest.mark.long
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


def test_a_name_that_is_no_text_is_one_line():
    done = run("check", os.fsdecode(b"no\xfftext\nhere.ipynb"))
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "No such file" in done.stderr


def test_a_folder_exits_2(tmp_path):
    done = run("check", tmp_path)
    assert (done.returncode, "a folder" in done.stderr) == (2, True)


def two_notebooks(folder):
    first, second = folder / "first.ipynb", folder / "second.ipynb"
    first.write_bytes(notebook_bytes("def use_residual(s, a, b):\n    return s == 1 and a == b"))
    second.write_bytes(
        notebook_bytes("from mnv2_tutor.mine import use_residual, relu6", exercise_key="bottleneck")
    )
    return first, second


@pytest.mark.long
def test_several_notebooks_are_one_submission_in_the_order_of_the_book(tmp_path):
    first, second = two_notebooks(tmp_path)
    done = run("check", second, first)
    assert (done.returncode, done.stdout) == (1, run("check", first, second).stdout)
    assert done.stdout.index("use_residual: passed") < done.stdout.index("bottleneck: ")


def test_of_several_notebooks_the_one_with_the_error_is_named(tmp_path):
    first, second = two_notebooks(tmp_path)
    done = run("check", first, second)
    assert "second.ipynb: Line 1 of code cell 1, " in done.stdout
    assert "stopped with ImportError: relu6 is the" in done.stdout


RULE = "def use_residual(s, a, b):\n    return s == 1 and a == b"
STUB = "def relu6(x):\n    raise NotImplementedError"


def test_what_was_not_attempted_beside_what_passes_is_said_and_no_failure(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_bytes(notebook_bytes(RULE, STUB))
    done = run("check", path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip().splitlines()[-1] == "not attempted: relu6"
    path.write_bytes(notebook_bytes(RULE.replace("==", "!="), STUB))
    assert run("check", path).returncode == 1


def test_every_finding_is_printed(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_bytes(notebook_bytes("def use_residual(s, a, b):\n    return s > 1 and a != b"))
    ((_, report),) = checked(path.read_bytes()).reports
    more = report.more
    assert more
    printed = " ".join(run("check", path).stdout.split())
    assert all(message.says in printed for message in more)
    assert "report.more" not in printed


def test_a_remark_says_why_too(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_bytes(notebook_bytes("print(1 / 0)", RULE))
    ((_, message),) = checked(path.read_bytes()).remarks
    assert message.why
    assert message.message in run("check", path).stdout


def test_a_script_is_checked_whatever_it_is_called(tmp_path):
    for name in ("a.py", "a.txt"):
        (tmp_path / name).write_text(RULE)
        done = run("check", tmp_path / name)
        assert (done.returncode, done.stderr) == (0, "")
        assert "use_residual: passed" in done.stdout


def test_where_nothing_was_attempted_check_exits_1(tmp_path):
    (tmp_path / "a.ipynb").write_bytes(notebook_bytes(STUB))
    assert run("check", tmp_path / "a.ipynb").returncode == 1


def test_what_a_learner_wrote_moves_no_cursor(tmp_path):
    path = tmp_path / "\x1b[31mred.ipynb"
    path.write_bytes(notebook_bytes("def use_residual(s, a, b):\n    raise ValueError('\x1b[2J')"))
    done = run("check", path, path)
    assert "\x1b" not in done.stdout + done.stderr
    assert "\x1b" not in run("check", tmp_path / "\x1b[31mnone.ipynb").stderr


def test_one_unusable_notebook_of_several_exits_2_and_is_named(tmp_path):
    first, second = two_notebooks(tmp_path)
    second.write_text("")
    done = run("check", first, second)
    assert (done.returncode, "second.ipynb: the file is empty" in done.stderr) == (2, True)
    assert done.stdout.startswith("first.ipynb: use_residual: passed")


def test_what_a_console_cannot_show_ends_nothing(tmp_path):
    path = tmp_path / "first.ipynb"
    path.write_bytes(notebook_bytes("def use_residual(s, a, b):\n    raise ValueError('a → b')"))
    done = run("check", path, PYTHONIOENCODING="cp1252")
    assert (done.returncode, done.stderr) == (1, "")
    assert "a ? b" in done.stdout


@pytest.mark.parametrize(
    "given", [["relu6", "bottleneck"], ["relu6,bottleneck"], ["relu6, bottleneck,"]]
)
def test_exercises_are_named_one_at_a_time_or_with_commas(given):
    assert one_by_one(given) == ["relu6", "bottleneck"]


WRONG_RULE = RULE.replace("==", "!=")


def test_of_two_answers_in_two_files_the_same_one_counts_as_in_grading(tmp_path):
    """The one in the file that has the name of the exercise, in whichever order they are given."""
    named, other = tmp_path / "05_residual.ipynb", tmp_path / "z.ipynb"
    named.write_bytes(notebook_bytes(RULE))
    other.write_bytes(notebook_bytes(WRONG_RULE))
    for given in ([named, other], [other, named]):
        done = run("check", *given)
        assert (done.returncode, done.stdout.count("use_residual: ")) == (0, 1)
        assert "the one in 05_residual.ipynb counts" in " ".join(done.stdout.split())


def test_an_archive_is_checked_with_what_lies_in_it(tmp_path):
    reads = "words = open('data.txt').read()"
    with zipfile.ZipFile(tmp_path / "handed_in.zip", "w") as archive:
        archive.writestr("a.ipynb", notebook_bytes(reads, RULE))
        archive.writestr("data.txt", "words")
        archive.writestr("helper.py", "x = 1")
    done = run("check", tmp_path / "handed_in.zip")
    assert (done.returncode, done.stderr) == (0, "")
    assert "use_residual: passed" in done.stdout
    assert "stopped with" not in done.stdout


def test_what_lies_beside_a_notebook_on_the_disk_is_there_for_it(tmp_path):
    (tmp_path / "data.txt").write_text("words")
    (tmp_path / "a.ipynb").write_bytes(notebook_bytes("words = open('data.txt').read()", RULE))
    done = run("check", tmp_path / "a.ipynb")
    assert (done.returncode, "stopped with" in done.stdout) == (0, False)


def test_a_script_that_answers_nothing_is_named(tmp_path):
    (tmp_path / "a.ipynb").write_bytes(notebook_bytes(RULE))
    (tmp_path / "poem.py").write_text("x = 1")
    done = run("check", tmp_path / "a.ipynb", tmp_path / "poem.py")
    assert (done.returncode, "poem.py: no exercise in it" in done.stderr) == (2, True)
    assert "use_residual: passed" in done.stdout


@pytest.mark.parametrize("command", ["fingerprints", "transcripts"])
def test_making_the_files_of_an_unknown_exercise_exits_2(command):
    done = run("author", command, "nosuch")
    assert done.returncode == 2
    assert "nosuch" in done.stderr and len(done.stderr.splitlines()) == 1
