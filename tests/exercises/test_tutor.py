"""hint, solution, progress, and what is remembered between them."""

import json

import pytest
import tensorflow as tf

import mnv2_tutor
from mnv2_tutor import check, hint, progress, solution
from mnv2_tutor.learner import records, tutor


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MNV2_TUTOR_HOME", str(tmp_path))
    return tmp_path


def plain(x):
    return tf.nn.relu(x)


def floorless(x):
    return tf.minimum(x, 6.0)


def shifted(x):
    return tf.nn.relu(x - 6.0)


def right(x):
    return tf.nn.relu6(x)


def attempts():
    return len(records.read("relu6").attempts)


def test_a_really_different_attempt_counts():
    check(plain, "relu6")
    check(floorless, "relu6")
    assert attempts() == 2


def test_the_same_attempt_again_does_not_count():
    check(plain, "relu6")
    check(plain, "relu6")
    assert attempts() == 1


def test_a_stub_does_not_count():
    def stub(x):
        raise NotImplementedError

    check(stub, "relu6")
    assert attempts() == 0


def test_spacing_remarks_and_local_names_make_no_different_attempt():
    first = source_digest("def f(x):\n return g(x)")
    assert source_digest('def f(y):\n  """Says."""\n\n  # a\n  return g( y )') == first
    assert source_digest("def f(x):\n return h(x)") != first


def source_digest(source):
    import linecache

    name = f"<cell {len(source)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    space = {}
    exec(compile(source, name, "exec"), space)
    from mnv2_tutor.engine.observe.code import digest_of

    return digest_of(space["f"])


def test_hints_go_from_first_to_last_as_attempts_differ():
    first = str(hint("relu6"))
    assert "hint 1 of 4" in first
    assert str(hint("relu6")) == first
    check(plain, "relu6")
    assert "hint 2 of 4" in str(hint("relu6"))
    check(plain, "relu6")
    assert "hint 2 of 4" in str(hint("relu6"))
    check(floorless, "relu6")
    assert "hint 3 of 4" in str(hint("relu6"))


def test_a_hint_speaks_of_the_last_attempt():
    check(plain, "relu6")
    assert "so that it comes out as 6?" in str(hint("relu6"))


def test_the_solution_stays_closed_before_three_attempts():
    check(plain, "relu6")
    check(floorless, "relu6")
    assert "keras.ops" not in str(solution("relu6"))
    assert "there have been 2" in str(solution("relu6")).replace("\n", " ")


def test_the_solution_opens_after_three_different_attempts():
    for attempt in (plain, floorless, shifted):
        check(attempt, "relu6")
    assert "keras.ops.minimum" in str(solution("relu6"))
    assert "###" not in str(solution("relu6"))


def test_the_solution_opens_after_a_pass():
    check(right, "relu6")
    assert "keras.ops.minimum" in str(solution("relu6"))


def test_progress_shows_the_best_points():
    check(right, "relu6")
    check(plain, "relu6")
    assert "relu6" in str(progress())
    assert "passed     10 of 10  2" in str(progress())


def test_a_damaged_record_is_moved_aside_and_nothing_stops(home):
    path = home / "progress" / "relu6.json"
    path.parent.mkdir()
    path.write_text("{half")
    check(plain, "relu6")
    assert attempts() == 1
    assert path.with_suffix(".json.damaged").read_text() == "{half"


def test_a_folder_that_cannot_be_written_costs_one_line(home, monkeypatch, capsys):
    (home / "file").write_text("")
    monkeypatch.setenv("MNV2_TUTOR_HOME", str(home / "file"))
    report = check(right, "relu6")
    assert report.passed
    assert "MNV2_TUTOR_HOME" in capsys.readouterr().err
    assert "MNV2_TUTOR_HOME" in str(hint("relu6"))


def test_a_record_is_whole_json(home):
    check(plain, "relu6")
    assert json.loads((home / "progress" / "relu6.json").read_text())["best"] > 0


@pytest.mark.parametrize(
    "call",
    [
        lambda: check(right),
        lambda: hint("relu"),
        lambda: solution(3),  # type: ignore[arg-type]
    ],
)
def test_an_unknown_exercise_gets_one_line(call):
    assert "relu6" in str(call())


def test_check_finds_the_exercise_by_the_functions_name():
    def relu6(x):
        return tf.nn.relu6(x)

    assert check(relu6).passed


def test_check_finds_the_exercise_by_the_notebooks_name_for_an_object(monkeypatch):
    import sys

    import keras

    layer = keras.layers.ReLU(6.0)
    monkeypatch.setattr(sys.modules["__main__"], "relu6", layer, raising=False)
    assert check(layer).passed
    assert check("relu6").passed


def test_our_own_failure_is_not_blamed_on_the_learner(monkeypatch):
    monkeypatch.setattr(tutor, "judge", lambda *a: 1 / 0)
    report = check(plain, "relu6")
    assert report.outcome == "checker error"
    assert "fault of the course" in str(report)
    assert attempts() == 0


def test_a_report_is_plain_data():
    data = check(plain, "relu6").to_dict()
    again = json.loads(json.dumps(data))
    assert again == data
    assert again["diagnosis"]["key"] == "relu6.no_cap"


def test_text_and_html_are_the_same_from_run_to_run():
    a, b = check(plain, "relu6"), check(plain, "relu6")
    assert (str(a), a._repr_html_()) == (str(b), b._repr_html_())


def test_html_escapes_what_the_learner_raised():
    def relu6(x):
        raise ValueError("<script>alert(1)</script>")

    assert "<script>" not in check(relu6)._repr_html_()


def test_the_public_names_are_there():
    assert {"check", "hint", "progress", "solution"} <= set(dir(mnv2_tutor))
