"""Fixtures: the app (`streamlit run app.py`), static pages of runs, and a Chromium that opens them.

Tests that take a ``host`` (most get it from a page) run against the app. What only the static pages have is marked
``on_site("why")``; test_static_site.py opens every tool there. One test of each file of the explorer is marked
``both_hosts``: it runs on the static pages too, in ``make soak``.
"""

from __future__ import annotations

import functools
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from gan_demo.runs.ownership import OWNER_COOKIE
from tests.browser.hosts import AppHost, Host, SiteHost, file_server
from tests.browser.slow_app import IDLE

ROOT = Path(__file__).resolve().parent.parent.parent
# Debian's, the first of those that are installed; the shell has no windows and no menus, and takes a quarter less of the CPU
CHROMIUMS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
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
]  # the resolver's rules cut the network: no other host has an address, not even by its number. Pages of a profile share
# a process, which a page that costs nothing (``park``) keeps alive: the app's code stays compiled, a third less of the CPU
START_SECONDS = 60
PATIENCE = 30_000  # milliseconds, for what a busy machine does late
STOP_SECONDS = 30  # training is checkpointed at shutdown
PARKED = {"app": "/_stcore/health", "site": "/favicon.ico"}  # pages with next to nothing on them
READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'

NewPage = Callable[..., Page]
Visit = Callable[..., Page]
Profiles = Callable[[str, str], BrowserContext]


@dataclass(frozen=True)
class AppServer:
    """A running app: its address, the folder of its runs, and its log so far."""

    url: str
    home: Path
    log: Path
    process: subprocess.Popen[bytes]


_shared_apps: list[AppServer] = []  # the one of this worker, once a test needed it


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _exited_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _wait_until_healthy(server: AppServer) -> None:
    for _ in range(START_SECONDS * 10):
        if _healthy(server.url):
            return
        if _exited_within(server.process, 0.1):
            break
    pytest.fail(f"the app did not start:\n{server.log.read_text('utf-8', errors='replace')[-4000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Send SIGTERM, so that the lifespan ends; then kill what is left of the process group."""
    process.terminate()
    _exited_within(process, STOP_SECONDS)
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # it left nothing behind
    process.wait(STOP_SECONDS)


@contextmanager
def serving(folder: Path, port: int, base: str = "") -> Iterator[AppServer]:
    """Run `streamlit run app.py`, with slow trainings, with its runs and its log in a folder; end it with the block.

    ``base`` is the path of the app's own pages on the server, for example /gan.
    """
    home, log = folder / "home", folder / "server.log"
    home.mkdir(exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "tests.browser.slow_app",
        "run",
        "app.py",
        f"--server.port={port}",
        "--server.address=127.0.0.1",
        "--server.headless=true",
        f"--server.baseUrlPath={base}",
    ]
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"GAN_DEMO_HOME": str(home)},
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    server = AppServer(f"http://127.0.0.1:{port}{base}", home, log, process)
    try:
        _wait_until_healthy(server)
        yield server
    finally:
        _stop(process)


@pytest.fixture(scope="session")
def app_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create the folder for runs and log of the app that tests share."""
    folder = tmp_path_factory.mktemp("app")
    (folder / "home").mkdir()
    return folder


@pytest.fixture(scope="session")
def app_home(app_folder: Path) -> Path:
    """Return the folder of the app's runs, empty at first. Its runs can become static pages without the app."""
    return app_folder / "home"


@pytest.fixture(scope="session")
def app_server(app_folder: Path) -> Iterator[AppServer]:
    """Start the app on a free port."""
    with serving(app_folder, free_port()) as server:
        _shared_apps.append(server)
        yield server
        _shared_apps.remove(server)


@pytest.fixture(autouse=True)
def _no_training_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Stop what a test left training in the shared app, whose next training would wait for it.

    A training that the tests of a file share (their fixture ``training``) goes on; that fixture stops it.
    """
    yield
    if "training" not in request.fixturenames:
        for server in _shared_apps:
            stop_trainings(server)


def stop_trainings(server: AppServer) -> None:
    """Stop every training of an app; return when the last has ended."""
    idle = server.home / IDLE
    idle.unlink(missing_ok=True)
    server.process.send_signal(signal.SIGUSR1)
    for _ in range(STOP_SECONDS * 100):
        if idle.exists() or _exited_within(server.process, 0.01):
            break
    else:
        pytest.fail("a training did not stop")


@pytest.fixture(scope="session")
def static_pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteHost]:
    """Start a file server of static pages, without pages at first."""
    with file_server(tmp_path_factory.mktemp("site")) as host:
        yield host


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test with a ``host`` on the app, on the static pages (``on_site``), or in the soak on both (``both_hosts``)."""
    if "host" in metafunc.fixturenames:
        test = metafunc.definition
        on_site = test.get_closest_marker("on_site")
        assert on_site is None or on_site.args, "a test of the static pages alone says why"
        hosts: list[Any] = ["site" if on_site else "app"]
        if test.get_closest_marker("both_hosts"):
            hosts.append(pytest.param("site", marks=pytest.mark.soak))
        metafunc.parametrize("host", hosts, indirect=True, scope="module")


@pytest.fixture(scope="module")
def host(request: pytest.FixtureRequest) -> Host:
    """Return the server of the explorer in this test: the app, or a plain file server."""
    if request.param == "app":
        return AppHost(request.getfixturevalue("app_server").url)
    found: SiteHost = request.getfixturevalue("static_pages")
    return found


@pytest.fixture(autouse=True)
def _nothing_amiss(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail if a page of the host has an uncaught error, a missing file, or a request that leads elsewhere."""
    if "host" not in request.fixturenames:
        yield
        return
    host: Host = request.getfixturevalue("host")
    yield
    trouble, host.trouble[:] = [*host.trouble], []
    host.missing.clear()
    assert trouble == []


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
    made = chromium.new_context(base_url=host.url, reduced_motion="reduce", **context)
    made.set_default_timeout(PATIENCE)
    made.on("weberror", lambda error: host.trouble.append(str(error.error)))
    made.on("request", lambda request: host.note_request(request.url))
    made.on("response", lambda answer: host.note_answer(answer.url, answer.status))
    yield made
    made.close()


def park(context: BrowserContext, address: str) -> None:
    """Keep a page of the origin open, and with it the process in which the profile's later pages open."""
    context.new_page().goto(address)


@contextmanager
def watched(chromium: Browser, host: Host, **context: Any) -> Iterator[Page]:
    """Yield an empty page in a profile of its own."""
    with profile(chromium, host, **context) as made:
        yield made.new_page()


@pytest.fixture(scope="module")
def profiles(host: Host, chromium: Browser) -> Iterator[Profiles]:
    """Profiles that the tests of a file share, by theme and language, so that later pages use the cache of earlier ones."""
    with ExitStack() as made:

        @functools.cache
        def parked(theme: str, locale: str) -> BrowserContext:
            context = made.enter_context(profile(chromium, host, color_scheme=theme, locale=locale))
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
