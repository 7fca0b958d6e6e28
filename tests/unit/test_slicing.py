"""From cells to the code of one function with everything that it needs."""

import pytest

from mnv2_tutor.source.slicing import Statements

RELU = "def relu6(x):\n    return min(max(x, 0), 6)"


def sliced(*cells, name="relu6"):
    return Statements(cells).slice_of(name, "relu6")


def run(*cells, name="relu6"):
    """The function that the slice of these cells defines, executed alone."""
    made = sliced(*cells, name=name)
    assert made.lacks == ""
    space = {}
    exec(compile(made.code, "<slice>", "exec", dont_inherit=True), space)
    return space["relu6"]


def test_a_function_that_needs_nothing_is_taken_alone():
    assert sliced("import os", RELU, "x = 1").code == f"{RELU}\n"


def test_helper_functions_come_along_with_what_they_need():
    cells = ("def low(x):\n    return max(x, FLOOR)", "FLOOR = 0", "def high(x):\n    return x")
    answer = "def relu6(x):\n    return min(low(x), 6)"
    assert run(*cells, answer)(-3) == 0
    assert "high" not in sliced(*cells, answer).code


def test_two_helpers_that_call_each_other_come_along():
    cells = ("def a(x):\n    return x if x > 6 else b(x)", "def b(x):\n    return min(a(7), x)")
    assert run(*cells, "def relu6(x):\n    return a(x)")(3) == 3


def test_imports_come_along_without_their_neighbours():
    code = sliced("import math, os\nfrom json import dumps as d, loads", "def relu6(x):\n"
                  "    return math.floor(loads(d(x)))").code  # fmt: skip
    assert code.startswith("import math\n\nfrom json import dumps as d, loads\n")


def test_statements_keep_their_order():
    assert run("A = 2", "B = A * 3", "def relu6(x):\n    return B + A")(0) == 8


def test_of_several_definitions_the_last_one_counts():
    code = sliced("def relu6(x):\n    return helper(x)", RELU).code
    assert code == f"{RELU}\n"


def test_what_runs_at_once_sees_the_definition_before_it():
    assert run("CAP = 6", "LIMIT = CAP", "CAP = 7", "def relu6(x):\n    return LIMIT")(0) == 6


def test_what_is_called_later_sees_the_last_definition():
    assert run("CAP = 6", "def relu6(x):\n    return CAP", "CAP = 7")(0) == 7


def test_a_name_that_is_bound_to_its_own_change_takes_both():
    assert (
        run(RELU, "def twice(f):\n    return lambda x: 2 * f(x)", "relu6 = twice(relu6)")(9) == 12
    )


def test_decorators_come_along():
    cell = "def same(f):\n    return f\n\n@same\ndef relu6(x):\n    return x"
    assert run(cell)(1) == 1


def test_default_values_come_along():
    assert run("CAP = 6", "def relu6(x, cap=CAP):\n    return min(x, cap)")(9) == 6


def test_annotations_come_along():
    assert run("Number = float", "def relu6(x: Number) -> Number:\n    return x")(1) == 1


def test_classes_come_along_with_their_base_and_what_methods_use():
    cells = (
        "CAP = 6",
        "class Base:\n    low = 0",
        "class Clip(Base):\n    def __call__(self, x):\n        return min(max(x, self.low), CAP)",
        "relu6 = Clip()",
    )
    assert run(*cells)(9) == 6


@pytest.mark.parametrize(
    "answer",
    [
        "relu6 = lambda x: min(max(x, 0), CAP)",
        "from functools import partial\ndef clip(x, cap): return min(x, cap)\n"
        "relu6 = partial(clip, cap=CAP)",
        "relu6, other = (lambda x: min(x, CAP)), None",
        "if CAP:\n    def relu6(x):\n        return min(x, CAP)",
        "try:\n    from nowhere import relu6\nexcept ImportError:\n"
        "    def relu6(x):\n        return min(x, CAP)",
        "for cap in [CAP]:\n    def relu6(x, cap=cap):\n        return min(x, cap)",
        "import contextlib\nwith contextlib.suppress(ValueError):\n"
        "    relu6 = lambda x: min(x, CAP)",
        "relu6 = (lambda caps: lambda x: min(x, *caps))([c for c in [CAP]])",
        "a = 1; relu6 = lambda x: min(x, CAP)",
    ],
)
def test_every_way_to_bind_a_name_is_a_definition(answer):
    assert run("CAP = 6", answer)(9) == 6


def test_what_was_done_to_a_value_comes_along():
    cells = ("CAPS = [9]", "CAPS.append(8)", "CAPS[0] = 6", "OTHER = 1", "CAPS += [7]")
    assert run(*cells, "def relu6(x):\n    return min(x, *CAPS)")(10) == 6


def test_what_was_done_to_a_module_does_not_come_along():
    assert "sort" not in sliced("import os", "os.sort()", "def relu6(x):\n    return os").code


def test_a_branch_takes_the_value_before_it_along():
    assert run("CAP = 6", "if False:\n    CAP = 7", "def relu6(x):\n    return CAP")(0) == 6


def test_a_loop_variable_is_no_reason_for_an_earlier_loop():
    cells = ("for i in range(9):\n    print(i)", "T = 0\nfor i in range(3):\n    T += i")
    code = sliced(*cells, "def relu6(x):\n    return T").code
    assert "T += i" in code and "print" not in code


def test_a_counter_that_the_function_itself_changes_comes_along():
    f = run("N = 0", "def relu6(x):\n    global N\n    N += 1\n    return N")
    assert (f(0), f(0)) == (1, 2)


@pytest.mark.parametrize(
    "cell",
    [
        f"%%time\n{RELU}",
        f"%matplotlib inline\n!ls\n{RELU}",
        f"%timeit 1 + 1\nif True:\n    %pip list\n{RELU}",
        f"files = !ls\n{RELU}",
    ],
)
def test_magics_do_no_harm(cell):
    assert sliced(cell).code == f"{RELU}\n"


def test_a_cell_of_another_language_is_left_out():
    assert sliced(RELU, "%%writefile x.py\nrelu6 = None").code == f"{RELU}\n"


@pytest.mark.parametrize(
    "broken", ["def relu6(x:", "relu6 = = 1", "\x00", "\ud800 = 1", "(" * 5000]
)
def test_a_cell_that_does_not_parse_is_left_out(broken):
    assert sliced(RELU, broken).code == f"{RELU}\n"


def test_a_star_import_comes_along_while_a_name_is_unresolved():
    assert run("from math import *", "def relu6(x):\n    return floor(x)")(1.5) == 1


def test_a_star_import_may_replace_a_builtin():
    assert "import *" in sliced("from math import *", "def relu6(x):\n    return pow(x, 1)").code


def test_a_name_that_nothing_defines_is_named():
    made = sliced("def relu6(x):\n    return helper(x) + CAP")
    assert made.code == ""
    assert made.lacks == "it uses `CAP` and `helper`, which no cell defines"


def test_names_of_comprehensions_and_inner_functions_are_not_missing():
    answer = (
        "def relu6(x):\n    def inner(y):\n        return [y * z for z in range(2)]\n"
        "    return {k: v for k, v in zip(inner(x), inner(x))}"
    )
    assert sliced("v = [i for i in range(2)]", answer).lacks == ""


def test_the_notebooks_display_is_not_missing():
    assert sliced("def relu6(x):\n    display(x)").lacks == ""


def test_another_name_is_made_the_exercises():
    assert run("def my_relu(x):\n    return min(x, 6)", name="my_relu")(9) == 6


def test_a_future_import_stays_in_front():
    code = sliced("A = 1", "from __future__ import annotations", "def relu6(x):\n    return A").code
    assert code.startswith("from __future__ import annotations\n\nA = 1\n")


def test_a_function_of_an_earlier_chapter_is_imported_again():
    code = sliced("from mnv2_tutor.mine import use_residual, bottleneck", "def relu6(x):\n"
                  "    return use_residual(x)").code  # fmt: skip
    assert code.startswith("from mnv2_tutor.mine import use_residual\n")


def test_a_star_import_of_the_own_functions_is_narrowed():
    code = sliced("from mnv2_tutor.mine import *", "def relu6(x):\n    return use_residual(x)").code
    assert code.startswith("from mnv2_tutor.mine import use_residual\n")


@pytest.mark.parametrize(
    "cells",
    [
        ["from mnv2_tutor.mine import relu6"],
        ["from mnv2_tutor.mine import relu6 as old", "def relu6(x):\n    return old(x)"],
    ],
)
def test_an_answer_that_is_the_kept_one_is_not_cut_out(cells):
    assert sliced(*cells).lacks == "it builds on its own earlier version"


def test_the_kept_one_imported_again_does_not_hide_the_definition():
    assert sliced(RELU, "from mnv2_tutor.mine import relu6").code == f"{RELU}\n"
