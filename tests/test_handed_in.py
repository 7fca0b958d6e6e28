"""What counts as a submission, and as an exercise in it: nobody is left out without a word."""

import io
import zipfile

import nbformat
import pytest

from mnv2_tutor.authoring.course import SOLUTIONS
from mnv2_tutor.errors import Unusable
from mnv2_tutor.grading.intake import collect
from mnv2_tutor.statements import parts_of
from mnv2_tutor.submission.notebook import read_notebook, read_script
from tests.grading import RIGHT_RULE
from tests.helpers import notebook_bytes

CELL = nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(RIGHT_RULE)]))


def zipped(*names, content=CELL):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    return data.getvalue()


def class_of(path):
    """Names of the submissions, with their files or with what is wrong with them."""
    found = {}
    for one in collect(path):
        try:
            found[one.name] = sorted(one.files())
        except Unusable as error:
            found[one.name] = str(error)
    return found


def test_endings_in_capitals_count(tmp_path):
    (tmp_path / "Ben.ZIP").write_bytes(zipped("WORK.IPYNB"))
    (tmp_path / "Cleo.IPYNB").write_text(CELL)
    (tmp_path / "Dan.PY").write_text(RIGHT_RULE)
    assert class_of(tmp_path) == {
        "Ben": ["WORK.ipynb"], "Cleo": ["Cleo.ipynb"], "Dan": ["Dan.py"],
    }  # fmt: skip


@pytest.mark.parametrize("name", ["dan.rar", "eve.ipynb.txt", "fay.html"])
def test_a_file_of_another_kind_is_a_row_that_says_so(tmp_path, name):
    (tmp_path / "ada.ipynb").write_text(CELL)
    (tmp_path / name).write_text("something")
    assert "a notebook (.ipynb), a script (.py) or a .zip was expected" in class_of(tmp_path)[name]


def test_what_an_instructor_keeps_beside_them_is_no_submission(tmp_path):
    (tmp_path / "ada.ipynb").write_text(CELL)
    for name in ("names.csv", "points.toml", "read me.txt"):
        (tmp_path / name).write_text("something")
    assert [*class_of(tmp_path)] == ["ada"]


def test_a_zip_in_the_folder_of_a_learner_is_looked_into(tmp_path):
    (tmp_path / "ada_123").mkdir()
    (tmp_path / "ada_123" / "work.zip").write_bytes(zipped("in/01_relu6.ipynb"))
    assert class_of(tmp_path) == {"ada_123": ["in/01_relu6.ipynb"]}


def test_two_zips_of_a_learner_with_a_file_of_one_name_lose_none(tmp_path):
    (tmp_path / "ada").mkdir()
    for name in ("monday", "tuesday"):
        (tmp_path / "ada" / f"{name}.zip").write_bytes(zipped("01_relu6.ipynb", content=name))
    (ada,) = collect(tmp_path)
    assert ada.files() == {"01_relu6.ipynb": b"monday", "01_relu6 (2).ipynb": b"tuesday"}


def test_the_same_layout_in_a_zip_gives_the_same_rows(tmp_path):
    inner = zipped("01_relu6.ipynb")
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr("ada_123/work.zip", inner)
        archive.writestr("ben_456/essay.pdf", "x")
        archive.writestr("cleo.ipynb", CELL)
    assert class_of(tmp_path / "class.zip") == {
        "ada_123": ["01_relu6.ipynb"],
        "ben_456": "no notebook (.ipynb) and no script (.py) in it",
        "cleo": ["cleo.ipynb"],
    }


def test_a_zip_of_a_folder_of_notebooks_is_a_class(tmp_path):
    (tmp_path / "class.zip").write_bytes(zipped("class/ada.ipynb", "class/ben.ipynb"))
    assert [*class_of(tmp_path / "class.zip")] == ["ada", "ben"]


def test_a_zip_of_a_folder_of_the_courses_notebooks_is_one_learner(tmp_path):
    names = ("ada/01_relu6.ipynb", "ada/02_expansion.ipynb")
    (tmp_path / "one.zip").write_bytes(zipped(*names))
    assert [*class_of(tmp_path / "one.zip")] == ["ada"]


@pytest.mark.parametrize(
    "other",
    [
        "def plot(bottleneck):\n    return bottleneck",
        "def helper():\n    relu6 = 3\n    return relu6",
        "from keras.applications import mobilenet_v2",
        "sizes = [preprocess for preprocess in range(3)]",
    ],
)
def test_a_name_inside_a_function_or_of_a_library_is_no_answer(other):
    assert read_notebook(notebook_bytes(RIGHT_RULE, other)).exercises == ("use_residual",)


def test_a_helper_beside_a_marked_cell_of_the_course_is_no_misspelt_answer():
    solution = nbformat.reads((SOLUTIONS / "05_residual.ipynb").read_bytes(), as_version=4)
    solution.cells.append(nbformat.v4.new_code_cell("def relu(x): ...\ndef Use_Residual(): ..."))
    own = read_notebook(nbformat.writes(solution).encode()).exercises
    assert "relu6" not in own
    assert read_script(b"def relu(x): ...").exercises == ("relu6",)


def shown(source):
    return [(step.part.line, step.part.text) for step in read_script(source.encode()).steps]


def test_a_script_falls_into_statements_which_keep_their_lines():
    source = f"import nosuch\n\n@decorated\ndef f():\n    return 1\nx = 1\n{RIGHT_RULE}"
    assert shown(source) == [
        (1, "import nosuch"),
        (3, "@decorated\ndef f():\n    return 1"),
        (6, "x = 1"),
        (7, RIGHT_RULE),
    ]


@pytest.mark.parametrize(
    "broken",
    [
        "def f(:", "x = (1,", "print 'old'", "if True\n    x = 1", "<<<<<<< HEAD",
        '"""never closed', "class A\n    pass", "x = 1 +", "@\ndef g(): ...", "for x in\n    y",
        "def g(x):\nreturn x", "x = 'open", "“quoted”", "try:\n    x = 1\nx = 2",
    ],
)  # fmt: skip
def test_what_is_no_python_takes_nothing_else_with_it(broken):
    for source in (f"{broken}\n{RIGHT_RULE}", f"{RIGHT_RULE}\n{broken}"):
        assert RIGHT_RULE in [text for _, text in shown(source)]


@pytest.mark.parametrize(
    ("line", "python"),
    [
        ("!pip install x", "get_ipython().system('pip install x')"),
        ("%cd /content", "get_ipython().run_line_magic('cd', '/content')"),
        ("files = !ls", "files = get_ipython().getoutput('ls')"),
        ("%time y = 1", "y = 1"),
        ("%%time\ny = 1", "y = 1"),
        ("relu6?", "pass"),
        ("?relu6", "pass"),
        (">>> y = 1", "y = 1"),
        ("\ufeffy = 1", "y = 1"),
        ("y\u00a0= 1", "y = 1"),
        ("if True:\n    !ls", "if True:\n    get_ipython().system('ls')"),
        ("!pip install a \\\n  b", "get_ipython().system('pip install a   b')"),
        ("%%bash\nls", "get_ipython().run_cell_magic('bash', '', 'ls\\n')"),
    ],
)
def test_lines_of_a_notebook_become_the_calls_that_jupyter_makes_of_them(line, python):
    assert [part.text for part in parts_of(line)] == [python]


def test_only_what_a_cell_imports_for_others_is_imported_early():
    inside = "def show(np):\n    import tensorflow as tf\n    return tf, np"
    assert read_script(f"{inside}\n{RIGHT_RULE}".encode()).prelude == ""
    assert read_script(f"import math\nmath.pi\n{RIGHT_RULE}".encode()).prelude == "import math"


def test_statements_that_share_a_line_are_run_each_for_itself():
    texts = [text for _, text in shown(f"import os; x = 1; import re\n{RIGHT_RULE}")]
    assert texts == ["import os", "x = 1", "import re", RIGHT_RULE]


@pytest.mark.parametrize("bound", ["use_residual = rule", "if True:\n    use_residual = rule"])
def test_a_name_outside_of_functions_is_an_answer(bound):
    assert read_script(f"rule = len\n{bound}".encode()).exercises == ("use_residual",)


def test_a_function_checked_under_a_key_is_given_that_name():
    rule = RIGHT_RULE.replace("use_residual", "rule")
    found = read_notebook(notebook_bytes(rule, 'check(rule, "use_residual")'))
    assert found.exercises == ("use_residual",)
    assert found.cells[-1] == "use_residual = rule"


def test_a_key_that_is_defined_itself_stays_what_it_is():
    source = f'{RIGHT_RULE}\ndef rule(): ...\ncheck(rule, "use_residual")'
    assert read_notebook(notebook_bytes(source)).cells == (source,)
