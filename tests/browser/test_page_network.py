"""The page that runs a network: in a real browser, and its answers are TensorFlow's."""

import json
import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from skimage import data, transform
from skimage.io import imsave

from mnv2_tutor.authoring.course import ROOT
from mnv2_tutor.families.conversion.interpreter import answers, opened, quietly
from mnv2_tutor.families.conversion.pictures import calibration
from mnv2_tutor.families.conversion.small_network import small_network
from mnv2_tutor.families.inference.observe import FILES
from tests.browser.pages import AXE, AXE_RUN, BUILT, Visit

pytestmark = pytest.mark.browser
MADE = ROOT / "book" / "_static" / "made"
PAGE = "book/in_the_page.html"
LOG = re.compile(r"console: (INFO|WARNING): ")
"""The runtime writes its log to the console's channel for errors."""


@pytest.fixture
def visit(browser, site):
    with Visit(browser, site, PAGE) as opened_page:
        opened_page.page.locator(".mnv2-run button").first.wait_for()
        yield opened_page


def loaded(visit):
    visit.page.get_by_role("button", name="Load the network").click()
    visit.page.locator(".mnv2-board").wait_for()
    return visit.page


def shown(page):
    """Probability of each class that the page shows."""
    page.locator(".mnv2-answer li").first.wait_for()
    rows = page.locator(".mnv2-answer li").evaluate_all(
        "rows => rows.map(row => [row.dataset.class, row.dataset.p])"
    )
    return {int(name): float(p) for name, p in rows}


def picture_file(tmp_path, pixels):
    path = tmp_path / "picture.png"
    imsave(path, pixels, check_contrast=False)
    return path


def of_tensorflow(file, pixels):
    interpreter, error = quietly(opened, file)
    assert error is None
    return answers(interpreter, (pixels.astype("float32") / np.float32(127.5) - 1)[None])[0]


def agrees(page, wanted):
    found = shown(page)
    assert sorted(found) == sorted(np.argsort(wanted)[-len(found) :].tolist())
    assert all(abs(p - wanted[name]) < 2e-3 for name, p in found.items())


def small_file(dtype, kind):
    """A small network for colour pictures of 16x24 pixels with a batch of one."""
    images = calibration("page", (20, 16, 24, 3))
    network = small_network(3, "page", images)
    x = keras.Input(batch_shape=(1, 16, 24, 3))
    converter = tf.lite.TFLiteConverter.from_keras_model(keras.Model(x, network(x)))
    if kind == "int8":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([image[None]] for image in images)
        converter.inference_input_type = converter.inference_output_type = dtype
    file, error = quietly(converter.convert)
    assert error is None
    return file


def test_nothing_of_the_network_is_loaded_before_the_click(browser, site):
    with Visit(browser, site, PAGE) as visit:
        asked = visit.page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
        assert any(name.endswith("run.js") for name in asked)
        assert not [name for name in asked if "litert" in name or "/made/" in name]


def test_digits_that_it_did_not_learn_from_are_read(visit):
    page = loaded(visit)
    page.get_by_text(re.compile(r"It reads \d\d of 100 digits")).wait_for()
    right = 0
    for digit in range(10):
        page.get_by_role("button", name="Next digit").click()
        page.wait_for_function("document.querySelector('.mnv2-status').textContent.includes('ms')")
        right += max(shown(page), key=shown(page).get) == digit
        page.get_by_role("button", name="Clear").click()
    assert right >= 8
    assert [line for line in visit.trouble if not LOG.match(line)] == []


def test_answer_to_a_picture_is_the_one_of_tensorflow(visit, tmp_path):
    sample = np.array(json.loads((MADE / "digits.json").read_text())["samples"][3])
    grey = np.round(sample * 255 / 16).astype("uint8").repeat(4, 0).repeat(4, 1)
    page = loaded(visit)
    page.set_input_files("#mnv2-picture", picture_file(tmp_path, np.stack([grey] * 3, -1)))
    agrees(page, of_tensorflow((MADE / "digits.tflite").read_bytes(), grey[..., None]))


@pytest.mark.parametrize(
    ("kind", "ends"), [("float32", tf.float32), ("int8", tf.float32), ("int8", tf.uint8)]
)
def test_a_file_of_ones_own_answers_as_in_tensorflow(visit, tmp_path, kind, ends):
    file = small_file(ends, kind)
    photo = transform.resize(data.chelsea(), (16, 24), anti_aliasing=True)
    pixels = (photo * 255).astype("uint8")
    (tmp_path / "own.tflite").write_bytes(file)
    page = visit.page
    page.locator(".mnv2-run summary").click()
    page.set_input_files("#mnv2-model", tmp_path / "own.tflite")
    page.locator(".mnv2-board").wait_for()
    page.locator("#mnv2-names").fill("cat\ndog\nbird")
    page.set_input_files("#mnv2-picture", picture_file(tmp_path, pixels))
    wanted = of_tensorflow(file, pixels)
    if kind == "float32":
        agrees(page, wanted)
    else:  # whole numbers are rounded in other places by other kernels
        assert all(abs(p - wanted[name]) < 0.03 for name, p in shown(page).items())
    assert page.locator(".mnv2-answer li").first.inner_text().split()[0] in ("cat", "dog", "bird")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        (ROOT / "README.md", "This is no TensorFlow Lite file"),
        (FILES / "dark.tflite", "int8 ends"),
    ],
)
def test_a_file_that_cannot_be_run_gets_one_clear_line(visit, path, says):
    page = visit.page
    page.locator(".mnv2-run summary").click()
    page.set_input_files("#mnv2-model", path)
    page.locator(".mnv2-alarm").wait_for()
    line = page.locator(".mnv2-alarm").inner_text()
    assert says in line
    assert len(line.split()) < 30
    assert loaded(visit).locator(".mnv2-alarm").text_content() == ""


def test_a_file_that_is_no_picture_gets_one_clear_line(visit):
    page = loaded(visit)
    page.set_input_files("#mnv2-picture", ROOT / "README.md")
    page.locator(".mnv2-alarm").wait_for()
    assert "no picture" in page.locator(".mnv2-alarm").inner_text()


def test_without_the_runtime_the_page_says_so(browser, site):
    with Visit(browser, site, PAGE) as visit:
        visit.page.route("**/vendor/litert/**", lambda route: route.fulfill(status=404))
        visit.page.get_by_role("button", name="Load the network").click()
        visit.page.locator(".mnv2-alarm").wait_for()
        assert "not part of this copy" in visit.page.locator(".mnv2-alarm").inner_text()


def test_a_page_opened_as_a_file_says_how_to_serve_it(browser, site):
    with Visit(browser, (BUILT / "book").as_uri(), "/in_the_page.html") as visit:
        assert "python -m http.server" in visit.page.locator(".mnv2-run").inner_text()


def test_the_live_page_is_accessible(visit, axe_source):
    page = loaded(visit)
    page.get_by_role("button", name="Next digit").click()
    shown(page)
    page.evaluate(axe_source)
    assert page.evaluate(AXE_RUN) == []


@pytest.fixture
def axe_source(vendored):
    return AXE.read_text(encoding="utf-8")
