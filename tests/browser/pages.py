"""The pages of the built book, and a visit to one of them."""

import os
import re

import pytest
import yaml

from mnv2_tutor.authoring.course import ROOT

BUILT = ROOT / "_build" / "html"
AXE = ROOT / "_build" / "vendor" / "axe-core" / "axe.min.js"
NOT_OURS = {"search.html", "genindex.html", "index.html"}
AXE_RUN = """async () => {
  const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
  const {violations} = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
  return violations.flatMap(rule => rule.nodes.map(node =>
    `${rule.id}: ${node.html.slice(0, 160)} ${node.any.length ? node.any[0].message : ""}`));
}"""
"""In words already: what axe knows of a page is megabytes, and slow to carry over."""
KEEPS_NOTHING = "Storage.prototype.setItem = () => { throw new Error('full'); };"
"""Run in a page before its own scripts: a browser that forbids or lacks storage."""


def absent(what):
    """In CI a missing tool is a failure; elsewhere a skip with its reason."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def pages():
    """Every page of the table of contents."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text())
    found = [toc["root"]]
    for part in toc["parts"]:
        for chapter in part["chapters"]:
            found += [chapter["file"], *(s["file"] for s in chapter.get("sections", []))]
    return [f"{name}.html" for name in found]


def chapters():
    """The pages with figures that move and questions."""
    return [path for path in pages() if re.fullmatch(r"book/\d\d_\w+\.html", path)]


class Visit:
    """A page that was opened, and everything that went wrong while it was."""

    def __init__(self, browser, site, path, width=1280, scheme="light", script=True):
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=script,
        )
        self.page = self.context.new_page()
        self.trouble = []
        note = self.trouble.append
        self.page.on("console", lambda m: note(f"console: {m.text}") if m.type == "error" else None)
        self.page.on("pageerror", lambda error: note(f"script: {error}"))
        self.page.on("request", lambda r: note(f"asks {r.url}") if self.is_foreign(r.url) else None)
        self.page.on("response", lambda r: note(f"{r.status} {r.url}") if r.status >= 400 else None)
        self.site = site
        self.page.goto(site + path, wait_until="load")
        self.page.wait_for_load_state("networkidle")

    def is_foreign(self, url):
        return not url.startswith((self.site, "data:", "blob:"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()
