"""The built book, served, and a browser to visit it."""

import subprocess
import sys

import pytest

from mnv2_tutor.authoring.course import ROOT
from tests.browser.pages import AXE, BUILT, absent
from tools.browser import ABSENT, CHROMIUM, FLAGS, served


@pytest.fixture(scope="session")
def vendored():
    """The scripts from the npm registry are there."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.vendor"], cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode != 0:
        absent(done.stderr.strip())


@pytest.fixture(scope="session")
def site(vendored):
    done = subprocess.run(
        [sys.executable, "-m", "tools.book"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with served(BUILT) as address:
        yield address


@pytest.fixture(scope="module")
def axe(vendored):
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        absent(ABSENT)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()
