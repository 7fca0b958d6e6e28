"""Submissions to write, and a batch to run."""

import csv
import json
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

import msgspec
import nbformat

from mnv2_tutor.engine.report import Outcome
from mnv2_tutor.grading.check_command import check_files
from mnv2_tutor.grading.record import (
    MessageRecord,
    ReportRecord,
    SandboxRecord,
    Status,
    SubmissionRecord,
)
from mnv2_tutor.submission.submitted_files import SubmittedFiles

RIGHT = "import tensorflow as tf\ndef relu6(x):\n    return tf.nn.relu6(x)"
WRONG = "import tensorflow as tf\ndef relu6(x):\n    return tf.nn.relu(x)"
RIGHT_RULE = "def use_residual(stride, c_in, c_out):\n    return stride == 1 and c_in == c_out"


def write_notebook(folder, name, *cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    path = Path(folder) / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return path


def notebook_bytes(*sources, exercise_key=None):
    """A notebook of code cells; the first one is marked as the exercise's if a key is given."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    if exercise_key:
        cells[0].metadata["mnv2_tutor"] = {"exercise": exercise_key}
    return json.dumps(nbformat.v4.new_notebook(cells=cells)).encode()


class Graded:
    """A finished run of the command, and what it wrote."""

    def __init__(self, done, out):
        self.done, self.out = done, out
        self.table = list(csv.DictReader((out / "grades.csv").open(encoding="utf-8-sig")))
        self.rows = {row["submission"]: row for row in self.table}

    def report(self, name):
        return json.loads((self.out / name / "report.json").read_text(encoding="utf-8"))

    def feedback(self, name):
        return (self.out / name / "feedback.html").read_text(encoding="utf-8")

    def remarks(self, name):
        return [remark["key"] for remark in self.report(name)["remarks"]]


def command(*arguments):
    """The command ``grade``; where this machine has no bubblewrap, by the other choice."""
    given = [*map(str, arguments)]
    chosen = "--sandbox" in given or not has_to_do_without()
    return [
        sys.executable, "-m", "mnv2_tutor.cli", "grade", *given,
        *([] if chosen else ["--sandbox", "limits"]),
    ]  # fmt: skip


@cache
def has_to_do_without():
    """Whether bubblewrap does not work here."""
    from mnv2_tutor.sandbox.policy import bwrap_problem

    return bool(bwrap_problem())


def run(*arguments, seconds=600, **how):
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, timeout=seconds, **how
    )


def doctor(*arguments, **how):
    """The command ``doctor``."""
    asked = [sys.executable, "-m", "mnv2_tutor.cli", "doctor", *arguments]
    return subprocess.run(asked, capture_output=True, text=True, timeout=100, **how)


def record_of(name, points, status="graded", **more):
    """The record of a submission with these points."""
    total = sum(mark or 0 for mark in points.values())
    nothing = {
        "problem": "", "digest": "", "files": {}, "seconds": 0, "judged": {}, "remarks": (),
        "sandbox": SandboxRecord("limits", "", ()), "total": total, "max": total, "reports": {},
    }  # fmt: skip
    given = {**nothing, **more}
    return SubmissionRecord(submission=name, points=points, status=Status(status), **given)


def report_of(key, message=None, outcome="failed"):
    """The report on an exercise that has no more in it than what was said first."""
    lead = message and msgspec.convert(message.to_dict(), MessageRecord)
    return ReportRecord(key, Outcome(outcome), False, 0, 0, None, lead, (), (), ())


def begin(asked):
    """A command that runs, and that Ctrl-C ends.

    What a shell starts in the background ignores Ctrl-C, and so does all that it starts: CI may.
    """
    return subprocess.Popen(
        asked, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def grade(folder, out, *options, exercises=("relu6", "use_residual"), seconds=600):
    done = run(
        folder, "--out", out, "--seed", 5, *options, "--exercises", ",".join(exercises),
        seconds=seconds,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return Graded(done, Path(out))


def checked(*notebooks, seed=None, seconds=60, folder=None):
    """What `mnv2-tutor check` finds in these notebooks, which it calls 0.ipynb, 1.ipynb and so on.

    They work in ``folder``, or in an empty one.
    """
    files = SubmittedFiles({f"{number}.ipynb": data for number, data in enumerate(notebooks)})
    on_disk = {path: Path(folder) / path for path in files} if folder else {}
    return check_files(files, seed, seconds, on_disk)
