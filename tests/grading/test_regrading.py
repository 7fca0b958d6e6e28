"""Judging a kept class again, the class page, and batches that are stopped and go on."""

import csv
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("grades on Linux", allow_module_level=True)

from mnv2_tutor.engine import expected
from mnv2_tutor.engine.course import exercise
from mnv2_tutor.engine.judge import judge
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.errors import Unusable
from mnv2_tutor.grading import batch_file, batch_settings, classpage, results, rubric
from mnv2_tutor.grading.batch import Table
from mnv2_tutor.grading.marks import suffices
from mnv2_tutor.grading.observation_store import load
from mnv2_tutor.grading.record import Status, read_record
from mnv2_tutor.grading.regrade import Ruling, differences_of, judge_again
from tests.exercises.judging import observed
from tests.grading.submissions import (
    RIGHT,
    RIGHT_RULE,
    WRONG,
    begin,
    command,
    grade,
    record_of,
    report_of,
    run,
    write_notebook,
)

HALF_RULE = "def use_residual(stride, c_in, c_out):\n    return c_in == c_out"


def regrade(out, *options):
    return subprocess.run(
        [sys.executable, "-m", "mnv2_tutor.cli", "regrade", str(out), *map(str, options)],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip


def table(out):
    rows = csv.DictReader((out / "grades.csv").open(encoding="utf-8-sig"))
    return {row["submission"]: row for row in rows}


def written(out):
    """Every file of the results, and what is in it."""
    return {p.relative_to(out): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    folder, out = tmp_path_factory.mktemp("class"), tmp_path_factory.mktemp("out")
    write_notebook(folder, "Ada", RIGHT, RIGHT_RULE)
    write_notebook(folder, "Ben", WRONG, HALF_RULE)
    write_notebook(folder, "Cem", WRONG, RIGHT_RULE)
    write_notebook(folder, "Dora <b>", RIGHT)
    write_notebook(folder, "Eve", "import time\nwhile True: time.sleep(1)", RIGHT)
    (folder / "Fay.ipynb").write_text("no notebook")
    return folder, grade(folder, out, "--timeout", 5)


@pytest.fixture
def out(batch, tmp_path):
    """A copy of the results of the class, to be changed."""
    shutil.copytree(batch[1].out, tmp_path / "out")
    return tmp_path / "out"


def points_file(tmp_path, text="[relu6.points]\nbetween = 5\n"):
    path = tmp_path / "points.toml"
    path.write_text(text)
    return path


# Regrade


@pytest.mark.long
def test_nothing_changes_where_nothing_changed(out):
    before = written(out)
    done = regrade(out)
    assert done.returncode == 0, done.stderr
    assert "0 of 6 judged again: 0 with other points" in done.stdout
    assert written(out) == before


def test_changed_points_reach_table_report_and_feedback(out, tmp_path):
    done = regrade(out, "--rubric", points_file(tmp_path))
    assert done.returncode == 0, done.stderr
    assert table(out)["Ada"]["relu6"] == "12"
    assert {row["max"] for row in table(out).values()} == {"22"}
    assert json.loads((out / "Ada" / "report.json").read_text())["points"]["relu6"] == 12
    assert "12 of 12" in (out / "Ada" / "feedback.html").read_text()


def test_differences_say_who_what_and_why(batch, out, tmp_path):
    done = regrade(out, "--rubric", points_file(tmp_path))
    assert "Ada: relu6 10 -> 12 (between: 3 of 3, now 5 of 5)" in done.stdout.splitlines()
    listed = {
        row["submission"]
        for row in csv.DictReader((out / "changes.csv").open(encoding="utf-8-sig"))
    }
    before, now = batch[1].rows, table(out)
    assert listed == {name for name in now if before[name]["relu6"] != now[name]["relu6"]}
    assert listed == {"Ada", "Ben", "Cem", "Dora <b>"}


def test_what_changed_before_a_stop_is_listed_too(batch, out, tmp_path):
    """Stopped after Ada: her report is judged again, and the table and the order are the old."""
    kept, path = (out / "batch.json").read_bytes(), points_file(tmp_path)
    (out / "batch.json").write_bytes(json.dumps({**json.loads(kept), "names": ["Ada"]}).encode())
    regrade(out, "--rubric", path)
    (out / "batch.json").write_text(json.dumps({**json.loads(kept), "regrading": True}))
    done = regrade(out, "--rubric", path)
    assert "Ada: relu6 10 -> 12 (between: 3 of 3, now 5 of 5)" in done.stdout.splitlines()
    assert "4 with other points" in done.stdout
    again = regrade(out)
    assert "0 of 6 judged again: 0 with other points" in again.stdout


@pytest.mark.long
def test_ctrl_c_ends_a_regrading_which_then_goes_on(batch, out, tmp_path):
    """Ada and Ben a hundred times, so that several processes are at work."""
    kept = json.loads((out / "batch.json").read_text())
    names = [f"n{number}" for number in range(200)]
    for number, name in enumerate(names):
        shutil.copytree(out / ("Ada", "Ben")[number % 2], out / name)
        report = json.loads((out / name / "report.json").read_text())
        (out / name / "report.json").write_text(json.dumps(report | {"submission": name}))
    (out / "batch.json").write_text(json.dumps(kept | {"names": names}))
    options = ["regrade", str(out), "--rubric", str(points_file(tmp_path))]
    process = begin([sys.executable, "-m", "mnv2_tutor.cli", *options])
    while process.poll() is None and not batch_file.read(out).regrading:
        time.sleep(0.05)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)
    errors = process.communicate(timeout=30)[1]
    assert process.returncode == 130
    assert errors == "stopped; what is done is kept: the same command goes on from here\n"
    done = regrade(out)
    assert done.returncode == 0, done.stderr
    assert "200 with other points" in done.stdout


@pytest.mark.long
def test_regrading_gives_what_grading_with_that_rubric_gives(batch, out, tmp_path):
    path = points_file(tmp_path, "[relu6.points]\nabove = 9\n[use_residual.points]\nboth = 1\n")
    regrade(out, "--rubric", path)
    fresh = grade(batch[0], tmp_path / "fresh", "--timeout", 5, "--rubric", path)
    assert table(out) == fresh.rows
    for name in ("Ada", "Ben", "Cem"):
        one, other = (json.loads((o / name / "report.json").read_text()) for o in (out, fresh.out))
        assert one["reports"] == other["reports"]


@pytest.mark.long
def test_going_back_to_the_old_points_brings_the_old_marks_back(batch, out, tmp_path):
    regrade(out, "--rubric", points_file(tmp_path))
    regrade(out, "--rubric", points_file(tmp_path, ""))
    assert table(out) == batch[1].rows


def test_no_tolerance_forgives_a_property_that_does_not_hold(batch, out, tmp_path):
    done = regrade(out, "--rubric", points_file(tmp_path, "[relu6]\ntolerance = 1e9\n"))
    assert done.returncode == 0, done.stderr
    assert table(out)["Ben"] == batch[1].rows["Ben"]


@pytest.mark.parametrize(
    ("other", "wanted"),
    [({"seed": 6}, "relu6, use_residual"), ({"exercises": ["relu6", "count_params"]}, "relu6")],
)
def test_answers_to_other_questions_are_not_judged_by_these(batch, out, other, wanted):
    kept = json.loads((out / "batch.json").read_text())
    (out / "batch.json").write_text(json.dumps(kept | other))
    done = regrade(out)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert f"Ada: too little was kept of {wanted}" in done.stderr
    assert table(out)["Ada"]["relu6"] == batch[1].rows["Ada"]["relu6"]


@pytest.mark.long
def test_grading_on_keeps_the_rubric_and_runs_nobody_again(batch, out, tmp_path):
    regrade(out, "--rubric", points_file(tmp_path))
    done = run(batch[0], "--out", out, "--timeout", 5, "--exercises", "relu6,use_residual")
    assert table(out)["Ada"]["relu6"] == "12"
    assert done.stderr.count(", kept") == 5  # all but Eve, whose cell hung


def test_answers_that_an_older_course_observed_are_not_judged(out):
    report = json.loads((out / "Ada" / "report.json").read_text())
    (out / "Ada" / "report.json").write_text(json.dumps(report | {"observing": "older"}))
    done = regrade(out)
    assert done.returncode == 1
    assert "Ada: too little was kept of relu6, use_residual\n1 have to be run" in done.stderr


def test_no_answer_is_judged_by_inputs_that_it_was_not_asked(batch, out, monkeypatch):
    """ReLU6's inputs are moved and their names kept."""
    task = exercise("relu6")

    def moved(seed):
        cases = task.probe(seed)
        return tuple(replace(c, values=tuple(v + 0.125 for v in c.values)) for c in cases)

    tasks = {"relu6": replace(task, probe=moved), "use_residual": exercise("use_residual")}
    monkeypatch.setattr(rubric, "exercise", tasks.get)
    changes = {"relu6": {"points": {"between": 5}}}
    asked = Ruling(("relu6", "use_residual"), changes, batch_file.read(out).seed)
    found = {again.record.submission: again for again in judge_again(out, ["Ada", "Ben"], asked, 1)}
    for name, again in found.items():
        assert (again.why, again.missing) == ("other questions were asked of", ("relu6",))
        assert str(again.record.points["relu6"]) == batch[1].rows[name]["relu6"]


def test_results_of_an_earlier_version_are_refused_in_one_line(out):
    kept = json.loads((out / "batch.json").read_text())
    (out / "batch.json").write_text(json.dumps({n: v for n, v in kept.items() if n != "format"}))
    before = written(out)
    done = regrade(out)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "another version of the course wrote the results there" in done.stderr
    assert {name: data for name, data in written(out).items() if name.name != ".running"} == before


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"submission": "Ben"}'])
def test_half_a_report_is_none(tmp_path, text):
    (tmp_path / "report.json").write_text(text)
    assert read_record(tmp_path) is None


def test_what_was_not_graded_yet_is_said(out):
    (out / "Ben" / "report.json").unlink()
    done = regrade(out)
    assert done.stderr == "1 more were not graded yet: go on with grade\n"
    assert done.returncode == 1
    assert "Ben" not in table(out)


def test_a_submission_of_which_too_little_was_kept_is_listed_and_keeps_its_points(out, tmp_path):
    (out / "Ben" / "observations.zip").write_bytes(b"")
    before = table(out)["Ben"]
    done = regrade(out, "--rubric", points_file(tmp_path))
    assert done.returncode == 1
    assert "Ben: too little was kept of relu6" in done.stderr
    assert done.stderr.splitlines()[-1].endswith("add --run")
    assert table(out)["Ben"]["relu6"] == before["relu6"]


def test_a_regrading_that_judges_nothing_keeps_the_list_of_changes(out, tmp_path):
    regrade(out, "--rubric", points_file(tmp_path))
    listed = (out / "changes.csv").read_bytes()
    regrade(out, "--anonymous")
    assert (out / "changes.csv").read_bytes() == listed


def test_what_another_run_changed_is_a_difference_too():
    before = [record_of("Ada", {"relu6": 10, "use_residual": None}), record_of("Ben", {})]
    after = [record_of("Ada", {"relu6": 7, "use_residual": None})]
    (one,) = differences_of(before, after)
    assert (one.name, one.change.key, one.change.before, one.change.after) == (
        "Ada",
        "relu6",
        10,
        7,
    )


@pytest.mark.long
def test_points_that_running_again_changed_are_listed(out, tmp_path):
    (out / "Ada" / "observations.zip").unlink()
    done = regrade(out, "--rubric", points_file(tmp_path), "--run")
    assert done.returncode == 0, done.stderr
    assert "Ada: relu6 10 -> 12 (it was run again)" in done.stdout.splitlines()
    listed = {
        row["submission"]
        for row in csv.DictReader((out / "changes.csv").open(encoding="utf-8-sig"))
    }
    assert listed == {"Ada", "Ben", "Cem", "Dora <b>"}


@pytest.mark.long
def test_a_run_afterwards_adds_to_what_is_listed(out, tmp_path):
    (out / "Ada" / "observations.zip").unlink()
    regrade(out, "--rubric", points_file(tmp_path))
    regrade(out, "--run")
    listed = {
        row["submission"]
        for row in csv.DictReader((out / "changes.csv").open(encoding="utf-8-sig"))
    }
    assert listed == {"Ada", "Ben", "Cem", "Dora <b>"}


def test_differences_are_listed_where_all_was_judged_before_the_stop(out, tmp_path):
    regrade(out, "--rubric", points_file(tmp_path))
    (out / "changes.csv").unlink()
    kept = json.loads((out / "batch.json").read_text())
    (out / "batch.json").write_text(json.dumps({**kept, "regrading": True}))
    assert "4 with other points" in regrade(out).stdout
    assert len((out / "changes.csv").read_text().splitlines()) == 5


@pytest.mark.long
def test_run_grades_again_those_alone(out, tmp_path):
    (out / "Ben" / "observations.zip").write_bytes(b"")
    done = regrade(out, "--rubric", points_file(tmp_path), "--run")
    assert done.returncode == 0, done.stderr
    assert "Ada: 22 of 22, graded, kept" in done.stderr
    assert re.search(r"Ben: \d+ of 22, graded\n", done.stderr)


@pytest.mark.long
def test_run_uses_the_sandbox_of_the_batch(tmp_path):
    folder, out = tmp_path / "class", tmp_path / "out"
    for name in ("Ada", "Ben"):
        write_notebook(folder, name, RIGHT)
    grade(folder, out, "--sandbox", "limits", exercises=["relu6"])
    (out / "Ben" / "observations.zip").write_bytes(b"")
    done = regrade(out, "--rubric", points_file(tmp_path), "--run")
    assert "Ada: 12 of 12, graded, kept" in done.stderr
    assert json.loads((out / "Ben" / "report.json").read_text())["sandbox"]["kind"] == "limits"


def test_an_answer_to_fewer_questions_than_there_are_is_not_judged(batch):
    task, found = exercise("relu6"), load(batch[1].out / "Ada", "relu6")
    assert suffices(task, found)
    assert not suffices(replace(task, probe=lambda seed: task.probe(seed)[:1]), found)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[relu7.points]\nbetween = 5", "no such exercise"),
        ("[relu6.points]\nbetwen = 5", "no item betwen; its items are"),
        ("[relu6.points]\nbetween = -1", "a whole number from 0 to 1000"),
        ("[relu6.points]\nbetween = 1001", "a whole number from 0 to 1000"),
        ("[relu6.points]\nbetween = true", "a whole number from 0 to 1000"),
        ("[relu6]\npoints = 5", "points are a table"),
        ("[relu6]\ntolerance = 0", "a number above 0"),
        ("[relu6]\nsteps = 1", "neither points nor tolerance"),
        ("[relu6]\ntolerance = inf", "a number above 0"),
        ("relu6 = 1", "write a table, [relu6]"),
        ("[relu6", "no TOML"),
        (f"relu6 = {'9' * 5000}", "no TOML"),
        (f"relu6 = {'[' * 5000}", "no TOML"),
    ],
)
def test_a_rubric_that_cannot_be_used_says_why(tmp_path, text, says):
    with pytest.raises(Unusable, match=re.escape(says)):
        rubric.read(points_file(tmp_path, text))


def test_a_rubric_that_an_editor_began_with_a_mark_is_read(tmp_path):
    path = tmp_path / "points.toml"
    path.write_text("[relu6.points]\nbetween = 5\n", encoding="utf-8-sig")
    assert rubric.read(path) == {"relu6": {"points": {"between": 5}}}


def test_a_tolerance_of_ones_own_changes_no_words():
    """With a tolerance of 1 a sigmoid and ReLU6 would be one misconception."""
    (task,) = rubric.tasks(["relu6"], {"relu6": {"tolerance": 1.0}}).values()
    answers = expected.public("relu6")
    for name, wrong in expected.misconceptions("relu6").items():
        report = judge(task, observed(wrong, "relu6"), answers)
        assert report.diagnosis.key == f"relu6.{name.partition('__')[0]}"


def test_a_rubric_that_cannot_be_used_ends_with_2_and_one_line_and_changes_nothing(out, tmp_path):
    before = written(out)
    done = regrade(out, "--rubric", points_file(tmp_path, "[relu7]"))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert written(out) == before


def test_a_folder_that_no_batch_wrote_ends_with_2_and_one_line(tmp_path):
    done = regrade(tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_points_are_part_of_what_decides_a_judgement_and_the_words_too():
    plain = exercise("relu6")
    changed = rubric.tasks(["relu6"], {"relu6": {"points": {"between": 5}}})["relu6"]
    assert rubric.state(plain) == rubric.state(rubric.tasks(["relu6"], {})["relu6"])
    assert rubric.state(plain) != rubric.state(changed)


# The class page


def page(graded):
    return (graded.out / classpage.CLASS).read_text(encoding="utf-8")


def test_the_class_page_counts_a_misconception_and_says_what_to_say(batch):
    html = page(batch[1])
    assert "2 of 5, relu6: Above 6 the output of relu6 keeps growing" in html
    assert "Ben, Cem" in html
    assert "Ask in class:" in html


def page_of(out, tasks, **changed):
    """The class page of Ada and Ben with some of what was said of Ben changed."""
    ada, ben = (read_record(out / name) for name in ("Ada", "Ben"))
    return classpage.as_page(tasks, [ada, replace(ben, **changed)], anonymous=False)


def test_the_class_page_calls_nobody_right_who_is_not(out):
    tasks = rubric.tasks(["relu6", "use_residual"], {})
    reports = {key: report_of(key) for key in tasks}
    page = page_of(out, tasks, reports=reports)
    assert "every answer that ran was right" not in page
    assert "Nothing that has a name" in page


def test_the_class_page_joins_only_what_is_said_in_the_same_words(out):
    tasks = rubric.tasks(["relu6", "use_residual"], {})
    given = ({"name": "relu6", "type": each} for each in ("ValueError", "TypeError"))
    leads = [Message("common.raised", parameters=each) for each in given]
    both = [
        replace(read_record(out / name), reports={"relu6": report_of("relu6", lead)})
        for name, lead in zip(("Ada", "Ben"), leads, strict=True)
    ]
    page = classpage.as_page(tasks, both, anonymous=False)
    assert page.count("<h3>1 of 2, relu6") == 2


def test_who_failed_to_be_graded_is_in_no_number_of_the_class_page(out):
    tasks = rubric.tasks(["relu6", "use_residual"], {})
    assert "The mean is 20.0" in page_of(out, tasks, status=Status.FAILED, total=0)


def test_who_has_more_points_than_there_are_now_is_in_a_bar():
    assert sum(bar.count for bar in classpage._bars([20, 3], 13)) == 2


def test_an_exercise_without_points_has_no_dark_cells(out):
    nothing = {"relu6": {"points": dict.fromkeys(ITEMS, 0)}}
    tasks = rubric.tasks(["relu6", "use_residual"], nothing)
    page = page_of(out, tasks, points={"relu6": 0, "use_residual": 10})
    assert "--share: 0" not in page


ITEMS = [item.key for item in exercise("relu6").rubric]


def test_the_class_page_shows_what_did_not_go_through_and_no_tag_of_a_name(batch):
    html = page(batch[1])
    assert "Fay" in html
    assert "unreadable" in html
    assert "partly" in html
    assert "Dora <b>" not in html
    assert "Dora &lt;b&gt;" in html


def test_the_class_page_asks_for_nothing(batch):
    assert not re.findall(r"(?:src|href)=[\"'](?:https?:)?//", page(batch[1]))


def test_an_anonymous_page_has_nobodys_name_and_no_link(out):
    regrade(out, "--anonymous")
    html = (out / classpage.CLASS).read_text(encoding="utf-8")
    for name in table(out):
        assert not re.search(rf"\b{re.escape(name.partition(' ')[0])}\b", html), name
    assert "learner 6" in html
    assert "href" not in html


def test_totals_are_counted_in_bars_from_nothing_to_everything():
    bars = classpage._bars([0, 5, 20, 20], 20)
    assert (bars[0].low, bars[-1].high) == (0, 20)
    assert sum(bar.count for bar in bars) == 4
    assert bars[-1].count == 2


def test_a_class_in_which_nothing_could_be_read_has_a_page(tmp_path):
    record = record_of("a", {"relu6": None}, "unreadable", problem="no notebook")
    html = classpage.as_page({"relu6": exercise("relu6")}, [record], anonymous=False)
    assert "no notebook" in html


# Stopped at any moment


@pytest.mark.long
def test_a_batch_killed_at_random_moments_ends_as_one_that_was_not(tmp_path):
    folder, out = tmp_path / "class", tmp_path / "out"
    for number in range(24):
        cells = (RIGHT, RIGHT_RULE) if number % 2 else (WRONG, HALF_RULE)
        write_notebook(folder, f"n{number:02d}", *cells, "import time\ntime.sleep(0.4)")
    arguments = (folder, "--out", out, "--seed", 5, "--exercises", "relu6,use_residual")
    draw, stops, graded_at = random.Random(7), 0, {}
    while True:
        process = begin(command(*arguments, "--jobs", 2))
        # Now and then before anything is done, mostly while results are written.
        done = len(graded_at) + draw.choice([0, 1, 2, 4])
        while len([*out.glob("*/report.json")]) < done and process.poll() is None:
            time.sleep(0.02)
        time.sleep(draw.uniform(0, 1))
        if process.poll() is None:
            process.send_signal(draw.choice([signal.SIGKILL, signal.SIGINT, signal.SIGTERM]))
            stops += 1
        process.communicate(timeout=60)
        for report in out.glob("*/report.json"):
            name, when = report.parent.name, report.stat().st_mtime_ns
            assert graded_at.setdefault(name, when) == when, f"{name} was graded twice"
            assert json.loads(report.read_text())["status"] == "graded"
        if (out / "grades.csv").exists():
            assert set(table(out)) <= {f"n{number:02d}" for number in range(24)}
        if process.returncode == 0:
            break
    assert stops >= 5
    rounds = {json.loads(path.read_text())["round"] for path in out.glob("*/report.json")}
    assert rounds == {0}
    assert len(table(out)) == 24
    assert table(out) == grade(folder, tmp_path / "whole").rows
    assert not list(out.rglob("*.new"))


@pytest.mark.long
def test_what_changed_between_two_runs_is_graded_again_and_nothing_else(tmp_path):
    folder = tmp_path / "class"
    for name in ("same", "changes", "leaves"):
        write_notebook(folder, name, RIGHT, HALF_RULE)
    grade(folder, tmp_path / "out")
    write_notebook(folder, "changes", RIGHT, RIGHT_RULE)
    (folder / "leaves.ipynb").unlink()
    write_notebook(folder, "comes", WRONG)
    graded = grade(folder, tmp_path / "out")
    assert graded.done.stderr.count(", kept") == 1
    assert set(graded.rows) == {"same", "changes", "comes"}
    assert graded.rows["changes"]["use_residual"] == "10"
    assert regrade(tmp_path / "out").returncode == 0
    assert set(table(tmp_path / "out")) == set(graded.rows)


# What another run may not take away


def test_two_runs_do_not_write_to_one_folder(batch, out):
    with batch_settings.exclusive(out):
        done = regrade(out)
        again = run(batch[0], "--out", out)
    for one in (done, again):
        assert one.returncode == 2
        assert "another run writes its results there" in one.stderr.splitlines()[-1]
    assert regrade(out).returncode == 0


def test_a_run_that_was_killed_keeps_nobody_out(out):
    code = (
        "import os, pathlib, sys\nfrom mnv2_tutor.grading import batch_settings\n"
        "held = batch_settings.exclusive(pathlib.Path(sys.argv[1]))\nheld.__enter__()\nos._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(out)]).returncode == 9
    assert (out / batch_settings.RUNNING).exists()
    with batch_settings.exclusive(out):
        pass


def test_another_assignment_does_not_take_the_place_of_this_one(batch, out, tmp_path):
    names = [row["submission"] for row in batch[1].table]
    with pytest.raises(Unusable, match="for other exercises: name another folder"):
        batch_settings.refuse_another_class(out, tmp_path, names, ["count_macs"])
    batch_settings.refuse_another_class(out, tmp_path, names, ["relu6", "use_residual"])
    batch_settings.refuse_another_class(
        out, tmp_path, names, ["relu6", "use_residual", "count_macs"]
    )


def test_a_second_run_with_fewer_exercises_changes_nothing(batch, out):
    before = written(out)
    done = run(batch[0], "--out", out, "--timeout", 5, "--exercises", "relu6")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "use_residual would lose the column" in done.stderr
    assert "another folder for the results" in done.stderr
    assert written(out) == before


def test_a_row_stands_until_there_is_a_new_one(batch, out):
    keys = ("relu6", "use_residual")
    unfinished = Table(batch_settings.BatchSettings(out, keys, 5, {}, 1, None, None))
    unfinished.stand_in(results.read_of(out, "Ada"))
    unfinished.stand_in(results.read_of(out, "never graded"))
    unfinished.records["Ben"] = record_of("Ben", {"relu6": 1, "use_residual": 2})
    unfinished.write()
    assert {name: row["total"] for name, row in table(out).items()} == {"Ada": "20", "Ben": "3"}


def test_folders_of_those_who_are_gone_are_named(batch, out):
    records = [record_of(name, {}) for name in ("Ada", "Ben", "Cem", "Dora <b>", "Eve")]
    assert results.without_a_row(out, records) == ["Fay"]
