"""Who is asked again is asked something else; what is kept is judged by what it was asked.

The answers are observed in this process, so that a class takes no time.
"""

import csv
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("grades on Linux", allow_module_level=True)

import mnv2_tutor
from mnv2_tutor.engine import expected
from mnv2_tutor.engine.course import exercise
from mnv2_tutor.engine.expected import reference
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observe import observe
from mnv2_tutor.errors import Unusable
from mnv2_tutor.grading import (
    batch,
    batch_file,
    batch_settings,
    marks,
    packages,
    regrade,
    results,
    rubric,
)
from mnv2_tutor.grading.batch_file import BatchFile, Sitting
from mnv2_tutor.grading.batch_settings import BatchSettings, seed_in
from mnv2_tutor.grading.grade_submission import Graded
from mnv2_tutor.grading.intake import collect, digest_of
from mnv2_tutor.grading.marks import report_on
from mnv2_tutor.grading.observation_store import AnswerObservations
from mnv2_tutor.grading.record import FORMAT, Lacked, Remark, ReportRecord, Status
from mnv2_tutor.grading.regrade import Judged, MustRun, Ruling
from mnv2_tutor.grading.rounds import Ledger
from mnv2_tutor.sandbox.policy import Sandbox
from mnv2_tutor.submission.conversation import Limits
from tests.grading.submissions import record_of, report_of

KEY, BASE = "use_residual", 5
RIGHT = "def use_residual(stride, c_in, c_out):\n    return stride == 1 and c_in == c_out\n"
HALF = "def use_residual(stride, c_in, c_out):\n    return c_in == c_out\n"
WANTS = "\nimport package_of_tomorrow\n"
MORE_POINTS = {KEY: {"points": {"both": 5}}}


class NoServer:
    """Takes the place of the fork server."""

    def __init__(self, *_):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def ready(self):
        pass

    def close(self):
        pass

    def start(self, slot):
        return slot


def observed_here(name, files, asked, start, marking):
    """A submission, graded in this process; a file that stops is somebody who presses Ctrl-C."""
    code = next(iter(files.values())).decode()
    if "stops" in code:
        raise KeyboardInterrupt
    space: dict[str, Any] = {}
    remarks: tuple[Remark, ...] = ()
    try:
        exec(code, space)
    except ImportError as error:
        given = {"where": "Code cell 1", "text": "import", "error": str(error),
                 "type": type(error).__name__, "message": str(error)}  # fmt: skip
        remarks = (Remark.of("", Message("notebook.cell_error", parameters=given)),)
    seen = {KEY: AnswerObservations(observe(space[KEY], exercise(KEY), asked.seed))}
    report = report_on(marking, seen[KEY])
    record = replace(
        asked.begin(name).with_points({KEY: marks.points(report)}, asked.max_score),
        digest=digest_of(files), status=Status.GRADED, reports={KEY: ReportRecord.of(report)},
        remarks=remarks, lacked=packages.wanted(remarks, seen.values()),
    )  # fmt: skip
    return Graded(record, seen)


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.setattr(batch, "ForkServer", NoServer)
    monkeypatch.setattr(batch, "graded", observed_here)
    monkeypatch.setattr(expected, "unseen", references)


def references(keys, seed):
    return {key: observe(reference(key), exercise(key), seed) for key in keys}


class Class:
    """A folder of scripts, and its results."""

    def __init__(self, path: Path):
        self.folder, self.out, self.kept = path / "class", path / "out", []
        self.folder.mkdir()
        self.out.mkdir()

    def write(self, **answers):
        for name, code in answers.items():
            (self.folder / f"{name}.py").write_text(code)
        return self

    def grade(self, base=BASE, changes=None):
        handed_in, self.kept = collect(self.folder), []
        sandbox = Sandbox("limits")
        asked = BatchSettings(self.out, (KEY,), base, changes or {}, 1, Limits(), sandbox)
        asked.save(self.folder, [one.name for one in handed_in])
        batch.grade(asked, handed_in, self.note)
        return self

    def note(self, record, kept):
        if kept:
            self.kept.append(record.submission)

    def regrade(self, changes=MORE_POINTS):
        names = batch_file.read(self.out).names
        found = regrade.judge_again(self.out, names, Ruling((KEY,), changes, BASE), 1)
        return {verdict.record.submission: verdict for verdict in found}

    def report(self, name):
        return json.loads((self.out / name / "report.json").read_text())

    def feedback(self, name):
        return (self.out / name / "feedback.html").read_text()

    def rounds(self):
        return {path.parent.name: json.loads(path.read_text())["round"]
                for path in self.out.glob("*/report.json")}  # fmt: skip


@pytest.fixture
def learners(tmp_path):
    return Class(tmp_path)


# Rounds


def test_what_is_graded_first_is_asked_in_round_0_and_kept_as_it_is(learners):
    learners.write(Ada=RIGHT, Ben=HALF).grade()
    first = learners.report("Ada")
    assert learners.rounds() == {"Ada": 0, "Ben": 0}
    assert first["seed"] == seed_in(BASE, 0) != BASE
    learners.grade()
    assert learners.kept == ["Ada", "Ben"]
    assert learners.report("Ada") == first


def test_who_hands_in_again_or_later_is_asked_something_else(learners):
    learners.write(Ada=RIGHT, Ben=HALF).grade()
    learners.write(Ben=RIGHT, Cem=HALF).grade()
    assert learners.kept == ["Ada"]
    assert learners.rounds() == {"Ada": 0, "Ben": 1, "Cem": 1}
    assert learners.report("Ben")["seed"] == seed_in(BASE, 1)
    learners.write(Ben=HALF, Dora=HALF).grade()
    assert learners.rounds() == {"Ada": 0, "Ben": 2, "Cem": 1, "Dora": 2}


def test_it_says_so_of_those_who_handed_in_again_and_of_nobody_else(learners):
    learners.write(Ada=RIGHT, Ben=HALF).grade()
    learners.write(Ben=RIGHT, Cem=HALF).grade()
    asked_again = {name: learners.report(name)["asked_again"] for name in ("Ada", "Ben", "Cem")}
    assert asked_again == {"Ada": 0, "Ben": 1, "Cem": 0}
    assert "This is hand-in 2 that was graded here" in learners.feedback("Ben")
    assert "hand-in" not in learners.feedback("Ada") + learners.feedback("Cem")
    learners.write(Ben=HALF).grade()
    assert "This is hand-in 3" in learners.feedback("Ben")


def test_a_table_of_what_the_first_round_asked_earns_no_full_marks_in_the_second(learners):
    learners.write(Ben=HALF).grade()
    asked = [case.arguments for case in exercise(KEY).probe(learners.report("Ben")["seed"])]
    table = {given: given[0] == 1 and given[1] == given[2] for given in asked}
    knows = HALF.replace("c_in == c_out", f"{table}.get((stride, c_in, c_out), True)")
    learners.write(Ben=knows).grade()
    assert learners.report("Ben")["points"][KEY] < 10
    seen = observe(lambda *given: table.get(given, True), exercise(KEY), seed_in(BASE, 0))
    marking = marks.Marking({KEY: exercise(KEY)}, references([KEY], seed_in(BASE, 0)))
    assert report_on(marking, AnswerObservations(seen)).passed


def test_nothing_that_goes_to_a_learner_shows_a_seed(learners):
    learners.write(Ben=HALF).grade(base=123456789)
    learners.write(Ben=HALF + "\n").grade(base=123456789)
    page = learners.feedback("Ben")
    seeds = [123456789, *(seed_in(123456789, number) for number in range(3))]
    assert not [seed for seed in seeds if str(seed) in page]


def test_what_was_interrupted_goes_on_in_its_round(learners):
    learners.write(Ada=RIGHT, Ben="stops", Cem=HALF)
    with pytest.raises(KeyboardInterrupt):
        learners.grade()
    assert batch_file.read(learners.out).complete is False
    (learners.folder / "Ben.py").unlink()
    learners.grade()
    assert "Ada" in learners.kept
    assert learners.rounds() == {"Ada": 0, "Cem": 0}
    assert batch_file.read(learners.out).complete is True


def test_who_hands_in_anew_while_a_batch_is_interrupted_is_asked_something_else(learners):
    learners.write(Ada=RIGHT, Ben="stops")
    with pytest.raises(KeyboardInterrupt):
        learners.grade()
    learners.write(Ada=HALF, Ben=HALF, Cem=RIGHT).grade()
    assert learners.rounds() == {"Ada": 1, "Ben": 1, "Cem": 0}
    assert learners.report("Ada")["asked_again"] == 1
    assert learners.report("Ben")["asked_again"] == 0  # nothing of it had been asked


def test_a_round_is_not_forgotten_with_the_results(learners):
    """A run that is killed while it writes leaves no report; an instructor deletes a folder."""
    learners.write(Ada=RIGHT, Ben=HALF).grade()
    (learners.out / "Ben" / "report.json").unlink()
    learners.write(Ben=RIGHT).grade()
    assert learners.rounds()["Ben"] == 1
    (learners.out / "batch.json").unlink()
    learners.write(Ben=HALF, Cem=HALF).grade()
    assert learners.rounds() == {"Ada": 0, "Ben": 2, "Cem": 2}


@pytest.mark.parametrize("unknown", ["asked", "complete"])
def test_where_a_batch_does_not_say_who_was_asked_the_reports_do(learners, unknown):
    learners.write(Ada=RIGHT).grade()
    path = learners.out / batch_file.BATCH
    kept = json.loads(path.read_text())
    path.write_text(json.dumps({name: part for name, part in kept.items() if name != unknown}))
    learners.write(Ada=HALF).grade()
    assert learners.rounds() == {"Ada": 1}


@pytest.mark.parametrize(
    "damaged", ["[1", "[]", '{"asked": 3}', '{"asked": {"Ada": {}}}', '{"seed": "5"}']
)
def test_a_damaged_batch_is_refused_in_one_line(tmp_path, damaged):
    (tmp_path / batch_file.BATCH).write_text(damaged)
    with pytest.raises(Unusable, match="batch.json: it is damaged .*: delete it") as refused:
        batch_file.read(tmp_path)
    assert "\n" not in str(refused.value)


def test_references_that_cannot_be_observed_lose_nothing(learners, monkeypatch):
    learners.write(Ada=RIGHT).grade()
    before = learners.report("Ada")
    learners.write(Ada=HALF)

    def fails(keys, seed):
        raise Unusable("the references could not be observed")

    with monkeypatch.context() as patch:
        patch.setattr(expected, "unseen", fails)
        with pytest.raises(Unusable, match="could not be observed"):
            learners.grade()
    assert learners.report("Ada") == before
    learners.grade()
    assert learners.rounds() == {"Ada": 1}


def test_references_of_every_round_are_there_before_anybody_is_asked(learners, monkeypatch):
    events = []

    def observed(keys, seed):
        events.append(seed)
        return references(keys, seed)

    def asked(*given):
        events.append("asked")
        return observed_here(*given)

    monkeypatch.setattr(expected, "unseen", observed)
    monkeypatch.setattr(batch, "graded", asked)
    learners.write(Ada=RIGHT, Ben="stops")
    with pytest.raises(KeyboardInterrupt):
        learners.grade()
    events.clear()
    learners.write(Ada=HALF, Ben=HALF, Cem=RIGHT).grade()
    assert events == [seed_in(BASE, 0), seed_in(BASE, 1), "asked", "asked", "asked"]


def test_a_report_of_somebody_else_is_nobodys(learners):
    learners.write(Ada=RIGHT, Ben=HALF).grade()
    (learners.out / "Ben" / "report.json").write_text(
        (learners.out / "Ada" / "report.json").read_text()
    )
    assert set(learners.regrade({})) == {"Ada"}
    learners.write(Ben=RIGHT).grade()  # the same files as Ada's, but for the name
    assert learners.kept == ["Ada"]
    assert learners.report("Ben")["submission"] == "Ben"


def test_a_version_that_could_not_be_read_was_asked_nothing():
    ledger = Ledger({"Ada": Sitting("one", 0)}, is_complete=True)
    unread = record_of("Ada", {KEY: None}, "unreadable", digest="one")
    read = record_of("Ada", {KEY: 0}, digest="one", reports={KEY: report_of(KEY)})
    assert ledger.next_of("Ada", "two", unread, 1) == Sitting("two", 1, 0)
    assert ledger.next_of("Ada", "two", read, 1) == Sitting("two", 1, 1)
    assert ledger.next_of("Ada", "one", read, 1) == Sitting("one", 1, 0)


def test_seeds_of_rounds_are_large_and_tell_nothing_of_each_other():
    seeds = [seed_in(base, number) for base in (0, 1, 2**61) for number in range(200)]
    assert len(set(seeds)) == 600
    assert max(seeds) < 2**62
    assert sum(seed.bit_count() for seed in seeds) == pytest.approx(600 * 31, rel=0.02)


def test_a_seed_is_drawn_from_all_62_bits_and_0_is_one_too(tmp_path):
    drawn = [batch_settings.seed_of(tmp_path, None) for _ in range(64)]
    assert len(set(drawn)) == 64
    assert 2**60 < max(drawn) < 2**62
    assert batch_settings.seed_of(tmp_path, 0) == 0
    batch_file.write(tmp_path, BatchFile(seed=0))
    assert batch_settings.seed_of(tmp_path, None) == 0


def test_the_seed_is_no_argument_that_other_processes_see(monkeypatch):
    asked = []
    monkeypatch.setattr(
        subprocess, "run", lambda arguments, **how: asked.append((arguments, how["input"]))
    )
    with pytest.raises(AttributeError):
        expected._observed_elsewhere([KEY], 987654321)
    ((arguments, given),) = asked
    assert "987654321" not in " ".join(arguments)
    assert given == "987654321"


# What is kept carries what it was asked


def test_each_is_judged_again_by_the_questions_of_its_own_round(learners):
    learners.write(Ada=RIGHT, Ben=RIGHT).grade()
    learners.write(Ben=HALF, Cem=RIGHT).grade()
    before = {name: learners.report(name) for name in ("Ada", "Ben", "Cem")}
    found = learners.regrade()
    assert all(isinstance(verdict, Judged) for verdict in found.values())
    assert found["Ada"].record.points[KEY] == found["Cem"].record.points[KEY] == 11
    learners.regrade({})
    for name, report in before.items():
        now = learners.report(name)
        assert {part: now[part] for part in report} == report


def shifted(task):
    """The same exercise with other inputs under the same names."""
    return replace(task, probe=lambda seed: tuple(map(_moved, task.probe(seed))))


def _moved(case):
    stride, c_in, c_out = case.arguments
    return replace(case, arguments=(stride, c_in + 1, c_out))


def asks_otherwise(monkeypatch):
    for module in (rubric, expected):
        monkeypatch.setattr(module, "exercise", lambda key: shifted(exercise(key)))


def test_answers_to_other_inputs_of_the_same_names_are_not_judged(learners, monkeypatch):
    learners.write(Ada=RIGHT, Ben=HALF).grade()
    before = (learners.out / "Ada" / "report.json").read_bytes()
    asks_otherwise(monkeypatch)
    for verdict in learners.regrade().values():
        assert verdict.missing == (KEY,)
        assert verdict.why == "other questions were asked of"
    assert (learners.out / "Ada" / "report.json").read_bytes() == before
    learners.grade(changes=MORE_POINTS)
    assert learners.kept == []
    assert not isinstance(learners.regrade()["Ada"], MustRun)


@pytest.mark.parametrize(
    ("state", "now", "why"),
    [
        ("libraries", {"keras": "9", "numpy": "1", "tensorflow": "2"}, "another version of"),
        ("state_of_observing", "other", "too little was kept of"),
    ],
)
def test_what_others_observed_is_not_judged(learners, monkeypatch, state, now, why):
    learners.write(Ada=RIGHT).grade()
    monkeypatch.setattr(expected, state, lambda: now)
    verdict = learners.regrade()["Ada"]
    assert verdict.missing == (KEY,)
    assert verdict.why.startswith(why)
    assert verdict.record.points[KEY] == 10
    learners.grade()
    assert learners.kept == []


def test_observations_of_another_run_beside_a_report_are_not_judged(learners):
    learners.write(Ada=RIGHT).grade()
    archive = learners.out / "Ada" / "observations.zip"
    learners.write(Ada=HALF).grade()
    later = archive.read_bytes()
    learners.write(Ada=RIGHT + "\n").grade()
    archive.write_bytes(later)
    assert learners.regrade()["Ada"].missing == (KEY,)


@pytest.mark.parametrize("part", ["format", "round", "seed"])
def test_a_report_of_an_earlier_version_is_not_misread(learners, part):
    learners.write(Ada=RIGHT, Ben=HALF).grade()
    report = learners.report("Ada")
    old = {name: value for name, value in report.items() if name != part} | (
        {"seed": BASE} if part == "seed" else {}
    )
    (learners.out / "Ada" / "report.json").write_text(json.dumps(old))
    found = learners.regrade()
    assert found["Ada"].missing == (KEY,)
    assert found["Ada"].record.points[KEY] == 10
    assert isinstance(found["Ben"], Judged)
    learners.grade(changes=MORE_POINTS)
    assert learners.kept == ["Ben"]


@pytest.mark.parametrize(
    ("name", "decides"),
    [
        ("engine/observe/calls.py", True),
        ("engine/keras_models/weight_values.py", True),
        ("families/block/observe.py", True),
        ("families/block/paths.py", True),
        ("families/inference/files/dark.tflite", True),
        ("source/slicing.py", True),
        ("submission/child.py", True),
        ("mine.py", True),
        ("course/transfer_networks.py", True),
        ("engine/judge/compare.py", False),
        ("engine/report/text.py", False),
        ("families/block/judge.py", False),
        ("grading/marks.py", False),
    ],
)
def test_the_state_of_observing_is_that_of_the_modules_that_decide_it(tmp_path, name, decides):
    package = Path(mnv2_tutor.__file__).parent
    copy = tmp_path / "mnv2_tutor"
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / name).open("ab") as file:
        file.write(b"\n# changed\n")
    assert (expected.state_of(copy) != expected.state_of(package)) is decides


# Faults of ours


def test_where_judging_fails_points_stay_and_it_is_said(learners, monkeypatch):
    learners.write(Ada=RIGHT).grade()

    def fails(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(marks, "judge", fails)
    verdict = learners.regrade()["Ada"]
    assert (verdict.why, verdict.missing) == ("the grader itself failed on", (KEY,))
    assert verdict.record.points[KEY] == 10
    assert learners.report("Ada")["points"][KEY] == 10


def test_what_the_grader_failed_on_is_tried_again(learners, monkeypatch):
    learners.write(Ada=RIGHT)
    with monkeypatch.context() as patch:
        patch.setattr(batch, "graded", lambda *_: 1 / 0)
        learners.grade()
    assert learners.report("Ada")["status"] == "failed"
    assert learners.regrade({})["Ada"].missing == (KEY,)
    learners.grade()
    assert learners.report("Ada")["status"] == "graded"
    assert learners.report("Ada")["asked_again"] == 0


def test_a_machine_that_cannot_run_a_submission_does_not_call_it_unreadable(learners, monkeypatch):
    def fails(*_):
        raise Unusable("the grader's server does not start")

    monkeypatch.setattr(batch, "graded", fails)
    learners.write(Ada=RIGHT).grade()
    assert learners.report("Ada")["status"] == "failed"


# A package that was installed later


def test_what_failed_for_want_of_a_package_is_tried_again_when_it_is_there(
    learners, tmp_path, monkeypatch
):
    learners.write(Ada=RIGHT + WANTS, Ben=RIGHT).grade().grade()
    assert learners.kept == ["Ada", "Ben"]
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "package_of_tomorrow.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path / "later")
    learners.grade()
    assert learners.kept == ["Ben"]
    assert learners.rounds() == {"Ada": 1, "Ben": 0}
    assert learners.report("Ada")["asked_again"] == 0
    learners.grade()
    assert learners.kept == ["Ada", "Ben"]


def test_an_answer_that_imports_what_is_not_there_is_tried_again_too():
    def use_residual(stride, c_in, c_out):
        import package_of_next_year.deep  # noqa: F401

    seen = AnswerObservations(observe(use_residual, exercise(KEY), 1))
    assert packages.wanted((), [seen]) == Lacked(modules=("package_of_next_year",))


def test_an_import_that_names_no_module_waits_for_any_other_package(monkeypatch):
    given = {"where": "Line 1", "text": "import", "error": "an error", "type": "ImportError",
             "message": "cannot import name 'x' from 'numpy'"}  # fmt: skip
    lacked = packages.wanted([Remark.of("", Message("notebook.cell_error", parameters=given))], ())
    assert not packages.came(lacked)
    monkeypatch.setattr(packages, "installed", lambda: "more than before")
    assert packages.came(lacked)


def test_a_module_is_looked_for_and_never_imported(tmp_path, monkeypatch):
    (tmp_path / "trap").mkdir()
    (tmp_path / "trap" / "__init__.py").write_text("raise SystemExit(1)")
    (tmp_path / "trap" / "inner.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    assert packages.is_installed("trap.inner")
    assert not packages.is_installed("trap.other")
    assert not packages.is_installed("trap.inner.deeper")
    assert "trap" not in sys.modules
    for name in ("", ".", "json.", "google.colab"):
        assert not packages.is_installed(name)


# The table


def test_a_spreadsheet_reads_the_names_in_the_tables_right(learners):
    learners.write(Żółć=RIGHT).grade()
    found = learners.regrade()["Żółć"]
    regrade.write_changes(learners.out, found.differences)
    regrade.write_changes(learners.out, found.differences, add=True)
    for path in (learners.out / results.TABLE, learners.out / regrade.CHANGES):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        (row,) = csv.DictReader(path.open(encoding="utf-8-sig"))
        assert row["submission"] == "Żółć"


def test_no_exercise_loses_its_column_to_a_second_run(tmp_path):
    kept = BatchFile(submissions=str(tmp_path), names=("Ada",), exercises=("relu6", KEY))
    batch_file.write(tmp_path, kept)
    with pytest.raises(Unusable, match="use_residual would lose the column.*another folder"):
        batch_settings.refuse_another_class(tmp_path, tmp_path, ["Ada"], ["relu6"])
    batch_settings.refuse_another_class(
        tmp_path, tmp_path, ["Ada"], ["relu6", KEY, "make_divisible"]
    )


def test_results_of_a_later_version_are_left_alone(tmp_path):
    batch_file.write(tmp_path, BatchFile(format=FORMAT + 1, submissions=str(tmp_path)))
    with pytest.raises(Unusable, match="another version"):
        batch_settings.refuse_another_class(tmp_path, tmp_path, ["Ada"], [KEY])
