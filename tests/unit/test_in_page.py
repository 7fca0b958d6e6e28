"""What the worker of a page calls, in this Python; and that nothing of it needs TensorFlow."""

import json
import subprocess
import sys
import zipfile

import pytest

from mnv2_tutor.engine.course import exercise
from mnv2_tutor.engine.files import data_folder
from mnv2_tutor.learner import in_page
from tools import page_python

DENSE = "def count_params(kind, k, c_in, c_out):\n    return k * k * c_in * c_out\n"
RIGHT = """
def count_params(kind, k, c_in, c_out):
    depthwise, pointwise = k * k * c_in, c_in * c_out
    return {
        "standard": k * k * pointwise,
        "depthwise": depthwise,
        "pointwise": pointwise,
        "separable": depthwise + pointwise,
    }[kind]
"""
MACS = """
def count_macs(kind, h, w, k, c_in, c_out, stride=1):
    out = -(-h // stride) * -(-w // stride)
    return out * count_params(kind, k, c_in, c_out)
"""


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    monkeypatch.setenv("MNV2_TUTOR_HOME", str(tmp_path / "home"))
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


def ran(source, earlier=()):
    return json.loads(in_page.run(source, earlier))


def checked(source, key="count_params", earlier=()):
    return json.loads(in_page.check(key, source, earlier))


def test_last_expression_is_shown_after_what_was_printed():
    assert ran("print('first')\n6 * 7")["printed"] == "first\n42\n"


def test_report_is_shown_where_the_last_expression_is_one():
    found = ran(f"from mnv2_tutor import check\n{DENSE}\ncheck(count_params)")
    assert "depthwise convolution" in found["html"]


def test_names_of_an_earlier_run_are_gone():
    ran("left = 1")
    assert "NameError" in ran("left")["error"]


def test_traceback_holds_the_readers_own_lines_alone():
    error = ran("def half(x):\n    return x / 0\nhalf(1)")["error"]
    assert "return x / 0" in error
    assert error.count("File") == error.count('File "your answer"') == 2


def test_syntax_error_is_shown_with_its_line():
    found = checked("def count_params(kind, k, c_in, c_out)\n    return 0\n")
    assert 'File "your answer", line 1' in found["error"]
    assert found["html"] == ""


def test_exit_is_an_error_like_others():
    assert "SystemExit" in ran("raise SystemExit")["error"]


def test_endless_prints_are_cut():
    found = ran("for n in range(100_000): print('x' * 100)")
    assert len(found["printed"]) == in_page.MOST_PRINTED


def test_right_answer_passes_and_is_remembered():
    found = checked(RIGHT)
    assert found["passed"]
    assert json.loads(found["record"])["best"] == exercise("count_params").max_score


def test_misconception_is_named():
    found = checked(DENSE)
    assert not found["passed"]
    assert "Each channel of the input has one flat kernel" in found["html"]


def test_report_quotes_a_line_that_failed():
    html = checked("def count_params(kind, k, c_in, c_out):\n    return k / 0\n")["html"]
    assert "return k / 0" in html


def test_what_a_reader_wrote_is_escaped_in_the_report():
    source = "def count_params(*all):\n    raise ValueError('<img src=x onerror=alert(1)>')\n"
    html = checked(source)["html"]
    assert "&lt;img" in html
    assert "<img" not in html


def test_function_is_checked_though_a_later_line_fails():
    found = checked(f"{RIGHT}\n1 / 0\n")
    assert "ZeroDivisionError" in found["error"]
    assert found["passed"]


def test_answer_may_call_an_earlier_one():
    assert checked(MACS, "count_macs", [RIGHT])["passed"]
    assert not checked(MACS, "count_macs")["passed"]


@pytest.mark.parametrize("source", ["", "def count_macs(:", "def count_mac(x): return 1"])
def test_what_an_earlier_answer_defines_is_no_answer_to_another_exercise(source):
    assert not checked(source, "count_macs", [RIGHT + MACS])["passed"]


@pytest.mark.parametrize("way", ["1 / 0", "return None", "raise SystemExit"])
def test_value_that_cannot_show_itself_as_html_is_shown_as_text(way):
    source = f"class Odd:\n    def __repr__(self): return 'odd'\n    def _repr_html_(self): {way}\n"
    assert ran(f"{source}Odd()")["printed"] == "odd\n"


def test_earlier_answer_that_fails_does_no_harm():
    assert checked(RIGHT, earlier=["1 / 0", "def f(:"])["passed"]


def test_solution_opens_after_what_was_restored():
    assert "opens after" in json.loads(in_page.solution("count_params"))["html"]
    record = checked(RIGHT)["record"]
    (data_folder() / "progress" / "count_params.json").unlink()
    in_page.restore("count_params", record)
    assert "def count_params" in json.loads(in_page.solution("count_params"))["html"]


def test_hint_is_given_and_counted():
    found = json.loads(in_page.hint("use_residual"))
    assert "hint 1" in found["html"]
    assert json.loads(found["record"])["hints"] == [0]


@pytest.mark.parametrize("key", page_python.EXERCISES)
def test_packed_python_answers_alone(key, tmp_path):
    """Without site-packages, as in the page: nothing is missing that a check needs."""
    with zipfile.ZipFile(tmp_path / "python.zip", "w") as archive:
        for name, path in page_python.contents():
            archive.write(path, name)
    with zipfile.ZipFile(tmp_path / "python.zip") as archive:
        archive.extractall(tmp_path / "packages")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'packages')!r})\n"
        "from mnv2_tutor.learner import in_page\n"
        f"print(in_page.check({key!r}, 'def {key}(*all): return 1'))\n"
        f"print(in_page.hint({key!r}))\nprint(in_page.solution({key!r}))\n"
        "print([name for name in ('numpy', 'tensorflow', 'nbformat') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    report, hint, solution, loaded = done.stdout.splitlines()
    assert "failed" in json.loads(report)["html"]
    assert "hint 1" in json.loads(hint)["html"]
    assert "opens after" in json.loads(solution)["html"]
    assert loaded == "[]"


def test_what_is_packed_depends_on_no_order_and_no_clock(tmp_path, monkeypatch):
    monkeypatch.setattr(page_python, "PACKED", tmp_path / "made" / "python.zip")
    page_python.ensure()
    with zipfile.ZipFile(page_python.PACKED) as archive:
        assert archive.namelist() == sorted(archive.namelist())
        assert {entry.date_time for entry in archive.infolist()} == {page_python.FIXED_DATE}


@pytest.mark.parametrize("beside", ["1 / 0", "import nosuch", "x = (", "%cd somewhere"])
def test_a_line_that_fails_takes_no_answer_with_it(beside):
    for source in (f"{beside}\n{RIGHT}", f"{RIGHT}\n{beside}"):
        assert checked(source)["passed"]


def test_an_answer_below_the_templates_raise_is_told_apart_from_none():
    source = "def count_params(kind, k, c_in, c_out):\n    raise NotImplementedError\n    return 1"
    assert "never runs" in checked(source)["html"]
