"""The explorer's addresses: the runtime, networks and latent space of runs, in the right coding and kept where they may be."""

from __future__ import annotations

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli
import numpy as np
import pytest
import torch
from starlette.testclient import TestClient

from gan_demo.boards import assets
from gan_demo.cli.main import main
from gan_demo.explorer import artifacts
from gan_demo.gan import latent
from gan_demo.runs import networks
from gan_demo.runs.parts.explorer_cache import ExplorerCache
from gan_demo.runs.run_dir import RunDir
from gan_demo.server.api import explorer
from tests.server.api.explorer_run import _few_samples as _few_samples
from tests.server.api.explorer_run import run as run
from tests.server.api.explorer_run import session_of
from tests.server.api.explorer_run import trained_run as trained_run
from tests.tiny_run import TINY

pytestmark = pytest.mark.usefixtures("one_thread")

VERSION = assets.runtime_version()


@pytest.mark.parametrize("file", explorer.RUNTIME_TYPES)
@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip, deflate", "gzip"), ("br;q=0, *", "gzip"), ("*", "br"), ("BR", "br")],
)
def test_the_runtime_comes_in_the_smallest_coding_that_the_browser_accepts(
    client: TestClient, file: str, accepted: str, coding: str
) -> None:
    ending, unpack = {"br": (".br", brotli.decompress), "gzip": (".gz", gzip.decompress)}[coding]
    with client.stream("GET", f"/api/runtime/{VERSION}/{file}", headers={"accept-encoding": accepted}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == coding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    kind = "application/wasm" if file.endswith(".wasm") else "text/javascript; charset=utf-8"
    assert answer.headers["content-type"] == kind
    assert raw == (assets.RUNTIME / f"{file}{ending}").read_bytes()
    assert unpack(raw)[:4] == b"\0asm" if file.endswith(".wasm") else b"export" in unpack(raw)


def test_without_a_version_in_its_address_the_runtime_is_kept_a_day(client: TestClient) -> None:
    answer = client.get("/api/runtime/ort.wasm.min.mjs", headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert "immutable" not in answer.headers["cache-control"]
    assert b"ONNX Runtime Web v" + VERSION.encode() in answer.content


@pytest.mark.parametrize("accepted", ["identity", "", "br;q=0, gzip;q=0"])
def test_a_browser_that_accepts_no_compression_gets_406(client: TestClient, accepted: str) -> None:
    answer = client.get("/api/runtime/ort.wasm.min.mjs", headers={"accept-encoding": accepted})
    assert answer.status_code == 406
    assert "br or gzip" in answer.json()["error"]


@pytest.mark.parametrize(
    "path",
    [
        "VENDORED.json",
        "onnxruntime.LICENSE.txt",
        "ort.wasm.min.mjs.br",
        "1.0.0/ort.wasm.min.mjs",
        "..%2fVENDORED.json",
        f"{VERSION}/..%2f..%2fexplorer.mjs",
    ],
)
def test_only_the_runtimes_files_are_served(client: TestClient, path: str) -> None:
    answer = client.get(f"/api/runtime/{path}", headers={"accept-encoding": "br"})
    assert answer.status_code == 404
    assert "no-store" in answer.headers.get("cache-control", "no-store")


def test_a_runs_generator_draws_in_the_browser_what_it_draws_here(client: TestClient, run: RunDir) -> None:
    answer = client.get(f"/api/explore/{run.id}/3/generator.onnx")
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"
    z, y = latent.sample_z(4, 64, seed=3), torch.eye(10)[:4]
    feeds = {"z": z.numpy(), "y": y.numpy(), "psi": np.ones(1, np.float32)}
    (output,) = session_of(answer.content).run(["x"], feeds)
    np.testing.assert_allclose(output, latent.generate(networks.generator(run, 3), z, y).numpy(), rtol=0, atol=1e-4)


def test_a_runs_discriminator_judges_as_here_and_belongs_to_the_newest_state_up_to_the_step(
    client: TestClient, run: RunDir
) -> None:
    from gan_demo.runs.networks import discriminator

    answer = client.get(f"/api/explore/{run.id}/3/discriminator.onnx")
    x, y = torch.rand(4, 1, 28, 28) * 2 - 1, torch.eye(10)[:4]
    (output,) = session_of(answer.content).run(["logit"], {"x": x.numpy(), "y": y.numpy()})
    with torch.no_grad():
        wanted = discriminator(run, 3)(x, y).numpy()
    np.testing.assert_allclose(output, wanted, rtol=0, atol=1e-4)


def test_a_run_without_states_has_no_discriminator_but_all_else(client: TestClient, run: RunDir) -> None:
    (run.path / "states" / "00000003.safetensors").unlink()
    assert client.get(f"/api/explore/{run.id}/3/discriminator.onnx").status_code == 404
    space = client.get(f"/api/explore/{run.id}/3/space.json").json()
    assert space["discriminator"] is False
    assert space["real_logit"] is None


def test_a_discriminator_whose_state_was_deleted_is_not_listed(client: TestClient, run: RunDir) -> None:
    address = f"/api/explore/{run.id}/3/space.json"
    assert client.get(address).json()["discriminator"] is True
    (run.path / "states" / "00000003.safetensors").unlink()
    assert client.get(address).json()["discriminator"] is False


def test_space_json_has_the_documented_fields(client: TestClient, run: RunDir) -> None:
    space = client.get(f"/api/explore/{run.id}/3/space.json").json()
    assert {
        key: space[key] for key in ("format", "id", "step", "arch", "shape", "z_dim", "mapped", "data", "steps")
    } == {
        "format": 1,
        "id": run.id,
        "step": 3,
        "arch": "dcgan",
        "shape": [1, 28, 28],
        "z_dim": 64,
        "mapped": False,
        "data": "digits",
        "steps": [3],
    }
    assert space["labels"] == [{"name": "digit", "values": list("0123456789")}]
    assert space["classifier"] == "digits"
    assert space["discriminator"] is True
    assert all(isinstance(space[key], float) for key in ("real_logit", "fake_logit"))
    for each in space["directions"]:
        assert len(each["u"]) == 64
        assert np.linalg.norm(each["u"]) == pytest.approx(1, abs=1e-4)
        assert len(each["effect"]["at"]) == len(each["effect"]["values"])
        assert 0 <= each["effect"]["r2"] <= 1


def test_points_have_a_space_too_but_no_images(client: TestClient, home: Path) -> None:
    assert main(["train", "ring", "--steps", "3", "--out", str(home / "ring"), *TINY]) == 0
    space = client.get("/api/explore/ring/3/space.json").json()
    assert space["shape"] == [2]
    assert space["classifier"] == ""
    assert client.get("/api/explore/ring/real.png").status_code == 404


@pytest.mark.parametrize("name", ["digits", "faces"])
def test_the_classifiers_come_as_networks(client: TestClient, name: str) -> None:
    answer = client.get(f"/api/explore/classifiers/{name}.onnx?v=1")
    shape = artifacts.CLASSIFIERS[name]
    (p,) = session_of(answer.content).run(["p"], {"x": np.zeros((2, *shape), np.float32)})
    assert isinstance(p, np.ndarray)
    assert p.shape[0] == 2
    assert "immutable" in answer.headers["cache-control"]


def test_a_file_is_made_once_and_then_needs_no_torch(
    client: TestClient, run: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/api/explore/{run.id}/3/generator.onnx"
    first = client.get(path).content
    monkeypatch.setattr(artifacts, "_MAKERS", {})
    assert client.get(path).content == first
    assert artifacts.cached(run, 3, "generator.onnx") is not None


def test_a_space_that_takes_long_holds_up_no_network(
    client: TestClient, run: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go, maker = threading.Event(), threading.Event(), artifacts._MAKERS["space.json"]

    def slow(run: RunDir, step: int) -> bytes:
        begun.set()
        assert go.wait(60)
        return maker(run, step)

    monkeypatch.setitem(artifacts._MAKERS, "space.json", slow)
    with ThreadPoolExecutor(1) as browser:
        space = browser.submit(client.get, f"/api/explore/{run.id}/3/space.json")
        try:
            assert begun.wait(60)
            assert client.get(f"/api/explore/{run.id}/3/generator.onnx").status_code == 200
            assert not space.done()
        finally:
            go.set()
        assert space.result().json()["step"] == 3


def test_the_first_part_of_a_space_does_not_wait_for_measurements(
    client: TestClient, run: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/api/explore/{run.id}/3/space.json"
    with monkeypatch.context() as patch:
        patch.setattr(artifacts, "_MAKERS", {})
        first = client.get(f"{address}?first=1").json()
    assert first["pending"] is True
    assert (first["directions"], first["real_logit"]) == ([], None)
    whole = client.get(address).json()
    assert whole["directions"]
    assert "pending" not in whole
    same = first.keys() - {"pending", "directions", "real_logit", "fake_logit"}
    assert {key: first[key] for key in same} == {key: whole[key] for key in same}
    assert client.get(f"{address}?first=1").json() == whole, "what was made is given at once"
    assert client.get(f"/api/explore/{run.id}/4/space.json?first=1").status_code == 404


def test_a_cached_file_is_read_once_for_each_request(
    client: TestClient, run: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, read, looks = f"/api/explore/{run.id}/3/space.json", ExplorerCache.read, 0

    def counted(cache: ExplorerCache, step: int, name: str) -> bytes | None:
        nonlocal looks
        looks += 1
        return read(cache, step, name)

    client.get(address)
    monkeypatch.setattr(ExplorerCache, "read", counted)
    assert client.get(address).status_code == 200
    assert looks == 1
