"""Browsers that lack what the app would use: each feature is taken away from Chromium before the page loads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from gan_demo.config import ModelConfig
from gan_demo.i18n.text import table
from gan_demo.runs.run_dir import RunDir
from tests.browser.explorer_page import empty_page, make_run
from tests.browser.hosts import Host
from tests.browser.pages import watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.browser.pages import Profiles

    Open = Callable[..., Page]

EN, ZH = table("en"), table("zh")
MODEL = ModelConfig(arch="points", z_dim=3, width=8, shape=(2,))
CLASSIC_WORKERS = """
  const Native = Worker;
  globalThis.Worker = class extends Native { constructor(address) { super(address); } };
"""
WITHOUT = {
    "webassembly": "delete globalThis.WebAssembly",
    "simd": "WebAssembly.validate = () => false",
    "worker": "delete globalThis.Worker",
    "module_worker": CLASSIC_WORKERS,
    "decompression": "delete globalThis.DecompressionStream",
}
STAND_FOR_ALL = ("webassembly", "decompression")  # of the explorer and of the page; browser_support.test.mjs has all
TOO_OLD = "export class { }"  # as the newest syntax looks to a browser that does not know it


@pytest.fixture(scope="module")
def run(app_home: Path) -> RunDir:
    return make_run(app_home, "elsewhere", MODEL, "ring", (10,))


@pytest.fixture
def open_without(host: Host, run: RunDir, chromium: Browser) -> Iterator[Open]:
    """Return a function that opens the run's page in a browser without a feature: ``open_without("simd")``."""
    host.publish(run)
    with watched(chromium, host, locale="en-US") as page:

        def open_page(feature: str) -> Page:
            page.add_init_script(WITHOUT[feature])
            page.goto(host.page_of(run.id))
            return page

        yield open_page


# ---- the explorer


@pytest.mark.parametrize("feature", [pytest.param("simd", marks=pytest.mark.soak), "module_worker"])
def test_the_server_draws_for_a_browser_that_cannot_and_the_page_says_why(open_without: Open, feature: str) -> None:
    page = open_without(feature)
    page.locator(".st-key-explore_stage img").wait_for()
    expect(page.locator(".explorer")).to_have_count(0)
    expect(page.locator(".st-key-explore_failed")).to_contain_text(
        f"{EN[f'explorer.unsupported.{feature}']} {EN['explore.server_draws']}"
    )


def test_without_the_runtime_the_server_draws_until_it_is_there(host: Host, run: RunDir, profiles: Profiles) -> None:
    page = profiles("light", "en-US").new_page()
    page.route("**/api/runtime/**", lambda route: route.abort())
    page.goto(host.page_of(run.id))
    page.locator(".st-key-explore_stage img").wait_for()
    expect(page.locator(".explorer")).to_have_count(0)
    expect(page.locator(".st-key-explore_failed")).to_contain_text(EN["explore.not_in_browser"])
    page.unroute("**/api/runtime/**")
    page.get_by_role("button", name="Try again in the browser").click()
    page.locator('.explorer[data-ready="1"]').wait_for()
    expect(page.locator(".st-key-explore_stage img")).to_have_count(0)


@pytest.mark.soak  # the static page below says the same of the same error
def test_a_browser_that_cannot_read_the_modules_is_told_that_it_is_too_old(
    host: Host, run: RunDir, chromium: Browser
) -> None:
    with watched(chromium, host, locale="zh-CN") as page:
        script = {"body": TOO_OLD, "content_type": "text/javascript"}
        page.route("**/explorer/history.mjs", lambda route: route.fulfill(**script))
        page.goto(host.page_of(run.id))
        page.locator(".st-key-explore_stage img").wait_for()
        expect(page.locator(".st-key-explore_failed")).to_contain_text(ZH["explorer.unsupported.old"])


@pytest.mark.on_site("it has no server that could draw")
@pytest.mark.parametrize(
    "feature",
    [pytest.param(feature, marks=pytest.mark.soak if feature not in STAND_FOR_ALL else ()) for feature in WITHOUT],
)
def test_a_static_page_says_what_the_browser_lacks(open_without: Open, feature: str) -> None:
    page = open_without(feature)
    alert = page.get_by_role("alert").filter(has_text=EN[f"explorer.unsupported.{feature}"])
    expect(alert).to_contain_text(EN["explorer.unsupported.site"])
    expect(page.locator(".loading")).to_have_count(0)


@pytest.mark.on_site("it has no server that could draw")
@pytest.mark.parametrize(
    ("module", "key"), [("explorer/history", "explorer.unsupported.old"), ("film/film", "site.too_old")]
)
def test_a_static_page_says_that_a_browser_is_too_old(
    host: Host, run: RunDir, chromium: Browser, module: str, key: str
) -> None:
    host.publish(run)
    with watched(chromium, host, locale="en-US") as page:
        script = {"body": TOO_OLD, "content_type": "text/javascript"}
        page.route(f"**/{module}.mjs", lambda route: route.fulfill(**script))
        page.goto(host.page_of(run.id))
        expect(page.get_by_role("alert").filter(has_text=EN[key])).to_be_visible()
    host.trouble[:] = [error for error in host.trouble if "Unexpected token" not in error]


@pytest.mark.on_site("a module of the page, whatever serves it")
def test_without_the_clipboard_a_link_is_copied_all_the_same(host: Host, run: RunDir, chromium: Browser) -> None:
    with empty_page(chromium, host, run) as page:
        page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
        copied = page.evaluate(
            """async () => {
              const { copyText } = await import('/api/ui/shared/clipboard.mjs');
              let text = '';
              document.addEventListener('copy', () => { text = String(document.activeElement.value); });
              return [await copyText('a link', document.body), text];
            }"""
        )
        assert copied == [True, "a link"]
