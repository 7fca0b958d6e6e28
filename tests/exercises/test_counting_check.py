"""The checks of the counting functions on odd answers."""

import pytest

from tests.exercises.judging import judged
from tests.exercises.right.count_params import by_table


def none(kind, k, c_in, c_out):
    print(by_table(kind, k, c_in, c_out))


def text(kind, k, c_in, c_out):
    return str(by_table(kind, k, c_in, c_out))


def pair(kind, k, c_in, c_out):
    return k * k, c_in * c_out


def truth(kind, k, c_in, c_out):
    return kind == "standard"


def three_parameters(k, c_in, c_out):
    return k * k * c_in * c_out


def raises_for_depthwise(kind, k, c_in, c_out):
    if kind == "depthwise":
        raise KeyError(kind)
    return by_table(kind, k, c_in, c_out)


class Equal:
    def __eq__(self, other):
        return True

    def __int__(self):
        return 1

    __hash__ = None


PARTS = ("standard", "depthwise", "pointwise", "separable")
ODD = {
    "none": (none, "common.returned_none"),
    "text": (text, "common.returned_text"),
    "pair": (pair, "common.returned_no_number"),
    "truth": (truth, "common.returned_no_number"),
    "three_parameters": (three_parameters, "common.parameters"),
    "raises": (raises_for_depthwise, "common.raised_sometimes"),
    "equal_to_all": (lambda *a: Equal(), "common.returned_no_number"),
    "nan": (lambda *a: float("nan"), "count_params.standard"),
    "infinite": (lambda *a: float("inf"), "count_params.standard"),
    "huge": (lambda *a: 10**400, "count_params.standard"),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_answer_gets_its_sentence(name):
    function, key = ODD[name]
    report = judged(function, "count_params")
    assert not report.passed
    assert report.lead.key == key, report
    assert str(report)


def points_of(report):
    return {item.key: item.score for item in report.items}


def test_an_error_for_one_kind_costs_that_kind_alone():
    report = judged(raises_for_depthwise, "count_params")
    wanted = {"form": 0, "standard": 3, "depthwise": 0, "pointwise": 2, "separable": 3}
    assert points_of(report) == wanted


def test_an_error_with_a_stride_costs_no_count_at_stride_1():
    def raises_with_a_stride(kind, h, w, k, c_in, c_out, stride=1):
        if stride > 1:
            raise NotImplementedError("to be done")
        return h * w * by_table(kind, k, c_in, c_out)

    report = judged(raises_with_a_stride, "count_macs")
    assert report.score == sum(points_of(report)[kind] for kind in (*PARTS, "default")) == 8


@pytest.mark.parametrize("name", ["none", "pair", "truth", "raises"])
def test_what_fails_several_items_is_said_once(name):
    report = judged(ODD[name][0], "count_params")
    said = [report.lead.key, *(message.key for message in report.more)]
    assert said == [ODD[name][1]]


def test_whole_floats_pass_with_a_note():
    report = judged(lambda *a: float(by_table(*a)), "count_params")
    assert [note.key for note in report.notes] == ["common.other_number_type"]


def test_a_fraction_fails_even_close_to_the_value():
    assert not judged(lambda *a: by_table(*a) + 0.25, "count_params").passed


def test_two_mistakes_at_once_give_two_messages():
    def two(kind, k, c_in, c_out):
        return {"depthwise": 1, "pointwise": 2}.get(kind, by_table(kind, k, c_in, c_out))

    report = judged(two, "count_params")
    keys = [report.lead.key, *(message.key for message in report.more)]
    assert keys == ["count_params.depthwise", "count_params.pointwise"]


def test_the_stride_is_not_judged_before_the_count_at_stride_1():
    report = judged(lambda *a: 0, "count_macs")
    outcomes = {item.key: str(item.outcome) for item in report.items}
    assert outcomes["stride"] == outcomes["rounds_up"] == "not judged"
