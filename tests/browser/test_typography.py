"""Where a line of the built pages may break, and which apostrophe they show."""

import re

import pytest
from bs4 import BeautifulSoup

from tests.browser.pages import BUILT, chapters

pytestmark = pytest.mark.browser
PAGES = ("02_expansion", "09_training", "glossary", "network_map", "paper_to_code", "reference")
STRAIGHT = re.compile(r"\w'\w")
NO_BREAK = "\N{NO-BREAK SPACE}"
PLAIN = re.compile(r"\d %|\b\d+ x \d|\b[Cc]hapter \d")
WRITTEN_BY_US = ("p", "li", "dd", "h2")


@pytest.fixture(scope="module")
def articles(site):
    return [
        BeautifulSoup(
            (BUILT / "book" / f"{path}.html").read_text(encoding="utf-8"), "html.parser"
        ).article
        for path in PAGES
    ]


def prose(article):
    """The texts of an article that are neither code nor made by a cell."""
    for text in article.find_all(string=True):
        inside = {parent.name for parent in text.parents}
        made = text.find_parent(class_=["cell_output", "mnv2-practice", "prev-next-area"])
        if inside & set(WRITTEN_BY_US) and not inside & {"code", "pre", "math"} and not made:
            yield str(text)


def test_a_number_stays_with_what_it_counts(articles):
    texts = [text for article in articles for text in prose(article)]
    assert not [text for text in texts if PLAIN.search(text)]
    assert sum(NO_BREAK in text for text in texts) > 10


def test_code_keeps_its_plain_spaces(articles):
    assert not [code for a in articles for code in a.select("code, pre") if NO_BREAK in code.text]


def test_a_long_name_breaks_after_an_underscore_and_reads_the_same(articles):
    long = [each for article in articles for each in article.select("code .mnv2-long")]
    broken = [each for each in long if each.find("wbr")]
    assert broken
    assert all(each.get_text().count("_") == len(each.find_all("wbr")) for each in broken)


@pytest.mark.parametrize("path", ["book/06_assembly", "book/07_cost", "solutions/08_weights"])
def test_texts_have_one_kind_of_apostrophe(site, path):
    article = BeautifulSoup((BUILT / f"{path}.html").read_text(encoding="utf-8"), "html.parser")
    for made in article.select("code, pre, script, style, textarea"):
        made.decompose()
    text = article.article.get_text()
    assert not STRAIGHT.findall(text)
    assert "\N{RIGHT SINGLE QUOTATION MARK}" in text


def test_code_keeps_its_plain_apostrophes(articles):
    code = [each.text for article in articles for each in article.select("code, pre")]
    assert not [text for text in code if "\N{RIGHT SINGLE QUOTATION MARK}" in text]
    assert any("'" in text for text in code)


@pytest.mark.parametrize("path", chapters())
def test_a_chapter_says_how_long_it_takes(site, path):
    page = BeautifulSoup((BUILT / path).read_text(encoding="utf-8"), "html.parser")
    (line,) = page.article.select(".mnv2-time")
    found = re.fullmatch(r"About (\d+) minutes to read\.", line.get_text())
    assert found
    words = sum(len(text.get_text().split()) for text in page.article.select("section > p"))
    assert 80 < words / int(found[1]) < 200
    assert "minutes to read" not in page.head.find("meta", {"name": "description"})["content"]
