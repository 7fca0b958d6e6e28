"""A Sphinx extension: "Next" leads from chapter to chapter.

By itself it follows the table of contents, from a chapter into its exercise and its solution, where
somebody who reads does not want to go. These two are reached from the text, and lead back.
"""

import re
from typing import Any

from sphinx.application import Sphinx

PAGE = re.compile(r"(?P<folder>book/|book/exercises/|solutions/)(?P<number>\d\d)_\w+")
CHAPTER, EXERCISE, SOLUTION = "book/", "book/exercises/", "solutions/"


def neighbours(page: str, pages: set[str]) -> dict[str, str]:
    """Where ``prev`` and ``next`` of a page lead, if not along the table of contents."""
    found = PAGE.fullmatch(page)
    if not found:
        return {}
    number, of = int(found["number"]), {}
    for other in pages:
        if (match := PAGE.fullmatch(other)) is not None:
            of[match["folder"], int(match["number"])] = other
    wanted = {
        CHAPTER: {"prev": (CHAPTER, number - 1), "next": (CHAPTER, number + 1)},
        EXERCISE: {"prev": (CHAPTER, number), "next": (SOLUTION, number)},
        SOLUTION: {"prev": (EXERCISE, number), "next": (CHAPTER, number + 1)},
    }[found["folder"]]
    return {way: of[place] for way, place in wanted.items() if place in of}


def lead_on(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Set the two links of a page."""
    del templatename, doctree
    for way, target in neighbours(pagename, set(app.env.found_docs)).items():
        link = app.builder.get_relative_uri(pagename, target)
        context[way] = {"link": link, "title": app.env.titles[target].astext()}


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", lead_on, priority=400)  # before a page's links are written
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
