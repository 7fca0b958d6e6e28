"""A notebook without a right answer never passes. Each is run as `mnv2-tutor check` runs it."""

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from mnv2_tutor.authoring.course import EXERCISES, ROOT, SOLUTIONS
from mnv2_tutor.errors import Unusable
from mnv2_tutor.submission.notebook import read_notebook
from tests.grading import submissions
from tests.grading.submissions import RIGHT_RULE, notebook_bytes

RIGHT = "import tensorflow as tf\ndef relu6(x):\n    return tf.nn.relu6(x)"


class One(NamedTuple):
    """What came of one notebook."""

    passed: bool
    reports: tuple
    remarks: tuple


def checked(data, **how):
    done = submissions.checked(data, **{"seconds": 120, **how})
    for problem in done.unusable.values():
        raise problem
    reports, remarks = (tuple(one for _, one in found) for found in (done.reports, done.remarks))
    return One(done.passed, reports, remarks)


@pytest.mark.long
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
    assert [remark.parameters["type"] for remark in done.remarks] == ["SyntaxError"]
    assert not done.passed


def test_the_learners_function_was_run_and_not_the_reference():
    source = "import tensorflow as tf\ndef relu6(x):\n    return tf.nn.relu(x)"
    done = checked(notebook_bytes("from mnv2_tutor.course.answers.relu6 import reference", source))
    assert [report.diagnosis.key for report in done.reports] == ["relu6.no_cap"]


def test_a_cell_that_fails_does_not_cost_the_later_ones():
    done = checked(notebook_bytes("1 / 0", RIGHT))
    assert done.passed
    assert [remark.says for remark in done.remarks] == [
        "Line 1 of code cell 1, `1 / 0`, stopped with ZeroDivisionError: division by zero."
    ]


def test_a_draft_that_fails_is_not_run_again_over_the_version_that_counts():
    draft = "def use_residual(stride, c_in, c_out):\n    return c_in == c_out\nplot(use_residual)"
    done = checked(notebook_bytes(draft, RIGHT_RULE), seed=4)
    assert [report.score for report in done.reports] == [10]


def test_a_function_that_was_checked_under_a_key_is_found():
    rule = RIGHT_RULE.replace("use_residual", "rule")
    done = checked(notebook_bytes(rule, 'check(rule, "use_residual")'))
    assert done.passed


@pytest.mark.long
def test_a_name_close_to_the_exercise_is_pointed_at():
    done = checked(notebook_bytes(RIGHT.replace("relu6(x):", "ReLU6(x):")))
    assert [report.lead.key for report in done.reports] == ["common.other_name"]


def keys(messages):
    return [message.key for message in messages]


def test_a_cell_that_ends_python_is_left_out():
    done = checked(notebook_bytes("import os\nos._exit(0)", RIGHT))
    assert done.passed
    assert keys(done.remarks) == ["notebook.cell_exit"]


@pytest.mark.long
def test_a_function_that_ends_python_costs_its_exercise_and_no_other():
    ends = "import os\ndef count_params(kind, k, c_in, c_out):\n    os._exit(0)"
    done = checked(notebook_bytes(RIGHT, ends))
    assert [report.passed for report in done.reports] == [True, False]
    assert done.reports[1].lead.key == "common.stop_exit"


def test_a_function_above_a_line_that_ends_python_counts():
    assert checked(notebook_bytes(f"{RIGHT}\nimport os\nos._exit(0)")).passed


def test_a_function_whose_definition_ends_python_names_the_line():
    done = checked(
        notebook_bytes("import os\n@(lambda f: os._exit(0))\n" + RIGHT.partition("\n")[2])
    )
    assert keys(report.lead for report in done.reports) == ["common.stop_left_out"]
    assert "line 2 of code cell 1" in done.reports[0].lead.says.lower()


def test_an_endless_loop_below_a_function_costs_nothing():
    done = checked(notebook_bytes(RIGHT, "while True: pass"), seconds=12)
    assert done.passed and done.remarks == ()


def test_a_function_that_was_only_imported_is_no_attempt():
    done = checked(notebook_bytes("from keras.activations import relu6"))
    assert [str(report.outcome) for report in done.reports] == ["not attempted"]
    assert keys(report.lead for report in done.reports) == ["common.only_imported"]


@pytest.mark.long
def test_an_endless_loop_above_a_function_costs_seconds_and_is_named():
    done = checked(notebook_bytes("while True: pass", RIGHT), seconds=30)
    assert done.passed
    assert keys(done.remarks) == ["notebook.cell_slow"]


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


@pytest.mark.long
def test_what_a_notebook_asks_of_its_front_end_does_nothing():
    done = checked(notebook_bytes("%matplotlib inline\nimport math", "exit", RIGHT))
    assert done.passed
    assert done.remarks == ()


@pytest.mark.long
def test_a_thread_left_behind_does_not_hold_the_check():
    thread = "import threading, time\nthreading.Thread(target=time.sleep, args=(1e6,)).start()"
    assert checked(notebook_bytes(RIGHT, thread)).passed


def is_running(pid):
    """A killed process that nobody has waited for yet is a zombie, and does not run."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
@pytest.mark.long
def test_nothing_that_a_notebook_started_is_left_running(tmp_path):
    mark = tmp_path / "pid"
    start = (
        "import subprocess\np = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(mark)!r}, 'w').write(str(p.pid))"
    )
    checked(notebook_bytes(start, RIGHT))
    assert not is_running(int(mark.read_text()))


@pytest.mark.long
def test_a_module_beside_the_notebook_is_found_and_cannot_stand_in_for_pythons_own(tmp_path):
    (tmp_path / "helper.py").write_text("from tensorflow.nn import relu6 as cut")
    (tmp_path / "random.py").write_text("1 / 0")
    data = notebook_bytes("import helper\ndef relu6(x):\n    return helper.cut(x)")
    assert checked(data, folder=tmp_path).passed


def test_an_answer_that_is_written_by_the_notebook_itself_is_not_believed():
    forged = (
        "import json, os, struct, sys\n"
        "seen = json.dumps({'exercise': 'relu6', 'kind': 'callable'})\n"
        "for number in range(20):\n"
        "    text = json.dumps({'id': number, 'observation': seen}).encode()\n"
        "    os.write(int(sys.argv[1]), struct.pack('>I', len(text)) + text)\n"
    )
    done = checked(notebook_bytes("def relu6(x):\n    return x", forged))
    assert not done.passed
    assert done.reports[0].score < 10


@pytest.mark.parametrize(
    "cell",
    [
        "from helper import relu6",
        'check("relu6")',
        "mnv2_tutor.check(relu6)",
        "%%time\nrelu6 = lambda x: x",
    ],
)
def test_an_exercise_is_recognised_however_its_name_occurs(cell):
    assert read_notebook(notebook_bytes(cell)).exercises == ("relu6",)


@pytest.mark.parametrize(
    "change",
    [
        {"cells": [{"cell_type": "code", "source": None, "metadata": {}, "outputs": []}]},
        {"cells": [{"cell_type": "code", "source": "x", "metadata": None, "outputs": []}]},
        {"cells": ["text"]},
        {"cells": {}},
        {"nbformat_minor": None},
    ],
)
def test_a_damaged_notebook_is_refused_with_one_line(change):
    data = {**json.loads(notebook_bytes("x = 1")), **change}
    with pytest.raises(Unusable):
        read_notebook(json.dumps(data).encode())


REPLACES_THE_LIBRARY = """
import keras
original = keras.applications.MobileNetV2
keras.applications.MobileNetV2 = lambda *arguments, **named: None
def mobilenet_v2(input_shape, n_classes, alpha=1.0):
    return original(input_shape, alpha=alpha, weights=None, classes=n_classes)
"""


def test_who_puts_something_else_in_a_library_s_place_hides_nothing():
    """What the library makes is looked up before a cell runs."""
    done = submissions.checked(notebook_bytes(REPLACES_THE_LIBRARY), seed=1, seconds=120)
    (report,) = [report for _, report in done.reports if report.exercise.key == "mobilenet_v2"]
    assert (report.score, report.lead.key) == (0, "mobilenet_v2.delegated")
