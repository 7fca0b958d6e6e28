"""A class as it comes in: everybody has a row or is named, and the class page says what it must."""

import html
import re
import sys
import zipfile

import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("grades on Linux", allow_module_level=True)

from mnv2_tutor.engine.messages import Message
from mnv2_tutor.grading import classpage, equal_code, rubric
from mnv2_tutor.grading.intake import collect
from tests.grading.submissions import (
    RIGHT,
    RIGHT_RULE,
    Graded,
    grade,
    notebook_bytes,
    record_of,
    report_of,
    run,
    write_notebook,
)

EVIL = "\x1b[31m\u202eeve"
KEYS = ("relu6", "use_residual", "expansion_block", "depthwise_block", "preprocess")
BIASED = """import keras
def expansion_block(x, t, filters, block_id):
    x = keras.layers.Conv2D(t * filters, 1, name=f"block_{block_id}_expand")(x)
    x = keras.layers.BatchNormalization(name=f"block_{block_id}_expand_bn")(x)
    return keras.layers.ReLU(6.0, name=f"block_{block_id}_expand_relu")(x)
def depthwise_block(x, stride, block_id):
    name = f"block_{block_id}_depthwise_conv"
    x = keras.layers.DepthwiseConv2D(3, strides=stride, padding="same", name=name)(x)
    x = keras.layers.BatchNormalization(name=f"block_{block_id}_dw_bn")(x)
    return keras.layers.ReLU(6.0, name=f"block_{block_id}_dw_relu")(x)
"""
LOST = "import nosuch\ncap = nosuch.cap\ndef relu6(x):\n    return cap(x)"
LONG_RULE = """def use_residual(stride, c_in, c_out):
    reasons = []
    if stride != 1:
        reasons.append("the map shrinks by %d" % stride)
    for before, after in [(c_in, c_out)]:
        if before != after:
            reasons.append("%d channels become %d" % (before, after))
    if len(reasons) > 0 and reasons[0] != "":
        return False
    return stride * 2 == 2 and c_in - c_out == 0 and not reasons
"""


def renamed(code):
    return code.replace("stride", "s").replace("c_in", "a").replace("c_out", "b")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    folder, out = tmp_path_factory.mktemp("class"), tmp_path_factory.mktemp("out")
    data = notebook_bytes(RIGHT)
    for name in ("plain.json", ".hidden.ipynb", "noending", f"{EVIL}.ipynb"):
        (folder / name).write_bytes(data)
    (folder / "plain.txt").write_text(RIGHT)
    (folder / "essay.pdf").write_bytes(b"%PDF-1.7")
    (folder / "page.ipynb").write_text("<!doctype html><title>Log in</title>")
    (folder / "empty").mkdir()
    (folder / "roster.csv").write_text("Student,ID\n")
    (folder / f"{EVIL}.csv").write_text("x")
    with zipfile.ZipFile(folder / "zipped.zip", "w") as archive:
        archive.writestr(f"{EVIL}.html", "<html>")
    write_notebook(folder, "biased", BIASED)
    write_notebook(folder, "lost", LOST)
    write_notebook(folder, "rule", LONG_RULE)
    write_notebook(folder, "rule_too", f"# mine\n{LONG_RULE}\n")
    write_notebook(folder, "rule_renamed", renamed(LONG_RULE))
    return grade(folder, out, exercises=KEYS)


def page(graded):
    return html.unescape((graded.out / classpage.CLASS).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [".hidden", "noending", "plain.txt", "plain.json"])
def test_a_right_answer_under_any_name_has_its_points(graded, name):
    assert graded.rows[name]["relu6"] == "10"


def test_everything_has_a_row_or_is_said_on_standard_error_and_on_the_page(graded):
    assert len(graded.table) == 14
    for name in ("essay", "page", "empty", "zipped", "biased", ".hidden"):
        assert name in graded.done.stderr
        assert name in page(graded)
    (said,) = [line for line in graded.done.stderr.splitlines() if line.startswith("not taken")]
    for name in ("roster.csv", "eve.csv"):
        assert name in said
        assert name in page(graded)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("essay", "a PDF"),
        ("page", "asks to log in"),
        ("empty", "no notebook"),
        ("zipped", "a saved web page"),
    ],
)
def test_why_somebody_has_no_points_is_said_everywhere(graded, name, reason):
    row = next(row for row in graded.rows if row.startswith(name))
    assert graded.rows[row]["status"] == "unreadable"
    lines = [one for one in graded.done.stderr.splitlines() if one.startswith(f"{row}: unread")]
    assert len(lines) == 1 and reason in lines[0]
    assert reason in page(graded)


def test_no_name_brings_what_a_terminal_or_a_browser_obeys(graded):
    texts = [graded.done.stderr, graded.done.stdout, page(graded)]
    texts += [path.read_text(encoding="utf-8") for path in graded.out.glob("*/feedback.html")]
    texts.append((graded.out / "grades.csv").read_text(encoding="utf-8"))
    assert not [text for text in texts if re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", text)]


def test_a_bias_in_two_blocks_is_one_entry_for_one_learner(graded):
    assert page(graded).count("has a bias") == 1
    assert "1 of 1, expansion_block and depthwise_block: The convolution of" in page(graded)


def test_a_name_that_is_not_there_is_no_misconception_of_the_class(graded):
    assert graded.report("lost")["reports"]["relu6"]["outcome"] == "could not run"
    assert "relu6 uses a name" not in page(graded)
    assert ", relu6: " not in page(graded)


def test_what_nobody_attempted_is_said(graded):
    said = "nobody attempted preprocess: the maximum of 50 includes it; --exercises attempted"
    assert said in graded.done.stderr
    assert "Nobody attempted preprocess" in page(graded)


def test_the_page_points_to_equal_code_and_to_what_is_not_prevented(graded):
    text = page(graded)
    assert (
        "rule, rule_renamed, rule_too: these submissions have the same code for use_residual "
        "but for the names of variables"
    ) in text
    assert "these submissions hold the same file" in text
    assert "What is prevented, and what is not" in text


def same(folder):
    keys = ("relu6", "use_residual", "expansion_block", "depthwise_block", "projection_block")
    found = equal_code.groups(collect(folder), keys)
    return [([*group.keys], group.how, [*group.names]) for group in found]


def test_comments_and_docstrings_make_no_other_code(tmp_path):
    write_notebook(tmp_path, "a", LONG_RULE)
    write_notebook(tmp_path, "b", LONG_RULE.replace(":\n", ":\n    '''Mine.'''  # really\n", 1))
    assert same(tmp_path) == [(["use_residual"], "code", ["a", "b"])]
    write_notebook(tmp_path, "c", renamed(LONG_RULE))
    assert same(tmp_path) == [(["use_residual"], "shape", ["a", "b", "c"])]


def test_nothing_is_said_of_a_short_function_that_everybody_writes_so(tmp_path):
    write_notebook(tmp_path, "a", RIGHT_RULE, RIGHT)
    write_notebook(tmp_path, "b", RIGHT, RIGHT_RULE)
    assert same(tmp_path) == []


PROJECTION = """def projection_block(x, out_channels, block_id):
    name = f"block_{block_id}_compress"
    x = keras.layers.Conv2D(out_channels, 1, use_bias=False, name=name)(x)
    return keras.layers.BatchNormalization(name=name + "_bn")(x)
"""


def test_functions_of_a_few_lines_are_said_to_be_the_same_where_several_are(tmp_path):
    for name in ("a", "b"):
        write_notebook(tmp_path, name, BIASED, f"# {name}")
    assert same(tmp_path) == []
    for name in ("a", "b"):
        write_notebook(tmp_path, name, BIASED, PROJECTION, f"# {name}")
    keys = ["expansion_block", "depthwise_block", "projection_block"]
    assert same(tmp_path) == [(keys, "code", ["a", "b"])]


def test_what_most_of_a_class_wrote_alike_in_a_few_lines_is_not_listed(tmp_path):
    for number in range(6):
        write_notebook(tmp_path, f"n{number}", BIASED, PROJECTION, f"# {number}")
    assert same(tmp_path) == []


def test_an_untouched_file_in_several_submissions_is_nobodys_code(tmp_path):
    for name in ("a", "b"):
        write_notebook(tmp_path, name, "def relu6(x):\n    raise NotImplementedError")
    assert same(tmp_path) == []


def test_other_code_and_the_empty_template_are_not_the_same(tmp_path):
    stub = "def relu6(x):\n    raise NotImplementedError"
    write_notebook(tmp_path, "a", RIGHT_RULE, stub)
    write_notebook(tmp_path, "b", RIGHT_RULE.replace("==", "is"), stub)
    assert same(tmp_path) == []


def test_a_page_without_names_says_nothing_of_equal_code():
    tasks = rubric.tasks(["relu6"], {})
    group = equal_code.EqualCode(("relu6",), "code", ("Ada", "Ben"), 9)
    both = [record_of(name, {"relu6": 10}) for name in ("Ada", "Ben")]
    shown = classpage.as_page(tasks, both, True, ["Cleo.csv"], [group])
    assert not [name for name in ("Ada", "Ben", "Cleo") if name in shown]
    assert "Ada, Ben" in classpage.as_page(tasks, both, False, [], [group])


def test_one_message_with_other_values_is_another_misunderstanding():
    tasks = rubric.tasks(["expansion_block", "depthwise_block"], {})
    first, second = (Message("blocks.x", parameters={"name": "a", "type": t}) for t in "xy")
    said = {classpage._said(tasks["expansion_block"], message) for message in (first, second)}
    assert len(said) == 2


def test_only_what_was_attempted_is_graded_on_request(tmp_path):
    stub = "def relu6(x):\n    raise NotImplementedError"
    write_notebook(tmp_path / "class", "ada", RIGHT_RULE, stub)
    done = run(tmp_path / "class", "--out", tmp_path / "out", "--exercises", "attempted")
    assert done.returncode == 0, done.stderr
    assert [*Graded(done, tmp_path / "out").table[0]][1:3] == ["use_residual", "total"]
    assert "attempted by somebody: use_residual" in done.stderr
    assert "nobody attempted" not in done.stderr


def test_where_nobody_attempted_anything_it_is_refused(tmp_path):
    write_notebook(tmp_path / "class", "ada", "def relu6(x):\n    raise NotImplementedError")
    done = run(tmp_path / "class", "--out", tmp_path / "out", "--exercises", "attempted")
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1)
    assert "nobody attempted an exercise" in done.stderr


def lead_of(key, **said):
    return Message(key, parameters={"name": key.partition(".")[0], **said})


def page_of(**leads):
    """The class page of a learner with these first messages, by exercise."""
    reports = {key: report_of(key, lead) for key, lead in leads.items()}
    record = record_of("Ada", dict.fromkeys(leads, 0), reports=reports)
    return classpage.as_page(rubric.tasks([*leads], {}), [record], False)


def test_what_means_something_else_in_another_exercise_is_two_entries():
    page = page_of(
        expansion_block=lead_of("expansion_block.other_activation"),
        projection_block=lead_of("projection_block.other_activation"),
    )
    assert page.count("<h3>1 of 1") == 2
    page = page_of(
        expansion_block=lead_of("blocks.values", name="expansion_block"),
        depthwise_block=lead_of("blocks.values", name="depthwise_block"),
    )
    assert page.count("<h3>1 of 1") == 2


def test_what_shares_a_name_and_a_meaning_is_one_entry_though_the_words_differ():
    page = page_of(
        expansion_block=lead_of("expansion_block.bias"), bottleneck=lead_of("bottleneck.bias")
    )
    assert page.count("<h3>1 of 1, expansion_block and bottleneck: ") == 1
    assert page.count("<h3>") == 1


@pytest.mark.parametrize(
    ("key", "more"),
    [
        ("common.name_lost", {"missing": "cap", "cause": "line 1"}),
        ("common.name_error", {"type": "NameError"}),
        ("common.only_imported", {"module": "keras"}),
        ("common.below_stub", {}),
        ("common.stop_crash", {}),
        ("common.stop_graph", {}),
    ],
)
def test_what_says_nothing_of_the_matter_is_no_misconception_of_the_class(key, more):
    assert "<h3>" not in page_of(relu6=lead_of(key, **more))
