"""The explorer in a browser at runs of three kinds: opened, moved, and its pixels and place read back."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from gan_demo.config import ModelConfig
from gan_demo.data.datasets import DIGIT, FACES
from gan_demo.explorer import latent_point
from gan_demo.explorer.latent_point import LatentPoint
from gan_demo.runs.run_dir import RunDir
from tests.browser.explorer_page import empty_page, explore, make_run, module
from tests.browser.hosts import Host

DIGITS = ModelConfig(arch="dcgan", z_dim=20, width=4, conditional=True, shape=(1, 28, 28), labels=DIGIT)
PEOPLE = ModelConfig(arch="dcgan", z_dim=8, width=4, conditional=True, shape=(3, 32, 32), labels=FACES)
RING = ModelConfig(arch="points", z_dim=3, width=8, shape=(2,))
START = """const facts = await (await fetch(given)).json();
  return m.writeHash(s.randomState(facts, 27), 'sliders', new Map());"""  # where the explorer begins by itself


@pytest.fixture(scope="module")
def runs(app_home: Path) -> list[RunDir]:
    """Create runs of three kinds, each with two checkpoints."""
    configs = (("digits", DIGITS), ("faces", PEOPLE), ("ring", RING))
    return [make_run(app_home, f"web-{data}", model, data, (10, 20)) for data, model in configs]


@pytest.fixture(scope="module")
def published(host: Host, runs: list[RunDir]) -> None:
    """Publish the whole pages of all these runs."""
    for run in runs:
        host.publish(run)


@pytest.fixture(scope="module")
def bare(host: Host, published: None, chromium: Browser) -> Iterator[Page]:
    """One otherwise empty page for all tests of what the explorer does on any page."""
    with empty_page(chromium, host) as page:
        yield page


@pytest.fixture
def page(bare: Page) -> Page:
    """Open that page with the digits at their first place."""
    return begun(bare, "web-digits")


def begun(page: Page, run: str, **data: Any) -> Page:
    """Open the explorer again, without history."""
    explore(page, run, 20, hash=module(page, "url_state", START, f"/api/explore/{run}/20/space.json"), **data)
    return page


def opened(page: Page) -> Page:
    """Open a whole page; wait for its first picture and its directions."""
    page.locator('.explorer[data-ready="1"]').wait_for()
    expect(page.locator(".explorer .measuring")).to_have_count(0)
    return page


def canvas(page: Page) -> Locator:
    return page.locator(".explorer:not(.building) .stage canvas")


def pixels(page: Page) -> np.ndarray[Any, Any]:
    """Wait until the stage is at rest; return its pixels, uint8 (H, W, 4)."""
    drawn = -1
    while drawn != (drawn := int(canvas(page).get_attribute("data-drawn") or 0)):
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    encoded = str(canvas(page).evaluate("one => one.toDataURL()")).partition(",")[2]
    with Image.open(io.BytesIO(base64.b64decode(encoded))) as image:
        return np.asarray(image.convert("RGBA"))


def after(page: Page, before: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Wait until the stage shows another picture; return its pixels."""
    until = time.monotonic() + 30
    while (current := pixels(page)).tobytes() == before.tobytes():
        assert time.monotonic() < until, "the picture stayed as it was"
    return current


def saved_point(page: Page, tmp_path: Path, model: ModelConfig = DIGITS) -> LatentPoint:
    """Return the current place from its downloaded file."""
    page.locator(".explorer .menu summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Latent as JSON").click()
    download.value.save_as(tmp_path / "kept.json")
    return latent_point.from_json((tmp_path / "kept.json").read_bytes(), model)


def slider(page: Page, k: int = 0) -> Locator:
    return page.locator(".panel.sliders .fold .slider-list").first.locator("input").nth(k)
