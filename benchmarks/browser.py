"""A Streamlit server, a Chromium that opens its pages, and the CPU time of both."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

CHROMIUMS = (Path("/usr/bin/chromium"), Path("/usr/bin/chromium-headless-shell"))  # Debian's
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60.0  # seconds that a server may take to start or to end


@contextmanager
def chromium(*further: str) -> Iterator[Browser]:
    """Launch Debian's Chromium if it is installed, else Playwright's own, with further arguments."""
    with sync_playwright() as playwright:
        installed = (path for path in CHROMIUMS if path.exists())
        executable = next(installed, Path(playwright.chromium.executable_path))
        browser = playwright.chromium.launch(executable_path=executable, args=[*ARGUMENTS, *further])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def running(
    command: Sequence[str], cwd: Path, variables: Mapping[str, str], log: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``python -m COMMAND``, its output in a file or discarded; interrupt it at the end."""
    with open(log or os.devnull, "wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=cwd,
            env=os.environ | dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def served(
    command: Sequence[str], cwd: Path, home: Path, variables: Mapping[str, str] | None = None, log: Path | None = None
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run ``streamlit`` with these arguments on a free port; yield (address, process). It may not answer yet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    options = [
        f"--server.port={port}",
        "--server.address=127.0.0.1",
        "--server.headless=true",
        "--browser.gatherUsageStats=false",
    ]
    variables = {"GAN_DEMO_HOME": str(home), **(variables or {})}
    with running(["streamlit", *command, *options], cwd, variables, log) as process:
        yield f"http://127.0.0.1:{port}", process


def wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return when the server answers; exit if it does not start."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            if urllib.request.urlopen(f"{url}/_stcore/health", timeout=5).status == 200:
                return
        time.sleep(0.02)
    raise SystemExit("the server did not start")


def cpu_seconds(root: int, leave_out: int = 0) -> float:
    """Return the CPU seconds so far of a process and its descendants, without one of them; NaN without /proc."""
    parents, used = {}, {}
    ticks = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # the process ended meanwhile
            fields = path.read_text().rpartition(")")[2].split()
            parents[int(path.parent.name)] = int(fields[1])
            used[int(path.parent.name)] = (int(fields[11]) + int(fields[12])) / ticks
    if root not in used:
        return float("nan")
    family = {root}
    while new := {pid for pid, parent in parents.items() if parent in family} - family - {leave_out}:
        family |= new
    return sum(used.get(pid, 0.0) for pid in family)
