"""The record of a submission as a file: read as it was written, or not at all."""

import json
from dataclasses import replace

import pytest
from msgspec import UNSET

from mnv2_tutor.engine.messages import Message
from mnv2_tutor.grading.record import (
    FORMAT,
    REPORT,
    Change,
    Lacked,
    Remark,
    read_record,
    write_record,
)
from tests.grading.submissions import record_of, report_of

LEAD = Message("relu6.no_cap", "x = 9.0", "6.0", "9.0", {"name": "relu6"})
NOT_TEXT = b"caf\xe9".decode("utf-8", "surrogateescape")
RECORD = record_of(
    NOT_TEXT,
    {"relu6": 7, "use_residual": None},
    format=FORMAT,
    round=0,
    seed=2**61,
    reports={"relu6": report_of("relu6", LEAD)},
    remarks=(Remark.of("a.ipynb", LEAD),),
)


def written(folder, record):
    write_record(folder, record)
    return (folder / REPORT).read_bytes()


def as_data(record, folder):
    return json.loads(written(folder, record))


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"lacked": Lacked(modules=("nosuch",), installed="abc")},
        {"moved": (Change("relu6", None, 7, "between: 3 of 3, now 5 of 5"),)},
        {"seconds": 1.5, "limits": {"cell": 30, "exercise": 10.0}},
    ],
)
def test_a_record_is_read_as_it_was_written_to_the_byte(tmp_path, more):
    record = replace(RECORD, **more)
    before = written(tmp_path, record)
    assert read_record(tmp_path) == record
    assert written(tmp_path, read_record(tmp_path)) == before


def test_what_was_not_regraded_says_nothing_of_a_regrading(tmp_path):
    assert "moved" not in as_data(RECORD, tmp_path)
    assert read_record(tmp_path).moved is UNSET


@pytest.mark.parametrize("part", ["format", "seed", "round"])
def test_a_record_of_an_earlier_format_is_read_and_says_that_it_is_one(tmp_path, part):
    data = as_data(RECORD, tmp_path)
    old = {name: value for name, value in data.items() if name != part}
    (tmp_path / REPORT).write_text(json.dumps(old))
    found = read_record(tmp_path)
    assert found.points == RECORD.points
    assert not found.is_of_this_format
    assert RECORD.is_of_this_format


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": {"relu6": "7"}},
        {"status": "unknown"},
        {"remarks": [{"file": "a"}]},
        {"reports": {"relu6": {"outcome": "passed"}}},
        {"sandbox": "bwrap"},
        {"files": None},
    ],
)
def test_a_record_with_something_else_in_it_is_none(tmp_path, wrong):
    data = as_data(RECORD, tmp_path)
    (tmp_path / REPORT).write_text(json.dumps(data | wrong))
    assert read_record(tmp_path) is None


def test_the_part_about_some_exercises_has_their_points_and_their_total():
    part = RECORD.about(["use_residual", "relu6"])
    assert [*part.points] == ["use_residual", "relu6"]
    part = RECORD.about(["use_residual", "count_params"])
    assert (part.points, part.total) == ({"use_residual": None, "count_params": None}, 0)
    assert part.reports == {}
