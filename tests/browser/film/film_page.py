"""A page that is empty but for a film, for tests of the film in a browser."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from gan_demo.config import ModelConfig
from gan_demo.data.datasets import DIGIT
from gan_demo.i18n.text import table
from gan_demo.pictures.sheet_layout import Layout, layout

MODEL = ModelConfig(arch="dcgan", conditional=True, shape=(1, 28, 28), labels=DIGIT)
STEPS = [10 * k for k in range(60)]
HTML = """<!doctype html><base href="/"><link rel="stylesheet" href="api/ui/shared/range.css">
<link rel="stylesheet" href="api/ui/film/film.css">
<style>body { margin: 20px; --st-primary-color: #2454c4; --st-border-color: #aaa; --st-background-color: #fff;
  --st-secondary-background-color: #eee; --st-text-color: #111; }</style><div id="here" style="width: 640px"></div>
<script type="module">
import { clear, draw, goTo } from "./api/ui/film/film.mjs";
const here = document.querySelector("#here");
window.seeks = [];
window.picked = [];
window.show = (data, picks = true) => draw({ parentElement: here, data: { ...data,
  onGo: (...all) => seeks.push(all), ...(picks ? { onPick: (...all) => picked.push(all) } : {}) } });
window.goTo = (step) => goTo(here, step);
window.clear = () => clear(here);
</script>"""

Film = Callable[..., Page]


def gray(step: int) -> int:
    return 20 + 3 * STEPS.index(step)


def found_layout() -> Layout:
    sheet = layout(MODEL)
    assert sheet is not None
    return sheet


def data(**changes: Any) -> dict[str, Any]:
    texts = {key.removeprefix("film."): words for key, words in table("en").items() if key.startswith("film.")}
    return {
        "run": "film-test",
        "steps": STEPS,
        "live": False,
        "pixelated": True,
        "most": 640,
        "language": "en",
        "texts": texts | {"labels": {}},
        "sheet": dataclasses.asdict(found_layout()),
    } | changes


def image(page: Page) -> Locator:
    return page.locator(".now img")


def slider(page: Page) -> Locator:
    return page.locator(".film input[type=range]")


def shows(page: Page, step: int) -> None:
    """Wait for the picture of a step; check its pixels."""
    expect(image(page)).to_have_attribute("data-step", str(step))
    values = image(page).evaluate(
        """one => { const c = document.createElement("canvas"); c.width = c.height = 1;
        const pen = c.getContext("2d"); pen.drawImage(one, 0, 0); return pen.getImageData(0, 0, 1, 1).data[0]; }"""
    )
    assert values == gray(step)


def seeks(page: Page) -> list[list[Any]]:
    seeks: list[list[Any]] = page.evaluate("seeks")
    return seeks


def centre(page: Page, index: int) -> tuple[float, float]:
    """Return the position of a sample in the window."""
    box = page.locator(".picture").bounding_box()
    assert box is not None
    sheet = found_layout()
    left, top, right, bottom = sheet.box(index)
    scale = box["width"] / sheet.size[0]
    return box["x"] + scale * (left + right) / 2, box["y"] + scale * (top + bottom) / 2
