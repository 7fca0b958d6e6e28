"""Every exercise: right answers pass, each misconception is rejected with its own message.

What a command made for these checks, fingerprints and transcripts, is what it would make now.
"""

import pytest

from mnv2_tutor.authoring import fingerprints, transcripts
from mnv2_tutor.engine.course import KEYS, exercise
from mnv2_tutor.engine.exercise import Expected
from mnv2_tutor.engine.expected import misconceptions, public, reference
from mnv2_tutor.engine.judge import judge
from mnv2_tutor.engine.judge.compare import same_observation
from mnv2_tutor.engine.judge.diagnose import behaves_as, fingerprint
from mnv2_tutor.engine.keras_models.weight_values import disturbed
from mnv2_tutor.engine.observe import observe
from tests.exercises.judging import judged, observed, right_versions

RIGHT = {key: right_versions(key) for key in KEYS}
WRONG = {key: misconceptions(key) for key in KEYS}
SLOW = 16
"""From this slowness on the answers are too many for one worker."""
PARTS = {key: 4 if exercise(key).slowness >= SLOW else 1 for key in KEYS}
"""Into how many classes the answers to an exercise are shared out: a class goes to one worker."""
BADLY_CONDITIONED = ("stride_every_repeat", "norm_frozen", "hard_swish__gelu")
"""Of the wrong networks: what they give hangs most on how a processor rounds."""
ROUNDED = sorted({*BADLY_CONDITIONED[1:], *list(WRONG["mobilenet_v2"])[::32]})
LEAST_RIGHT, LEAST_WRONG = 10, 8
REMAKE = "run: make made, and read the diff"


def quick(key, names):
    """Every n-th of ``names``, as slow as the exercise is; versions of one answer stay together."""
    answers = list(dict.fromkeys(name.partition("__")[0] for name in names))
    sampled = answers[:: exercise(key).slowness]
    return {name for name in names if name.partition("__")[0] in sampled}


def pytest_generate_tests(metafunc):
    """Give each method its answers: of those to the class's exercise the class's part."""
    tests = metafunc.cls
    if "right" in metafunc.fixturenames:
        metafunc.parametrize("right", tests.share(RIGHT[tests.key]))
    if "wrong" in metafunc.fixturenames:
        metafunc.parametrize("wrong", tests.share(WRONG[tests.key]))


class Answers:
    """The tests of one exercise's answers, or of a part of them."""

    key: str
    part: int

    @classmethod
    def share(cls, answers):
        """The names of the part; the long ones wait for make test-all."""
        in_time = quick(cls.key, answers)
        return [
            pytest.param(name, marks=[] if name in in_time else [pytest.mark.long])
            for number, name in enumerate(answers)
            if number % PARTS[cls.key] == cls.part
        ]

    def test_right_answer_gets_full_marks_and_passes_on_unseen_inputs(self, right):
        report = judged(RIGHT[self.key][right], self.key)
        assert report.passed, report
        assert report.score == report.max_score == 10
        assert report.diagnosis is None
        unseen = judged(RIGHT[self.key][right], self.key, seed=11)
        assert unseen.passed, unseen

    def test_misconception_is_rejected_with_its_message_and_is_what_the_made_files_say(self, wrong):
        task, answers, function = exercise(self.key), public(self.key), WRONG[self.key][wrong]
        seen = observed(function, self.key)
        report = judge(task, seen, answers)
        assert not report.passed
        assert report.score < report.max_score
        assert report.diagnosis.key == f"{self.key}.{wrong.partition('__')[0]}"

        lead = report.lead
        assert lead.input
        assert lead.expected
        assert lead.found
        assert lead.expected != lead.found
        assert self.key in lead.says + lead.found + lead.input

        undiagnosed = judge(task, seen, Expected(answers.reference))
        findings = {(m.input, m.expected, m.found) for m in (undiagnosed.lead, *undiagnosed.more)}
        assert (lead.input, lead.expected, lead.found) in findings

        # Within tolerance: the last digits differ between processors.
        assert behaves_as(fingerprint(seen), answers.misconceptions[wrong], task.tolerance), REMAKE
        transcript = transcripts.path_of(self.key).read_text("utf-8")
        assert transcripts.entry(wrong, report) in transcript, REMAKE

        if task.slowness < SLOW:
            assert not judged(function, self.key, seed=1).passed

    @pytest.mark.long
    def test_misconception_fails_on_unseen_inputs(self, wrong):
        for seed in (1, 2):
            assert not judged(WRONG[self.key][wrong], self.key, seed).passed


for _key in KEYS:
    for _part in range(PARTS[_key]):
        _name = f"Test_{_key}" + (f"_{_part}" if PARTS[_key] > 1 else "")
        globals()[_name] = type(_name, (Answers,), {"key": _key, "part": _part})


@pytest.mark.parametrize(
    "name", [BADLY_CONDITIONED[0], *(pytest.param(n, marks=pytest.mark.long) for n in ROUNDED)]
)
def test_another_rounding_changes_no_diagnosis(name):
    """Processors round differently, and in a badly wrong network that grows."""
    task, answers = exercise("mobilenet_v2"), public("mobilenet_v2")
    with disturbed(3):
        seen = observe(WRONG[task.key][name], task)
    report = judge(task, seen, answers)
    assert report.diagnosis.key == f"{task.key}.{name.partition('__')[0]}"


@pytest.mark.parametrize("key", KEYS)
def test_made_files_hold_the_reference(key):
    """That they hold each misconception and no other, the gate says."""
    now = fingerprint(observed(reference(key), key), fingerprints.REFERENCE_NUMBERS)
    assert same_observation(now, public(key).reference, exercise(key).tolerance), REMAKE
    transcript = transcripts.path_of(key).read_text(encoding="utf-8")
    assert transcript.startswith(transcripts.entry("reference", judged(reference(key), key)))


@pytest.mark.parametrize("key", KEYS)
def test_two_misconceptions_differ_in_fingerprint(key):
    known = list(public(key).misconceptions.items())
    for index, (name, one) in enumerate(known):
        for other_name, other in known[index + 1 :]:
            one_key = name.partition("__")[0] == other_name.partition("__")[0]
            same = behaves_as(one, other, exercise(key).tolerance)
            assert one_key or not same, f"{name} is like {other_name}"


@pytest.mark.parametrize("key", KEYS)
def test_there_are_enough_of_both(key):
    names = {name.partition("__")[0] for name in WRONG[key]}
    assert len(names) >= LEAST_WRONG
    assert len(RIGHT[key]) >= LEAST_RIGHT
