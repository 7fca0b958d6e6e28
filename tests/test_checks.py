"""Every exercise: right answers pass, each misconception is rejected with its own message."""

import pytest

from mnv2_tutor.exercises import KEYS, exercise
from mnv2_tutor.expected import misconceptions, public
from mnv2_tutor.judge.compare import same_observation
from tests.helpers import judged, right_versions

RIGHT = {key: right_versions(key) for key in KEYS}
TWINS = {key: misconceptions(key) for key in KEYS}
RIGHT_CASES = [(key, name) for key in KEYS for name in RIGHT[key]]
TWIN_CASES = [(key, name) for key in KEYS for name in TWINS[key]]
LEAST_MISCONCEPTIONS = {
    "relu6": 15, "count_params": 8, "count_macs": 8, "expansion_block": 15, "depthwise_block": 15,
    "projection_block": 15, "use_residual": 8, "bottleneck": 25,
    "make_divisible": 25, "bottleneck_memory": 25,
}  # fmt: skip
LEAST_RIGHT = dict.fromkeys(KEYS, 10) | {"relu6": 12}


@pytest.mark.parametrize(("key", "name"), RIGHT_CASES)
def test_right_answer_gets_full_marks(key, name):
    report = judged(RIGHT[key][name], key)
    assert report.passed, report
    assert report.score == report.max_score == 10
    assert report.diagnosis is None


@pytest.mark.parametrize(("key", "name"), RIGHT_CASES)
def test_right_answer_passes_on_unseen_inputs(key, name):
    assert judged(RIGHT[key][name], key, seed=11).passed


@pytest.mark.parametrize(("key", "name"), TWIN_CASES)
def test_misconception_is_rejected_with_its_own_message(key, name):
    report = judged(TWINS[key][name], key)
    assert not report.passed
    assert report.diagnosis.key == f"{key}.{name.partition('__')[0]}"
    assert report.score < report.max_score


@pytest.mark.parametrize(("key", "name"), TWIN_CASES)
def test_misconception_fails_on_unseen_inputs(key, name):
    for seed in (1, 2):
        assert not judged(TWINS[key][name], key, seed).passed


@pytest.mark.parametrize("key", KEYS)
def test_two_misconceptions_differ_in_fingerprint(key):
    twins = list(public(key).twins.items())
    for index, (name, twin) in enumerate(twins):
        for other_name, other in twins[index + 1 :]:
            one_key = name.partition("__")[0] == other_name.partition("__")[0]
            same = same_observation(twin, other, exercise(key).tolerance)
            assert one_key or not same, f"{name} is like {other_name}"


@pytest.mark.parametrize("key", KEYS)
def test_there_are_enough_of_both(key):
    names = {name.partition("__")[0] for name in TWINS[key]}
    assert len(names) >= LEAST_MISCONCEPTIONS[key]
    assert len(RIGHT[key]) >= LEAST_RIGHT[key]
