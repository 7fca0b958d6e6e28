"""Every exercise: right answers pass, each misconception is rejected with its own message.

What a command made for these checks, fingerprints and transcripts, is what it would make now.
"""

import pytest

from mnv2_tutor.authoring import fingerprints, transcripts
from mnv2_tutor.engine.course import KEYS, exercise
from mnv2_tutor.engine.expected import misconceptions, public, reference
from mnv2_tutor.engine.judge import judge
from mnv2_tutor.engine.judge.compare import same_observation
from mnv2_tutor.engine.judge.diagnose import behaves_as, fingerprint
from mnv2_tutor.engine.keras_models.weight_values import disturbed
from mnv2_tutor.engine.observe import observe
from tests.exercises.judging import judged, observed, right_versions

RIGHT = {key: right_versions(key) for key in KEYS}
TWINS = {key: misconceptions(key) for key in KEYS}
SHARES = {
    "mobilenet_v2": 32, "transfer_weights": 12, "to_tflite_int8": 8, "compile_model": 4,
    "bottleneck": 4, "expansion_block": 2, "depthwise_block": 2, "projection_block": 2,
}  # fmt: skip
"""Of what takes seconds to observe, every n-th answer is a quick test."""
BADLY_CONDITIONED = ("stride_every_repeat", "norm_frozen", "hard_swish__gelu")
"""Of the wrong networks: what they give hangs most on how a processor rounds."""


def sample(key, names):
    """The quick ones of ``names``, evenly over the list; versions of one answer stay together."""
    answers = list(dict.fromkeys(name.partition("__")[0] for name in names))
    quick = answers[:: SHARES.get(key, 1)]
    return {name for name in names if name.partition("__")[0] in quick}


QUICK_RIGHT = {key: sample(key, RIGHT[key]) for key in KEYS}
QUICK_TWINS = {key: sample(key, TWINS[key]) for key in KEYS}


def case(*parameters, long=False):
    """A case of a test; the long ones wait for make test-all."""
    return pytest.param(*parameters, marks=[pytest.mark.long] if long else [])


RIGHT_CASES = [
    case(key, name, long=name not in QUICK_RIGHT[key]) for key in KEYS for name in RIGHT[key]
]
TWIN_CASES = [
    case(key, name, long=name not in QUICK_TWINS[key]) for key in KEYS for name in TWINS[key]
]
MORE_UNSEEN_CASES = [case(key, name, long=True) for key in KEYS for name in TWINS[key]]
ROUNDING_CASES = [
    case("mobilenet_v2", name, long=name != BADLY_CONDITIONED[0])
    for name in TWINS["mobilenet_v2"]
    if name in BADLY_CONDITIONED or name in QUICK_TWINS["mobilenet_v2"]
]
LEAST_MISCONCEPTIONS = {
    "relu6": 15, "count_params": 8, "count_macs": 8, "expansion_block": 15, "depthwise_block": 15,
    "projection_block": 15, "use_residual": 8, "bottleneck": 25, "mobilenet_v2": 80,
    "make_divisible": 25, "bottleneck_memory": 25, "preprocess": 18, "transfer_weights": 18,
    "compile_model": 18, "to_tflite_int8": 20, "run_tflite": 18,
}  # fmt: skip
REMAKE = "run: make made, and read the diff"
LEAST_RIGHT = dict.fromkeys(KEYS, 10) | {"relu6": 12}


@pytest.mark.parametrize(("key", "name"), RIGHT_CASES)
def test_right_answer_gets_full_marks_and_passes_on_unseen_inputs(key, name):
    report = judged(RIGHT[key][name], key)
    assert report.passed, report
    assert report.score == report.max_score == 10
    assert report.diagnosis is None
    unseen = judged(RIGHT[key][name], key, seed=11)
    assert unseen.passed, unseen


@pytest.mark.parametrize(("key", "name"), TWIN_CASES)
def test_misconception_is_rejected_with_its_message_and_is_what_the_made_files_say(key, name):
    task, answers, function = exercise(key), public(key), TWINS[key][name]
    seen = observed(function, key)
    report = judge(task, seen, answers.reference, answers.twins)
    assert not report.passed
    assert report.score < report.max_score
    assert report.diagnosis.key == f"{key}.{name.partition('__')[0]}"

    lead = report.lead
    assert lead.input
    assert lead.expected
    assert lead.found
    assert lead.expected != lead.found
    assert key in lead.says + lead.found + lead.input

    undiagnosed = judge(task, seen, answers.reference, {})
    findings = {(m.input, m.expected, m.found) for m in (undiagnosed.lead, *undiagnosed.more)}
    assert (lead.input, lead.expected, lead.found) in findings

    # Within tolerance: the last digits differ between processors.
    assert behaves_as(fingerprint(seen), answers.twins[name], task.tolerance), REMAKE
    assert transcripts.entry(name, report) in transcripts.path_of(key).read_text("utf-8"), REMAKE

    if key != "mobilenet_v2":
        assert not judged(function, key, seed=1).passed


@pytest.mark.parametrize(("key", "name"), ROUNDING_CASES)
def test_another_rounding_changes_no_diagnosis(key, name):
    """Processors round differently, and in a badly wrong network that grows."""
    task, answers = exercise(key), public(key)
    with disturbed(3):
        seen = observe(TWINS[task.key][name], task)
    report = judge(task, seen, answers.reference, answers.twins)
    assert report.diagnosis.key == f"{task.key}.{name.partition('__')[0]}"


@pytest.mark.parametrize("key", KEYS)
def test_made_files_hold_the_reference(key):
    """That they hold each misconception and no other, the gate says."""
    now = fingerprint(observed(reference(key), key), fingerprints.REFERENCE_NUMBERS)
    assert same_observation(now, public(key).reference, exercise(key).tolerance), REMAKE
    transcript = transcripts.path_of(key).read_text(encoding="utf-8")
    assert transcript.startswith(transcripts.entry("reference", judged(reference(key), key)))


@pytest.mark.parametrize(("key", "name"), MORE_UNSEEN_CASES)
def test_misconception_fails_on_more_unseen_inputs(key, name):
    seed = 1 if key == "mobilenet_v2" else 2
    assert not judged(TWINS[key][name], key, seed).passed


@pytest.mark.parametrize("key", KEYS)
def test_two_misconceptions_differ_in_fingerprint(key):
    twins = list(public(key).twins.items())
    for index, (name, twin) in enumerate(twins):
        for other_name, other in twins[index + 1 :]:
            one_key = name.partition("__")[0] == other_name.partition("__")[0]
            same = behaves_as(twin, other, exercise(key).tolerance)
            assert one_key or not same, f"{name} is like {other_name}"


@pytest.mark.parametrize("key", KEYS)
def test_there_are_enough_of_both(key):
    names = {name.partition("__")[0] for name in TWINS[key]}
    assert len(names) >= LEAST_MISCONCEPTIONS[key]
    assert len(RIGHT[key]) >= LEAST_RIGHT[key]
