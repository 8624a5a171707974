"""The app (`streamlit run app.py`) that browser tests share, others of their own, and a file server of static pages."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.hosts import SiteHost, file_server
from tests.browser.slow_app import IDLE

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60
STOP_SECONDS = 30  # training is checkpointed at shutdown


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
