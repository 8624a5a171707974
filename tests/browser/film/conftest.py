"""A run of sixty gray pictures, and a page that is empty but for its film."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from gan_demo.config import DataConfig, RunConfig
from gan_demo.pictures import images
from gan_demo.runs.run_dir import RunDir
from tests.browser.film.film_page import HTML, MODEL, STEPS, Film, data, found_layout, gray, image

if TYPE_CHECKING:
    from tests.browser.servers import AppServer


@pytest.fixture(scope="module", autouse=True)
def run(app_server: AppServer) -> RunDir:
    """Sixty pictures, each in a gray of its own."""
    path = app_server.home / "film-test"
    if path.is_dir():  # of another file of tests
        return RunDir(path)
    run = RunDir.create(path, RunConfig(DataConfig("digits"), MODEL), "digits")
    sheet = found_layout()
    for step in STEPS:
        picture = np.full((sheet.size[1], sheet.size[0], 3), gray(step), np.uint8)
        run.add_grid(step, images.png(picture))
    return run


@pytest.fixture(scope="module")
def open_film(app_server: AppServer, chromium: Browser) -> Iterator[Callable[[], Page]]:
    """Open pages that are empty but for a film to be drawn, each in a browser profile of its own."""
    errors: list[str] = []
    with ExitStack() as contexts:

        def opened() -> Page:
            window = ViewportSize(width=720, height=900)
            context = chromium.new_context(base_url=app_server.url, viewport=window, reduced_motion="no-preference")
            contexts.callback(context.close)
            page = context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.route("**/film-test.html", lambda route: route.fulfill(body=HTML, content_type="text/html"))
            page.goto("/film-test.html")
            page.wait_for_function("() => window.show")
            return page

        yield opened
    assert errors == []


@pytest.fixture(scope="module")
def own_page(open_film: Callable[[], Page]) -> Page:
    """One page for all tests of this file but those that count what is fetched."""
    return open_film()


@pytest.fixture
def film(own_page: Page) -> Iterator[Film]:
    """Draw a film anew on that page."""

    def drawn(**changes: Any) -> Page:
        own_page.mouse.move(2, 2)
        own_page.evaluate("data => { clear(); seeks.length = picked.length = 0; show(data); }", data(**changes))
        expect(image(own_page)).to_be_visible()
        return own_page

    yield drawn
    own_page.unroute_all()
