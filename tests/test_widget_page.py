"""A page with a stored ipywidget: it must come alive from local files, at any depth of the book."""

import shutil
import subprocess
import sys
from pathlib import Path

import ipywidgets
import nbformat
import pytest
from ipywidgets.embed import dependency_state

from mnv2_tutor.authoring.clean import NOTEBOOK_METADATA
from mnv2_tutor.authoring.course import ROOT
from tests.test_book import Visit, browser, vendored  # noqa: F401
from tools.browser import served

pytestmark = [pytest.mark.browser, pytest.mark.long]


def notebook_with_a_slider():
    slider, mirror = ipywidgets.IntSlider(value=3), ipywidgets.IntText(value=3)
    link = ipywidgets.jslink((slider, "value"), (mirror, "value"))
    box = ipywidgets.VBox([slider, mirror])
    mime = "application/vnd.jupyter.widget-view+json"
    view = {"model_id": box.model_id, "version_major": 2, "version_minor": 0}
    cell = nbformat.v4.new_code_cell("box", execution_count=1)
    cell.outputs = [nbformat.v4.new_output("display_data", {mime: view, "text/plain": "box"})]
    title = nbformat.v4.new_markdown_cell("# A slider")
    made = nbformat.v4.new_notebook(cells=[title, cell])
    state = {"version_major": 2, "version_minor": 0, "state": dependency_state([box, link])}
    made.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": state}
    made.metadata |= NOTEBOOK_METADATA
    return made


@pytest.fixture
def small_book(tmp_path, vendored):  # noqa: F811
    shutil.copytree(ROOT / "book" / "_static", tmp_path / "book" / "_static")
    shutil.copytree(ROOT / "book" / "_templates", tmp_path / "book" / "_templates")
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    shutil.copy(ROOT / "book" / "references.bib", tmp_path / "book")
    shutil.copy(ROOT / "_config.yml", tmp_path)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/deep/page\n")
    page = tmp_path / "book" / "deep" / "page.ipynb"
    page.parent.mkdir()
    nbformat.write(notebook_with_a_slider(), page)
    command = [Path(sys.executable).with_name("jupyter-book"), "build", tmp_path, "-W", "-n"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    with served(tmp_path / "_build" / "html") as address:
        yield address


def test_a_stored_widget_moves_without_another_host(browser, small_book):  # noqa: F811
    with Visit(browser, small_book, "book/deep/page.html") as visit:
        handle = visit.page.locator(".jupyter-widgets .noUi-handle").first
        handle.wait_for()
        handle.focus()
        visit.page.keyboard.press("ArrowRight")
        assert visit.page.locator(".jupyter-widgets input[type=number]").input_value() == "4"
        assert visit.trouble == []
