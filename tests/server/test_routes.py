"""The routes, their compression and caching, the explanations of samples, and the life of the jobs."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient

from gan_demo.boards import assets
from gan_demo.errors import JobError
from gan_demo.pictures import images
from gan_demo.runs import library, ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.server import lifespan
from gan_demo.server import routes as server_routes
from gan_demo.server.api import request_body
from gan_demo.server.api.request_body import RequestRefusedError
from gan_demo.server.state import server_state
from gan_demo.service import app_state
from tests.server.route_clients import client as client
from tests.server.route_clients import run as run

PNG = b"\x89PNG\r\n\x1a\n"


def test_a_grid_is_a_png_that_browsers_keep(client: TestClient, run: RunDir) -> None:
    answer = client.get(f"/api/runs/{run.id}/grids/500.png")
    assert answer.status_code == 200
    assert answer.content == run.grid_png(500)
    assert answer.headers["content-type"] == "image/png"
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "path", ["digits-1/grids/501.png", "digits-2/grids/500.png", "..%2f..%2fetc/grids/500.png", "digits-1/grids/x.png"]
)
@pytest.mark.usefixtures("run")
def test_an_unknown_grid_is_not_found_and_the_answer_is_not_cached(client: TestClient, path: str) -> None:
    answer = client.get(f"/api/runs/{path}")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


@pytest.mark.parametrize("file", ["film/film.mjs", "curves/curves.mjs", "vendor/uplot/uplot.mjs"])
def test_the_components_code_is_served_as_javascript(client: TestClient, file: str) -> None:
    answer = client.get(f"/api/ui/{file}")
    assert answer.status_code == 200
    assert "javascript" in answer.headers["content-type"]


def test_code_is_compressed_and_sent_again_only_when_it_has_changed(client: TestClient) -> None:
    content = (assets.FRONTEND / "film" / "film.mjs").read_bytes()
    for accepted, coding in (("gzip", "gzip"), ("identity", None)):
        answer = client.get("/api/ui/film/film.mjs", headers={"Accept-Encoding": accepted})
        assert (answer.content, answer.headers.get("content-encoding")) == (content, coding)
        seen = {"Accept-Encoding": accepted, "If-None-Match": answer.headers["etag"]}
        assert client.get("/api/ui/film/film.mjs", headers=seen).status_code == 304


def test_answers_leave_at_once() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:  # as Streamlit makes it, without a protocol
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        lifespan.send_at_once()
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_code_of_the_pages_is_not_served(client: TestClient) -> None:
    assert client.get("/api/ui/../session.py").status_code == 404
    assert client.get("/api/ui/%2e%2e/session.py").status_code == 404


@pytest.mark.usefixtures("fresh_state")
def test_there_is_one_state_of_the_process_which_the_server_opens_and_closes() -> None:
    before = app_state.current()
    assert app_state.current() is before
    with TestClient(Starlette(lifespan=lifespan.lifespan)):
        state = app_state.current()
        assert state is server_state()
        assert state is not before
        with pytest.raises(JobError):  # its jobs ended with it
            before.jobs.submit("a", "a", "owner", "cpu", lambda job: iter(()))
    assert app_state.current() is not state


def test_the_end_of_the_server_ends_its_jobs() -> None:
    saved = []

    def work() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            saved.append(True)

    with TestClient(Starlette(lifespan=lifespan.lifespan)):
        manager = app_state.current().jobs
        job = manager.submit("a", "a", "owner", "cpu", lambda job: work())
    assert job.wait(10)
    assert job.snapshot.status is Status.STOPPED
    assert len(saved) <= 1  # none if it was stopped before its first item
    with pytest.raises(JobError):
        manager.submit("b", "b", "owner", "cpu", lambda job: work())


def test_torch_is_not_needed_to_start_the_server() -> None:
    import subprocess
    import sys

    code = "import sys, gan_demo.server; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=library.PRETRAINED.parent, check=False).returncode == 0


@pytest.fixture
def explained(home: Path) -> RunDir:
    from gan_demo.config import DataConfig, ModelConfig, RunConfig
    from gan_demo.data import datasets
    from gan_demo.pictures.sheet_layout import layout

    model = ModelConfig(arch="mlp", shape=(1, 28, 28), labels=datasets.DIGIT, conditional=True)
    run = RunDir.create(home / "explained-1", RunConfig(DataConfig("digits"), model), "digits")
    sheet = layout(model)
    assert sheet is not None
    import numpy as np

    run.add_grid(500, images.png(np.zeros((sheet.size[1], sheet.size[0], 3), np.uint8)))
    return run


def test_an_explanation_is_json_that_browsers_keep(client: TestClient, explained: RunDir) -> None:
    answer = client.get(f"/api/runs/{explained.id}/explain/500/12")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    explanation = answer.json()
    assert (explanation["step"], explanation["index"], explanation["label"]) == (500, 12, [["digit", "2"]])
    assert explanation["why_no_verdict"] == "no_state"


@pytest.mark.parametrize("path", ["explained-1/explain/501/0", "explained-1/explain/500/60", "nothing/explain/500/0"])
@pytest.mark.usefixtures("explained")
def test_an_unknown_sample_is_not_found_and_the_answer_is_not_cached(client: TestClient, path: str) -> None:
    answer = client.get(f"/api/runs/{path}")
    assert answer.status_code == 404
    assert "error" in answer.json()
    assert answer.headers["cache-control"] == "no-store"


def test_an_explanation_is_computed_once_for_all_viewers(
    client: TestClient, explained: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gan_demo.explorer import sample_explanation

    calls = []
    real = sample_explanation.explain
    monkeypatch.setattr(sample_explanation, "explain", lambda *args: (calls.append(args[1:]), real(*args))[1])
    first, second = (client.get(f"/api/runs/{explained.id}/explain/500/7") for _ in range(2))
    assert first.content == second.content
    assert calls == [(500, 7, False)]


def test_the_owners_images_are_shown_to_the_owner_alone(client: TestClient, explained: RunDir, tmp_path: Path) -> None:
    import numpy as np
    from PIL import Image

    from gan_demo.config import DataConfig
    from gan_demo.data.images.limits import MIN_IMAGES

    for k in range(MIN_IMAGES):
        Image.fromarray(np.full((28, 28, 3), 3 * k, np.uint8)).save(tmp_path / f"{k}.png")
    config = explained.config
    model = dataclasses.replace(config.model, shape=(3, 28, 28))
    own_images = dataclasses.replace(config, data=DataConfig("images", path=str(tmp_path), size=28), model=model)
    explained.set_config(own_images)
    token = "o" * 40
    (explained.path / "owner").write_text(ownership.digest(token))
    address = f"/api/runs/{explained.id}/explain/500/0"
    others = client.get(address).json()
    assert (others["nearest"], others["why_no_nearest"]) == (None, "private")
    forged = client.get(address, headers={"cookie": f"{ownership.OWNER_COOKIE}={'x' * 40}"}).json()
    assert forged["nearest"] is None
    own = client.get(address, headers={"cookie": f"{ownership.OWNER_COOKIE}={token}"}).json()
    assert own["nearest"] is not None


ABSURD = ("9" * 10, "9" * 400, "9" * 5_000, "-1", "²", "٣")


def test_an_absurd_number_in_an_address_is_not_found() -> None:
    app = Starlette(routes=server_routes.served("", b"<html></html>"), lifespan=lifespan.lifespan)
    with TestClient(app) as client:
        for number in ABSURD:
            check_number(client, number)


def check_number(client: TestClient, number: str) -> None:
    for address in (f"grids/{number}.png", f"explain/{number}/0", f"explain/1/{number}"):
        assert client.get(f"/api/runs/digits/{address}").status_code == 404
    for name in ("generator.onnx", "space.json"):
        assert client.get(f"/api/explore/digits/{number}/{name}").status_code == 404
    assert client.get(f"/api/runs/digits/rows?from={number}&to={number}").status_code == 200
    assert client.get(f"/api/runs/digits/updates?epoch=0&have={number}").status_code == 200
    assert client.get(f"/api/explore/digits/real.png?n=1&seed={number}").status_code in (200, 400)


def test_a_body_that_breaks_off_is_refused_without_a_traceback() -> None:
    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    request = Request({"type": "http", "method": "POST", "headers": []}, receive)
    with pytest.raises(RequestRefusedError) as refused:
        asyncio.run(request_body.text(request, 100))
    assert refused.value.status == 400
