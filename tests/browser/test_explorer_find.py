"""Find yourself, in a browser: pictures drawn, painted and brought, and found by a real generator."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir
from tests.browser.explorer_page import READ, empty_page, explore, pixels, shows, stage
from tests.browser.hosts import Host

DONE = ".search:not([data-running])[data-error]"
FIND = ".panel.find"


SEVEN = [(0.28, 0.25), (0.7, 0.25), (0.45, 0.8)]  # a stroke on the pad


@pytest.fixture(scope="module")
def page(host: Host, chromium: Browser) -> Iterator[Page]:
    """One page for the tests of this file, with the tool open on the digits."""
    digits = library.find("digits")
    with empty_page(chromium, host, digits, height=1000, locale="en-US") as page:
        _open(page, digits)
        yield page


def _open(page: Page, run: RunDir) -> None:
    explore(page, run.id, run.checkpoints[-1], "find", also=("classifier", "real"), shadow=True, site=False)
    page.locator(f"{FIND} .search .acts").wait_for()


def _draw(page: Page, points: list[tuple[float, float]]) -> None:
    """Draw one stroke on the pad; coordinates are shares of its side."""
    box = page.locator("canvas.pad").bounding_box()
    assert box is not None
    for k, (x, y) in enumerate(points):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=3)
        if k == 0:
            page.mouse.down()
    page.mouse.up()


def _grey(page: Page, canvas: str) -> np.ndarray[Any, Any]:
    """Return the red channel of a canvas (H, W)."""
    width, *reds = page.locator(canvas).evaluate(
        "c => [c.width, ...c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter((_, k) => k % 4 === 0)]"
    )
    return np.array(reds, dtype=float).reshape(-1, width)


def _search(page: Page, steps: int | None = None) -> tuple[float, float]:
    """Search to the end, or for some steps; return the error and that of the nearest random sample."""
    page.locator(f"{FIND} [data-act=go]").click()
    if steps is not None:
        slider = page.locator(f"{FIND} .back").element_handle()
        page.wait_for_function("([slider, steps]) => Number(slider.max) >= steps", arg=[slider, steps])
        page.locator(f"{FIND} [data-act=stop]").dispatch_event("click")
    search = page.locator(f"{FIND} {DONE}")
    search.wait_for()
    return float(search.get_attribute("data-error") or "nan"), float(search.get_attribute("data-nearest") or "nan")


def _choose(page: Page, what: str) -> None:
    """Upload a picture; return when it is the target."""
    before = page.locator(f"{FIND} .search").get_attribute("data-target") or ""
    page.locator(f"{FIND} [data-from={what}]").click()
    expect(page.locator(f"{FIND} .search")).not_to_have_attribute("data-target", before)


def _clear(page: Page) -> None:
    page.locator(f"{FIND} [data-act=clear]").click()


def test_a_drawn_digit_is_centred_and_as_large_as_the_network_knows_them(page: Page) -> None:
    """The digit is drawn small, in a corner."""
    _draw(page, [(0.1, 0.1), (0.2, 0.1), (0.12, 0.3)])
    grey = _grey(page, f"{FIND} canvas.target")
    rows, _ = np.nonzero(grey > 100)
    assert grey.shape == (28, 28)
    assert 17 <= rows.max() - rows.min() + 1 <= 22
    total = grey.sum()
    middle = (grey.sum(1) @ np.arange(28) / total, grey.sum(0) @ np.arange(28) / total)
    assert middle == (pytest.approx(13.5, abs=0.75), pytest.approx(13.5, abs=0.75))


@pytest.mark.both_hosts
def test_the_found_place_becomes_the_current_one_and_can_be_undone(page: Page) -> None:
    """The place found for a seven is much nearer than the random samples, on stage, in the address and in all tools."""
    _clear(page)
    _draw(page, SEVEN)
    before, address = stage(page), page.evaluate("location.hash")
    error, nearest = _search(page)
    assert error < nearest / 2
    expect(page.locator(f"{FIND} [data-act=take]")).to_be_hidden()
    page.wait_for_function("before => location.hash !== before", arg=address)
    result = pixels(page.locator(f"{FIND} canvas.found"))
    shows(page, result)
    distance = (_grey(page, ".stage canvas") - _grey(page, f"{FIND} canvas.target")) / 127.5
    assert np.mean(distance**2) < 0.1
    page.keyboard.press("Control+z")
    shows(page, before)
    page.locator(f"{FIND} [data-act=take]").click()  # the other way back
    shows(page, result)
    expect(page.locator(f"{FIND} [data-act=take]")).to_be_hidden()


def test_every_step_can_be_looked_back_at(page: Page) -> None:
    """The first picture differs from the last one."""
    back = page.locator(f"{FIND} .back")
    result = _grey(page, f"{FIND} canvas.found")
    back.focus()
    back.press("Home")
    expect(page.locator(f"{FIND} .now")).to_contain_text("step 0")
    assert np.abs(_grey(page, f"{FIND} canvas.found") - result).max() > 50


def test_the_stage_answers_during_a_search_and_stop_ends_it(page: Page) -> None:
    """A slider moves the stage while a search runs; then the search is stopped."""
    page.locator(f"{FIND} [data-act=go]").click()
    page.locator(f"{FIND} .search[data-running]").wait_for()
    canvas, before = page.locator(".stage canvas"), stage(page)
    canvas.press("ArrowRight")
    page.wait_for_function(f"([canvas, before]) => ({READ})(canvas) !== before", arg=[canvas.element_handle(), before])
    page.locator(f"{FIND} [data-act=stop]").dispatch_event("click")  # it may have ended by itself, and be hidden
    page.locator(f"{FIND} .search:not([data-running])").wait_for()
    expect(page.locator(f"{FIND} [data-act=go]")).to_be_enabled()


def test_a_digit_can_be_drawn_with_the_keyboard(page: Page) -> None:
    """Space puts the pen down, arrows move it, space lifts it."""
    _clear(page)
    expect(page.locator(f"{FIND} .result")).to_contain_text("Draw something")
    pad = page.locator("canvas.pad")
    for key in ("Space", *["ArrowDown"] * 5, *["ArrowRight"] * 4, "Space"):
        pad.press(key)
    assert (_grey(page, f"{FIND} canvas.target") > 200).sum() > 20


def test_what_is_no_picture_is_refused_in_words(page: Page) -> None:
    """The file is a text with the name of a picture."""
    chooser = page.locator(f"{FIND} .sources input[type=file]")
    chooser.set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": b"no picture at all"})
    expect(page.locator(f"{FIND} .source-note")).to_contain_text("can't be read as a picture")


def test_a_digit_on_paper_is_turned_to_light_on_dark(page: Page) -> None:
    """The upload is a photograph of a one, off centre, on grey paper."""
    paper = np.full((300, 400, 3), 180, np.uint8)
    paper[60:220, 130:160] = 40
    buffer = io.BytesIO()
    Image.fromarray(paper).save(buffer, "JPEG")
    chooser = page.locator(f"{FIND} .sources input[type=file]")
    chooser.set_input_files({"name": "one.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()})
    expect(page.locator(f"{FIND} .source-note")).to_contain_text("light digits on a dark background")
    grey = _grey(page, f"{FIND} canvas.target")
    assert grey[0].max() < 40
    assert grey[13, 12:16].max() > 200


def test_a_real_picture_is_found(page: Page) -> None:
    """The target is one of the training images."""
    _choose(page, "real")
    error, nearest = _search(page, 3)
    assert error < nearest


def test_a_face_is_painted_by_the_pixel_and_found(page: Page, host: Host) -> None:
    """Painting starts from the stage; with a fill, a new colour, an undone stroke and the keyboard."""
    faces = library.find("faces")
    host.publish(faces)
    _open(page, faces)
    easel = page.locator(f"{FIND} .easel canvas")
    page.locator(f"{FIND} .swatch").nth(11).wait_for()  # the colours of real faces have come
    expect(page.locator(f"{FIND} .source-note")).to_be_empty()
    start = _grey(page, f"{FIND} .easel canvas")
    assert start.std() > 5
    page.locator(f"{FIND} .swatch").first.click()
    page.locator(f"{FIND} [data-mode=brush]").click()
    easel.press("ArrowRight")
    easel.press("Space")
    assert (_grey(page, f"{FIND} .easel canvas") != start).sum() <= 1
    page.locator(f"{FIND} [data-mode=fill]").click()
    box = easel.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 3, box["y"] + 3)
    undo = page.locator(f"{FIND} [data-act=unstroke]")
    undo.click()
    undo.click()
    assert (_grey(page, f"{FIND} .easel canvas") == start).all()
    _choose(page, "sample")
    error, nearest = _search(page, 3)
    assert error < nearest
