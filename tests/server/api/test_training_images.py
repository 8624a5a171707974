"""Real images at the explorer's addresses: drawn by a seed, made once, and those of one's own for their owner alone."""

from __future__ import annotations

import io
import json
import secrets
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from starlette.testclient import TestClient

from gan_demo.cli.main import main
from gan_demo.explorer import artifacts
from gan_demo.runs import library, ownership
from gan_demo.runs.run_dir import RunDir
from tests.server.api.explorer_run import _few_samples as _few_samples
from tests.server.api.explorer_run import run as run
from tests.server.api.explorer_run import trained_run as trained_run
from tests.tiny_run import TINY

pytestmark = pytest.mark.usefixtures("one_thread")


def test_real_images_come_as_a_square_with_their_labels(client: TestClient, run: RunDir) -> None:
    answer = client.get(f"/api/explore/{run.id}/real.png?n=9&seed=4")
    picture = np.asarray(Image.open(io.BytesIO(answer.content)).convert("L"))
    labels = json.loads(answer.headers["x-labels"])
    from gan_demo.data import datasets

    data = datasets.load(run.config.data)
    assert picture.shape == (84, 84)
    assert len(labels) == 9
    for k, (digit,) in enumerate(labels):
        top, left = 28 * (k // 3), 28 * (k % 3)
        same = (data.samples[:, 0] == torch.from_numpy(picture[top : top + 28, left : left + 28].copy())).all(2).all(1)
        assert digit in data.labels[same, 0].tolist()


def test_there_are_so_many_pictures_of_real_images_and_each_is_made_once(
    client: TestClient, run: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gan_demo.explorer import training_images

    calls, draw = [], training_images.real_images

    def counted(run: RunDir, n: int, seed: int) -> tuple[bytes, str]:
        calls.append(seed)
        return draw(run, n, seed)

    monkeypatch.setattr(training_images, "real_images", counted)
    answers = [client.get(f"/api/explore/{run.id}/real.png?n=4&seed={seed}") for seed in (7, 7, 7 + 64, 2**60 + 7)]
    assert calls == [7]
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["x-labels"] for answer in answers}) == 1


def test_the_seed_decides_on_the_training_images(client: TestClient, run: RunDir) -> None:
    answers = [client.get(f"/api/explore/{run.id}/real.png?n=16&seed={seed}").content for seed in (1, 1, 2)]
    assert answers[0] == answers[1] != answers[2]


@pytest.mark.parametrize("query", ["n=0", "n=257", "n=-1", "n=x", "seed=-1", "seed=x", f"seed={2**70}", "n=²"])
def test_invalid_numbers_are_refused(client: TestClient, run: RunDir, query: str) -> None:
    assert client.get(f"/api/explore/{run.id}/real.png?{query}").status_code == 400


def test_own_images_are_for_the_owner_alone(client: TestClient, home: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for k in range(16):
        Image.fromarray(rng.integers(0, 255, (32, 32, 3), dtype=np.uint8)).save(tmp_path / f"{k}.png")
    own = ["--data", "images", "--set", f"path={tmp_path}", "--set", "conditional=false"]
    words = ["train", "faces", *own, "--steps", "1", "--out", str(home / "own"), *TINY]
    assert main(words) == 0
    token = secrets.token_urlsafe(32)
    (home / "own" / "owner").write_text(ownership.digest(token))
    mine = {"cookie": f"{ownership.OWNER_COOKIE}={token}"}
    other = {"cookie": f"{ownership.OWNER_COOKIE}={secrets.token_urlsafe(32)}"}
    assert client.get("/api/explore/own/real.png", headers=mine).status_code == 200
    assert client.get("/api/explore/own/real.png").status_code == 404
    assert client.get("/api/explore/own/real.png", headers=other).status_code == 404
    assert client.get("/api/explore/own/1/space.json", headers=other).status_code == 200, "the model is for all"


@pytest.mark.parametrize("name", ["digits", "faces", "tutorial"])
def test_shipped_models_have_real_images_offline(client: TestClient, name: str) -> None:
    answer = client.get(f"/api/explore/{name}/real.png?n=4")
    assert answer.status_code == 200
    assert len(json.loads(answer.headers["x-labels"])[0]) == len(library.find(name).config.model.labels)


def test_an_early_checkpoint_of_a_shipped_model_is_made_once_and_leaves_its_folder_alone(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = library.find("tutorial")
    before = sorted(shipped.path.rglob("*"))
    address = f"/api/explore/tutorial/{shipped.checkpoints[1]}/generator.onnx"
    first = client.get(address)
    assert first.status_code == 200
    monkeypatch.setattr(artifacts, "_MAKERS", {})
    assert client.get(address).content == first.content
    assert sorted(shipped.path.rglob("*")) == before
