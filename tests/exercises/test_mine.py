"""The learner's own functions: what is kept when, what an import gives, and what it says if not."""

import importlib
import inspect
import os
import subprocess
import sys
import textwrap

import pytest

from mnv2_tutor import check, mine
from mnv2_tutor.authoring.course import SOLUTIONS
from mnv2_tutor.engine.observe.calls import call
from mnv2_tutor.engine.observe.code import digest_of, has_empty_body
from mnv2_tutor.learner import saved_code, session
from mnv2_tutor.submission.notebook import read_notebook
from mnv2_tutor.submission.share_functions import share_functions
from tests.grading.submissions import checked, notebook_bytes

RIGHT = "def use_residual(stride, c_in, c_out):\n    return stride == 1 and c_in == c_out"
SHORTER = "use_residual = lambda s, c_in, c_out: (s, c_in) == (1, c_out)"
WRONG = "def use_residual(stride, c_in, c_out):\n    return stride == 1"
PARAMS = textwrap.dedent("""\
    def count_params(kind, k, c_in, c_out):
        if kind == "standard":
            return k * k * c_in * c_out
        if kind == "separable":
            return k * k * c_in + c_in * c_out
        return k * k * c_in if kind == "depthwise" else c_in * c_out
    """)
MACS = textwrap.dedent("""\
    def count_macs(kind, h, w, k, c_in, c_out, stride=1):
        places = -(-h // stride) * -(-w // stride)
        return places * count_params(kind, k, c_in, c_out)
    """)
IMPORT_PARAMS = "from mnv2_tutor.mine import count_params"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MNV2_TUTOR_HOME", str(tmp_path))
    monkeypatch.setattr(mine, "_loaded", {})
    return tmp_path


@pytest.fixture
def notebook(monkeypatch):
    """A function that runs a cell as a notebook would; check then finds what it left."""
    cells = []
    names = vars(sys.modules["__main__"])
    before = dict(names)
    monkeypatch.setattr(session, "_executed_cells", lambda: cells)

    def run(source):
        cells.append(source)
        exec(compile(source, f"<cell {len(cells)}>", "exec"), names)
        return names

    yield run
    names.clear()
    names.update(before)


def put(home, key, text):
    saved_code.put_code(home, key, textwrap.dedent(text))


def refusal(key):
    with pytest.raises(ImportError) as raised:
        getattr(mine, key)
    return str(raised.value)


def test_what_passed_is_offered(notebook):
    assert check(notebook(RIGHT)["use_residual"]).passed
    assert mine.use_residual(1, 8, 8) is True


def test_what_is_kept_is_a_file_that_stands_alone(notebook, home):
    notebook("ONE = 1")
    check(notebook(RIGHT.replace("== 1", "== ONE"))["use_residual"])
    done = [sys.executable, "-c", (home / "mine" / "use_residual.py").read_text()]
    assert subprocess.run(done).returncode == 0


def test_what_did_not_pass_is_not_offered(notebook):
    assert not check(notebook(WRONG)["use_residual"]).passed
    assert "has not passed its check yet" in refusal("use_residual")


def test_a_later_pass_replaces_the_kept_one(notebook):
    check(notebook(RIGHT)["use_residual"])
    check(notebook(SHORTER)["use_residual"], "use_residual")
    assert "lambda" in saved_code.code("use_residual")


def test_a_later_failure_does_not_remove_the_kept_one(notebook):
    check(notebook(RIGHT)["use_residual"])
    check(notebook(WRONG)["use_residual"])
    assert mine.use_residual(1, 8, 9) is False


def test_what_passed_under_another_name_is_offered_under_its_own(notebook):
    check(notebook(RIGHT.replace("use_residual", "rule"))["rule"], "use_residual")
    assert mine.use_residual(1, 8, 8) is True


@pytest.mark.parametrize(
    "answer",
    [
        "class Rule:\n    def __call__(self, s, a, b):\n        return s == 1 and a == b\n"
        "use_residual = Rule()",
        "from functools import partial\n"
        "use_residual = partial(lambda one, s, a, b: s == one and a == b, 1)",
    ],
)
def test_an_object_that_passed_is_offered(notebook, answer):
    assert check(notebook(answer)["use_residual"], "use_residual").passed
    assert mine.use_residual(1, 8, 8) is True


def test_a_pass_whose_code_is_not_whole_says_so_at_the_import(notebook):
    vars(sys.modules["__main__"])["ONE"] = 1
    assert check(notebook(RIGHT.replace("== 1", "== ONE"))["use_residual"]).passed
    assert refusal("use_residual") == (
        "use_residual passed, but its code could not be kept because it uses `ONE`, which no cell "
        "defines: run the cells of 05_residual.ipynb from top to bottom and check again."
    )


def test_a_pass_whose_code_is_not_whole_leaves_the_kept_one(notebook):
    check(notebook(RIGHT)["use_residual"])
    vars(sys.modules["__main__"])["ONE"] = 1
    check(notebook(RIGHT.replace("== 1", "== ONE"))["use_residual"])
    assert mine.use_residual(1, 8, 8) is True


def test_a_reason_goes_when_a_pass_can_be_kept(notebook, home):
    saved_code.put_reason(home, "use_residual", "No.")
    check(notebook(RIGHT)["use_residual"])
    assert [path.name for path in (home / "mine").iterdir()] == ["use_residual.py"]


def test_a_function_without_a_name_says_so_at_the_import(notebook):
    notebook("")
    check(lambda s, a, b: s == 1 and a == b, "use_residual")
    assert "because it has no name in the notebook" in refusal("use_residual")


@pytest.mark.parametrize(
    "again",
    [
        "from mnv2_tutor.mine import use_residual",
        "import mnv2_tutor.mine\nuse_residual = mnv2_tutor.mine.use_residual",
    ],
)
def test_checking_the_kept_one_leaves_it_as_it_is(notebook, again):
    check(notebook(RIGHT)["use_residual"])
    before = saved_code.code("use_residual")
    assert check(notebook(again)["use_residual"]).passed
    assert saved_code.code("use_residual") == before


def test_code_that_cannot_be_read_costs_no_points(notebook, monkeypatch):
    monkeypatch.setattr(session, "_executed_cells", lambda: 1 / 0)
    assert check(notebook(RIGHT)["use_residual"]).passed
    assert "because it could not be read (ZeroDivisionError)" in refusal("use_residual")


def test_keeping_writes_nothing_to_the_notebook(notebook, capfd):
    check(notebook(r"pattern = '\d'" + "\n" + RIGHT)["use_residual"])
    capfd.readouterr()
    check(notebook("x = 1")["use_residual"])
    assert capfd.readouterr() == ("", "")


def in_ipython(home, *cells):
    script = textwrap.dedent(f"""\
        import sys
        from IPython.core.interactiveshell import InteractiveShell
        shell = InteractiveShell.instance()
        sys.modules["__main__"] = shell.user_module
        for cell in {cells!r}:
            shell.run_cell(cell, store_history=True)
        """)
    environment = {**os.environ, "MNV2_TUTOR_HOME": str(home), "IPYTHONDIR": str(home / "ipython")}
    return subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True)


def test_in_a_notebook_the_cells_that_ran_are_kept(home):
    cells = ("from mnv2_tutor import check", "%time ONE = 1", f"%%time\n{RIGHT}", "x = = 1")
    in_ipython(home, *cells, "check(use_residual);")
    assert mine.use_residual(1, 8, 8) is True


def test_in_a_script_its_text_is_kept(home):
    script = home / "script.py"
    script.write_text(f"from mnv2_tutor import check\n{RIGHT}\ncheck(use_residual)\n")
    subprocess.run([sys.executable, str(script)], check=True)
    assert mine.use_residual(1, 8, 8) is True


def test_an_import_gives_several_functions(home):
    put(home, "use_residual", RIGHT)
    put(home, "count_params", PARAMS)
    space = {}
    exec("from mnv2_tutor.mine import count_params, use_residual", space)
    assert space["count_params"]("pointwise", 1, 2, 3) == 6


def test_one_text_is_executed_once(home):
    put(home, "use_residual", RIGHT)
    assert mine.use_residual is mine.use_residual


def test_a_new_text_is_executed_anew(home):
    put(home, "use_residual", RIGHT)
    before = mine.use_residual
    put(home, "use_residual", SHORTER)
    assert mine.use_residual is not before


def test_a_skipped_chapter_is_named():
    assert refusal("bottleneck") == (
        "bottleneck is the exercise of chapter 5 (05_residual.ipynb) and has not passed its check "
        "yet: do that one first, then run this cell again."
    )


def test_an_unknown_name_is_an_ordinary_import_error():
    with pytest.raises(ImportError, match="cannot import name 'botleneck'"):
        exec("from mnv2_tutor.mine import botleneck")


def test_python_may_ask_the_module_for_anything():
    assert not hasattr(mine, "__path__")
    importlib.reload(mine)


def test_the_import_loads_no_tensorflow_by_itself():
    code = "import sys, mnv2_tutor.mine; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_an_offered_function_may_build_on_another(home):
    put(home, "count_params", PARAMS)
    put(home, "count_macs", f"{IMPORT_PARAMS}\n{MACS}")
    assert mine.count_macs("pointwise", 2, 2, 1, 3, 5) == 60


def test_what_an_offered_function_misses_is_named(home):
    put(home, "count_macs", f"{IMPORT_PARAMS}\n{MACS}")
    assert refusal("count_macs").startswith("count_params is the exercise of chapter 2")


def test_functions_that_build_on_each_other_do_not_hang(home):
    put(home, "count_params", "from mnv2_tutor.mine import count_macs as count_params")
    put(home, "count_macs", "from mnv2_tutor.mine import count_params as count_macs")
    assert refusal("count_macs") == (
        "the kept code goes in a circle, count_macs, which uses count_params, which uses "
        "count_macs: check count_macs again in 02_expansion.ipynb."
    )


@pytest.mark.parametrize(
    ("text", "stopped"),
    [
        ("use_residual = (", "SyntaxError: '(' was never closed (<mine use_residual>, line 3)"),
        ("x = 1 / 0", "ZeroDivisionError: division by zero"),
        ("raise SystemExit", "SystemExit"),
        ("raise BaseException('no')", "BaseException: no"),
        ("import nowhere", "ModuleNotFoundError: No module named 'nowhere'"),
        ("rule = 1", "NameError: name 'use_residual' is not defined"),
    ],
)
def test_kept_code_that_stops_is_an_import_error(home, text, stopped):
    put(home, "use_residual", text)
    assert refusal("use_residual") == (
        f"the kept code of use_residual stopped with {stopped}; "
        "check use_residual again in 05_residual.ipynb."
    )


def test_a_kept_file_that_is_not_even_text_is_an_import_error(home):
    put(home, "use_residual", RIGHT)
    (home / "mine" / "use_residual.py").write_bytes(b"\x80\xff\x00")
    assert "the kept code of use_residual stopped with SyntaxError" in refusal("use_residual")


def test_a_kept_file_that_cannot_be_opened_is_an_import_error(home):
    (home / "mine" / "use_residual.py").mkdir(parents=True)
    assert "the kept code of use_residual cannot be read" in refusal("use_residual")


def test_stop_while_kept_code_runs_is_a_stop(home):
    put(home, "use_residual", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        mine.use_residual


def test_an_offered_function_shows_its_source(home):
    put(home, "use_residual", RIGHT)
    assert inspect.getsource(mine.use_residual) == f"{RIGHT}\n"
    assert digest_of(mine.use_residual) != ""
    assert not has_empty_body(mine.use_residual)


def test_an_error_in_an_offered_function_has_the_learners_line(home):
    put(home, "use_residual", "def use_residual(s, a, b):\n    return s / 0  # oh\n")
    _, error = call(mine.use_residual, 1, 2, 3)
    assert error.source == "return s / 0  # oh"


def test_a_dataclass_can_be_offered(home):
    put(
        home,
        "use_residual",
        """\
        from __future__ import annotations
        from dataclasses import dataclass
        @dataclass
        class Rule:
            one: int = 1
            def __call__(self, s, a, b):
                return s == self.one and a == b
        use_residual = Rule()
        """,
    )
    assert mine.use_residual(1, 8, 8) is True


FIRST = notebook_bytes(PARAMS)
SECOND = notebook_bytes(IMPORT_PARAMS, MACS)


def outcomes(*notebooks):
    return [str(report.outcome) for _, report in checked(*notebooks).reports]


def messages(done):
    return [remark.parameters["message"] for _, remark in done.remarks]


def test_a_notebook_builds_on_another_one_of_its_submission():
    assert outcomes(FIRST, SECOND) == ["passed", "passed"]


def test_the_order_of_notebooks_does_not_matter():
    assert outcomes(SECOND, FIRST) == ["passed", "passed"]


def test_a_notebook_builds_on_itself():
    seen = checked(notebook_bytes(PARAMS, IMPORT_PARAMS, MACS))
    assert seen.passed and not seen.remarks


def test_using_an_earlier_function_is_no_answer_to_its_exercise():
    assert read_notebook(SECOND).exercises == ("count_macs",)


def test_a_notebook_that_is_missing_in_the_submission_is_named():
    assert messages(checked(SECOND)) == [
        "count_params is the exercise of chapter 2, and no notebook of this submission defines "
        "it: add 02_expansion.ipynb."
    ]


def test_a_function_of_the_submission_that_is_not_whole_is_named():
    first = notebook_bytes(PARAMS.replace("k * k", "square(k)"))
    assert messages(checked(first, SECOND)) == [
        "count_params of 02_expansion.ipynb cannot be used because it uses `square`, which no "
        "cell defines."
    ]


def test_the_own_wrong_function_is_used_in_grading():
    wrong = notebook_bytes(PARAMS.replace("k * k", "k"))
    assert outcomes(wrong, SECOND) == ["failed", "failed"]


def test_the_learners_progress_is_not_used_in_grading(home):
    put(home, "count_params", PARAMS)
    assert outcomes(SECOND) == ["could not run"]


def test_a_notebook_that_cannot_be_used_takes_nothing_from_the_others():
    endless = notebook_bytes(RIGHT.replace("return", "while True: pass\n    return"))
    done = checked(endless, b"", FIRST, seconds=8)
    assert [*done.unusable] == ["1.ipynb"]
    passed = {path: report.passed for path, report in done.reports}
    assert passed == {"0.ipynb": False, "2.ipynb": True}


EMPTY = "def count_params(kind, k, c_in, c_out):\n    raise NotImplementedError"


@pytest.mark.parametrize("notebooks", [[[EMPTY], [PARAMS]], [[PARAMS], [EMPTY]]])
def test_an_empty_function_beside_the_written_one_stands_in_nobodys_way(home, notebooks):
    share_functions(notebooks, home)
    assert "NotImplementedError" not in saved_code.code("count_params")


def test_where_all_are_empty_the_empty_one_is_offered(home):
    share_functions([[EMPTY]], home)
    assert "NotImplementedError" in saved_code.code("count_params")


def test_notebooks_of_a_submission_share_no_names():
    second = notebook_bytes(MACS)
    assert outcomes(FIRST, second) == ["passed", "could not run"]


@pytest.mark.parametrize("key", ["count_params", "count_macs", "use_residual", "depthwise_block"])
def test_a_solution_passes_where_nothing_but_its_slice_is(home, key):
    share_functions(
        [read_notebook(path.read_bytes()).cells for path in SOLUTIONS.glob("*.ipynb")], home
    )
    code = f"import sys; from mnv2_tutor import check, mine; sys.exit(not check(mine.{key}).passed)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.long
def test_the_solutions_up_to_the_bottleneck_pass_as_a_submission():
    paths = sorted(SOLUTIONS.glob("0[1-5]*.ipynb"))
    assert checked(*(p.read_bytes() for p in paths), seed=5, seconds=120).passed
