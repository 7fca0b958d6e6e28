"""Numbers in the text are computed on the page, and code fits its column."""

import re

import nbformat
import pytest
from bs4 import BeautifulSoup

from mnv2_tutor.authoring import course
from tests.test_notebooks import name

CHAPTERS = sorted((course.ROOT / "book").glob("*.ipynb"))
WIDEST = 76
NAMED = {"07_cost": {"5.1"}}
"""Decimal numbers of the text that nothing has to compute: a section of the paper."""


def text_of(cells):
    """Prose without formulas, code and links, and without paragraphs that cite a source."""
    prose = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    own = "\n\n".join(part for part in prose.split("\n\n") if "{cite}" not in part)
    return re.sub(r"\$[^$]*\$|`[^`]*`|\]\([^)]*\)", " ", own)


DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?!\w|\.\d)")


def outputs_of(cells):
    """What the page prints and says, and the code that is shown: no styles and no drawing."""
    parts = []
    for cell in cells:
        if cell.cell_type == "code":
            if "remove-input" not in cell.metadata.get("tags", []):
                parts.append(cell.source)
            for output in cell.outputs:
                data = output.get("data", {})
                html = BeautifulSoup(data.get("text/html", ""), "html.parser")
                says = [each.get("data-says", "") for each in html.select("[data-says]")]
                parts += [output.get("text", ""), data.get("text/plain", "")]
                parts += [html.get_text(" "), *says]
    return "\n".join(parts)


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_every_decimal_number_in_the_text_stands_in_an_output(path):
    cells = nbformat.read(path, as_version=4).cells
    missing = set(DECIMAL.findall(text_of(cells))) - set(DECIMAL.findall(outputs_of(cells)))
    assert missing <= NAMED.get(path.stem, set())


@pytest.mark.parametrize("path", course.notebooks(), ids=name)
def test_code_that_is_shown_fits_its_column(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code" and "remove-input" not in cell.metadata.get("tags", []):
            assert max(map(len, cell.source.splitlines()), default=0) <= WIDEST, cell.id


@pytest.mark.parametrize("path", CHAPTERS, ids=name)
def test_a_chapter_asks_at_least_three_questions(path):
    cells = nbformat.read(path, as_version=4).cells
    assert sum("viz.ask(" in cell.source for cell in cells) >= 3
