"""A Sphinx extension: where a line may break, and which apostrophe is shown.

A number stays with what it counts, and the long name of a test or of a function may break after an
underscore. What cells have printed as HTML gets the apostrophe that Sphinx gives the text around
it. The sources are written with plain spaces and plain apostrophes.
"""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

TOGETHER = re.compile(
    r"(?<=\d) (?=%)|(?<=\b[a-z]) (?== \d)|(?<=\b[a-z] =) (?=\d)"
    r"|(?<=\d) (?=x \d)|(?<=\d x) (?=\d)"
    r"|(?<=[Cc]hapter) (?=\d)|(?<=[Tt]able) (?=\d)|(?<=[Ff]igure) (?=\d)|(?<=[Ss]ection) (?=\d)"
)
NO_BREAK = "\N{NO-BREAK SPACE}"
AS_WRITTEN = (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw)
CODE = r"<(code|pre|script|style|textarea)\b.*?</\2>"
APOSTROPHE = re.compile(rf"({CODE}|<[^>]*>)|(?<=\w)(?:'|&#39;|&#x27;)(?=\w)", re.DOTALL)
"""One between letters; code and tags, which are to stay as they are, are the first group."""
LONG = re.compile(r'<span class="pre">([^<]{24,})</span>')


class Together(SphinxPostTransform):
    """Put a no-break space between a number and its unit, outside of code."""

    default_priority = 900

    def run(self, **_: Any) -> None:
        for text in list(self.document.findall(nodes.Text)):
            parent, joined = text.parent, TOGETHER.sub(NO_BREAK, text.astext())
            # Some text of a table of contents has no parent.
            if joined != text.astext() and parent and not isinstance(parent, AS_WRITTEN):
                parent.replace(text, nodes.Text(joined))


def let_long_names_break(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Allow a break after each underscore of a long name; short ones stay whole."""
    del app, pagename, templatename, doctree
    context["body"] = LONG.sub(
        lambda found: f'<span class="pre mnv2-long">{found[1].replace("_", "_<wbr />")}</span>',
        context.get("body", ""),
    )


def show_apostrophes(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Of the texts of a page all but code, which is to be copied."""
    del app, pagename, templatename, doctree
    context["body"] = APOSTROPHE.sub(
        lambda found: found[1] or "\N{RIGHT SINGLE QUOTATION MARK}", context.get("body", "")
    )


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_post_transform(Together)
    app.connect("html-page-context", let_long_names_break)
    app.connect("html-page-context", show_apostrophes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
