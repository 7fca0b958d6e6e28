"""What is set where the book is published: descriptions, previews, launch buttons."""

import pytest
import yaml
from bs4 import BeautifulSoup

from mnv2_tutor.authoring.course import ROOT
from tests.browser.pages import BUILT, pages
from tools import book

REPOSITORY, SITE = "https://example.org/owner/course", "https://owner.example.org/course/"


def config_of(tmp_path, monkeypatch, *settings):
    (tmp_path / "_config.yml").write_text((ROOT / "_config.yml").read_text())
    monkeypatch.setattr(book, "ROOT", tmp_path)
    return yaml.safe_load(book.published_config(*settings).read_text(encoding="utf-8"))


@pytest.mark.browser
def test_every_page_says_what_it_is_about_and_no_two_the_same(site):
    found = {}
    for path in pages():
        html = BeautifulSoup((BUILT / path).read_text(encoding="utf-8"), "html.parser")
        said = html.find("meta", attrs={"name": "description"})["content"]
        assert 20 <= len(said) <= 202, path
        assert html.find("meta", attrs={"property": "og:title"})["content"]
        assert said not in found, f"{path} and {found.get(said)}"
        found[said] = path


@pytest.mark.browser
def test_no_launch_buttons_without_a_repository(site):
    html = (BUILT / "book/exercises/01_relu6.html").read_text(encoding="utf-8")
    assert "colab.research" not in html
    assert "mybinder" not in html
    assert "og:image" not in html


def test_one_setting_gives_the_launch_buttons(tmp_path, monkeypatch):
    config = config_of(tmp_path, monkeypatch, REPOSITORY, "")
    assert config["repository"]["url"] == REPOSITORY
    assert config["launch_buttons"]["colab_url"].startswith("https://colab.")
    assert "baseurl" not in config["html"]


def test_one_setting_gives_the_previews_their_address(tmp_path, monkeypatch):
    config = config_of(tmp_path, monkeypatch, "", SITE)
    assert config["html"]["baseurl"] == SITE
    assert "launch_buttons" not in config


def test_picture_for_previews_has_the_size_that_they_want():
    from PIL import Image

    with Image.open(ROOT / "book" / "_static" / "social.png") as picture:
        assert picture.size == (1200, 630)
