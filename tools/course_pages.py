"""A Sphinx extension: what every page says of itself, and what it need not load."""

from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

UNUSED = ("thebe",)
"""Thebe runs cells on a public server. Sphinx adds its constants twice, which is a script error."""


def drop_unused_scripts(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Keep every script that does not belong to an unused feature."""
    del app, pagename, templatename, doctree
    context["script_files"] = [
        script for script in context["script_files"] if not _is_unused(script)
    ]


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
        "og:site_name": app.config.project,
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
    app.connect("html-page-context", drop_unused_scripts, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
