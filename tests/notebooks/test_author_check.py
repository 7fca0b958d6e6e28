"""The gate: the course passes it, and each of its demands is seen to fail on a bad copy.

All that is bad is done to one copy, and the command is run once: it must say everything.
"""

import os
import re
import shutil
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from mnv2_tutor.authoring import check, mistakes
from mnv2_tutor.authoring.cli import author
from mnv2_tutor.authoring.course import ROOT

SHARED = "mnv2_tutor/engine/words/en"
WORDS, ANSWERS, BOOK = "mnv2_tutor/course/words/en", "mnv2_tutor/course/answers", "book"
TRANSCRIPTS = "tests/exercises/transcripts"
COPIED = ("mnv2_tutor", "solutions", "book", TRANSCRIPTS)


def put(old, new):
    """An edit: the first ``old`` becomes ``new``."""

    def edit(text):
        assert old in text, f"nothing to replace: {old}"
        return text.replace(old, new, 1)

    return edit


def without(pattern):
    """An edit: what matches is gone."""

    def edit(text):
        assert re.search(pattern, text, re.M | re.S), f"nothing to take away: {pattern}"
        return re.sub(pattern, "", text, count=1, flags=re.M | re.S)

    return edit


def after(place, old, new):
    """An edit of the first ``old`` after a place."""

    def edit(text):
        before, found, rest = text.partition(place)
        assert found
        assert old in rest
        return before + found + rest.replace(old, new, 1)

    return edit


MESSAGES = [
    ("says and why have 54 words", f"{WORDS}/relu6.toml", "[messages.unchanged]",
     put("The identity is linear", "The identity is linear" + " and it stays linear" * 8)),
    ("'simply' judges or belittles", f"{WORDS}/relu6.toml", "[messages.symmetric]",
     put("relu6 cuts at -6 and at 6.", "relu6 simply cuts at -6 and at 6.")),
    ("'just' judges or belittles", f"{WORDS}/relu6.toml", "[messages.cap_one]",
     put("Where does the 6 of the name belong", "Where does just the 6 of the name belong")),
    ("says or why orders: Use", f"{WORDS}/relu6.toml", "[messages.times_six]",
     put("The 6 is a limit, not a factor", "Use 6 as a limit, not a factor")),
    ("why is empty", f"{WORDS}/relu6.toml", "[messages.unit_scaled]",
     after("[messages.unit_scaled]", 'why = "ReLU6 does not rescale: its output runs from 0 to 6, '
           'and in between a number keeps its value."', 'why = ""')),
    ("why is missing", f"{SHARED}/common.toml", "[messages.parameters]",
     put('why = "The check passes exactly these', 'because = "The check passes exactly these')),
    ("next is no question", f"{WORDS}/relu6.toml", "[messages.hard_sigmoid]",
     put("without the shift and the division?", "without the shift and the division.")),
    ("next is no question", f"{WORDS}/relu6.toml", "[messages.hard_swish]",
     put('next = "Which part of the formula is ReLU6 itself?"\n', "")),
    ("nothing fills the placeholder {shape}", f"{WORDS}/relu6.toml", "[messages.threshold]",
     put("relu6 drops the numbers up to 6", "relu6 of {shape} drops the numbers up to 6")),
    ("nothing fills the placeholder {wanted}", f"{SHARED}/notebook.toml", "[messages.removed]",
     put("is that line meant to be handed in?".capitalize(), "Is {wanted} meant to be handed in?")),
    ("why is empty", "mnv2_tutor/families/block/words/en/blocks.toml", "[messages.returned_model]",
     after("[messages.returned_model]", "why = ", "why = ''\nbecause = ")),
    ("missing", f"{WORDS}/relu6.toml", "[messages.window]",
     put("[messages.window]", "[messages.windows]")),
    ("says the same as leaky", f"{WORDS}/relu6.toml", "[messages.absolute]",
     put("relu6 turns negative numbers into positive ones.",
         "Below 0 the output of relu6 has a small slope left.")),
    ("gives the solution away", f"{WORDS}/use_residual.toml", "[messages.either]",
     put("{name} is content if", "{name} gives stride == 1 and c_in too: it is content if")),
]  # fmt: skip
"""What is said, the file, the message, and the edit."""
EXERCISES = [
    ("'array' is not the course's term", f"{WORDS}/relu6.toml", "",
     put("every number of the tensor x", "every number of the array x")),
    ("'filter size' is not the course's term", "mnv2_tutor/families/block/words/en/blocks.toml", "",
     put("{name} returned numbers", "{name} of some filter size returned numbers")),
    ("205 words", f"{WORDS}/use_residual.toml", " hint 1",
     put("Two feature maps can", "Two feature maps " + "of two shapes " * 60 + "can")),
    ("does not end with a question", f"{WORDS}/use_residual.toml", " hint 2",
     put("so that both must hold?", "so that both must hold.")),
    ("'obvious' judges or belittles", f"{WORDS}/use_residual.toml", " hint 3",
     put("The two conditions are", "The two obvious conditions are")),
    ("gives the solution away", f"{WORDS}/relu6.toml", " hint 2",
     put("Which one is missing there?", "Is it keras.ops.maximum(x, 0.0), or what?")),
    ("does not show the solution", f"{WORDS}/use_residual.toml", " last hint",
     put("return stride == 1 and c_in == c_out", "return both")),
    ("the solution is too short", f"{WORDS}/preprocess.toml", "", None),
    ("too few hints", f"{WORDS}/count_params.toml", "",
     without(r'^  "A depthwise convolution has no depth.*?$\n  "A pointwise.*?$\n')),
    ("why is missing", f"{WORDS}/count_macs.toml", " [explanation]",
     after("[explanation]", "why = ", "because = ")),
    ("notice is missing", f"{WORDS}/count_params.toml", " [explanation]",
     after("[explanation]", "notice = ", "remark = ")),
    ("form has no title", f"{WORDS}/relu6.toml", " [rubric]",
     put('form = "a tensor of x\'s shape comes back"\n', "")),
    ("other is no item of the rubric", f"{WORDS}/use_residual.toml", " [rubric]",
     put("[rubric]\n", '[rubric]\nother = "something else"\n')),
    ("no misconception", f"{ANSWERS}/count_macs.py", "",
     lambda text: text.replace("def wrong_", "def not_wrong_")),
]  # fmt: skip
"""The same for what an exercise has beside messages; the third entry is a place in the file."""
MADE = [
    ("holds nothing of no_floor", f"{ANSWERS}/relu6.json", "", without(r'^"no_floor": .*?$\n')),
    ("holds leftover, which is gone", f"{ANSWERS}/make_divisible.json", "",
     put('"misconceptions": {\n"', '"misconceptions": {\n"leftover": {},\n"')),
    ("holds nothing of no_cap", f"{TRANSCRIPTS}/relu6.txt", "",
     without(r"^={88}\nno_cap\n={88}\n.*?(?=^={88}$)")),
    ("is in another order than the answers", f"{TRANSCRIPTS}/use_residual.txt", "",
     lambda text: text.replace("\nalways\n", "\n-\n").replace("\nnever\n", "\nalways\n")
     .replace("\n-\n", "\nnever\n")),
    ("says is not what the words say now", f"{TRANSCRIPTS}/count_params.txt", " bias",
     put("count_params counts a bias as well.", "count_params counts two biases as well.")),
    ("why is not what the words say now", f"{TRANSCRIPTS}/preprocess.txt", " reference", None),
    ("next is not what the words say now", f"{TRANSCRIPTS}/relu6.txt", " leaky",
     put("What is the slope of ReLU6 left of 0?", "What is the slope of ReLU6?")),
    ("cannot be made for want of", f"{BOOK}/mistakes.md", "", None),
    ("stale from line", f"{BOOK}/network_map.md", "", put("Parameters are", "All parameters are")),
    ("stale from line 1", f"{BOOK}/_static/map/map.json", "", put('"macs":', '"macs":1')),
    ("stale from line", f"{BOOK}/09_training.ipynb", "", put('"cell_type"', ' "cell_type"')),
    ("stale from line", f"{BOOK}/exercises/09_training.ipynb", "",
     put("Make the classifier ready", "Get the classifier ready")),
    ("missing", f"{BOOK}/exercises/04_projection.ipynb", "", None),
    ("has no solution", f"{BOOK}/exercises/99_left_over.ipynb", "", None),
    ("a marker must stand alone on its line", "solutions/03_depthwise.ipynb", "",
     put("### BEGIN SOLUTION", "### begin solution")),
]  # fmt: skip
PAGES = [
    ("77 columns of code", f"{BOOK}/05_residual.ipynb", " cell 05-residual-02",
     put("import matplotlib.pyplot as plt", "import matplotlib.pyplot as plt  #" + "-" * 43)),
    ("987.25 stands in the text and in no output", f"{BOOK}/06_assembly.ipynb", "",
     put('"source": [\n    "#', '"source": [\n    "# 987.25')),
    ("2 questions", f"{BOOK}/05_residual.ipynb", "", put("viz.ask(", "viz.asked(")),
    ("the question factor is not asked", f"{BOOK}/05_residual.ipynb", "", lambda text: text),
    ("a number question needs an answer", "mnv2_tutor/course/questions/en/11_scale.toml", " [rate]",
     put("answer = 0.0125\n", "")),
]  # fmt: skip
BAD = [*MESSAGES, *EXERCISES, *MADE, *PAGES]


def run(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "mnv2_tutor.cli", "author", "check", *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What the gate says of a copy in which all of this is done."""
    copy = tmp_path_factory.mktemp("course")
    for part in COPIED:
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    for _, file, _, edit in BAD:
        if edit:
            path = copy / file
            path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
    exercises = copy / "book" / "exercises"
    shutil.copy(exercises / "01_relu6.ipynb", exercises / "99_left_over.ipynb")
    (exercises / "04_projection.ipynb").unlink()
    transcript = copy / TRANSCRIPTS / "preprocess.txt"
    transcript.write_text(transcript.read_text().partition("\n\n")[0] + "\n", encoding="utf-8")
    solution = copy / "solutions" / "08_weights.ipynb"
    line = 'return np.array(images, dtype=\\"float32\\") / 127.5 - 1'
    solution.write_text(put(line, "return 1")(solution.read_text(encoding="utf-8")))
    done = run(copy)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def test_the_course_passes():
    done = CliRunner().invoke(author, ["check"])
    assert (done.output, done.exit_code) == ("nothing to mend\n", 0)


@pytest.mark.parametrize(("what", "file", "place", "edit"), BAD)
def test_what_is_bad_is_said(said, what, file, place, edit):
    shown = re.sub(r"^mnv2_tutor/.*?(?=\w+/(?:en/)?\w+\.(?:toml|py)$)", "", file)
    where = f"{shown}{' ' if place.startswith('[') else ''}{place}: "
    lines = [line for line in said.splitlines() if line.startswith(where)]
    assert any(what in line for line in lines), lines


def test_each_violation_stands_once_and_says_what_mends_it(said):
    *pairs, count = said.splitlines()
    wheres, mends = pairs[::2], pairs[1::2]
    assert len(set(wheres)) == len(wheres) == len(mends)
    assert all(mend.startswith("    ") and mend.strip() for mend in mends)
    assert count == f"{len(wheres)} to mend"


def test_what_exercises_share_is_said_once(said):
    assert said.count("[messages.returned_model]: why is empty") == 1
    assert said.count("'filter size'") == 1


def test_page_of_mistakes_that_is_stale_is_said(monkeypatch):
    monkeypatch.setattr(mistakes, "made", lambda: "# Common mistakes\n\nNone.\n")
    (violation,) = check.of_mistakes()
    assert str(violation).startswith("book/mistakes.md: stale from line 3\n")


def test_misuse_is_told_apart_from_violations():
    assert run(ROOT, "relu6").returncode == 2
