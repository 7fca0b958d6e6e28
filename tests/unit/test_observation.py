"""Observations as JSON: nothing is lost, and nothing hostile gets through."""

import json
import math

import pytest

from mnv2_tutor.engine.observation import (
    Array,
    CaseResult,
    LearnerError,
    Observation,
    Result,
    Signature,
    from_json,
    to_json,
)
from mnv2_tutor.errors import Unusable

FULL = Observation(
    exercise="relu6",
    seed=3,
    kind="callable",
    signature=Signature(("x",), ("x",), ("y",), True),
    empty_body=True,
    digest="abc",
    cases=(
        CaseResult(
            "a", {"value": Result("tensor", "", Array((2, 2), "float32", (0.0, 1.5, -2.0, 0.25)))}
        ),
        CaseResult(
            "b", {"value": Result("error", "", None, LearnerError("ValueError", "", 3, "x"))}
        ),
    ),
    facts={"k": "v"},
)


def test_round_trip_loses_nothing():
    assert from_json(to_json(FULL)) == FULL


def test_nan_and_infinity_survive():
    array = Array((2,), "float32", (math.nan, math.inf))
    seen = Observation(
        "e", None, "callable", cases=(CaseResult("a", {"v": Result("tensor", "", array)}),)
    )
    values = from_json(to_json(seen)).cases[0].results["v"].array.values
    assert math.isnan(values[0])
    assert values[1] == math.inf


def test_thinning_keeps_the_shape_and_a_few_numbers():
    thin = FULL.thinned(2).cases[0].results["value"].array
    assert (thin.shape, thin.values, thin.every) == ((2, 2), (0.0, 0.25), 3)


def test_thinning_meets_every_channel():
    channels = tuple(float(i % 24) for i in range(6 * 6 * 24))
    thin = Array((6, 6, 24), "float32", channels).thinned(60)
    assert set(thin.values) == set(range(24))


def case_with(array):
    return [{"case": "a", "results": {"v": {"kind": "tensor", "array": array}}}]


@pytest.mark.parametrize(
    "change",
    [
        {"kind": 3},
        {"cases": 7},
        {"cases": [{"case": "a", "results": []}]},
        {"cases": case_with({"shape": [9], "dtype": "f", "values": [1]})},
        {"cases": case_with({"shape": [-1], "dtype": "f", "values": []})},
        {"cases": case_with({"shape": [10**9, 9], "dtype": "f", "values": [], "every": 10**10})},
        {"cases": case_with({"shape": [10**8, 0], "dtype": "f", "values": []})},
        {"cases": case_with({"shape": [10**4000] * 1000, "dtype": "f", "values": []})},
        {"cases": case_with({"shape": [1] * 9, "dtype": "f", "values": [1]})},
        {
            "signature": {
                "parameters": ["x"] * 101,
                "required": [],
                "keyword_only": [],
                "takes_any": False,
            }
        },
        {"facts": {str(number): "" for number in range(101)}},
        {"facts": {"a": {}}},
        {"seed": "x"},
    ],
)
def test_a_forged_observation_is_refused(change):
    data = {**json.loads(to_json(FULL)), **change}
    with pytest.raises(Unusable, match="not an observation"):
        from_json(json.dumps(data))


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", "[" * 100_000])
def test_text_that_is_no_observation_is_refused(text):
    with pytest.raises(Unusable):
        from_json(text)


def test_half_a_surrogate_pair_does_not_reach_a_file():
    data = {**json.loads(to_json(FULL)), "exercise": "\ud800"}
    assert from_json(json.dumps(data)).exercise.encode()


def test_a_kind_that_is_none_of_ours_is_refused():
    data = {**json.loads(to_json(FULL)), "kind": "a class of somebody"}
    with pytest.raises(Unusable):
        from_json(json.dumps(data))
