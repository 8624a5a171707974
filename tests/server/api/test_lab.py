"""The lab's address: graphs for settings, compiled once, and refusals of what would starve a training."""

from __future__ import annotations

import gzip
import io
import json
import struct
from pathlib import Path

import onnxruntime
import pytest
from starlette.testclient import TestClient

from gan_demo.config import RunConfig
from gan_demo.errors import RunError
from gan_demo.lab import graphs, worker
from gan_demo.server.api import lab
from gan_demo.server.state import server_state
from gan_demo.support import own_process

SMALL = {"name": "ring", "arch": "points", "z_dim": "2", "width": "4", "d_width": "4", "depth": "1", "batch": "8"}


@pytest.fixture(autouse=True)
def _graphs_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(graphs.FOLDER_VARIABLE, str(tmp_path))


def test_graphs_are_compiled_in_a_process_and_kept(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = client.get("/api/lab/graphs", params=SMALL | {"r1": "0.3"})
    assert answer.status_code == 200
    (length,) = struct.unpack("<I", answer.content[:4])
    header = json.loads(answer.content[4 : 4 + length])
    assert set(header["graphs"]) >= {"step", "step_plain", "d", "g", "logits", "slopes"}
    offset, size = header["graphs"]["step"]
    onnxruntime.InferenceSession(answer.content[4 + length + offset :][:size])
    monkeypatch.setattr(graphs, "compiled", lambda config: pytest.fail("compiled again"))
    again = client.get("/api/lab/graphs", params=SMALL | {"r1": "0.7"})  # the weight is an input
    assert again.content == answer.content
    tag = again.headers["etag"]
    assert client.get("/api/lab/graphs", params=SMALL | {"r1": "1"}, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"learning": "1"}, "learning"),
        ({"width": "257"}, "width"),
        ({"batch": "2048"}, "batch"),
        ({"loss": "vae"}, "vae"),
        ({"packing": "3"}, "packing"),
    ],
    ids=str,
)
def test_settings_that_do_not_fit_are_refused(client: TestClient, settings: dict[str, str], message: str) -> None:
    answer = client.get("/api/lab/graphs", params=SMALL | settings)
    assert answer.status_code == 400
    assert message in answer.json()["error"]


def test_networks_that_do_not_fit_the_data_are_refused_by_the_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = graphs.graph_config(SMALL | {"arch": "mlp"})
    monkeypatch.setattr(own_process, "limit", lambda *limits: None)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # so that what it sets does not outlast the test
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(config.to_dict()).encode())))
    assert worker.main() == 2
    assert json.loads(capsys.readouterr().out)[0] == "arch"


def test_who_asks_for_too_many_waits(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphs, "compiled", lambda config: gzip.compress(b"graphs"))
    state = server_state()
    state.compilations = lab.MOST_WAITING
    assert client.get("/api/lab/graphs", params=SMALL).status_code == 503
    state.compilations = 0
    codes = [client.get("/api/lab/graphs", params=SMALL | {"z_dim": str(n)}).status_code for n in range(1, 25)]
    assert codes[0] == 200
    assert codes[-1] == 429
    assert client.get("/api/lab/graphs", params=SMALL | {"z_dim": "1"}).status_code == 200  # it is kept


def test_the_files_on_disk_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphs, "compiled", lambda config: bytes(100))
    monkeypatch.setattr(graphs, "KEPT_BYTES", 250)
    for n in range(1, 5):
        graphs.graph_files(graphs.graph_config(SMALL | {"z_dim": str(n)}))
    assert len(list(tmp_path.iterdir())) == 2


def test_a_compilation_beyond_its_time_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphs, "SECONDS", 0.001)
    with pytest.raises(RunError, match="take too long"):
        graphs.graph_files(RunConfig())
