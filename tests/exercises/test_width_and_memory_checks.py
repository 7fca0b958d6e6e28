"""make_divisible and bottleneck_memory: notes, odd answers, several mistakes, unseen questions."""

from collections import namedtuple
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import numpy as np
import pytest
import tensorflow as tf

from mnv2_tutor.engine.course import exercise
from mnv2_tutor.engine.expected import misconceptions, reference
from tests.exercises.judging import judged
from tests.exercises.right.bottleneck_memory import named_tensors, whole_floats
from tests.exercises.right.make_divisible import by_numpy, published

KEYS = ("make_divisible", "bottleneck_memory")
SEEDS = range(20, 60)


def outcomes(report):
    return {item.key: str(item.outcome) for item in report.items}


def keys(report):
    return [report.lead.key, *(message.key for message in report.more)]


# What is asked


@pytest.mark.parametrize("key", KEYS)
def test_no_call_is_asked_twice_and_seeds_ask_other_things(key):
    asked = [exercise(key).probe(seed) for seed in (None, *SEEDS)]
    for cases in asked:
        assert len({case.name for case in cases}) == len(cases)
    assert len({tuple(case.name for case in cases) for cases in asked}) == len(asked)


@pytest.mark.parametrize("key", KEYS)
def test_every_item_has_its_cases_whatever_the_seed(key):
    public = {case.name.split()[0] for case in exercise(key).probe(None)}
    for seed in SEEDS:
        assert {case.name.split()[0] for case in exercise(key).probe(seed)} == public


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("seeds", [SEEDS[::10], pytest.param(SEEDS, marks=pytest.mark.long)])
def test_no_misconception_slips_through_at_any_seed(key, seeds):
    for name, function in misconceptions(key).items():
        assert not any(judged(function, key, seed).passed for seed in seeds), name


@pytest.mark.parametrize("seed", [None, *SEEDS])
def test_a_half_is_asked_for_where_the_rules_of_rounding_differ(seed):
    """Below 40 the 10 % rule hides the difference."""
    cases = exercise("make_divisible").probe(seed)
    halves = [case.arguments[0] for case in cases if case.name.startswith("half")]
    assert all(v % 8 == 4 for v in halves)
    assert any(v > 40 and v // 8 % 2 == 0 for v in halves)
    assert any(v > 40 and v // 8 % 2 == 1 for v in halves)


@pytest.mark.parametrize("seed", [None, *SEEDS])
def test_what_the_task_leaves_open_is_not_asked(seed):
    for case in exercise("make_divisible").probe(seed):
        v, *rest = case.arguments
        assert v > 0
        assert len(rest) < 2 or rest[1] is None or rest[1] % rest[0] == 0
    for case in exercise("bottleneck_memory").probe(seed):
        h, w, _, t, *_ = case.arguments
        assert t > 1
        assert h != w or seed is None


@pytest.mark.parametrize("seed", [None, *SEEDS])
def test_each_layer_has_the_peak_somewhere(seed):
    found = set()
    for case in exercise("bottleneck_memory").probe(seed):
        h, w, c_in, t, c_out, stride, *_ = case.arguments
        after = ceil(h / stride) * ceil(w / stride)
        kept = h * w * c_in * (stride == 1 and c_in == c_out)
        sums = (
            h * w * c_in * (1 + t),
            (h * w + after) * t * c_in + kept,
            after * (t * c_in + c_out) + kept,
        )
        assert 3 * kept <= max(sums)  # the residual's sum, with an output of its own
        found.add(sums.index(max(sums)))
    assert found == {0, 1, 2}


def test_the_first_block_with_a_stride_as_in_the_paper():
    assert reference("bottleneck_memory")(112, 112, 16, 6, 24, 2) == (
        2 * (1_204_224 + 301_056),
        2 * (200_704 + 75_264),
    )


# make_divisible


@pytest.mark.parametrize(
    ("function", "type_name"),
    [
        (lambda *a: float(published(*a)), "float"),
        (lambda *a: np.float64(published(*a)), "float64"),
        (lambda *a: np.float32(published(*a)), "float32"),
    ],
)
def test_a_whole_float_is_no_width(function, type_name):
    report = judged(function, "make_divisible")
    assert report.score == 9
    assert report.diagnosis.key == "make_divisible.returns_float"
    assert report.lead.expected == "72"
    assert report.lead.found == f"72.0, of type {type_name}"
    assert type_name in report.lead.says
    assert "Keras refuses 24.0" in report.lead.why


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.uint16])
def test_numpy_integers_are_widths_with_a_note(kind):
    report = judged(lambda *a: kind(published(*a)), "make_divisible")
    assert report.passed
    assert [note.key for note in report.notes] == ["common.other_number_type"]
    assert kind.__name__ in report.notes[0].says


def test_plain_integers_get_no_note():
    assert judged(published, "make_divisible").notes == ()
    assert judged(by_numpy, "make_divisible").notes != ()


def test_a_float_now_and_then_is_found():
    report = judged(lambda v, *a: published(v, *a) * (1.0 if v == 26.5 else 1), "make_divisible")
    assert report.diagnosis.key == "make_divisible.returns_float"
    assert report.lead.input == "make_divisible(26.5, 8, None)"


@pytest.mark.parametrize("function", [lambda *a: True, lambda *a: np.True_])
def test_a_truth_is_no_width(function):
    assert judged(function, "make_divisible").lead.key == "common.returned_no_number"


def test_a_constant_earns_nothing():
    assert judged(lambda *a: 16, "make_divisible").score == 0
    assert judged(lambda *a: (0, 0), "bottleneck_memory").score == 0


def test_a_float_and_another_mistake_are_two_findings():
    """The value comes first, with the evidence that belongs to it."""

    def both(v, divisor=8, min_value=None):
        return float(max(min_value or divisor, floor(v / divisor + 0.5) * divisor))

    report = judged(both, "make_divisible")
    assert report.diagnosis.key == "make_divisible.no_limit"
    assert (report.lead.expected, report.lead.found) == ("16", "8")
    assert report.more[-1].key == "make_divisible.returns_float"


def test_rounding_and_min_value_wrong_are_two_findings_and_no_diagnosis():
    def both(v, divisor=8, min_value=None):
        result = max(divisor, round(v / divisor) * divisor)
        return result + divisor if result < 0.9 * v else result

    report = judged(both, "make_divisible")
    assert report.diagnosis is None
    assert keys(report)[0] == "make_divisible.half"
    assert outcomes(report)["nearest"] == "passed"


def test_what_is_shown_is_what_the_sentence_says():
    """A rule that hides another one is judged after it."""
    wrong = misconceptions("make_divisible")
    assert judged(wrong["nearest_only"], "make_divisible").lead.found == "0"
    assert (
        judged(wrong["always_next"], "make_divisible").lead.input == "make_divisible(64, 8, None)"
    )


def test_a_missing_default_is_an_error_and_no_wrong_value():
    report = judged(lambda v, divisor, min_value: published(v, divisor, min_value), KEYS[0])
    assert report.lead.key == "common.raised_sometimes"


def test_the_limits_are_not_judged_before_the_rounding():
    found = outcomes(judged(lambda v, divisor=8, min_value=None: int(v), "make_divisible"))
    assert {found[name] for name in ("half", "limit", "small", "least", "whole")} == {"not judged"}


# bottleneck_memory


ODD = {
    "one": lambda *a: 3,
    "three": lambda *a: (1, 2, 3),
    "none": lambda *a: (None, None),
    "text": lambda *a: tuple(map(str, named_tensors(*a))),
    "truths": lambda *a: (True, False),
    "numpys truths": lambda *a: [np.True_, 5],
    "dictionary": lambda *a: dict(zip(("layers", "fused"), named_tensors(*a), strict=True)),
    "square array": lambda *a: np.array([named_tensors(*a)]),
    "nested": lambda *a: [[number] for number in named_tensors(*a)],
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_no_pair_of_numbers_gets_its_sentence(name):
    report = judged(ODD[name], "bottleneck_memory")
    assert report.lead.key == "common.returned_no_pair"
    assert report.lead.expected == "two whole numbers"
    assert report.score == 0
    assert str(report)


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), 10**400])
def test_numbers_that_are_none_are_no_peak(odd):
    report = judged(lambda *a: (odd, odd), "bottleneck_memory")
    assert report.lead.key == "bottleneck_memory.plain"


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (whole_floats, "float"),
        (lambda *a: tuple(map(np.int64, named_tensors(*a))), "int64"),
        (lambda *a: [float(named_tensors(*a)[0]), np.int32(named_tensors(*a)[1])], "float, int32"),
    ],
)
def test_other_numbers_pass_with_a_note(function, names):
    report = judged(function, "bottleneck_memory")
    assert report.passed
    assert [note.key for note in report.notes] == ["common.other_number_type"]
    assert f"returned {names}, where" in report.notes[0].says


@pytest.mark.parametrize(
    ("pair", "name"),
    [
        (lambda *a: np.array(named_tensors(*a)), "array of int64"),
        (lambda *a: tf.constant(named_tensors(*a)), "tensor of int32"),
        (lambda *a: np.asarray(named_tensors(*a), "float64"), "array of float64"),
    ],
)
def test_an_array_of_two_numbers_passes_with_a_note(pair, name):
    report = judged(pair, "bottleneck_memory")
    assert report.passed
    assert [note.key for note in report.notes] == ["common.array_of_numbers"]
    assert f"returned {name}, where" in report.notes[0].says


def test_a_namedtuple_of_two_numbers_passes():
    peaks = namedtuple("peaks", "layers fused")
    assert judged(lambda *a: peaks(*named_tensors(*a)), "bottleneck_memory").passed


@pytest.mark.parametrize("number", [np.int64, np.array, tf.constant, Fraction, Decimal, float])
def test_one_number_of_another_library_is_a_count(number):
    def counted(*a):
        return number(reference("count_params")(*a))

    report = judged(counted, "count_params")
    assert report.passed
    assert report.notes[0].key in ("common.other_number_type", "common.array_of_numbers")


def test_an_array_without_axes_is_a_width_where_it_is_whole():
    whole = judged(lambda *a: np.array(published(*a)), "make_divisible")
    parts = judged(lambda *a: np.array(float(published(*a))), "make_divisible")
    assert whole.passed
    assert outcomes(parts)["whole"] == "failed"


@pytest.mark.parametrize(
    ("key", "function"),
    [
        ("make_divisible", lambda v, divisor=4, min_value=None: published(v, divisor, min_value)),
        ("make_divisible", lambda v, divisor, min_value: published(v, divisor, min_value)),
        (
            "bottleneck_memory",
            lambda h, w, c_in, t, c_out, stride, bytes_per_value=4: named_tensors(
                h, w, c_in, t, c_out, stride, bytes_per_value
            ),
        ),
        ("count_macs", lambda *a: reference("count_macs")(*(a if len(a) == 7 else (*a, 2)))),
    ],
)
def test_another_default_costs_its_own_points_alone(key, function):
    report = judged(function, key)
    assert report.score == 9
    assert outcomes(report)["default"] == "failed"


@pytest.mark.parametrize("pair", [tuple, list])
def test_a_tuple_and_a_list_of_integers_get_no_note(pair):
    report = judged(lambda *a: pair(named_tensors(*a)), "bottleneck_memory")
    assert report.passed
    assert report.notes == ()


def test_a_fraction_fails_even_close_to_the_value():
    report = judged(lambda *a: (named_tensors(*a)[0] + 0.5, named_tensors(*a)[1]), KEYS[1])
    assert report.lead.key == "bottleneck_memory.plain"


def test_a_message_about_one_of_the_two_shows_that_one():
    fused = judged(misconceptions("bottleneck_memory")["fused_larger"], "bottleneck_memory").lead
    assert (fused.expected, fused.found) == ("551,936", "401,408")
    plain = judged(misconceptions("bottleneck_memory")["all_tensors"], "bottleneck_memory").lead
    assert (plain.expected, plain.found) == ("3,010,560", "3,562,496")


def test_two_mistakes_at_once_give_two_messages():
    def two(h, w, c_in, t, c_out, stride, bytes_per_value=2):
        places = ceil(h / stride) * ceil(w / stride)
        x, wide, narrow, y = h * w * c_in, h * w * t * c_in, places * t * c_in, places * c_out
        peak = max(x + wide, wide + narrow, narrow + y)
        return peak * bytes_per_value, max(x, y) * bytes_per_value

    report = judged(two, "bottleneck_memory")
    assert report.diagnosis is None
    assert keys(report) == ["bottleneck_memory.kept", "bottleneck_memory.fused"]
    assert outcomes(report)["rounds_up"] == outcomes(report)["bytes"] == "not judged"


def test_rounding_down_in_one_number_only_is_found():
    def one(h, w, c_in, t, c_out, stride, bytes_per_value=2):
        peak, _ = named_tensors(h, w, c_in, t, c_out, stride, bytes_per_value)
        values = h * w * c_in + (h // stride) * (w // stride) * c_out
        return peak, values * bytes_per_value

    report = judged(one, "bottleneck_memory")
    assert report.lead.key == "bottleneck_memory.rounds_up"
    assert report.lead.found.startswith("(")
    assert report.score == 9


def test_a_residual_is_not_judged_before_the_three_layers():
    report = judged(misconceptions("bottleneck_memory")["largest_tensor"], "bottleneck_memory")
    assert outcomes(report)["kept"] == "not judged"
    assert outcomes(report)["fused"] == "passed"
