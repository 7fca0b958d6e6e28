"""Grading a class: the table, the reports, the feedback, and what is mended in notebooks."""

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace

import nbformat
import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("grades on Linux", allow_module_level=True)

from mnv2_tutor.authoring.course import EXERCISES, SOLUTIONS
from mnv2_tutor.engine.course import exercise
from mnv2_tutor.grading import results
from mnv2_tutor.grading.batch_settings import BatchSettings, seed_in
from mnv2_tutor.sandbox.policy import Sandbox
from mnv2_tutor.submission.conversation import Limits
from mnv2_tutor.submission.notebook import read_notebook
from tests.grading.submissions import (
    RIGHT,
    RIGHT_RULE,
    WRONG,
    doctor,
    grade,
    has_to_do_without,
    run,
    write_notebook,
)

CHECKS = "from mnv2_tutor import check, solution"
OLD_FORMAT = {
    "nbformat": 3,
    "nbformat_minor": 0,
    "metadata": {"name": ""},
    "worksheets": [
        {"cells": [{"cell_type": "code", "language": "python", "outputs": [], "input": RIGHT}]}
    ],
}


def memorized():
    """Right for the questions that check shows, whatever it is asked, and wrong for others."""
    shown = {case.values for case in exercise("relu6").probe(None)}
    return (
        f"import tensorflow as tf\nSHOWN = {shown!r}\ndef relu6(x):\n"
        "    known = tuple(map(float, tf.reshape(x, [-1]))) in SHOWN\n"
        "    return tf.nn.relu6(x) if known else tf.nn.relu(x)"
    )


def retyped(path):
    notebook = nbformat.read(path, 4)
    notebook.cells[0] = nbformat.v4.new_markdown_cell(notebook.cells[0].source)
    path.write_text(nbformat.writes(notebook))


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    folder, out = tmp_path_factory.mktemp("class"), tmp_path_factory.mktemp("out")
    write_notebook(folder, "right", RIGHT, RIGHT_RULE)
    write_notebook(folder, "wrong", WRONG, RIGHT_RULE)
    write_notebook(folder, "by heart", memorized())
    write_notebook(folder, "reordered", "def relu6(x):\n    return cap(x)", "check(relu6)", RIGHT)
    write_notebook(folder, "uses_later", "cut = make()", "def make():\n    return 6", RIGHT)
    write_notebook(folder, "twice", WRONG, RIGHT)
    write_notebook(folder, "syntax", "def relu6(x)\n    return x", RIGHT_RULE)
    write_notebook(folder, "duplicated", RIGHT, RIGHT)
    write_notebook(folder, "no_import", "def relu6(x):\n    return tf.nn.relu6(x)")
    write_notebook(folder, "failing_cell", "1 / 0", RIGHT)
    write_notebook(folder, "noisy", "import sys, warnings", "sys.stderr.write('x' * 9999)", RIGHT)
    write_notebook(folder, "magics", "%matplotlib inline\n%time x = 1", "await thing()\n", RIGHT)
    write_notebook(folder, "awaits", "import asyncio\nawait asyncio.sleep(0)", RIGHT)
    write_notebook(folder, "checks", CHECKS, RIGHT, "check(relu6).score", "solution('relu6')")
    write_notebook(folder, "name with 'quotes', comma", RIGHT)
    write_notebook(folder, "=cmd()", RIGHT)
    write_notebook(folder, "名前", RIGHT)
    retyped(write_notebook(folder, "retyped", RIGHT))
    (folder / "windows.py").write_bytes(b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode())
    (folder / "old.ipynb").write_text(json.dumps(OLD_FORMAT))
    (folder / "empty.ipynb").write_text("")
    (folder / "cut.ipynb").write_text('{"cells": [')
    (folder / "binary.ipynb").write_bytes(bytes(range(256)))
    (folder / "poem.py").write_text("x = 1")
    (folder / "link.ipynb").symlink_to("/etc/passwd")
    for name in ("same.ipynb", "same.py"):
        (folder / name).write_text(RIGHT)
    write_notebook(folder, "same", RIGHT)
    write_notebook(folder / "two_files", "first", WRONG)
    write_notebook(folder / "two_files", "second", "import helper\n" + RIGHT, RIGHT_RULE)
    write_notebook(folder / "guesses", "try 9", RIGHT)
    write_notebook(folder / "guesses", "try 10", WRONG)
    (folder / "two_files" / "helper.py").write_text("x = 1")
    write_notebook(folder / "half_read", "first", RIGHT)
    (folder / "half_read" / "second.py").write_text(RIGHT_RULE)
    (folder / "half_read" / "third.ipynb").write_text('{"cells": [')
    write_notebook(folder, "colab", "from google.colab import drive\nimport tensorflow as tf",
                   RIGHT.partition("\n")[2])  # fmt: skip
    (folder / "half_read" / "._first.ipynb").write_bytes(b"\x00\x05\x16\x07")
    (folder / "two_files" / "__init__.py").write_text("")
    (folder / "two_files" / "other.py").write_bytes(b"# caf\xe9")
    (folder / "late_error.py").write_text(
        "x = 1\ny = 2\n\ndef relu6(x):\n    raise ValueError(1)\n"
    )
    (folder / "fails_first.py").write_text(f"import nosuch\n1 / 0\n{RIGHT}\n")
    write_notebook(folder / "builds", "a", RIGHT_RULE)
    write_notebook(
        folder / "builds", "b", "from mnv2_tutor.mine import use_residual as rule\n" + RIGHT
    )
    with zipfile.ZipFile(folder / "zipped.zip", "w") as archive:
        archive.write(folder / "right.ipynb", "inside/right.ipynb")
    with zipfile.ZipFile(folder / "slips.zip", "w") as archive:
        archive.write(folder / "right.ipynb", "../../evil.ipynb")
    (folder / "no.zip").write_bytes(b"PK\x03\x04")
    (folder / "nothing").mkdir()
    play = write_notebook(folder, "plays", "1 / 0", RIGHT)
    notebook = nbformat.read(play, 4)
    notebook.cells[0].metadata["tags"] = ["play"]
    play.write_text(nbformat.writes(notebook))
    return folder, grade(folder, out)


def test_every_submission_has_one_row(batch):
    folder, graded = batch
    assert len(graded.table) == len(graded.rows) == len(list(folder.iterdir()))


def test_the_table_has_a_column_for_each_exercise_and_plain_numbers(batch):
    _, graded = batch
    assert [*graded.table[0]] == ["submission", "relu6", "use_residual", "total", "max", "status"]
    right = {"relu6": "10", "use_residual": "10", "total": "20", "max": "20", "status": "graded"}
    assert graded.rows["right"] == {"submission": "right", **right}


def test_a_function_whose_cell_stopped_gets_0_points_and_the_cause(batch):
    graded = batch[1]
    row = graded.rows["syntax"]
    assert (row["relu6"], row["use_residual"], row["status"]) == ("0", "10", "graded")
    assert graded.report("syntax")["reports"]["relu6"]["lead"]["key"] == "common.stop_cell"
    assert "SyntaxError: expected ':'" in graded.feedback("syntax").replace("&#39;", "'")


def test_a_cell_is_empty_where_nothing_was_attempted(batch):
    assert batch[1].rows["twice"]["use_residual"] == ""


@pytest.mark.parametrize(
    "name",
    [
        "right", "uses_later", "twice", "duplicated", "no_import", "failing_cell", "noisy",
        "magics", "awaits", "checks", "name with 'quotes', comma", "'=cmd()", "名前", "retyped",
        "windows", "old", "zipped", "reordered", "two_files", "builds", "plays", "same.py",
        "same.ipynb", "half_read", "colab", "fails_first",
    ],
)  # fmt: skip
def test_a_right_answer_keeps_its_points_whatever_the_notebook_is_like(batch, name):
    assert batch[1].rows[name]["relu6"] == "10"


@pytest.mark.parametrize(
    ("name", "remark"),
    [
        ("retyped", "notebook.retyped"),
        ("twice", "notebook.twice"),
        ("duplicated", "notebook.twice"),
        ("no_import", "notebook.not_imported"),
        ("failing_cell", "notebook.cell_error"),
        ("uses_later", "notebook.late"),
        ("two_files", "notebook.several"),
    ],
)
def test_what_was_mended_is_said(batch, name, remark):
    assert remark in batch[1].remarks(name)


def test_of_several_answers_the_last_one_counts_however_many_there_are(batch):
    assert batch[1].rows["guesses"]["relu6"] == "7"
    assert "the one in try 10.ipynb counts" in batch[1].feedback("guesses")


@pytest.mark.parametrize("name", ["right", "plays", "checks", "awaits", "noisy", "builds"])
def test_nothing_is_said_of_a_notebook_that_is_in_order(batch, name):
    assert batch[1].remarks(name) == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("empty", "empty"),
        ("cut", "not a notebook"),
        ("binary", "not a notebook"),
        ("poem", "no exercise"),
        ("link", "leads out"),
        ("slips", "leads out"),
        ("no", "zip cannot be read"),
        ("nothing", "no notebook"),
    ],
)
def test_what_cannot_be_read_is_a_row_with_the_reason(batch, name, reason):
    graded = batch[1]
    assert (graded.rows[name]["status"], graded.rows[name]["total"]) == ("unreadable", "0")
    assert reason in graded.report(name)["problem"]
    assert reason in graded.feedback(name)


def test_a_file_that_cannot_be_read_beside_a_right_one_is_seen(batch):
    graded = batch[1]
    assert (graded.rows["half_read"]["relu6"], graded.rows["half_read"]["status"]) == (
        "10",
        "partly",
    )
    left_out = [r["file"] for r in graded.report("half_read")["remarks"]]
    assert left_out == ["third.ipynb"]
    assert graded.report("half_read")["problem"].startswith("left out: third.ipynb: not a notebook")
    assert "Not all of it could be graded" in graded.feedback("half_read")


def test_what_another_run_would_not_read_either_is_kept(batch):
    """Of two that are graded partly, one has a file that cannot be read, and one that hung."""
    report = batch[1].report("half_read")
    limits, sandbox = Limits(**report["limits"]), Sandbox(report["sandbox"]["kind"])
    settings = BatchSettings(batch[1].out, ("relu6", "use_residual"), 5, {}, 1, limits, sandbox)
    record = results.read_of(settings.out, "half_read")
    assert results.is_up_to_date(record, settings, record.digest)
    hung = replace(record, problem="")
    assert not results.is_up_to_date(hung, settings, record.digest)


def test_a_script_that_only_helps_is_no_trouble(batch):
    graded = batch[1]
    assert graded.rows["two_files"]["status"] == "graded"
    assert not [
        name for name in ("helper", "__init__", "other") if name in graded.feedback("two_files")
    ]


def test_an_error_in_a_script_names_its_own_line(batch):
    lead = batch[1].report("late_error")["reports"]["relu6"]["lead"]
    assert "line 5" in lead["found"] + str(lead["parameters"])


def test_a_remark_on_a_script_names_the_line(batch):
    says = batch[1].feedback("fails_first")
    assert "Line 1, <code>import nosuch</code>, stopped with ModuleNotFoundError" in says
    assert "Line 2, <code>1 / 0</code>, stopped with ZeroDivisionError" in says


def test_a_remark_names_its_file_where_there_are_several(batch):
    assert "third.ipynb" in batch[1].feedback("half_read")
    assert "failing_cell.ipynb" not in batch[1].feedback("failing_cell")


def test_a_wrong_answer_is_diagnosed_by_the_public_questions(batch):
    report = batch[1].report("wrong")["reports"]["relu6"]
    assert report["diagnosis"]["key"] == "relu6.no_cap"
    assert 0 < report["score"] < 10


def test_who_knows_the_visible_inputs_by_heart_gets_no_full_marks(batch):
    graded = batch[1]
    assert int(graded.rows["by heart"]["relu6"]) < 10
    assert graded.report("by heart")["reports"]["relu6"]["lead"]["key"] == "common.unseen"


def test_feedback_shows_no_hidden_input_and_no_seed(batch):
    graded = batch[1]
    (inside,) = [case for case in exercise("relu6").probe(seed_in(5, 0)) if case.name == "inside"]
    page = graded.feedback("by heart")
    assert "inputs that are not shown" in page
    assert "seed" not in page
    assert not [number for number in inside.values if f"{number:.3f}"[:-1] in page]


def test_feedback_is_one_file_without_script_or_address(batch):
    for name in ("right", "wrong", "failing_cell"):
        page = batch[1].feedback(name)
        assert not [part for part in ("<script", "http:", "https:", "src=") if part in page]


def test_a_report_is_tied_to_what_was_graded(batch):
    report = batch[1].report("right")
    assert len(report["digest"]) == 64 and [*report["files"]] == ["right.ipynb"]
    assert (report["seed"], report["round"]) == (seed_in(5, 0), 0) and report["course"]
    assert report["sandbox"]["kind"] in ("bwrap", "limits")
    assert report["sandbox"]["does_not_protect_from"]


def test_nothing_is_written_outside_the_results(batch):
    folder, graded = batch
    assert not list(folder.parent.rglob("evil.ipynb"))
    assert not list(graded.out.parent.glob("evil*"))


def test_a_formula_in_a_name_is_text_in_the_table(batch):
    assert "'=cmd()" in batch[1].rows


@pytest.mark.long
def test_a_zip_of_the_class_is_graded_like_its_folder(batch, tmp_path):
    folder, graded = batch
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("right.ipynb", "wrong.ipynb", "zipped.zip", "two_files/second.ipynb"):
            archive.write(folder / name, f"class/{name}")
    again = grade(path, tmp_path / "out")
    assert {n: r["relu6"] for n, r in again.rows.items()} == {
        "right": "10", "wrong": graded.rows["wrong"]["relu6"], "zipped": "10", "two_files": "10",
    }  # fmt: skip


@pytest.mark.parametrize(
    "path", [*SOLUTIONS.glob("*.ipynb"), *EXERCISES.glob("*.ipynb")], ids=lambda p: p.parent.name
)
def test_nothing_is_mended_in_a_notebook_of_the_course(path):
    assert read_notebook(path.read_bytes()).mended == ()


@pytest.mark.long
def test_the_solutions_get_full_marks_and_the_untouched_exercises_none(tmp_path):
    for name, source in (("solved", SOLUTIONS), ("untouched", EXERCISES)):
        folder = tmp_path / "class" / name
        folder.mkdir(parents=True)
        for path in source.glob("*.ipynb"):
            (folder / path.name).write_bytes(path.read_bytes())
    done = run(tmp_path / "class", "--out", tmp_path / "out", "--seed", 3)
    assert done.returncode == 0, done.stderr
    rows = (tmp_path / "out" / "grades.csv").read_text(encoding="utf-8-sig").splitlines()
    keys = len(rows[0].split(",")) - 4
    assert rows[1] == f"solved,{'10,' * keys}{10 * keys},{10 * keys},graded"
    assert rows[2] == f"untouched,{',' * keys}0,{10 * keys},graded"
    report = json.loads((tmp_path / "out" / "solved" / "report.json").read_text())
    assert report["remarks"] == []


@pytest.mark.long
def test_a_second_run_keeps_what_is_done_and_grades_what_changed(tmp_path):
    write_notebook(tmp_path / "class", "same", RIGHT)
    write_notebook(tmp_path / "class", "changed", WRONG)
    grade(tmp_path / "class", tmp_path / "out")
    write_notebook(tmp_path / "class", "changed", RIGHT)
    again = grade(tmp_path / "class", tmp_path / "out")
    assert [row["relu6"] for row in again.table] == ["10", "10"]
    assert "same: 10 of 20, graded, kept" in again.done.stderr
    assert "changed: 10 of 20, graded\n" in again.done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{class}/missing", "--out", "{out}"], "no such folder"),
        (["{class}/a.ipynb", "--out", "{out}"], "a folder of submissions"),
        (["{class}/empty", "--out", "{out}"], "no submission"),
        (["{class}", "--out", "{class}/out"], "among the submissions"),
        (["{class}", "--out", "/proc/none"], "--out /proc/none"),
        (["{class}", "--out", "{out}", "--exercises", "relu7"], "relu7"),
    ],
)
def test_what_cannot_be_used_ends_with_2_and_one_line(tmp_path, arguments, message):
    folder = tmp_path / "class"
    write_notebook(folder, "a", RIGHT)
    (folder / "empty").mkdir()
    names = {"class": folder, "out": tmp_path / "out"}
    done = run(*(argument.format_map(names) for argument in arguments))
    assert done.returncode == 2
    assert message in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_where_no_folder_for_the_results_is_named_grade_ends_with_2(tmp_path):
    write_notebook(tmp_path, "a", RIGHT)
    done = run(tmp_path)
    assert (done.returncode, "Missing option" in done.stderr) == (2, True)


def test_results_of_another_folder_are_not_replaced(tmp_path):
    write_notebook(tmp_path / "late", "Ben", RIGHT)
    (tmp_path / "out").mkdir()
    before = json.dumps({"submissions": "/somewhere/else", "names": ["Ada", "Ben"], "seed": 5})
    (tmp_path / "out" / "batch.json").write_text(before)
    done = run(str(tmp_path / "late"), "--out", str(tmp_path / "out"))
    assert done.returncode == 2
    assert "such as Ada" in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert (tmp_path / "out" / "batch.json").read_text() == before


@pytest.mark.parametrize("arguments", [["grade", "class", "--out", "out"], ["doctor"]])
def test_elsewhere_than_on_linux_one_line_says_what_to_do(arguments):
    code = (
        "import sys, sysconfig, platformdirs, psutil, typer; sysconfig.get_config_vars()\n"
        "sys.platform = 'darwin'; sys.modules['resource'] = None\n"
        f"sys.argv = ['mnv2-tutor', *{arguments!r}]\n"
        "from mnv2_tutor.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 2
    assert "WSL" in (done.stderr + done.stdout).strip().splitlines()[-1]


def test_the_doctor_says_what_the_machine_offers():
    done = doctor()
    assert done.returncode == (2 if has_to_do_without() else 0)
    for part in ("cores", "memory", "TensorFlow", "sandbox"):
        assert part in done.stdout


@pytest.mark.skipif(os.environ.get("CI") != "true", reason="this machine may have no bubblewrap")
def test_bubblewrap_is_there_in_ci():
    assert "bubblewrap, as" in doctor().stdout


def test_every_observer_is_loaded_before_a_cell_can_replace_what_it_uses():
    script = (
        "import sys\nfrom mnv2_tutor.engine.course import KEYS, exercise\n"
        "from mnv2_tutor.sandbox.server import _import_everything\n_import_everything()\n"
        "observers = {f'mnv2_tutor.families.{exercise(key).family}.observe' for key in KEYS}\n"
        "observers.add('mnv2_tutor.course.transfer_networks')\n"
        "print(sorted(observers - set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
