"""A Sphinx extension: fills the places in the chapters where an exercise can be written.

A chapter holds ``<div class="mnv2-practice" data-exercise="count_params"></div>``. The page gets
the task and the empty function from the exercise notebook, so that nothing is written twice, and
can be read without scripts; ``practice.js`` brings it to life.
"""

import json
import posixpath
import re
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

from docutils import nodes
from markdown_it import MarkdownIt
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

PLACE = re.compile(r'<div class="mnv2-practice" data-exercise="(\w+)"></div>')
EXERCISES = Path("book", "exercises")


def fill(app: Sphinx, doctree: nodes.document) -> None:
    """Put task and starter into every place of the page."""
    for raw in doctree.findall(nodes.raw):
        found = PLACE.fullmatch(raw.astext().strip())
        if found:
            name, task, starter = asked(Path(app.srcdir), found[1])
            app.env.note_dependency(str(Path(app.srcdir, EXERCISES, name)))
            html = place(app.env.docname, found[1], name, task, starter)
            raw.replace_self(nodes.raw("", html, format="html"))


def asked(root: Path, key: str) -> tuple[str, str, str]:
    """The notebook that asks for ``key``, what it says before the empty function, and that."""
    for path in sorted((root / EXERCISES).glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for before, cell in pairwise(cells):
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and source.startswith(f"def {key}("):
                return path.name, "".join(before["source"]), source
    raise ExtensionError(f"no exercise notebook asks for {key}")


def place(docname: str, key: str, notebook: str, task: str, starter: str) -> str:
    """The HTML of one exercise in a page."""
    here = posixpath.dirname(docname)
    source = posixpath.relpath(f"_sources/{EXERCISES.as_posix()}/{notebook}", here)
    page = posixpath.relpath(f"{EXERCISES.as_posix()}/{Path(notebook).stem}.html", here)
    text = re.sub(r"^#+ .*\n+", "", task)  # its heading: the chapter has its own
    return (
        f'<section class="mnv2-practice" data-exercise="{key}" data-notebook="{escape(source)}" '
        f'aria-label="Exercise {key}">\n'
        f'<p class="mnv2-title"><strong>Exercise</strong> <code>{key}</code></p>\n'
        f'<div class="mnv2-task">{MarkdownIt().render(text)}</div>\n'
        f'<div class="mnv2-starter" data-starter="{escape(starter)}">'
        f"{highlight(starter, PythonLexer(), HtmlFormatter())}</div>\n"
        f'<p class="mnv2-else">It is also in <a href="{escape(page)}">the exercise notebook</a>.'
        "</p>\n</section>"
    )


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("doctree-read", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
