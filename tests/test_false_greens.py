"""A notebook without a right answer never passes. Each is run as `mnv2-tutor check` runs it."""

import pytest

from mnv2_tutor.authoring.course import EXERCISES, ROOT, SOLUTIONS
from mnv2_tutor.checking import check_notebook
from mnv2_tutor.errors import Unusable
from tests.helpers import notebook_bytes

RIGHT = "import tensorflow as tf\ndef relu6(x):\n    return tf.nn.relu6(x)"


def checked(data, seed=None):
    return check_notebook(data, seed, seconds=120)


def test_a_right_notebook_passes_with_unseen_questions_too():
    done = checked((SOLUTIONS / "01_relu6.ipynb").read_bytes(), seed=4)
    assert done.passed
    assert [report.score for report in done.reports] == [10]


def test_an_untouched_notebook_does_not_pass():
    done = checked((EXERCISES / "01_relu6.ipynb").read_bytes())
    assert [str(report.outcome) for report in done.reports] == ["not attempted"]


def test_a_missing_function_does_not_pass():
    done = checked(notebook_bytes("x = 1", exercise_key="relu6"))
    assert [report.lead.key for report in done.reports] == ["common.not_defined"]


def test_a_syntax_error_does_not_pass_and_the_other_cells_run():
    done = checked(notebook_bytes("def relu6(x:\n", "y = 2"))
    assert [error.type for error in done.cell_errors] == ["SyntaxError"]
    assert not done.passed


def test_the_learners_function_was_run_and_not_the_reference():
    source = "import tensorflow as tf\ndef relu6(x):\n    return tf.nn.relu(x)"
    done = checked(notebook_bytes("from mnv2_tutor.answers.relu6 import reference", source))
    assert [report.diagnosis.key for report in done.reports] == ["relu6.no_cap"]


def test_a_cell_that_fails_does_not_cost_the_later_ones():
    done = checked(notebook_bytes("1 / 0", RIGHT))
    assert done.passed
    assert [error.cell for error in done.cell_errors] == [1]


def test_a_name_close_to_the_exercise_is_pointed_at():
    done = checked(notebook_bytes(RIGHT.replace("relu6(x):", "ReLU6(x):")))
    assert [report.lead.key for report in done.reports] == ["common.other_name"]


def test_a_notebook_that_ends_python_is_refused():
    with pytest.raises(Unusable, match="ended Python"):
        checked(notebook_bytes(RIGHT, "import os\nos._exit(0)"))


def test_an_endless_loop_is_ended():
    with pytest.raises(Unusable, match="endless loop"):
        check_notebook(notebook_bytes(RIGHT, "while True: pass"), None, seconds=3)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 \xff", "not a notebook"),
        (b"[1, 2]", "not a notebook"),
        (b'{"cells": 3}', "not a notebook"),
        (notebook_bytes("print('hello')"), "no exercise"),
        (notebook_bytes(), "no exercise"),
    ],
)
def test_a_file_without_an_exercise_is_refused(data, message):
    with pytest.raises(Unusable, match=message):
        checked(data)


def test_a_chapter_of_the_book_is_no_exercise():
    with pytest.raises(Unusable, match="no exercise"):
        checked((ROOT / "book" / "01_relu6.ipynb").read_bytes())


def test_a_byte_order_mark_and_an_old_format_are_read():
    old = b"""\xef\xbb\xbf{"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""},
    "worksheets": [{"cells": [{"cell_type": "code", "language": "python", "outputs": [],
    "input": "def relu6(x):\\n    pass"}]}]}"""
    assert [str(report.outcome) for report in checked(old).reports] == ["not attempted"]
