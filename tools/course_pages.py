"""A Sphinx extension: leaves out of the pages what the theme loads and this book does not use."""

from typing import Any

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


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", drop_unused_scripts, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
