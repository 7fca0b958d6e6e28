"""The map of the network: its numbers are the network's, and it can be walked with the keyboard."""

from collections import Counter

import keras
import numpy as np
import pytest
from skimage.io import imread

from mnv2_tutor.authoring import course, network_map
from mnv2_tutor.engine.expected import reference
from mnv2_tutor.published import checkpoints
from tests.browser.pages import AXE, AXE_RUN, Visit

PAGE = "book/network_map.html"
OUTSIDE = {"stem": "conv1", "last": "last", "classifier": "predictions"}


@pytest.fixture(scope="module")
def network():
    return reference("mobilenet_v2")((224, 224, 3), 1000)


def prefix(box):
    return OUTSIDE.get(box.name, box.name.replace(" ", "_") + "_")


def test_parameters_of_every_part_are_those_of_the_network(network):
    counted = Counter()
    for layer in network.layers:
        for box in network_map.boxes():
            if layer.name.startswith(prefix(box)):
                counted[box.name] += layer.count_params()
    assert dict(counted) == {box.name: box.parameters for box in network_map.boxes()}


def test_maps_have_the_sizes_of_the_network(network):
    for box in network_map.boxes()[:-1]:
        own = [layer for layer in network.layers if layer.name.startswith(prefix(box))]
        assert own[-1].output.shape[1:] == box.after


def test_shortcuts_are_where_the_network_adds(network):
    adds = sum(isinstance(layer, keras.layers.Add) for layer in network.layers)
    assert sum(box.adds for box in network_map.boxes()) == adds == 10


def test_multiply_adds_are_the_published_ones():
    full = next(c for c in checkpoints() if (c.alpha, c.resolution) == (1.0, 224))
    macs = sum(box.macs for box in network_map.boxes())
    assert macs // 10**6 == full.million_macs


FACTS = network_map.facts_in(network_map.NUMBERS.read_text(encoding="utf-8"))
"""What the weights gave when the map was made."""


@pytest.fixture(scope="module")
def given_now():
    return network_map.pictures()


@pytest.mark.needs("imagenet")
def test_pictures_are_what_the_weights_give_now(given_now):
    """Within some levels of grey: Keras's weights and the dequantised copy differ a little."""
    for name, pixels in given_now[1].items():
        stored = imread(network_map.FOLDER / f"{name}.png")
        assert stored.shape == pixels.shape
        assert np.abs(stored.astype(int) - pixels.astype(int)).mean() < 8, name


def pattern(kernel):
    """A kernel whatever its scale, which batch norm gives or takes away."""
    return np.array(kernel) / np.abs(kernel).max()


@pytest.mark.needs("imagenet")
def test_shown_channels_and_their_kernels_are_those_of_the_weights(given_now):
    facts = given_now[0]
    assert [box.name for box in network_map.boxes()[:-1]] == list(facts)
    for name, now in facts.items():
        stored = FACTS[name]
        assert stored["steps"] == now["steps"], name
        assert stored["reaches"] == pytest.approx(now["reaches"], rel=0.1), name
        for old, new in zip(stored.get("kernels", []), now.get("kernels", []), strict=True):
            np.testing.assert_allclose(pattern(old), pattern(new), atol=0.1, err_msg=name)


def test_every_photo_is_credited():
    sources = (course.ROOT / "book" / "sources.md").read_text(encoding="utf-8")
    assert [name for name in network_map.PHOTOS if name not in sources] == []


@pytest.mark.browser
def test_arrow_keys_walk_through_the_network(browser, site):
    with Visit(browser, site, PAGE) as visit:
        page = visit.page
        first = page.locator('input[name="mnv2-box"][value="stem"]')
        first.check(force=True)
        seen = []
        for box in network_map.boxes():
            heading = page.locator(".mnv2-part h2").inner_text()
            seen.append(heading.partition(":")[0])
            assert f"{box.macs:,} multiply-adds" in page.locator(".mnv2-part").inner_text()
            page.keyboard.press("ArrowRight")
        assert seen == [box.title for box in network_map.boxes()]
        assert visit.trouble == []


@pytest.mark.browser
def test_photo_is_changed_and_its_picture_is_there(browser, site):
    with Visit(browser, site, PAGE) as visit:
        page = visit.page
        page.locator('input[value="rocket"]').click()
        tile = page.locator(".mnv2-tiles > div").first
        assert "block-4-rocket.png" in tile.get_attribute("style")
        page.wait_for_load_state("networkidle")
        assert visit.trouble == []


@pytest.mark.browser
def test_reason_for_a_missing_shortcut_is_given(browser, site):
    with Visit(browser, site, PAGE) as visit:
        visit.page.locator('input[value="block 14"]').check(force=True)
        assert (
            "the stride is 2, and 96 channels do not match 160"
            in visit.page.locator(".mnv2-part").inner_text()
        )


@pytest.mark.browser
@pytest.mark.parametrize("box", ["stem", "block 1", "classifier"])
def test_every_kind_of_part_is_accessible(browser, site, box):
    with Visit(browser, site, PAGE, 390, "dark") as visit:
        visit.page.locator(f'input[value="{box}"]').check(force=True)
        visit.page.evaluate(AXE.read_text(encoding="utf-8"))
        assert visit.page.evaluate(AXE_RUN) == []
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
