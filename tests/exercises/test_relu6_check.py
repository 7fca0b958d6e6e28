"""The check of relu6 on stubs and odd answers. Right ones and misconceptions: test_checks.py."""

import builtins

import keras
import numpy as np
import pytest
import tensorflow as tf

from mnv2_tutor import check
from mnv2_tutor.engine.expected import misconceptions
from tests.exercises.judging import judged, right_versions

KEY = "relu6"
TWINS = misconceptions(KEY)
RIGHT = right_versions(KEY)


def nothing_yet(x):
    """Only a docstring."""


def passes_only(x):
    pass


def dots(x): ...


def the_stub(x):
    """Docstring."""
    raise NotImplementedError("Your code goes here.")


@pytest.mark.parametrize("stub", [nothing_yet, passes_only, dots, the_stub])
def test_a_stub_is_not_an_attempt(stub):
    report = judged(stub, KEY)
    assert (report.outcome, report.score) == ("not attempted", 0)


def two_parameters(x, cap):
    return tf.minimum(tf.nn.relu(x), cap)


def no_parameters():
    return 6.0


def prints_the_result(x):
    print(tf.nn.relu6(x))


def generator(x):
    yield tf.nn.relu6(x)


async def coroutine(x):
    return tf.nn.relu6(x)


def numpy_array(x):
    return np.clip(x, 0, 6)


def text(x):
    return str(tf.nn.relu6(x))


def python_list(x):
    return tf.nn.relu6(x).numpy().tolist()


def python_number(x):
    return float(tf.reduce_max(tf.nn.relu6(x)))


def layer(x):
    return keras.layers.ReLU(6.0)


def inner_function(x):
    return lambda: tf.nn.relu6(x)


def variable(x):
    return tf.Variable(tf.nn.relu6(x))


def float64(x):
    return tf.cast(tf.nn.relu6(x), tf.float64)


def flattened(x):
    return tf.reshape(tf.nn.relu6(x), [-1])


def nan_for_negatives(x):
    return tf.minimum(tf.sqrt(x) ** 2, 6.0)


class FirstCallOnly:
    def __init__(self):
        self.seen = set()

    def __call__(self, x):
        key = x.numpy().tobytes()
        first = key not in self.seen
        self.seen.add(key)
        return tf.nn.relu6(x) if first else tf.nn.relu(x)


def noisy(x):
    return tf.nn.relu6(x) + tf.random.uniform(tf.shape(x), maxval=0.5)


def near_only(x):
    return tf.where(x > 100.0, x, tf.nn.relu6(x))


def raises(x):
    return x.clip(0, 6)


def raises_for_pictures(x):
    if x.shape.rank == 4:
        raise ValueError("no pictures here")
    return tf.nn.relu6(x)


def recursion(x):
    return recursion(x)


def exits(x):
    raise SystemExit


def missing_name(x):
    return tff.nn.relu6(x)  # type: ignore[name-defined]  # noqa: F821


class EqualToAll:
    shape, dtype = (), tf.float32
    __class__ = tf.Tensor
    __hash__ = None

    def __eq__(self, other):
        return True

    def numpy(self):
        return np.float32(6)


def equal_to_all(x):
    return EqualToAll()


def keras_tensor(x):
    return keras.ops.relu6(keras.Input(x.shape))


def constant(x):
    return tf.zeros_like(x) + 3.0


def a_class(x):
    return dict


ODD = {
    "two_parameters": (two_parameters, "common.parameters"),
    "no_parameters": (no_parameters, "common.parameters"),
    "none": (prints_the_result, "common.returned_none"),
    "generator": (generator, "common.returned_generator"),
    "coroutine": (coroutine, "common.returned_coroutine"),
    "numpy": (numpy_array, "common.returned_numpy"),
    "text": (text, "common.returned_text"),
    "list": (python_list, "common.returned_sequence"),
    "number": (python_number, "common.returned_number"),
    "layer": (layer, "common.returned_layer"),
    "function": (inner_function, "common.returned_function"),
    "variable": (variable, "common.returned_variable"),
    "float64": (float64, "common.dtype"),
    "flattened": (flattened, "common.shape"),
    "nan": (nan_for_negatives, "common.nan"),
    "noisy": (noisy, "common.changing"),
    "first_call_only": (FirstCallOnly(), "common.first_call_only"),
    "near_only": (near_only, "relu6.far"),
    "raises": (raises, "common.raised"),
    "raises_for_pictures": (raises_for_pictures, "common.raised_sometimes"),
    "recursion": (recursion, "common.recursion"),
    "exits": (exits, "common.exits"),
    "missing_name": (missing_name, "common.name_error"),
    "equal_to_all": (equal_to_all, "common.returned_other"),
    "keras_tensor": (keras_tensor, "common.returned_keras_tensor"),
    "constant": (constant, "relu6.constant"),
    "a_class": (a_class, "common.returned_other"),
    "not_callable": (6.0, "common.not_callable"),
    "none_at_all": (None, "common.not_callable"),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_answer_gets_its_sentence(name):
    function, key = ODD[name]
    report = judged(function, KEY)
    assert not report.passed
    assert report.lead.key == key, report
    assert str(report).startswith("relu6: ")
    assert report._repr_html_()


def in_sixteen_bits(x):
    return tf.cast(tf.nn.relu6(tf.cast(x, tf.float16)), tf.float32)


def not_for_rank_three(x):
    return tf.nn.relu(x) if x.shape.rank == 3 else tf.nn.relu6(x)


def capped_far_out(x):
    return tf.clip_by_value(x, 0.0, 10_000.0)


@tf.function
def numpy_inside_a_graph(x):
    return tf.constant(np.clip(x.numpy(), 0, 6))


@pytest.mark.parametrize("answer", [in_sixteen_bits, not_for_rank_three, capped_far_out])
def test_a_nearly_right_answer_is_rejected(answer):
    report = judged(answer, KEY)
    assert not report.passed
    assert report.diagnosis is None


def test_an_error_of_a_library_is_no_stub():
    assert judged(numpy_inside_a_graph, KEY).outcome == "could not run"


class HostileName:
    def __getattribute__(self, name):
        raise SystemExit(name)

    def __call__(self, x):
        return tf.nn.relu6(x)


class HostileMeta(type):
    @property
    def __name__(cls):  # type: ignore[override]
        raise SystemExit("name")


class HostileType(metaclass=HostileMeta):
    pass


class TextOfNothing(Exception):
    def __str__(self):
        raise ValueError("no text")


def raises_without_text(x):
    raise TextOfNothing


def lowers_the_recursion_limit(x):
    import sys

    sys.setrecursionlimit(60)
    return tf.nn.relu6(x)


def replaces_builtins_while_it_runs(x):
    y = tf.nn.relu(x)
    for name in ("isinstance", "len", "zip"):
        setattr(builtins, name, lambda *a, **k: ())
    return y


HOSTILE = [
    HostileName(),
    HostileType(),
    lambda x: HostileType(),
    raises_without_text,
    lowers_the_recursion_limit,
    replaces_builtins_while_it_runs,
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
@pytest.mark.parametrize("key", [KEY, None])
def test_check_never_raises(number, key):
    before = dict(vars(builtins))
    answer = check(HOSTILE[number], key)
    assert str(answer)
    assert answer._repr_html_()
    vars(builtins).update(before)


def test_builtins_replaced_during_a_call_do_not_reach_the_judge():
    before = dict(vars(builtins))
    report = check(replaces_builtins_while_it_runs, KEY)
    vars(builtins).update(before)
    assert report.diagnosis.key == "relu6.no_cap"


def test_a_function_of_another_name_is_told_to_use_the_one_that_is_there(monkeypatch):
    import sys

    def relu(x):
        return tf.nn.relu(x)

    monkeypatch.setattr(sys.modules["__main__"], "relu6", lambda x: x, raising=False)
    assert "use check(relu6)" in str(check(relu))


@pytest.mark.parametrize("name", ["raises", "missing_name", "recursion"])
def test_an_error_shows_the_learners_line(name):
    report = judged(ODD[name][0], KEY)
    assert "line " in report.lead.parameters["where"]
    assert "mnv2_tutor" not in str(report)


def test_a_function_under_another_spelling_is_pointed_at():
    def ReLU6(x):
        return tf.nn.relu6(x)

    report = check(ReLU6)
    assert report.lead.key == "common.other_name"
    assert "ReLU6" in str(report)


def test_another_parameter_name_passes_with_a_note():
    assert [note.key for note in judged(RIGHT["with_another_name"], KEY).notes] == [
        "common.renamed",
        "relu6.eager_only",
    ]


def test_keyword_only_passes_with_a_note():
    assert "common.keyword_only" in [note.key for note in judged(RIGHT["keyword_only"], KEY).notes]


def test_a_function_for_tensors_only_passes_with_a_note():
    assert [note.key for note in judged(RIGHT["by_clip"], KEY).notes] == ["relu6.eager_only"]
    assert judged(RIGHT["by_keras_clip"], KEY).notes == ()


def test_replaced_builtins_do_not_change_the_verdict(monkeypatch):
    monkeypatch.setattr(builtins, "abs", lambda value: 0)
    monkeypatch.setattr(builtins, "all", lambda values: True)
    report = check(TWINS["no_cap"], KEY)
    monkeypatch.undo()
    assert report.diagnosis.key == "relu6.no_cap"
    assert "common.replaced_builtins" in [note.key for note in report.notes]


@pytest.mark.parametrize(
    ("name", "says"), [("array", "this is plain ReLU"), ("asarray", "restart the kernel")]
)
def test_a_replaced_function_of_numpy_changes_no_verdict_or_is_refused(monkeypatch, name, says):
    monkeypatch.setattr(np, name, lambda *a, **k: np.zeros(3))
    report = check(TWINS["no_cap"], KEY)
    monkeypatch.undo()
    assert says in str(report)


def test_two_mistakes_at_once_give_two_messages():
    report = judged(lambda x: tf.where(x < 0, x, tf.minimum(x, 7.0)), KEY)
    keys = [report.lead.key, *(message.key for message in report.more)]
    assert keys == ["relu6.below", "relu6.above"]


def test_a_constant_earns_no_points_for_properties_it_has_by_accident():
    assert judged(constant, KEY).score <= 1


def test_stop_pressed_while_the_function_runs_gives_a_report():
    def endless(x):
        raise KeyboardInterrupt

    report = check(endless, KEY)
    assert report.lead.key == "common.stopped"


def test_an_answer_learnt_by_heart_fails_on_unseen_inputs():
    from mnv2_tutor.engine.course import exercise

    table = {case.values: case for case in exercise(KEY).probe(None)}

    def by_heart(x):
        known = tuple(np.ravel(x.numpy()).tolist()) in table
        return tf.nn.relu6(x) if known else x

    assert judged(by_heart, KEY).outcome == "passed"
    assert not judged(by_heart, KEY, seed=5).passed


def test_a_function_that_checks_itself_comes_back():
    def relu6(x):
        y = tf.nn.relu6(x)
        check(relu6)
        return y

    assert check(relu6).passed


def test_infinity_every_time_is_steady():
    assert judged(lambda x: tf.exp(x), KEY).lead.key != "common.changing"


def test_a_wrapper_that_adds_an_argument_is_called_as_itself():
    import functools

    def with_cap(x, cap):
        return tf.minimum(tf.nn.relu(x), cap)

    @functools.wraps(with_cap)
    def relu6(x):
        return with_cap(x, 6.0)

    assert judged(relu6, KEY).passed


def test_keyword_only_parameters_with_defaults_give_no_note():
    def relu6(x, *, cap=6.0):
        return keras.ops.clip(x, 0.0, cap)

    assert judged(relu6, KEY).notes == ()


def test_a_required_keyword_only_parameter_is_found_among_defaults():
    def relu6(*, cap=6.0, x):
        return keras.ops.clip(x, 0.0, cap)

    assert judged(relu6, KEY).passed


def test_a_gradient_in_slices_is_a_gradient():
    def relu6(x):
        if x.shape.rank == 0:
            return tf.nn.relu6(x)
        return tf.nn.relu6(tf.gather(x, tf.range(tf.shape(x)[0])))

    assert judged(relu6, KEY).passed


def test_a_huge_output_is_refused_without_being_read():
    report = judged(lambda x: tf.zeros([3_000_000]), KEY)
    assert "3000000" in report.lead.found


def test_what_an_exception_says_is_printable():
    def relu6(x):
        raise ValueError("a\ud800\x1b[2Jb")

    text = str(judged(relu6, KEY))
    assert text.encode("utf-8")
    assert "\x1b" not in text


def test_an_observation_without_its_cases_earns_nothing():
    from dataclasses import replace

    from mnv2_tutor.engine import expected
    from mnv2_tutor.engine.course import exercise
    from mnv2_tutor.engine.judge import judge
    from mnv2_tutor.engine.observe import observe

    task, answers = exercise(KEY), expected.public(KEY)
    full = observe(tf.nn.relu6, task)
    assert judge(task, full, answers).passed
    for partial in (replace(full, cases=()), replace(full, cases=full.cases[1:]), full.thinned(3)):
        report = judge(task, partial, answers)
        assert (report.outcome, report.score) == ("checker error", 0)


def test_what_ipython_adds_to_the_builtins_is_no_replacement():
    from mnv2_tutor.engine.observe.calls import KEPT_BUILTINS

    assert not {"display", "get_ipython", "input", "print"} & KEPT_BUILTINS.keys()
