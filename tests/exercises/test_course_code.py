"""What the course's own package can do is nobody's answer."""

import pytest
import tensorflow as tf

from mnv2_tutor.course.exercises import use_residual as task
from mnv2_tutor.engine.observe.calls import call, noting_course_code
from mnv2_tutor.families.block import paths
from mnv2_tutor.families.conversion import interpreter
from mnv2_tutor.families.plain.cases import PlainCase
from tests.exercises.judging import judged


def asks_the_rubric(stride, c_in, c_out):
    case = PlainCase("x", (stride, c_in, c_out))
    return task._equal(case) and task._first(case)


def asks_the_observer(tflite_bytes, x):
    return interpreter.answers(interpreter.opened(tflite_bytes), x)


def asks_a_helper(stride, c_in, c_out):
    return stride == 1 and (lambda: paths._capped(c_in) < 7 and c_in == c_out)()


@pytest.mark.parametrize(
    ("key", "function"),
    [
        ("use_residual", asks_the_rubric),
        ("use_residual", asks_a_helper),
        ("use_residual", task._equal),
        ("run_tflite", asks_the_observer),
    ],
    ids=["rubric", "helper", "itself", "observer"],
)
@pytest.mark.parametrize("seed", [None, 1])
def test_a_function_of_the_package_is_no_answer(key, function, seed):
    report = judged(function, key, seed)
    assert report.score == 0
    assert report.lead.key in ("common.of_the_course", "common.parameters")


def test_nothing_is_noted_of_one_s_own_code():
    with noting_course_code(None) as used:
        assert call(lambda: sorted([2, 1])) == ([1, 2], None)
    assert not used


def test_an_answer_that_prints_uses_nothing_of_the_course():
    def relu6(x):
        print("at", x)
        return tf.nn.relu6(x)

    assert judged(relu6, "relu6").passed
