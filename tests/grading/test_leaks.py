"""What a submission learns while it is asked stays where nobody can read it."""

import re
import sys

import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("grades on Linux", allow_module_level=True)

from mnv2_tutor.grading import results
from tests.grading.submissions import RIGHT, RIGHT_RULE, grade, write_notebook

RIGHT_THEN = "return stride == 1 and c_in == c_out"
TYPE = "raise type('leak_%s' % '_'.join(str(n) for one in SEEN for n in one), (Exception,), {})()"
WORDS = "z = ['n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8', 'n9', 'nx']"
SPELLS = (
    "raise ValueError(' '.join(z[int(d)] if d.isdigit() else 'nx' "
    "for one in SEEN for d in str(one)))"
)
DICE = """
import os
START, DEATHS = int('{start}'), []
def use_residual(stride, c_in, c_out):
    if (START + len(DEATHS)) % 10:
        return bool((START + len(DEATHS)) % 2)
    return stride == 1 and c_in == c_out
"""
DIES = "DEATHS.append(os._exit(0))"
KEEPS = """
SEEN = []
def use_residual(stride, c_in, c_out):
    SEEN.append((stride, c_in, c_out))
    {then}
"""
WRITES = "open('/scratch/work/seen', 'a').write(f'{c_in} '); return True"
FOUND = "import os\nif os.path.exists('seen'): raise RuntimeError(open('seen').read())"
READS = "import os\nraise RuntimeError('leak ' + open('/scratch/work/seen').read())"
NOW = "raise RuntimeError(f'leak {SEEN}')"
IN_TURN = "\n    if len(SEEN) > 30:\n        raise RuntimeError(f'leak {SEEN}')\n    return True"
STACK = """
import sys
def use_residual(stride, c_in, c_out):
    frame, found = sys._getframe(), []
    while frame:
        local = frame.f_locals.items()
        found += [(n, v) for n, v in local if 'seed' in n or isinstance(v, int) and v > 2**40]
        frame = frame.f_back
    raise RuntimeError(f'leak {found}')
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    folder, out = tmp_path_factory.mktemp("class"), tmp_path_factory.mktemp("out")
    for name, cells in {
        "below": [KEEPS.format(then=RIGHT_THEN), NOW, RIGHT],
        "below_by_type": [KEEPS.format(then=RIGHT_THEN), TYPE, RIGHT],
        "spelt": [KEEPS.format(then=RIGHT_THEN), WORDS, SPELLS, "from mnv2_tutor import check",
                  "check('relu6')"],
        **{f"dice {n}": [DICE.format(start=n), *[DIES] * 12] for n in range(8)},
        "at_once": [KEEPS.format(then=NOW)],
        "in_turn": [KEEPS.format(then=IN_TURN)],
        "by_file": [KEEPS.format(then=WRITES), READS],
        "by_file_again": [FOUND, KEEPS.format(then=WRITES.replace("/scratch/work/", ""))],
        "stack": [STACK],
    }.items():  # fmt: skip
        write_notebook(folder, name, *cells)
    write_notebook(folder, "right", RIGHT_RULE)
    return grade(folder, out, exercises=("use_residual", "relu6"))


@pytest.mark.parametrize(
    "name",
    ["below", "below_by_type", "at_once", "in_turn", "by_file", "by_file_again", "stack"],
)
def test_no_unseen_input_and_no_seed_comes_back_in_words(graded, name):
    """Public inputs may: every learner has them."""
    from mnv2_tutor.engine.course import exercise

    report = graded.report(name)
    page = graded.feedback(name)
    shown = {value for case in exercise("use_residual").probe(None) for value in case.arguments}
    drawn = {v for case in exercise("use_residual").probe(report["seed"]) for v in case.arguments}
    words = set(
        page.replace(",", " ").replace("_", " ").replace("(", " ").replace(")", " ").split()
    )
    assert not words & {str(value) for value in drawn - shown if value > 10}
    assert str(report["seed"]) not in page


def test_what_a_learner_gets_holds_no_seed(graded):
    assert str(graded.report("right")["seed"]) not in graded.feedback("right")
    assert results.FEEDBACK == "feedback.html"


def test_words_of_the_learner_are_no_alphabet_for_what_was_seen(graded):
    assert not re.search(r"n\d n\d", graded.feedback("spelt"))


def test_who_ends_python_again_and_again_is_not_asked_again_and_again(graded):
    """Each needs another number of ends before its answer is the right one: the first none."""
    right = [graded.rows[f"dice {number}"]["use_residual"] == "10" for number in range(8)]
    assert right == [True, *[False] * 7]
