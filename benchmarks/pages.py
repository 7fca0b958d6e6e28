"""Measure the built pages with Lighthouse as a desk and as a phone see them, beside the goals.

Lighthouse is fetched from the npm registry into _build/lighthouse. The pages are served on this
machine as GitHub Pages serves them: compressed, and kept for ten minutes. What Lighthouse reports
is kept in ``benchmarks/results/pages/``. Exit status 1 if a goal is missed, 2 if nothing could be
measured.
"""

import gzip
import io
import json
import os
import shutil
import subprocess
import sys
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO

import yaml

from tools import browser, pdf

ROOT = Path(__file__).resolve().parents[1]
LIGHTHOUSE = ROOT / "_build" / "lighthouse"
VERSION = "12.8.2"  # the last one for Node.js 20
RESULTS = ROOT / "benchmarks" / "results" / "pages"
FLAGS = "--headless=new --no-sandbox --disable-gpu"
PAGES = ("book/intro", "book/01_relu6", "book/06_assembly", "book/in_the_page")
SETTINGS = {"desktop": ["--preset=desktop"], "mobile": []}
SCORES = ("performance", "accessibility", "best-practices", "seo")
LEAST = {
    "desktop": {"performance": 90, "accessibility": 100, "best-practices": 100},
    "mobile": {"performance": 75, "accessibility": 100, "best-practices": 100},
}
MOST_KB = 1000
COMPRESSED = (
    "text/", "application/javascript", "application/json", "application/wasm", "image/svg+xml",
)  # fmt: skip


@cache
def compressed(path: Path, changed: int) -> bytes:
    """A file as it goes over the wire; a public server does not compress it for each reader."""
    del changed
    return gzip.compress(path.read_bytes())


class AsPublished(browser.Quiet):
    """Answers as the public server of the book does."""

    protocol_version = "HTTP/1.1"

    def send_head(self) -> BinaryIO | None:
        """A file, compressed where the browser can read that; everything else as usual."""
        path = Path(self.translate_path(self.path))
        kind = self.guess_type(path)
        accepts = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (path.is_file() and accepts and kind.startswith(COMPRESSED)):
            return super().send_head()
        content = compressed(path, path.stat().st_mtime_ns)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Vary", "Accept-Encoding")
        self.end_headers()
        return io.BytesIO(content)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()


def main() -> int:
    trouble = install()
    executable = browser.CHROMIUM
    if executable is None:
        trouble = browser.ABSENT
    if trouble or executable is None or not pdf.build():
        print(f"bench-page: {trouble or 'there is no book to measure'}", file=sys.stderr)
        return 2
    RESULTS.mkdir(parents=True, exist_ok=True)
    print(f"{'page':<22} {'setting':<8} {'perf':>5} {'a11y':>5} {'best':>5} {'seo':>5} {'KB':>6}")
    missed: list[str] = []
    with browser.served(pdf.BUILT, AsPublished) as site:
        for name in dict.fromkeys((*PAGES, largest())):
            for setting in SETTINGS:
                report = measured(f"{site}{name}.html", name, setting, executable)
                if report is None:
                    missed.append(f"{name}, {setting}: Lighthouse could not measure it")
                    continue
                show(name, setting, report)
                missed += short_of_goal(name, setting, report)
    print("\n".join(["", *missed]) if missed else "\nEvery goal is met.")
    return 1 if missed else 0


def install() -> str:
    """Fetch Lighthouse. Returns one line that says why it cannot; empty if it is there."""
    if not all(map(shutil.which, ("node", "npm"))):
        return "no Node.js with npm here: on Debian, apt install npm"
    mark = LIGHTHOUSE / "node_modules" / "lighthouse" / "package.json"
    if mark.is_file() and json.loads(mark.read_text(encoding="utf-8"))["version"] == VERSION:
        return ""
    LIGHTHOUSE.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", f"lighthouse@{VERSION}"]
    done = subprocess.run([*command, "--prefix", str(LIGHTHOUSE)], cwd=LIGHTHOUSE, check=False)
    return "" if done.returncode == 0 else f"npm could not fetch lighthouse {VERSION}"


def largest() -> str:
    """The page of the book with the longest file."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    names = [part.name for part in pdf.in_order(toc)]
    return max(names, key=lambda name: (pdf.BUILT / f"{name}.html").stat().st_size)


def measured(address: str, name: str, setting: str, executable: str) -> dict[str, Any] | None:
    """What Lighthouse reports on a page; None where it fails."""
    out = RESULTS / f"{name.replace('/', '_')}.{setting}.json"
    out.unlink(missing_ok=True)
    command = [
        "node", str(LIGHTHOUSE / "node_modules" / "lighthouse" / "cli" / "index.js"), address,
        "--quiet", "--output=json", f"--output-path={out}", f"--chrome-flags={FLAGS}",
        f"--only-categories={','.join(SCORES)}", *SETTINGS[setting],
    ]  # fmt: skip
    environment = {**os.environ, "CHROME_PATH": executable}
    subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True)
    if not out.is_file():
        return None
    report = json.loads(out.read_text(encoding="utf-8"))
    return None if report.get("runtimeError") else report


def score(report: dict[str, Any], category: str) -> int:
    """In hundredths; an audit that failed to run counts as nothing."""
    return round(100 * (report["categories"][category]["score"] or 0))


def kilobytes(report: dict[str, Any]) -> int:
    """Everything that came over the wire for the first view."""
    asked = report["audits"]["network-requests"]["details"]["items"]
    total: float = sum(request.get("transferSize", 0) for request in asked)
    return round(total / 1000)


def show(name: str, setting: str, report: dict[str, Any]) -> None:
    scores = " ".join(f"{score(report, category):>5}" for category in SCORES)
    print(f"{name:<22} {setting:<8} {scores} {kilobytes(report):>6}", flush=True)


def short_of_goal(name: str, setting: str, report: dict[str, Any]) -> list[str]:
    """A line for each goal that is missed, with the audits that lower its score."""
    lines = []
    for category, least in LEAST[setting].items():
        if score(report, category) < least:
            lines.append(f"{name}, {setting}: {category} below {least}")
            lines += [f"    {line}" for line in lowering(report, category)]
    if kilobytes(report) >= MOST_KB:
        lines.append(f"{name}, {setting}: {kilobytes(report)} KB, and {MOST_KB} are the limit")
    return lines


def lowering(report: dict[str, Any], category: str) -> list[str]:
    """The audits that count in a category and are not passed."""
    counted = [ref["id"] for ref in report["categories"][category]["auditRefs"] if ref["weight"]]
    audits = [report["audits"][name] for name in counted]
    return [
        f"{audit['id']} ({audit['score']}): {audit.get('displayValue') or audit['title']}"
        for audit in audits
        if audit["score"] is not None and audit["score"] < 0.9
    ]


if __name__ == "__main__":
    sys.exit(main())
