"""A Sphinx extension: under the title of each chapter, how long it takes to read.

The words of the text are counted when the book is built, so the line is never stale. Code, outputs
and captions are left out: a reader looks at them at a speed of their own.
"""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

CHAPTER = re.compile(r"book/\d\d_\w+")
WORDS_A_MINUTE = 130
"""With formulas to follow, figures to look at and questions to answer; plain prose goes faster."""


def minutes(words: int) -> int:
    """To the next five, since nobody reads by the minute; a short chapter to the minute."""
    found = max(1, round(words / WORDS_A_MINUTE))
    return found if found < 10 else 5 * round(found / 5)


def words_of(document: nodes.document) -> int:
    """How many words the paragraphs have."""
    return sum(len(paragraph.astext().split()) for paragraph in document.findall(nodes.paragraph))


def say_how_long(app: Sphinx, document: nodes.document) -> None:
    """Put the line under the title."""
    if not CHAPTER.fullmatch(app.env.docname):
        return
    title = next(iter(document.findall(nodes.title)))
    text = f"About {minutes(words_of(document))} minutes to read."
    # Not as a paragraph: the first one of a page is what search engines show of it.
    line = nodes.raw("", f'<p class="mnv2-time"><em>{text}</em></p>', format="html")
    title.parent.insert(title.parent.index(title) + 1, line)


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("doctree-read", say_how_long)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
