"""Take the pictures of README.md in the app itself: ``docs/images/*``.

    python -m scripts.readme_pictures [FOLDER]

It starts the app, opens shipped models in Chromium (``scripts/chromium.sh`` installs it), and takes one animation, of
somebody who scrubs through a training, and two pictures. Run it again when the pages look different.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import FloatRect, Locator, Page

from benchmarks.browser import chromium, served, wait_until_healthy
from gan_demo.pictures import animation
from gan_demo.pictures.animation import Frame

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "images"
WIDTH = 1280  # of the window, in CSS pixels
MARGIN_ABOVE, MARGIN_BELOW = 20, 8  # CSS pixels; below begins what a picture leaves out
FRAMES = 24
FRAME_MS = 150
GRAY_STEP = 15  # of 256 levels, for a smaller animation; 255 is a multiple of it
LAST_FRAME_MS = 2500
WAIT_MS = 60_000
UNHINTED = "--font-render-hinting=none"  # hinted letters stand unevenly at two device pixels a CSS pixel
TILES_MS = 4_000  # for which the map draws one tile after the other


def main(folder: Path) -> None:
    """Write the animation and the pictures into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        served(["run", "app.py"], ROOT, Path(home)) as (url, process),
        chromium(UNHINTED) as browser,
    ):
        wait_until_healthy(url, process)
        for name, (sharp, take) in PICTURES.items():
            context = browser.new_context(
                base_url=url,
                viewport={"width": WIDTH, "height": 1300},
                device_scale_factor=sharp,
                color_scheme="light",
                locale="en-US",
                reduced_motion="reduce",
            )
            context.set_default_timeout(WAIT_MS)
            content = take(context.new_page())
            (folder / name).write_bytes(content)
            print(f"{name}: {len(content):,} bytes")
            context.close()


def training(page: Page) -> bytes:
    """Return a GIF of the live board while the training of the digits is scrubbed through."""
    page.goto("/train?run=digits")
    page.locator(".film .stage img").wait_for()
    page.locator(".uplot").nth(1).wait_for()
    clip = _clip(page.locator(".film .stage").first, page.locator(".film .bar").first)
    frames = [_reduced(png) for png in _scrubbed(page, clip)]
    survey = [frames[0], frames[len(frames) // 2], frames[-1]]
    return animation.gif(frames, survey, [FRAME_MS] * (len(frames) - 1) + [LAST_FRAME_MS])


def _reduced(png: bytes) -> Frame:
    """Return a frame (H, W, 3) whose gray pixels, those of the digits, have few levels."""
    levels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    is_gray = (levels == levels[:, :, :1]).all(2, keepdims=True)
    return np.where(is_gray, levels // GRAY_STEP * GRAY_STEP, levels)


def _scrubbed(page: Page, clip: FloatRect) -> Iterator[bytes]:
    """Yield a PNG of the board at moments of the training, which lie denser at its beginning."""
    scrubber = page.locator(".film input[type=range]").first
    last = int(scrubber.get_attribute("max") or 0)
    for index in sorted({round(last * (k / (FRAMES - 1)) ** 1.8) for k in range(FRAMES)}):
        scrubber.evaluate(
            "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); }",
            str(index),
        )
        page.wait_for_function(
            """() => [...document.querySelectorAll("*")].some((element) => {
                 const film = element.shadowRoot?.querySelector(".film");
                 const picture = film?.querySelector(".stage img");
                 return picture?.complete && !film.querySelector(".wait")?.classList.contains("on");
               })"""
        )
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        yield page.screenshot(clip=clip)


def explore(page: Page) -> bytes:
    """Return a PNG of the explorer with the map of the faces."""
    page.goto("/explore?run=faces#tool=map")
    page.locator(".explorer .panel.map canvas").first.wait_for()
    page.wait_for_timeout(TILES_MS)
    return _png(page, page.locator("h1").first, page.locator(".explorer").first)


def presets(page: Page) -> bytes:
    """Return a PNG of the cards that start a training."""
    page.goto("/train")
    page.locator("img.cover").nth(5).wait_for()
    page.wait_for_function("[...document.querySelectorAll('img.cover')].every((image) => image.complete)")
    return _png(page, page.locator("h1").first, page.locator(".st-key-see-fail-oscillation"))


def _png(page: Page, *elements: Locator) -> bytes:
    """Return the part of the page with these elements, with at most 256 colours for a small file."""
    picture = Image.open(io.BytesIO(page.screenshot(clip=_clip(*elements)))).convert("RGB")
    reduced = picture.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE)
    file = io.BytesIO()
    reduced.save(file, "PNG", optimize=True)
    return file.getvalue()


def _clip(*elements: Locator) -> FloatRect:
    """Return the strip of the window, over its whole width, that holds these elements."""
    boxes = [box for element in elements if (box := element.bounding_box()) is not None]
    top = min(box["y"] for box in boxes) - MARGIN_ABOVE
    bottom = max(box["y"] + box["height"] for box in boxes) + MARGIN_BELOW
    return {"x": 0, "y": top, "width": WIDTH, "height": bottom - top}


PICTURES: dict[str, tuple[int, Callable[[Page], bytes]]] = {  # name: (device pixels for each CSS pixel, who takes it)
    "training.gif": (1, training),
    "explore.png": (2, explore),
    "presets.png": (2, presets),
}

if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
