"""What is loaded when, what is installed, and what never is in the repository."""

import importlib.metadata
import os
import re
import subprocess
import sys

import pytest

from mnv2_tutor.authoring.course import ROOT

STANDARD = set(sys.stdlib_module_names) | {"mnv2_tutor", "__main__", "sitecustomize"}


def modules_after(code):
    script = f"import sys\nbefore = set(sys.modules)\n{code}\nprint(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    names = {name for name in done.stdout.split() if not name.startswith("_sysconfigdata")}
    return {name.split(".")[0] for name in names}, names


def test_import_loads_neither_tensorflow_nor_numpy():
    top, _ = modules_after("import mnv2_tutor")
    assert top <= STANDARD


def test_judge_and_reports_as_text_need_the_standard_library_alone():
    top, _ = modules_after(
        "from mnv2_tutor.engine.course import exercise\n"
        "from mnv2_tutor.engine.exercise import Expected\n"
        "from mnv2_tutor.engine.judge import judge\n"
        "from mnv2_tutor.engine.observe import absent\n"
        "task = exercise('relu6')\n"
        "str(judge(task, absent(task), Expected(absent(task))).to_dict())\n"
        "str(judge(task, absent(task), Expected(absent(task))))"
    )
    assert top <= STANDARD


def test_a_plain_exercise_is_observed_and_judged_with_the_standard_library_alone():
    top, _ = modules_after(
        "from mnv2_tutor.engine.course import exercise\n"
        "from mnv2_tutor.engine.exercise import Expected\n"
        "from mnv2_tutor.engine.judge import judge\n"
        "from mnv2_tutor.engine.observe import observe\n"
        "task = exercise('count_macs')\n"
        "seen = observe(lambda *a: 1, task)\n"
        "str(judge(task, seen, Expected(seen)))"
    )
    assert top <= STANDARD


def test_observing_imports_no_answers():
    _, modules = modules_after(
        "import mnv2_tutor.submission.child, mnv2_tutor.engine.observe.tensors"
    )
    assert not [name for name in modules if "answers" in name or "expected" in name]


def test_the_sandbox_and_what_runs_in_it_know_nothing_of_grading():
    package = ROOT / "mnv2_tutor"
    paths = [path for name in ("sandbox", "submission") for path in (package / name).glob("*.py")]
    assert [path.name for path in paths if "mnv2_tutor.grading" in path.read_text()] == []


def test_a_process_that_imported_the_observer_may_fork():
    """After one TensorFlow op a forked child hangs: importing must run none."""
    code = (
        "import os, mnv2_tutor.engine.observe.tensors as t\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    os._exit(0 if t.tensor_result(t.tensor((1.0,), (1,))).kind == 'tensor' else 1)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"
    )
    if not hasattr(__import__("os"), "fork"):
        pytest.skip("this platform has no fork")
    done = subprocess.run([sys.executable, "-c", f"import sys\n{code}"], timeout=60)
    assert done.returncode == 0


def test_tensorflow_is_an_extra_so_that_a_cloud_notebook_keeps_its_own():
    required = importlib.metadata.requires("mnv2-tutor")
    plain = [line for line in required if "extra ==" not in line]
    assert not [line for line in plain if re.match(r"(tensorflow|keras|numpy)\b", line)]


def test_requirements_are_exactly_pinned_and_hold_no_address():
    lines = [
        line.split(";")[0].strip()
        for line in (ROOT / "requirements.txt").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert lines[-1] == "-e ."
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+(\[[\w,-]+\])?==[\w.!+-]+", x) for x in lines[:-1])
    assert "tensorflow==2.21.0" in lines


def test_the_wheel_holds_the_solutions():
    text = (ROOT / "pyproject.toml").read_text()
    assert '"solutions" = "mnv2_tutor/_solutions"' in text


def test_the_first_op_writes_nothing_to_stderr_which_would_cost_points_under_nbgrader():
    code = (
        "import os, mnv2_tutor.engine.observe.tensors as t\n"
        "os.write(2, b'BEGIN'); t.verify_tensorflow(); os.write(2, b'END')"
    )
    noisy = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "CUDA_"))}
    done = subprocess.run([sys.executable, "-c", code], env=noisy, capture_output=True, text=True)
    assert "BEGINEND" in done.stderr
