"""A Sphinx extension: fills the table of the page "Your progress".

``<div class="mnv2-progress"></div>`` becomes a table of the chapters with what there is to do in
each. The script ``progress.js`` puts in what this browser remembers.
"""

import json
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from practice import PLACE as EXERCISE_PLACE

PLACE = '<div class="mnv2-progress"></div>'


def fill(app: Sphinx, doctree: nodes.document) -> None:
    """Put the table into the page that asks for it."""
    for raw in doctree.findall(nodes.raw):
        if raw.astext().strip() == PLACE:
            chapters = sorted(Path(app.srcdir, "book").glob("[01]*.ipynb"))
            for path in chapters:
                app.env.note_dependency(str(path))
            rows = "".join(row(path) for path in chapters)
            raw.replace_self(nodes.raw("", TABLE.format(rows=rows), format="html"))


TABLE = """<div class="mnv2-progress">
<table><thead><tr><th scope="col">chapter</th><th scope="col">read</th>
<th scope="col">questions</th><th scope="col">exercises in the page</th></tr></thead>
<tbody>{rows}</tbody></table>
</div>"""


def row(path: Path) -> str:
    """A chapter: its title, how many questions it asks, which exercises can be written in it."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells]
    title = texts[0].splitlines()[0].lstrip("# ")
    questions = sum("viz.ask(" in text for text in texts)
    exercises = EXERCISE_PLACE.findall("".join(texts))
    return (
        f'<tr data-page="book/{path.stem}" data-questions="{questions}" '
        f'data-exercises="{" ".join(exercises)}"><th scope="row">'
        f'<a href="{path.stem}.html">{escape(title)}</a></th><td>–</td><td>– of {questions}</td>'
        f"<td>{', '.join(exercises) or '–'}</td></tr>"
    )


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("doctree-read", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
