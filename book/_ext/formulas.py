"""A Sphinx extension: formulas as MathML, which a browser draws and reads out without a script."""

import re
from typing import Any, Literal

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

FUNCTION = re.compile(r"<mo>(min|max)</mo>")
"""As an operator, a browser would set it apart from its own bracket."""


def converted(formula: str, display: Literal["inline", "block"]) -> str:
    return FUNCTION.sub(r"<mi>\1</mi>", convert(formula, display=display))


def in_a_line(writer: HTML5Translator, node: nodes.math) -> None:
    """A formula within a sentence."""
    writer.body.append(f'<span class="math">{converted(node.astext(), "inline")}</span>')
    raise nodes.SkipNode


def on_its_own(writer: HTML5Translator, node: nodes.math_block) -> None:
    """A formula between two paragraphs."""
    writer.body.append(f'<div class="math">{converted(node.astext(), "block")}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_html_math_renderer("mathml", (in_a_line, None), (on_its_own, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
