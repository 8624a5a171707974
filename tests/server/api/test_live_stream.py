"""The stream of the live board: over the bare protocol, and with a real server that is told to end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from gan_demo.presets import PRESETS
from gan_demo.runs.run_dir import RunDir
from gan_demo.server import lifespan, routes
from gan_demo.server.api import live
from gan_demo.server.state import server_state
from tests.server.api.recorded_run import PATIENCE
from tests.server.api.recorded_run import recorded as recorded
from tests.server.api.recorded_run import run as run

ROOT = Path(__file__).resolve().parents[3]
PULSE = threading.Event()  # never set: its wait leaves the core to the others between two looks at a condition
STREAM_HEAD = b"event: hello\ndata: 1\nretry: 1000\n\n"


async def streamed(path: str, query: bytes, enough: int) -> tuple[int, dict[bytes, bytes], bytes]:
    """(status, headers, first bytes) of an answer; then the client goes away."""
    start: dict[str, Any] = {}
    body = bytearray()
    gone = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        body.extend(message.get("body", b""))
        if body.count(b"\n\n") >= enough or not message.get("more_body", True):
            gone.set()

    app = Starlette(routes=routes.ROUTES)
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "headers": [],
        "asgi": {"version": "3.0", "spec_version": "2.3"},
    }
    async with asyncio.timeout(PATIENCE):
        await app(scope, receive, send)  # type: ignore[arg-type]
    return start["status"], dict(start["headers"]), bytes(body)


def test_a_stream_says_hello_then_all_there_is_and_a_viewer_who_leaves_is_no_viewer(run: RunDir) -> None:
    async def scene() -> None:
        async with lifespan.lifespan(None):
            status, headers, body = await streamed(f"/api/runs/{run.id}/events", b"", 2)
            assert status == 200
            assert headers[b"content-type"].startswith(b"text/event-stream")
            assert headers[b"cache-control"] == b"no-store"
            assert headers[b"x-accel-buffering"] == b"no", "proxies such as nginx must not hold events back"
            assert body.startswith(STREAM_HEAD)
            update = json.loads(body.removeprefix(STREAM_HEAD).removeprefix(b"event: update\ndata: "))
            query = f"epoch={update['epoch']}&have={update['seq']}".encode()
            _, _, again = await streamed(f"/api/runs/{run.id}/events", query, 1)
            assert again == STREAM_HEAD
            assert (await server_state().hub.channel(run.id)).viewers == 0

    asyncio.run(scene())


def test_a_silent_stream_says_hello_from_time_to_time(run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.01)

    async def scene() -> None:
        async with lifespan.lifespan(None):
            channel = await server_state().hub.channel(run.id)
            _, epoch, version = await channel.catch_up("", 0)
            query = f"epoch={epoch}&have={version}".encode()
            _, _, body = await streamed(f"/api/runs/{run.id}/events", query, 6)
            assert body.count(STREAM_HEAD) >= 6
            assert body.replace(STREAM_HEAD, b"") == b"", "nothing else is sent while nothing changes"

    asyncio.run(scene())


@pytest.fixture
def real(home: Path, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes], Path]]:
    """(address, process, log) of `streamlit run app.py`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    log = tmp_path / "server.log"
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        f"--server.port={port}",
        "--server.address=127.0.0.1",
        "--server.headless=true",
    ]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"GAN_DEMO_HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield f"http://127.0.0.1:{port}", process, log
    finally:
        process.kill()
        process.wait()


def make_long_run(home: Path) -> RunDir:
    """Make a run whose summary, 4 MB, is more than what the buffers of two sockets hold."""
    run = RunDir.create(home / "long-1", PRESETS["digits"], "long")
    for step in range(1, 801):
        run.append({"step": step} | {f"column_{k}": -1.23456e-50 * (step + k) for k in range(400)})
    run.set_info(replace(run.info, status="done", step=800))
    return run


@contextmanager
def silent_viewer(url: str, run: RunDir) -> Iterator[None]:
    """Hold an event stream open and read no more than its head."""
    host, port = url.removeprefix("http://").split(":")
    with socket.socket() as viewer:
        viewer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        viewer.connect((host, int(port)))
        viewer.sendall(f"GET /api/runs/{run.id}/events HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        head = b""
        while b"event: update" not in head:
            head += viewer.recv(256)
        yield


def test_sigterm_with_open_streams_saves_the_run_and_ends_the_server(
    real: tuple[str, subprocess.Popen[bytes], Path], home: Path
) -> None:
    """Without closing the streams, uvicorn would wait for them for ever; so it would for a client that does not read."""
    from benchmarks.audience import audience

    url, process, log = real
    long_run = make_long_run(home)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(OSError):
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=5).close()
            break
        PULSE.wait(0.05)
    with audience(url, home) as people:
        run_id = people.start("ring")
        people.join(run_id, 3)
        traffic = people.traffic()
        while not traffic["late"]:  # rows come, live
            assert time.monotonic() < end
            PULSE.wait(0.05)
            traffic = people.traffic()
        with silent_viewer(url, long_run):
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
        traffic = people.traffic()
    assert sum(traffic["errors"].values()) == 3, "each stream ended, and may have found no server to return to"
    info = RunDir(home / run_id).info
    assert info.status == "stopped"
    assert info.state == info.step > 0
    assert "Traceback" not in log.read_text("utf-8")
    assert log.read_text("utf-8").count("without completing") == 1, "only the stream that nobody reads is cut off"
