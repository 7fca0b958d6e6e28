"""The links of the built book that lead outside, each with the pages that have it.

``--check`` asks each address and prints a line for each one that fails. It needs the network, so no
test does it: ``.github/workflows/links.yml`` does it once a week. Build the book first.
"""

import sys
import urllib.error
import urllib.request
from collections.abc import Iterable
from html.parser import HTMLParser
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urldefrag

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "_build" / "html"
ATTRIBUTES = ("href", "src", "action", "poster", "xlink:href", "data-notebook")
"""Where a page names something else; the last one is read by ``practice.js``."""
TIMEOUT = 20
HEADERS = {"User-Agent": "mnv2-tutor-links/1.0 (weekly look at the links of a free course)"}
REFUSALS = (401, 403, 429)
"""What a site answers that lets no program in. A reader's browser may get the page."""


class Page(HTMLParser):
    """What a page refers to (``links``), and what others can refer to in it (``ids``)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in attrs if value is not None}
        self.links += [given[name] for name in ATTRIBUTES if name in given]
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            self.links.append(given["content"].partition("url=")[2])
        self.ids.update(given[name] for name in ("id", "name") if name in given)


def is_outside(link: str) -> bool:
    return link.startswith(("http://", "https://", "//"))


def outside(pages: Iterable[Path], root: Path) -> dict[str, list[str]]:
    """Every address outside, without its fragment, and the pages that have it; both sorted."""
    found: dict[str, set[str]] = {}
    for path in pages:
        for link in Page(path.read_text(encoding="utf-8")).links:
            if is_outside(link):
                address = urldefrag(link).url.strip()
                found.setdefault(address, set()).add(path.relative_to(root).as_posix())
    return {address: sorted(found[address]) for address in sorted(found)}


def trouble(address: str) -> str:
    """What is wrong with an address; empty if it answers."""
    url = f"https:{address}" if address.startswith("//") else address
    # Some sites know no HEAD, and say so in many ways: what fails is asked for itself.
    return asked(url, "HEAD") and asked(url, "GET")


def asked(url: str, method: str) -> str:
    try:
        request = urllib.request.Request(url, headers=HEADERS, method=method)  # noqa: S310 - http
        with urllib.request.urlopen(request, timeout=TIMEOUT):  # noqa: S310
            return ""
    except urllib.error.HTTPError as error:
        error.close()
        return "" if error.code in REFUSALS else f"{error.code} {error.reason}"
    except (OSError, HTTPException, ValueError) as error:
        return str(getattr(error, "reason", "") or error) or type(error).__name__


def main() -> None:
    pages = sorted(path for path in BUILT.rglob("*.html") if "_static" not in path.parts)
    if not pages:
        sys.exit("links: the book is not built: make book")
    found = outside(pages, BUILT)
    if "--check" not in sys.argv:
        for address, where in found.items():
            print(address, *where, sep="\n  ")
        return
    failed = 0
    for address, where in found.items():
        said = trouble(address)
        if said:
            failed += 1
            print(f"{address}: {said} (in {', '.join(where)})", flush=True)
    print(f"{len(found)} links asked, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
