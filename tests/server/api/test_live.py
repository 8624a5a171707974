"""The addresses of the live board: through Starlette's own client, and with a real server that is told to end."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
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
from starlette.testclient import TestClient

from gan_demo.presets import PRESETS
from gan_demo.runs.run_dir import RunDir
from gan_demo.server import lifespan, routes
from gan_demo.server.api import live
from gan_demo.server.state import server_state

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 120.0  # seconds: torch loads, and a busy machine trains slowly
PULSE = threading.Event()  # never set: its wait leaves the core to the others between two looks at a condition
STREAM_HEAD = b"event: hello\ndata: 1\nretry: 1000\n\n"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a run of 2,000 rows, once; return its folder."""
    run = RunDir.create(tmp_path_factory.mktemp("recorded") / "digits-1", PRESETS["digits"], "digits")
    for step in range(1, 2001):
        run.append({"step": step, "images": 64 * step, "seconds": step / 10, "d_loss": 1.0 if step != 777 else 9.5})
    run.set_info(replace(run.info, status="done", step=2000))
    return run.path


@pytest.fixture
def run(home: Path, recorded: Path) -> RunDir:
    return RunDir(shutil.copytree(recorded, home / "digits-1"))


def updates(client: TestClient, run: RunDir, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/api/runs/{run.id}/updates{query}")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["updates"]
    return found


def test_updates_are_a_summary_at_first_and_then_what_is_missing(client: TestClient, run: RunDir) -> None:
    (summary,) = updates(client, run)
    assert summary["reset"]
    assert (summary["rows"]["step"][0], summary["rows"]["step"][-1]) == (1, 2000)
    assert 9.5 in summary["rows"]["d_loss"], "the one peak"
    assert summary["status"] == "done"
    assert updates(client, run, f"?epoch={summary['epoch']}&have={summary['seq']}") == []


def test_updates_are_never_cached(client: TestClient, run: RunDir) -> None:
    answer = client.get(f"/api/runs/{run.id}/updates")
    assert answer.headers["cache-control"] == "no-store"


ODD = [
    "?have=-1",
    "?have=1.5",
    "?have=99999999999999999999",
    "?have=x",
    "?have=",
    "?have=%C2%B2",
    "?epoch=..%2F..",
    "?epoch=%00&have=1",
    "?epoch=" + "f" * 5000,
    "?have=1&have=2",
    "?epoch=ffffffff&have=999999999999999",
]


@pytest.mark.parametrize("query", ODD)
def test_an_invalid_last_update_starts_over(client: TestClient, run: RunDir, query: str) -> None:
    (summary,) = updates(client, run, query)
    assert summary["reset"]


WRONG = ["nothing", "digits-2", "..", "%2e%2e%2fdigits-1", "digits-1%00", ".deleted", "a" * 300, "digits-1%2f..", "%ff"]


@pytest.mark.parametrize("what", ["events", "updates", "rows"])
@pytest.mark.parametrize("run_id", WRONG)
@pytest.mark.usefixtures("run")
def test_an_unknown_run_is_not_found(client: TestClient, run_id: str, what: str) -> None:
    answer = client.get(f"/api/runs/{run_id}/{what}")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


@pytest.mark.parametrize("what", ["events", "updates", "rows"])
def test_the_live_routes_are_read_only(client: TestClient, run: RunDir, what: str) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert client.request(method, f"/api/runs/{run.id}/{what}").status_code == 405


def test_a_run_that_was_deleted_is_not_found_any_more(client: TestClient, run: RunDir) -> None:
    updates(client, run)
    shutil.rmtree(run.path)
    end = time.monotonic() + PATIENCE
    while client.get(f"/api/runs/{run.id}/updates").status_code != 404:
        assert time.monotonic() < end
        PULSE.wait(0.02)


def test_a_server_that_shuts_down_answers_503_and_not_404(client: TestClient, run: RunDir) -> None:
    updates(client, run)
    client.portal.call(server_state().hub.close)
    for what in ("events", "updates"):
        answer = client.get(f"/api/runs/{run.id}/{what}")
        assert answer.status_code == 503
        assert answer.headers["cache-control"] == "no-store"


# ---- rows


def test_few_rows_of_a_range_come_whole(client: TestClient, run: RunDir) -> None:
    rows = client.get(f"/api/runs/{run.id}/rows?from=770&to=780").json()["rows"]
    assert rows["step"] == list(range(770, 781))
    assert rows["d_loss"][7] == 9.5


def test_rows_of_the_whole_run_are_thinned_and_keep_the_peak(client: TestClient, run: RunDir) -> None:
    rows = client.get(f"/api/runs/{run.id}/rows").json()["rows"]
    assert len(rows["step"]) < 1000
    assert max(value for value in rows["d_loss"] if value is not None) == 9.5


@pytest.mark.parametrize("query", ["?from=x&to=y", "?from=nan&to=inf", "?from=&to=", "?from=1e400", "?from=9&to=1"])
def test_an_invalid_range_is_no_error(client: TestClient, run: RunDir, query: str) -> None:
    answer = client.get(f"/api/runs/{run.id}/rows{query}")
    assert answer.status_code == 200
    assert "rows" in answer.json()


def test_rows_without_numbers_are_still_json(client: TestClient, run: RunDir) -> None:
    with open(run.path / "metrics.jsonl", "a", encoding="utf-8") as file:
        file.write('{"step":2001,"images":1,"seconds":1,"d_loss":NaN,"histogram":[1,NaN]}\n')
    for what in ("rows?from=2001", "updates"):
        text = client.get(f"/api/runs/{run.id}/{what}").text
        json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


# ---- the stream itself, over the bare protocol: the test client waits for a stream's end


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


# ---- a real server


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
    made = RunDir.create(home / "long-1", PRESETS["digits"], "long")
    for step in range(1, 801):
        made.append({"step": step} | {f"column_{k}": -1.23456e-50 * (step + k) for k in range(400)})
    made.set_info(replace(made.info, status="done", step=800))
    return made


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
