"""Trainings that go from the browser to a run and back: the routes."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest
from starlette.testclient import TestClient

from gan_demo.config import DataConfig
from gan_demo.data import datasets
from gan_demo.lab import browser_runs, training_file
from gan_demo.runs import library, ownership
from gan_demo.server.api import trainings
from gan_demo.server.state import server_state
from gan_demo.support.rate_limit import RateLimit
from tests.lab.test_browser_runs import saved, trained

OWNER = "m" * 43
OURS = {"Content-Type": "application/octet-stream", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def client(client: TestClient) -> TestClient:
    client.cookies.set(ownership.OWNER_COOKIE, OWNER)
    return client


@pytest.fixture(scope="module")
def file() -> bytes:
    return training_file.write(saved(*trained()), seed=1)


def test_a_training_is_saved_as_the_senders_run_and_comes_back(client: TestClient, file: bytes) -> None:
    answer = client.post("/api/lab/runs", content=file, headers=OURS)
    assert answer.status_code == 200
    run = library.find(answer.json()["id"])
    assert ownership.owns(run, OWNER)
    back = client.get(f"/api/runs/{run.id}/training", params={"step": "3"})
    assert back.status_code == 200
    assert back.content == browser_runs.training_of(run)
    assert client.get(f"/api/runs/{run.id}/training", params={"step": "2"}).status_code == 409
    assert client.get(f"/api/runs/{run.id}/training", params={"step": "x"}).status_code == 400
    assert client.get("/api/runs/nobody/training").status_code == 404


def test_too_many_requests_for_trainings_are_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_state(), "post_limit", RateLimit(rate=0.0, burst=1))
    assert [client.get("/api/runs/nobody/training").status_code for _ in range(2)] == [404, 429]


def test_embedded_images_come_as_pixels_and_labels(client: TestClient) -> None:
    content = client.get("/api/lab/data/digits").content
    (length,) = struct.unpack("<I", content[:4])
    head = json.loads(content[4 : 4 + length])
    assert head == {"count": 5000, "shape": [1, 28, 28], "labels": [10]}
    data = datasets.load(DataConfig("digits"))
    values = np.frombuffer(content[4 + length :], np.uint8)
    assert np.array_equal(values[: 5000 * 784].reshape(5000, 1, 28, 28), data.samples.numpy())
    assert np.array_equal(values[5000 * 784 :], data.labels.numpy()[:, 0])
    for name in ("mnist", "ring", "images", "nothing"):
        assert client.get(f"/api/lab/data/{name}").status_code == 404


def test_what_is_no_training_or_from_elsewhere_is_refused(
    client: TestClient, file: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def status(content: bytes, **headers: str) -> int:
        return client.post("/api/lab/runs", content=content, headers=OURS | headers).status_code

    assert status(b"no training") == 400
    assert status(file, **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert status(file, **{"Content-Type": "text/plain"}) == 415
    with monkeypatch.context() as patch:
        patch.setattr(trainings, "MAX_BYTES", 1000)
        assert status(file) == 413
    client.cookies.clear()
    assert status(file) == 403
    assert library.list_runs(library.home()) == []
