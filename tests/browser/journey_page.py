"""The explorer opened at its journey, on an otherwise empty page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from gan_demo.config import ModelConfig
from gan_demo.data.datasets import DIGIT
from gan_demo.runs.run_dir import RunDir
from tests.browser import explorer_page
from tests.browser.explorer_page import make_run, pixels

DIGITS = ModelConfig(arch="dcgan", z_dim=20, width=4, conditional=True, shape=(1, 28, 28), labels=DIGIT)
RING = ModelConfig(arch="points", z_dim=3, width=8, shape=(2,))


@pytest.fixture(scope="module")
def runs(app_home: Path) -> list[RunDir]:
    """Two untrained models."""
    configs = (("digits", DIGITS), ("ring", RING))
    return [make_run(app_home, f"journey-{data}", model, data, (10,)) for data, model in configs]


@pytest.fixture
def page(own_page: Page) -> Page:
    """Open that page, with the tool opened again."""
    return explore(own_page)


def explore(page: Page, run: str = "journey-digits", **data: Any) -> Page:
    """Open the explorer; wait until the pictures of the journey are there."""
    explorer_page.explore(page, run, 10, "journey", **data)
    page.locator(".panel.journey .scrub[data-drawn]").wait_for()
    return page


def keyframes(page: Page) -> list[str]:
    """Return the pixels of each keyframe, in the order of the strip."""
    page.wait_for_function("() => [...document.querySelectorAll('.keyframe canvas')].every((one) => one.width === 28)")
    return [pixels(each) for each in page.locator(".keyframe canvas").all()]
