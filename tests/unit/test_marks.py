"""Points of a report: by what was seen on unseen inputs, whatever happened to the public ones."""

import importlib.metadata
from dataclasses import replace

import pytest

from mnv2_tutor.engine import expected
from mnv2_tutor.engine.course import exercise
from mnv2_tutor.engine.observation import STOPPED, Observation
from mnv2_tutor.engine.observe import absent
from mnv2_tutor.engine.report import Outcome
from mnv2_tutor.grading.marks import Marking, points, report_on
from mnv2_tutor.grading.observation_store import AnswerObservations
from tests.exercises.judging import observed, reference_on

KEY = "use_residual"
TASK = exercise(KEY)
MARKING = Marking({KEY: TASK}, {KEY: reference_on(KEY, 1)})
LATE = {"why": "time", "limit": "10 s"}


def channels_only(stride, c_in, c_out):
    return c_in == c_out


def seen(function, public=None):
    return AnswerObservations(observed(function, KEY, 1), public)


def stopped(seed):
    return Observation(KEY, seed, STOPPED, facts=LATE)


def test_public_questions_that_stopped_take_no_points():
    with_words = report_on(MARKING, seen(channels_only, observed(channels_only, KEY, None)))
    without = report_on(MARKING, seen(channels_only, stopped(None)))
    assert points(without) == points(with_words) == 7


@pytest.mark.parametrize("public", [None, stopped(None)])
def test_where_only_unseen_inputs_were_asked_none_is_shown(public):
    report = report_on(MARKING, seen(channels_only, public))
    failed = [item.message for item in report.items if item.message]
    assert failed
    assert report.lead.key == "common.unfinished"
    assert {message.input for message in (report.lead, *failed)} == {"inputs that are not shown"}


def test_what_stopped_says_so():
    report = report_on(MARKING, AnswerObservations(stopped(1), None))
    assert "10 s" in str(report)
    assert points(report) == 0


def test_a_fault_of_the_grader_gives_no_points_and_takes_none():
    other = Marking({KEY: TASK}, {KEY: reference_on("count_params", 1)})
    report = report_on(other, seen(channels_only))
    assert report.outcome is Outcome.CHECKER_ERROR
    assert points(report) is None


def test_what_was_tried_has_points_and_what_is_not_there_has_none():
    tried = report_on(MARKING, AnswerObservations(stopped(1), None))
    not_there = report_on(MARKING, AnswerObservations(absent(TASK, 1), None))
    assert points(tried) == 0
    assert points(not_there) is None


def test_other_libraries_change_what_is_seen_of_references_and_of_learners(monkeypatch):
    kept = expected.libraries, expected._state_of_references
    before = expected._state_of_references(), expected.conditions({KEY: TASK}, 1)
    monkeypatch.setattr(expected, "_version", lambda library: "0.0")
    for state in kept:
        state.cache_clear()
    now = expected._state_of_references(), expected.conditions({KEY: TASK}, 1)
    for state in kept:
        state.cache_clear()
    assert now[0] != before[0]
    changed = {part for part in now[1] if now[1][part] != before[1][part]}
    assert changed == {"libraries"}


def test_tensorflow_by_another_name_has_a_version_too(monkeypatch):
    def version(name):
        if name == "tensorflow-cpu":
            return "2.21.0"
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    assert expected._version("tensorflow") == "2.21.0"
    assert expected._version("keras") == "none"


@pytest.mark.parametrize("seed", [None, 7])
def test_questions_are_others_where_any_part_of_a_case_is(seed):
    def asking(change):
        return replace(TASK, probe=lambda s: tuple(change(c) if s == seed else c
                                                   for c in TASK.probe(s)))  # fmt: skip

    same = expected.questions(TASK, 7)
    assert expected.questions(asking(lambda case: case), 7) == same
    others = [
        replace(TASK, rubric=(), tolerance=1.0, notes=lambda _: ()),
        asking(lambda case: replace(case, name=f"{case.name}!")),
        asking(lambda case: replace(case, arguments=(*case.arguments[:-1], 999))),
        replace(TASK, parameters=("stride", "c_in")),
    ]
    assert [expected.questions(task, 7) == same for task in others] == [True, False, False, False]


@pytest.mark.parametrize("damaged", ["", "{}", "[1"])
def test_a_damaged_reference_is_observed_anew(tmp_path, monkeypatch, damaged):
    monkeypatch.setenv("MNV2_TUTOR_HOME", str(tmp_path))
    first = expected.unseen([KEY], 3)
    (path,) = (tmp_path / "references").rglob("*.json")
    path.write_text(damaged)
    assert expected.unseen([KEY], 3) == first
