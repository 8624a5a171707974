"""Links and addresses of version 0.1.0 open in this version: pages, pictures, rows and classes."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import onnxruntime
import pytest
from starlette.testclient import TestClient

from tests.component_scan import scan_components_once as scan_components_once
from tests.frozen_files import FORK, KILLED, OTHER, RING, ROOT, V01, boards, opened, rerun
from tests.frozen_files import frozen as frozen

pytestmark = pytest.mark.usefixtures("one_thread")

LINKS: dict[str, Any] = json.loads((V01 / "links.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """Start the app's server, as `streamlit run app.py` does. A process can start it once."""
    with TestClient(runpy.run_path(str(ROOT / "app.py"))["app"], follow_redirects=False) as client:
        yield client


@pytest.mark.parametrize("address", [link for link in LINKS["pages"] if link.startswith("train")])
def test_a_link_to_a_training_opens_it(frozen: Path, address: str) -> None:
    run = dict(parse_qsl(urlsplit(address).query))["run"]
    app = opened(address)
    assert app.query_params["run"] == run
    assert f'"{run}"' in boards(app)
    assert ('"language": "zh"' in boards(app)) is ("lang=zh" in address)


def test_a_link_to_a_comparison_opens_its_runs_on_its_axis(frozen: Path) -> None:
    (address,) = [link for link in LINKS["pages"] if link.startswith("compare")]
    board = json.loads(boards(opened(address)))
    assert [run["id"] for run in board["runs"]] == [RING, FORK]
    assert board["axis"] == "images"


def test_a_link_to_the_explorer_opens_its_step(frozen: Path) -> None:
    app = opened(f"explore?run={KILLED}&step=157")
    assert f"api/explore/{KILLED}/157/space.json" in boards(app)
    assert f"api/explore/{KILLED}/499/space.json" not in boards(app)


@pytest.mark.parametrize(("run", "step"), [(KILLED, 157), (FORK, 9)])
def test_a_link_to_the_explorer_that_the_server_draws_opens_its_step(frozen: Path, run: str, step: int) -> None:
    app = opened(f"explore?run={run}&step={step}&native=1")
    assert [slider.value for slider in app.select_slider] == [step]
    assert [slider for slider in app.slider if slider.key == "explore.psi"]
    assert boards(app) == ""


@pytest.mark.parametrize("file", ["server.json", "browser.json"])
def test_a_saved_latent_opens(frozen: Path, file: str) -> None:
    app = opened(f"explore?run={KILLED}&native=1", **{"explore.files": True})
    app.file_uploader(key="explore.latent").set_value((file, (V01 / "latents" / file).read_bytes(), "application/json"))
    rerun(app)
    saved = json.loads((V01 / "latents" / file).read_text("utf-8"))
    assert app.slider(key="explore.psi").value == pytest.approx(saved["psi"], abs=0.01)
    point = app.session_state["explore.tour"].point
    assert point.z == pytest.approx(saved["z"])
    assert point.labels == (pytest.approx([saved["labels"]["digit"].get(str(digit), 0.0) for digit in range(10)]),)


def test_the_server_answers_for_pictures_rows_and_what_the_explorer_needs(frozen: Path, client: TestClient) -> None:
    grid = client.get(f"/api/runs/{RING}/grids/49.png")
    assert grid.content == (frozen / RING / "grids" / "00000049.png").read_bytes()
    rows = client.get(f"/api/runs/{RING}/rows").json()["rows"]
    assert rows["step"][0] == 1
    assert rows["step"][-1] == 49
    assert any(value is not None for value in rows["modes"])
    space = client.get(f"/api/explore/{KILLED}/499/space.json").json()
    assert (space["z_dim"], space["steps"], space["discriminator"]) == (8, [157, 499], True)
    for network, outputs in (("generator", ["x"]), ("discriminator", ["logit"])):
        answer = client.get(f"/api/explore/{KILLED}/499/{network}.onnx")
        assert [output.name for output in onnxruntime.InferenceSession(answer.content).get_outputs()] == outputs
    assert client.get(f"/api/explore/{RING}/49/generator.onnx").status_code == 200, "made by that version already"


def test_whoever_watches_is_told_the_changes_the_vote_and_the_parent(frozen: Path, client: TestClient) -> None:
    (update,) = client.get(f"/api/runs/{RING}/updates").json()["updates"]
    assert [change["now"] for change in update["changes"]] == [
        {"d_lr": 0.002},
        {"g_lr": 0.0005, "r1": 0.2},
        {"g_lr": 0.001, "r1": 0.05},
        {"steps": 49},
    ]
    assert (update["checkpoints"], update["states"], update["status"]) == ([9, 49], [9, 49], "done")
    with client.websocket_connect(f"/api/classes/{update['class']}/live") as viewer:
        vote = viewer.receive_json()["vote"]
    assert (vote["question"], vote["counts"], vote["open"]) == ("What helps D?", [1, 2, 0], False)
    (fork,) = client.get(f"/api/runs/{FORK}/updates").json()["updates"]
    assert fork["parent"] == f"{RING}@9"


def test_the_short_link_of_a_class_leads_to_its_run(frozen: Path, client: TestClient) -> None:
    answer = client.get(f"/{LINKS['class']}")
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(f"../train?run={RING}&class=")


def test_only_its_owner_leads_the_class(frozen: Path, client: TestClient) -> None:
    strip = json.loads(boards(opened(f"train?run={RING}")))["classroom"]
    assert strip["presenterKey"]
    assert json.loads(boards(opened(f"train?run={RING}", OTHER)))["classroom"]["presenterKey"] is None
    address, key = f"/api/classes/{strip['ticket']}/steer", {"X-Presenter-Key": strip["presenterKey"]}
    assert client.post(address, json={"open": False}).status_code == 403
    assert client.post(address, json={"open": False}, headers=key).status_code == 200
    assert client.get(f"/{LINKS['class']}").headers["location"] == "../train?class=unknown"
    assert client.post(address, json={"open": True}, headers=key).status_code == 200
    assert client.get(f"/{LINKS['class']}").headers["location"].endswith(f"&class={strip['ticket']}")
