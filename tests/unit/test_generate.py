"""From solution to exercise, and the stored form of notebooks."""

import nbformat
import pytest

from mnv2_tutor.authoring.clean import cleaned
from mnv2_tutor.authoring.generate import exercise_from, without_solution
from mnv2_tutor.errors import Unusable

SOLUTION = """def f(x):
    \"\"\"Docstring.\"\"\"
    ### BEGIN SOLUTION
    y = x + 1
    return y
    ### END SOLUTION"""


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


def test_the_solution_becomes_a_stub_that_raises():
    assert without_solution(SOLUTION, "here") == (
        'def f(x):\n    """Docstring."""\n    raise NotImplementedError("Your code goes here.")'
    )


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("### BEGIN SOLUTION\nx", "without ### END SOLUTION"),
        ("x\n### END SOLUTION", "without ### BEGIN SOLUTION"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", "again"),
        ("x = 1  ### BEGIN SOLUTION\n### END SOLUTION", "alone on its line"),
        ("### begin solution\nx\n### END SOLUTION", "alone on its line"),
    ],
)
def test_markers_that_do_not_pair_are_refused_with_the_cell(source, message):
    with pytest.raises(Unusable, match=message) as error:
        exercise_from(notebook(nbformat.v4.new_code_cell(source)), "05_residual.ipynb")
    assert "05_residual.ipynb, cell 1" in str(error.value)


def test_a_source_without_markers_is_refused():
    with pytest.raises(Unusable, match="no cell holds"):
        exercise_from(notebook(nbformat.v4.new_code_cell("x = 1")), "s.ipynb")


def test_a_marker_in_text_is_refused():
    with pytest.raises(Unusable, match="not code"):
        exercise_from(notebook(nbformat.v4.new_markdown_cell("### BEGIN SOLUTION")), "s.ipynb")


def test_what_the_page_of_a_solution_leaves_out_is_in_the_exercise():
    hints = nbformat.v4.new_markdown_cell("If you are stuck.", metadata={"tags": ["remove-cell"]})
    made = exercise_from(notebook(nbformat.v4.new_code_cell(SOLUTION), hints), "x.ipynb")
    assert "tags" not in made.cells[1].metadata


def test_outputs_and_book_only_tags_do_not_reach_the_exercise():
    cell = nbformat.v4.new_code_cell(SOLUTION)
    cell.outputs = [nbformat.v4.new_output("stream", text="secret")]
    cell.metadata["tags"] = ["hide-input", "play"]
    made = exercise_from(notebook(cell), "s.ipynb").cells[0]
    assert made.outputs == []
    assert made.metadata["tags"] == ["play"]


def test_the_stored_form_is_stable_and_counts_from_one():
    cell = nbformat.v4.new_code_cell("1", execution_count=7, metadata={"execution": {"a": "b"}})
    cell.outputs = [
        nbformat.v4.new_output("stream", name="stdout", text="a"),
        nbformat.v4.new_output("stream", name="stdout", text="b"),
        nbformat.v4.new_output("execute_result", {"text/plain": "1"}, execution_count=7),
    ]
    once = cleaned(notebook(cell), "01_x")
    assert cleaned(once, "01_x") == once
    assert once.cells[0].execution_count == 1
    assert once.cells[0].id == "01-x-01"
    assert [output.get("text") for output in once.cells[0].outputs] == ["ab", None]
