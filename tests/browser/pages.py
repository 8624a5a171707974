"""Chromium, its profiles, and the pages that browser tests open in them."""

from __future__ import annotations

import functools
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from gan_demo.runs.ownership import OWNER_COOKIE
from tests.browser.hosts import Host
from tests.browser.servers import AppServer
from tests.browser.servers import app_server as app_server

# Debian's, the first of those that are installed; the shell has no windows and no menus, and takes a quarter less of the CPU
CHROMIUMS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))

# The resolver's rules cut the network: no other host has an address, not even by its number. Pages of a profile share a
# process, which a page that costs nothing (``park``) keeps alive: the app's code stays compiled, a third less of the CPU.
# Pages here live for seconds, so that neither code optimised meanwhile nor threads that collect garbage pay.
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--process-per-site",
    "--js-flags=--no-opt --single-threaded-gc --wasm-tiering-budget=200000000",
]
PATIENCE = 60_000  # milliseconds, for what a busy machine does late
SLOW = 120_000  # milliseconds: torch loads, and a busy machine trains slowly
PARKED = {"app": "/_stcore/health", "site": "/favicon.ico"}  # pages with next to nothing on them
READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'
NewPage = Callable[..., Page]
Visit = Callable[..., Page]
Profiles = Callable[[str, str], BrowserContext]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium if it is installed, else Playwright's own; `make test` provides one."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        executable = next((path for path in CHROMIUMS if path.exists()), None)
        if executable is None and not Path(playwright.chromium.executable_path).exists():
            if os.environ.get("CI"):
                pytest.fail("no Chromium: scripts/chromium.sh installs one")
            pytest.skip("no Chromium: scripts/chromium.sh installs one")
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@contextmanager
def profile(chromium: Browser, host: Host, **context: Any) -> Iterator[BrowserContext]:
    """Yield a profile for pages of a host. An error on them fails the test in which it happens.

    Visitors want no motion: animations of the page would take a sixth of the CPU.
    """
    browser_context = chromium.new_context(base_url=host.url, reduced_motion="reduce", **context)
    browser_context.set_default_timeout(PATIENCE)
    browser_context.on("weberror", lambda error: host.trouble.append(str(error.error)))
    browser_context.on("request", lambda request: host.note_request(request.url))
    browser_context.on("response", lambda answer: host.note_answer(answer.url, answer.status))
    yield browser_context
    browser_context.close()


def park(context: BrowserContext, address: str) -> None:
    """Keep a page of the origin open, and with it the process in which the profile's later pages open."""
    context.new_page().goto(address)


@contextmanager
def watched(chromium: Browser, host: Host, **context: Any) -> Iterator[Page]:
    """Yield an empty page in a profile of its own."""
    with profile(chromium, host, **context) as browser_context:
        yield browser_context.new_page()


@pytest.fixture(scope="module")
def profiles(host: Host, chromium: Browser) -> Iterator[Profiles]:
    """Profiles that the tests of a file share, by theme and language, so that later pages use the cache of earlier ones."""
    with ExitStack() as stack:

        @functools.cache
        def parked(theme: str, locale: str) -> BrowserContext:
            context = stack.enter_context(profile(chromium, host, color_scheme=theme, locale=locale))
            park(context, PARKED[host.name])
            return context

        yield parked


@pytest.fixture
def visit(host: Host, chromium: Browser, profiles: Profiles) -> Iterator[Visit]:
    """Open the whole page of a run, in a profile that the tests of a file share or (``anew``) in one of its own.

    ``visit(run, after="", width=1440, height=900, theme="light", locale="en-US", anew=False)``; ``after`` ends the address.
    """
    with ExitStack() as pages:

        def opened(
            run: str,
            after: str = "",
            *,
            width: int = 1440,
            height: int = 900,
            theme: Literal["light", "dark"] = "light",
            locale: str = "en-US",
            anew: bool = False,
        ) -> Page:
            how = {"color_scheme": theme, "locale": locale}
            page = pages.enter_context(watched(chromium, host, **how)) if anew else profiles(theme, locale).new_page()
            pages.callback(page.close)
            page.set_viewport_size({"width": width, "height": height})
            page.goto(host.page_of(run) + after)
            return page

        yield opened


@pytest.fixture(scope="session")
def emptied(app_server: AppServer, chromium: Browser) -> dict[tuple[str, str], list[BrowserContext]]:
    """Profiles that earlier tests have closed, by theme and language, emptied of everything but the cache."""
    return defaultdict(list)


def empty(context: BrowserContext, origin: str) -> None:
    """Delete everything but the cache, so that the app's code need not be fetched and compiled again."""
    parked, *others = context.pages
    for page in others:
        page.close()
    devtools = context.new_cdp_session(parked)
    devtools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage,indexeddb"})
    devtools.detach()
    context.clear_cookies()
    context.clear_permissions()


@pytest.fixture
def new_page(
    app_server: AppServer, chromium: Browser, emptied: dict[tuple[str, str], list[BrowserContext]]
) -> Iterator[NewPage]:
    """Open pages, each in a browser profile of its own. An uncaught error in any of them fails the test.

    ``new_page(path="", width=1440, height=900, theme="light", locale="en-US", owner="")`` opens ``path`` and waits until
    its script has run; with None for a path the page is empty. ``owner``: the token by which the app knows the visitor.
    """
    errors: list[str] = []
    contexts: list[tuple[tuple[str, str], BrowserContext]] = []
    closed: list[BrowserContext] = []  # by a test whose visitor leaves

    def make(
        path: str | None = "",
        *,
        width: int = 1440,
        height: int = 900,
        theme: Literal["light", "dark"] = "light",
        locale: str = "en-US",
        owner: str = "",
    ) -> Page:
        kind = (theme, locale)
        if emptied[kind]:
            context = emptied[kind].pop()
        else:
            whole = ViewportSize(width=1440, height=900)
            how: dict[str, Any] = {"color_scheme": theme, "locale": locale, "reduced_motion": "reduce"}
            context = chromium.new_context(base_url=app_server.url, viewport=whole, **how)
            park(context, PARKED["app"])
        contexts.append((kind, context))
        context.once("close", lambda ended: closed.append(ended))
        if owner:
            context.add_cookies([{"name": OWNER_COOKIE, "value": owner, "url": app_server.url}])
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        if path is not None:
            page.goto(f"/{path.lstrip('/')}")
            settle(page)
        return page

    yield make
    for kind, context in contexts:
        if context not in closed:
            empty(context, app_server.url)
            emptied[kind].append(context)
    assert errors == [], "uncaught errors in the page"


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """Return an empty page, 1440 pixels wide, light, in English."""
    return new_page(None)


def settle(page: Page) -> None:
    """Wait until the page's script has run; for a page that ticks, until a moment between two ticks."""
    page.locator(READY).wait_for()
