"""Print the whole built book as one PDF, _build/mobilenetv2-from-scratch.pdf, with Chromium.

Each page is printed for itself, as a reader's browser prints it, and the parts are joined. The
solutions come last: on paper there is no fold to hide them behind.
"""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

import yaml
from playwright.sync_api import Browser, Page, PdfMargins, sync_playwright
from playwright.sync_api import Error as BrowserError
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.constants import PageLabelStyle
from pypdf.generic import DictionaryObject, Fit

from tools.browser import ABSENT, CHROMIUM, FLAGS, served

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "_build" / "html"
OUT = ROOT / "_build" / "mobilenetv2-from-scratch.pdf"
MARGINS = PdfMargins(top="17mm", bottom="19mm", left="20mm", right="20mm")
APPENDIX = "Solutions"
SCREEN_ONLY = "book/progress"
"""What this page shows is kept in a reader's browser."""
READY = """async () => {
  await document.fonts.ready;
  const all = (selector) => document.querySelectorAll(selector).length;
  return all("figure.mnv2-moving") === all("figure.mnv2-moving.mnv2-alive");
}"""
OPEN = """() => document.querySelectorAll("details").forEach((fold) => {
  fold.hidden = false;
  fold.open = true;
})"""
ON_PAPER = """
* {{ animation: none !important; }}
@page {{
  @bottom-left {{ content: {title}; font: 8pt sans-serif; color: #555; }}
  @bottom-right {{ content: counter(page); font: 8pt sans-serif; color: #555; }}
}}
html {{ counter-reset: page {before}; }}
"""
CONTENTS = """
<!DOCTYPE html><html lang="en"><title>Contents</title><style>
body {{ font: 9pt/1.35 sans-serif; margin: 0; }}
h1 {{ font-size: 24pt; font-weight: 500; margin: 14mm 0 2mm; }}
h2 {{ font-size: 10pt; margin: 4mm 0 1mm; break-after: avoid; }}
a {{ display: flex; gap: 0.5em; color: inherit; text-decoration: none; }}
a::before {{ content: ""; order: 1; flex: 1; border-bottom: 1px dotted #888; margin-bottom: 4px; }}
a b {{ order: 2; font-weight: 400; }}
.deeper {{ padding-left: 1.5em; }}
</style><h1>{title}</h1><p>{author}</p>{lines}
"""


@dataclass
class Part:
    """A page of the book and, once printed, its title and its sheets."""

    name: str
    group: str = ""
    deeper: bool = False
    title: str = ""
    printed: PdfReader | None = None
    first: int = 0
    """The number on its first sheet."""

    @property
    def sheets(self) -> int:
        return len(self.printed.pages) if self.printed else 0


def main() -> int:
    if CHROMIUM is None:
        print(f"pdf: {ABSENT}", file=sys.stderr)
        return 2
    if not build():
        return 1
    parts = in_order(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))
    about = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    with served(BUILT) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            print_parts(browser, site, parts)
            front = contents(browser, site, parts, about)
        except BrowserError as error:
            print(f"pdf: not printed: {error.message}", file=sys.stderr)
            return 1
        finally:
            browser.close()
    document = joined(front, parts, site)
    document.add_metadata({"/Title": about["title"], "/Author": about["author"]})
    document.write(OUT)
    if "--quiet" not in sys.argv:
        print(f"The book on paper is at {OUT.relative_to(ROOT)}: {len(document.pages)} sheets")
    return 0


def build() -> bool:
    """Make the pages where there are none. Whether they are there."""
    if (BUILT / "index.html").is_file():
        return True
    command = [sys.executable, "-m", "tools.book", "--quiet"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def in_order(toc: dict[str, Any]) -> list[Part]:
    """The pages of the table of contents, the solutions after all others."""
    found, solutions = [Part(toc["root"])], []
    for part in toc["parts"]:
        for chapter in part["chapters"]:
            if chapter["file"] != SCREEN_ONLY:
                found.append(Part(chapter["file"], part["caption"]))
            for section in chapter.get("sections", []):
                if section["file"].startswith("solutions/"):
                    solutions.append(Part(section["file"], APPENDIX))
                else:
                    found.append(Part(section["file"], part["caption"], deeper=True))
    return found + solutions


def print_parts(browser: Browser, site: str, parts: list[Part]) -> None:
    """Print each part, its numbers going on where the part before it ended."""
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.emulate_media(media="print", color_scheme="light")
    used = 0
    for part in parts:
        page.goto(f"{site}{part.name}.html", wait_until="load")
        page.wait_for_load_state("networkidle")
        page.wait_for_function(READY)
        page.evaluate(OPEN)
        part.title = page.title().rpartition(" — ")[0] or page.title()
        page.add_style_tag(content=ON_PAPER.format(title=json.dumps(part.title), before=used))
        part.printed, part.first = on_paper(page), used + 1
        used += part.sheets
    context.close()


def on_paper(page: Page) -> PdfReader:
    """The open page as Chromium prints it."""
    return PdfReader(io.BytesIO(page.pdf(format="A4", margin=MARGINS, print_background=True)))


def contents(browser: Browser, site: str, parts: list[Part], about: dict[str, Any]) -> Part:
    """The sheets before the book: its title, and where each part begins."""
    lines, group = [], ""
    for part in parts:
        if part.group != group:
            group = part.group
            lines.append(f"<h2>{escape(group)}</h2>")
        lines.append(
            f'<a href="{site}{part.name}.html"{" class=deeper" if part.deeper else ""}>'
            f"{escape(part.title)}<b>{part.first}</b></a>"
        )
    page = browser.new_page()
    page.set_content(
        CONTENTS.format(
            title=escape(about["title"]), author=escape(about["author"]), lines="\n".join(lines)
        )
    )
    return Part("", printed=on_paper(page))


def joined(front: Part, parts: list[Part], site: str) -> PdfWriter:
    """One document, with an outline, and with links that lead to its own sheets."""
    writer = PdfWriter()
    starts = {part.name: front.sheets + part.first - 1 for part in parts}
    links = [link for part in (front, *parts) for link in taken(part, site, starts)]
    for part in (front, *parts):
        for sheet in part.printed.pages if part.printed else ():
            writer.add_page(sheet)
    for number, link in links:
        writer.add_annotation(number, link)
    group, above = "", None
    chapter = None
    for part in parts:
        if part.group != group:
            group = part.group
            above = writer.add_outline_item(title=group, page_number=starts[part.name])
        entry = writer.add_outline_item(
            title=part.title,
            page_number=starts[part.name],
            parent=chapter if part.deeper else above,
        )
        chapter = chapter if part.deeper else entry
    writer.set_page_label(0, front.sheets - 1, style=PageLabelStyle.LOWERCASE_ROMAN)
    writer.set_page_label(
        front.sheets, len(writer.pages) - 1, style=PageLabelStyle.DECIMAL, start=1
    )
    return writer


def taken(part: Part, site: str, starts: dict[str, int]) -> Iterator[tuple[int, Link]]:
    """The links of a part, taken off its sheets, with the sheets of the document they are on.

    Chromium names the places of a page by their headings, and these names are the same in several
    parts; and other pages have an address that ends with this process. Both become sheets here.
    A link to a file that is not in the document is left out.
    """
    if part.printed is None:
        return
    start = starts.get(part.name, 0)
    places = part.printed.named_destinations
    for number, sheet in enumerate(part.printed.pages):
        notes = sheet.pop("/Annots", ())
        for note in notes:
            link = note.get_object()
            place = places.get(link.get("/Dest"))
            if place is not None:
                on = start + (part.printed.get_destination_page_number(place) or 0)
                fit = Fit.xyz(left=0, top=place.top)
                yield start + number, Link(rect=link["/Rect"], target_page_index=on, fit=fit)
                continue
            address = urldefrag(link.get("/A", DictionaryObject()).get("/URI", site))
            name = address.url.removeprefix(site).removesuffix(".html")
            if name in starts:
                yield start + number, Link(rect=link["/Rect"], target_page_index=starts[name])
            elif not address.url.startswith(site):
                yield start + number, Link(rect=link["/Rect"], url="#".join(filter(None, address)))


if __name__ == "__main__":
    sys.exit(main())
