"""Every link inside the book leads somewhere; and what tools/links.py says of those outside."""

import http.server
import threading
from functools import cache
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from tests.browser.pages import BUILT, NOT_OURS, pages
from tools import links


@cache
def read(path):
    return links.Page(path.read_text(encoding="utf-8"))


def broken(path, root):
    """What is wrong with the links of a page to files and places of the same book."""
    for link in dict.fromkeys(read(path).links):
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        target = target / "index.html" if target.is_dir() else target
        place = unquote(parts.fragment)
        if not target.is_relative_to(root):
            yield f"{link}: leads out of the book"
        elif not target.is_file():
            yield f"{link}: no such file"
        elif place and target.suffix == ".html" and place not in read(target).ids:
            yield f"{link}: no such place"


@pytest.mark.parametrize("path", sorted({*pages(), *NOT_OURS}))
def test_every_link_to_the_book_itself_leads_somewhere(site, path):
    assert read(BUILT / path).links
    assert list(broken(BUILT / path, BUILT)) == []


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("b.html#there", None),
        ("b.html#gone", "no such place"),
        ("#here", None),
        ("#away", "no such place"),
        ("c.html", "no such file"),
        ("a%20b.txt?digest=1#x", None),
        ("folder/", None),
        ("../a.html", "leads out of the book"),
        ("/b.html", "leads out of the book"),
        ("https://example.org/c.html", None),
        ("mailto:a@example.org", None),
        ("data:,x", None),
    ],
)
def test_a_broken_link_is_found(tmp_path, link, said):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "index.html").write_text("")
    (tmp_path / "a b.txt").write_text("")
    (tmp_path / "b.html").write_text('<p id="there">')
    page = tmp_path / "a.html"
    page.write_text(f'<p id="here"><a href="{link}">')
    assert list(broken(page, tmp_path)) == ([f"{link}: {said}"] if said else [])


def test_all_ways_to_name_something_are_read():
    page = links.Page(
        '<meta http-equiv="Refresh" content="0; url=a"><img src="b"><form action="c"><a name="x">'
        '<section data-notebook="d"><svg><use xlink:href="#e" id="y"/></svg><a href="f&amp;g">'
    )
    assert page.links == ["a", "b", "c", "d", "#e", "f&g"]
    assert page.ids == {"x", "y"}


def test_links_outside_are_listed_with_their_pages(tmp_path):
    (tmp_path / "b.html").write_text('<a href="https://b.org/x#1"><a href="c.html">')
    (tmp_path / "a.html").write_text('<a href="https://b.org/x#2"><img src="//a.org">')
    found = links.outside(sorted(tmp_path.iterdir()), tmp_path)
    assert list(found.items()) == [
        ("//a.org", ["a.html"]),
        ("https://b.org/x", ["a.html", "b.html"]),
    ]


class Moody(http.server.BaseHTTPRequestHandler):
    """Answers with the number of its path; one path knows no HEAD, another one hangs up."""

    def answer(self):
        assert self.headers["User-Agent"].startswith("mnv2-tutor-links")
        if self.path == "/hangs-up":
            return
        unknown = 405 if self.command == "HEAD" else 200
        self.send_response(unknown if self.path == "/no-head" else int(self.path[1:]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET = answer

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def moody():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Moody)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "said"),
    [("/200", ""), ("/no-head", ""), ("/403", ""), ("/404", "404 Not Found"), ("/500", "500 ")],
)
def test_an_address_is_asked(moody, path, said):
    found = links.trouble(moody + path)
    assert found.startswith(said) and bool(found) == bool(said)


@pytest.mark.parametrize("address", ["{moody}/hangs-up", "http://127.0.0.1:9/", "http://[x/"])
def test_what_does_not_answer_fails_in_one_line(moody, address):
    assert len(links.trouble(address.format(moody=moody)).splitlines()) == 1


@pytest.mark.parametrize(("path", "status"), [("/200", None), ("/404", 1)])
def test_the_command_ends_with_1_where_a_link_fails(
    moody, tmp_path, monkeypatch, capsys, path, status
):
    (tmp_path / "a.html").write_text(f'<a href="{moody}{path}">')
    monkeypatch.setattr(links, "BUILT", tmp_path)
    monkeypatch.setattr("sys.argv", ["links.py", "--check"])
    with pytest.raises(SystemExit) as ended:
        links.main()
    assert (ended.value.code or None) == status
    assert ("404 Not Found (in a.html)" in capsys.readouterr().out) == bool(status)


@pytest.mark.parametrize(
    ("page", "way", "leads_to"),
    [
        ("book/02_expansion", "next", "03_depthwise.html"),
        ("book/02_expansion", "prev", "01_relu6.html"),
        ("book/exercises/02_expansion", "prev", "../02_expansion.html"),
        ("book/exercises/02_expansion", "next", "../../solutions/02_expansion.html"),
        ("solutions/02_expansion", "prev", "../book/exercises/02_expansion.html"),
        ("solutions/02_expansion", "next", "../book/03_depthwise.html"),
    ],
)
def test_next_leads_from_chapter_to_chapter(site, page, way, leads_to):
    html = BeautifulSoup((BUILT / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
    links = html.select(f".prev-next-area a[class$={way}]")
    assert [link["href"] for link in links] == [leads_to]
