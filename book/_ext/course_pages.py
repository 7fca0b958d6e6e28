"""A Sphinx extension: what every page says of itself, and what it need not load."""

from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

UNUSED = ("thebe",)
"""Thebe runs cells on a public server. Sphinx adds its constants twice, which is a script error."""
AT_ONCE = "documentation_options.js"
"""A script in the page itself needs it; all other files can wait until the page is there."""
SEARCH = "search"


def lighten(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Load no script of an unused feature, and none before the page is there."""
    del app, templatename, doctree
    used = [script for script in context["script_files"] if not _is_unused(script)]
    # What searches stands in the search page itself and needs the others before it.
    context["script_files"] = used if pagename == SEARCH else [_deferred(each) for each in used]


def _deferred(script: Any) -> Any:
    """The same script, waiting. A new one: all pages share what Sphinx hands out."""
    name = getattr(script, "filename", "") or ""
    if not name or AT_ONCE in str(name) or "defer" in script.attributes:
        return script
    return type(script)(name, priority=script.priority, **script.attributes, defer="defer")


def _is_unused(script: Any) -> bool:
    attributes = getattr(script, "attributes", {})
    text = f"{script} {getattr(script, 'filename', '')} {attributes.get('body', '')}".lower()
    return any(name in text for name in UNUSED)


LONGEST_DESCRIPTION = 200
PICTURE = "_static/social.png"


def describe(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Say what a page is about, for search engines and for previews where it is linked to."""
    del templatename
    if doctree is None:
        return
    first = next(doctree.findall(nodes.paragraph), None)
    facts = {
        "og:title": context["title"],
        "og:type": "article",
        "og:site_name": app.config.html_title,
        "twitter:card": "summary_large_image",
    }
    if first is not None:
        facts["description"] = facts["og:description"] = _shortened(
            # A solution begins with the words of its exercise.
            ("One solution. " if pagename.startswith("solutions/") else "") + first.astext()
        )
    if app.config.html_baseurl:  # previews want a whole address
        facts["og:image"] = f"{app.config.html_baseurl.rstrip('/')}/{PICTURE}"
    context["metatags"] = context.get("metatags", "") + "".join(
        f'<meta {"property" if ":" in name else "name"}="{name}" content="{escape(text)}" />\n'
        for name, text in facts.items()
    )


def _shortened(text: str) -> str:
    """Whole sentences as far as they fit, or the beginning of the first."""
    text = " ".join(text.split())
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    cut = text[:LONGEST_DESCRIPTION]
    end = max(cut.rfind(". "), cut.rfind("? "))
    return cut[: end + 1] if end > 0 else cut[: cut.rfind(" ")] + " …"


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", describe)
    app.connect("html-page-context", lighten, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
