"""The static page of a run, from a plain file server and with the network cut: it draws, answers, and finds all it needs."""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from gan_demo import runs
from gan_demo.runs import RunDir
from gan_demo.ui import explore_board, site
from gan_demo.ui.text import table

# The app's own tests of the explorer, which are collected here once more: ``new_page`` below leads them to the page.
from tests.browser.test_explorer import (  # noqa: F401
    test_a_digit_is_mixed_by_dragging_a_border,
    test_a_latent_saved_elsewhere_opens_and_a_wrong_one_is_said,
    test_dragging_a_slider_draws_all_the_way_and_is_one_step_of_undo,
    test_sixteen_at_once_and_a_click_goes_to_one_of_them,
    test_the_browser_draws_what_torch_draws,
    untrained,
)

EN = table("en")
Visit = Callable[..., Page]


class _Files(SimpleHTTPRequestHandler):
    """Python's own file server, without its lines for every request."""

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Runs as pages, each in a folder below the server's root, as GitHub Pages has it. It ends in a slash."""
    root, home = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("untrained")
    untrained(home)
    for run in (runs.find("digits"), RunDir(home / "web-digits")):
        for name, content in site.files(run).items():
            (root / run.id / name).parent.mkdir(parents=True, exist_ok=True)
            (root / run.id / name).write_bytes(content)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=root))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture
def visit(address: str, chromium: Browser) -> Iterator[Visit]:
    """Opens pages of the site. Whatever asks for another host, fails to load or throws, fails the test."""
    trouble: list[str] = []
    contexts = []

    def inside(route: Route) -> None:
        if route.request.url.startswith((address, "blob:", "data:")):
            route.continue_()
        else:
            trouble.append(f"asked for {route.request.url}")
            route.abort()

    def opened(
        path: str = "", *, run: str = "digits", width: int = 1440, locale: str = "en-US", theme: Any = "light"
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, locale=locale, color_scheme=theme, accept_downloads=True
        )
        contexts.append(context)
        context.route("**", inside)
        context.on("response", lambda answer: trouble.append(answer.url) if answer.status >= 400 else None)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.goto(f"{address}{run}/{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert trouble == []


@pytest.fixture
def new_page(visit: Visit) -> Visit:
    """Where the app has ``explore?run=ID``, here is the page of that run."""
    return lambda path: visit(run=path.removeprefix("explore?run="))


def explorer(page: Page) -> Locator:
    found = page.locator(".explorer[data-ready]")
    found.wait_for(timeout=60_000)
    return found


def picture(page: Page) -> str:
    return str(page.locator(".explorer .stage canvas").evaluate("(canvas) => canvas.toDataURL()"))


def test_a_slider_draws_and_its_link_leads_to_the_same_picture(visit: Visit, address: str) -> None:
    page = visit()
    first = explorer(page).locator(".right input[type=range]").first
    expect(page).to_have_url(re.compile("#z="))
    before, link = picture(page), page.url
    first.fill("2")
    page.wait_for_function(
        "(before) => document.querySelector('.place').shadowRoot.querySelector('.stage canvas').toDataURL() !== before",
        arg=before,
    )
    expect(page).not_to_have_url(link)
    moved, link = picture(page), page.url
    other = visit(link.removeprefix(f"{address}digits/"))
    explorer(other)
    assert picture(other) == moved


def test_every_tool_opens(visit: Visit) -> None:
    page = visit()
    tabs = explorer(page).get_by_role("tab")
    expect(tabs).to_have_count(len(explore_board.tools()))
    for tab in tabs.all():
        tab.click()
        panel = page.locator(".explorer [role=tabpanel]:visible")
        expect(panel.locator("button, input, canvas").first).to_be_visible()
        expect(page.locator(".failed:visible")).to_have_count(0)


def test_the_training_can_be_scrubbed_with_its_curves(visit: Visit) -> None:
    page = visit("?show=training")
    slider = page.get_by_role("slider", name=EN["film.scrub"])
    values = page.locator("[data-panel=losses] .legend b").first
    expect(page.locator(".film .now img")).to_be_visible()
    last = values.inner_text()
    slider.fill("3")
    expect(values).not_to_have_text(last)
    expect(page.locator("[data-panel=losses] .u-over .at")).to_be_visible()


def test_it_changes_language_and_theme_and_remembers(visit: Visit) -> None:
    page = visit(locale="zh-CN", theme="dark")
    explorer(page)
    expect(page.get_by_role("tab", name=table("zh")["site.training"])).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name=EN["site.light"]).click()
    page.reload()
    explorer(page)
    expect(page.get_by_role("tab", name=EN["site.training"])).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"


def test_a_phone_needs_no_sideways_scrolling(visit: Visit) -> None:
    page = visit(width=390)
    explorer(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("tab", name=EN["site.training"]).click()
    expect(page.locator(".film .now img")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
