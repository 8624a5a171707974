"""The app as people run it, `streamlit run app.py`, and a Chromium that looks at it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
START_SECONDS = 60
STOP_SECONDS = 30  # training is checkpointed at shutdown
READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'

NewPage = Callable[..., Page]


@dataclass(frozen=True)
class AppServer:
    """A running app: its address, the folder of its runs, and its log so far."""

    url: str
    home: Path
    log: Path
    process: subprocess.Popen[bytes]


def free_port() -> int:
    """One that nobody listens on now."""
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
    """SIGTERM, so that the lifespan ends; then no mercy for what is left of its process group."""
    process.terminate()
    _exited_within(process, STOP_SECONDS)
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # it left nothing behind
    process.wait(STOP_SECONDS)


@contextmanager
def serving(folder: Path, port: int) -> Iterator[AppServer]:
    """`streamlit run app.py`, with its runs and its log in that folder; ended with the block, if it is still there."""
    home, log = folder / "home", folder / "server.log"
    home.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}",
               "--server.address=127.0.0.1", "--server.headless=true"]  # fmt: skip
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {"GAN_DEMO_HOME": str(home)}, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    server = AppServer(f"http://127.0.0.1:{port}", home, log, process)
    try:
        _wait_until_healthy(server)
        yield server
    finally:
        _stop(process)


@pytest.fixture(scope="session")
def app_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """The app on a free port, with an empty home for its runs."""
    with serving(tmp_path_factory.mktemp("app"), free_port()) as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium where it is installed, else Playwright's own; `make test` provides one."""
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
        executable = CHROMIUM if CHROMIUM.exists() else own
        if not executable.exists():
            if os.environ.get("CI"):
                pytest.fail("no Chromium: scripts/chromium.sh installs one")
            pytest.skip("no Chromium: scripts/chromium.sh installs one")
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def errors() -> list[str]:
    """What went wrong in the page, uncaught."""
    return []


@pytest.fixture
def new_page(app_server: AppServer, chromium: Browser) -> Iterator[NewPage]:
    """Makes pages, each in a browser profile of its own. An uncaught error in any of them fails the test.

    ``new_page(path="", width=1440, height=900, theme="light", locale="en-US")`` opens ``path`` and waits until its
    script has run.
    """
    errors: list[str] = []
    contexts = []

    def make(
        path: str = "",
        *,
        width: int = 1440,
        height: int = 900,
        theme: Literal["light", "dark"] = "light",
        locale: str = "en-US",
    ) -> Page:
        context = chromium.new_context(
            base_url=app_server.url, viewport={"width": width, "height": height}, color_scheme=theme, locale=locale
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"/{path.lstrip('/')}")
        settle(page)
        return page

    yield make
    for context in contexts:
        context.close()
    assert errors == [], "uncaught errors in the page"


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """The app's first page, 1440 pixels wide, light, in English, after its first run."""
    return new_page()


def settle(page: Page) -> None:
    """Wait until the page's script has run; for a page that ticks, until a moment between two ticks."""
    page.locator(READY).wait_for()
