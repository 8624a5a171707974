"""The map of latent space on an otherwise empty page: its size, places, and what is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from gan_demo.cli.main import main
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir
from tests.browser.explorer_page import empty_page, mount
from tests.browser.hosts import Host
from tests.tiny_run import TINY


@pytest.fixture(scope="module")
def trained(app_home: Path) -> dict[str, RunDir]:
    """Create runs of three steps, which have discriminators, and a copy of the shipped digits."""
    for preset in ("digits", "ring"):
        assert main(["train", preset, "--steps", "3", "--out", str(app_home / f"map-{preset}"), *TINY]) == 0
    return {
        "ready-made": library.find("digits"),
        "digits": RunDir(app_home / "map-digits"),
        "ring": RunDir(app_home / "map-ring"),
    }


@pytest.fixture(scope="module")
def own_page(host: Host, chromium: Browser) -> Iterator[Page]:
    """One page for all tests of this file."""
    with empty_page(chromium, host, library.find("digits"), height=1000) as page:
        yield page


@pytest.fixture
def page(own_page: Page, trained: dict[str, RunDir]) -> Page:
    """Open that page with the map of the shipped digits, label across and the strongest direction up."""
    return show(own_page, trained["ready-made"], "#tool=map&map.x=label-digit&map.y=change-1")


def show(page: Page, run: RunDir, fragment: str = "#tool=map", discriminator: bool = True) -> Page:
    mount(page, run, fragment, discriminator)
    complete(page)
    return page


def complete(page: Page) -> None:
    """Wait until every cell of the wanted level is there."""
    page.locator(".map-board[data-complete='1']").wait_for()


def address_value(page: Page, name: str) -> str:
    """Wait until the address has ``name``; return its value."""
    page.wait_for_function("name => new URLSearchParams(location.hash.slice(1)).get(name)", arg=name)
    return str(page.evaluate("name => new URLSearchParams(location.hash.slice(1)).get(name)", name))


def wait_for_address_value(page: Page, name: str, value: str) -> None:
    """Wait until ``name`` has this value in the address."""
    read = "([name, value]) => new URLSearchParams(location.hash.slice(1)).get(name) === value"
    page.wait_for_function(read, arg=[name, value])


def marker_position(page: Page) -> tuple[float, float]:
    """Return the position of the marker, in pixels of the map."""
    coordinates = page.locator(".map-board .here").evaluate(
        "one => [...one.style.transform.matchAll(/(-?[\\d.]+)px/g)].map((found) => Number(found[1]))"
    )
    return float(coordinates[0]), float(coordinates[1])


def size(page: Page) -> tuple[float, float]:
    box = page.locator(".map-board canvas").bounding_box()
    assert box is not None
    return box["width"], box["height"]


def click(page: Page, x: float, y: float) -> None:
    """Click at shares of the map's width and height, from the top left."""
    wide, high = size(page)
    page.locator(".map-board canvas").click(position={"x": x * wide, "y": y * high})


def picture(page: Page) -> str:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return str(page.locator(".map-board canvas").evaluate("one => one.toDataURL()"))


def choose(page: Page, label: str, value: str) -> None:
    page.get_by_label(label).select_option(value)
    complete(page)
