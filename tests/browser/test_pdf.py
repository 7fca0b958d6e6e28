"""The whole book as one PDF: every page is in it, and it can be read and searched."""

import subprocess
import sys
from unicodedata import normalize

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from mnv2_tutor.authoring.course import ROOT
from tests.browser.pages import BUILT, absent, chapters, pages

pytestmark = [pytest.mark.browser, pytest.mark.long]
PDF = ROOT / "_build" / "mobilenetv2-from-scratch.pdf"
A4 = (595, 842)
SCREEN_ONLY = "book/progress.html"


@pytest.fixture(scope="module")
def document(site):
    done = subprocess.run(
        [sys.executable, "-m", "tools.pdf"], cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode == 2:
        absent(done.stderr.strip())
    assert done.returncode == 0, done.stdout + done.stderr
    return PdfReader(PDF)


def printed():
    return [path for path in pages() if path != SCREEN_ONLY]


def entries(outline):
    """Every entry of an outline, in its order."""
    for entry in outline:
        if isinstance(entry, list):
            yield from entries(entry)
        else:
            yield entry


def headline(path):
    page = BeautifulSoup((BUILT / path).read_text(encoding="utf-8"), "html.parser")
    return page.title.get_text().rpartition(" — ")[0]


def words(text):
    """Without the spaces, which a PDF sets as it likes, and with no letters joined by a font."""
    return "".join(normalize("NFKC", text).split())


def sheets(document, title):
    """Number and text of each sheet from an entry of the outline to the next one."""
    starts = [(e.title, document.get_destination_page_number(e)) for e in entries(document.outline)]
    first = dict(starts)[title]
    end = min((at for _, at in starts if at > first), default=len(document.pages))
    return [(document.page_labels[n], document.pages[n].extract_text()) for n in range(first, end)]


def text_of(document, path):
    return " ".join(text for _, text in sheets(document, headline(path)))


def test_every_page_has_an_entry_in_the_outline(document):
    titles = [entry.title for entry in entries(document.outline)]
    for path in printed():
        assert titles.count(headline(path)) == 1, path


def test_chapters_come_in_their_order_and_solutions_last(document):
    titles = [entry.title for entry in entries(document.outline)]
    in_order = [titles.index(headline(path)) for path in chapters()]
    assert in_order == sorted(in_order)
    solutions = [titles.index(headline(path)) for path in pages() if path.startswith("solutions/")]
    assert sorted(solutions) == list(range(len(titles) - len(solutions), len(titles)))


def test_first_chapter_and_last_sheet_can_be_read(document):
    text = text_of(document, "book/01_relu6.html")
    assert words("What people get wrong") in words(text)
    solution = [path for path in pages() if path.startswith("solutions/")][-1]
    last = document.pages[-1].extract_text()
    assert words(headline(solution)) in words(last)


def test_nothing_is_folded_that_only_a_screen_can_open(document):
    assert "BEGIN SOLUTION" in text_of(document, "solutions/01_relu6.html")
    assert words("half a step from its nearest mark") in words(
        text_of(document, "book/01_relu6.html")
    )


def test_numbers_and_titles_go_on_from_sheet_to_sheet(document):
    """Each sheet begins with its footer, and has more than that."""
    for title in map(headline, printed()):
        for label, text in sheets(document, title):
            footer = words(label + title)
            assert words(text).startswith(footer), (title, label)
            assert words(text) != footer, (title, label)


def test_links_lead_to_its_own_sheets(document):
    notes = [note.get_object() for page in document.pages for note in page.get("/Annots", ())]
    assert sum("/Dest" in note for note in notes) > len(printed())
    assert not [note for note in notes if "127.0.0.1" in note.get("/A", {}).get("/URI", "")]


def test_sheets_are_a4_and_the_file_can_be_sent(document):
    box = document.pages[0].mediabox
    assert (round(box.width), round(box.height)) == pytest.approx(A4, abs=2)
    assert PDF.stat().st_size < 40e6
