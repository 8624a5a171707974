"""The explorer's addresses: the right bytes in the right coding, kept where they may be, and nobody's images shown."""

from __future__ import annotations

import gc
import gzip
import io
import json
import secrets
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli
import numpy as np
import onnxruntime
import pytest
import torch
from PIL import Image
from starlette.testclient import TestClient

from gan_demo.boards import assets
from gan_demo.cli.main import main
from gan_demo.config import ModelConfig
from gan_demo.explorer import artifacts
from gan_demo.explorer.directions import sample_budget
from gan_demo.explorer.uploads import Upload
from gan_demo.gan import latent
from gan_demo.gan.models.build import build_generator
from gan_demo.presets import PRESETS
from gan_demo.runs import library, networks, ownership
from gan_demo.runs.parts.explorer_cache import ExplorerCache
from gan_demo.runs.resuming import load_state
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.server.api import explorer
from gan_demo.service import app_state, run_actions
from gan_demo.weights.load import Loaded
from tests.tiny_run import TINY

pytestmark = pytest.mark.usefixtures("one_thread")
VERSION = assets.runtime_version()


@pytest.fixture(autouse=True)
def _few_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure directions with as few samples as those of a large network."""
    monkeypatch.setattr(sample_budget, "FULL_BUDGET_WORK", 1)


@pytest.fixture(scope="module")
def trained_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train on digits, once; return the run's folder."""
    folder = tmp_path_factory.mktemp("trained") / "mine"
    assert main(["train", "digits", "--steps", "3", "--out", str(folder), *TINY]) == 0
    return folder


@pytest.fixture
def run(home: Path, trained_run: Path) -> RunDir:
    """Return a run of digits with one checkpoint, at step 3, and its training state, for the test alone."""
    return RunDir(shutil.copytree(trained_run, home / "mine"))


# ---- the runtime


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


# ---- networks and space


def session_of(content: bytes) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(content)


def test_a_runs_generator_draws_in_the_browser_what_it_draws_here(client: TestClient, run: RunDir) -> None:
    answer = client.get(f"/api/explore/{run.id}/3/generator.onnx")
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"
    z, y = latent.sample_z(4, 64, seed=3), torch.eye(10)[:4]
    feeds = {"z": z.numpy(), "y": y.numpy(), "psi": np.ones(1, np.float32)}
    (found,) = session_of(answer.content).run(["x"], feeds)
    np.testing.assert_allclose(found, latent.generate(networks.generator(run, 3), z, y).numpy(), rtol=0, atol=1e-4)


def test_a_runs_discriminator_judges_as_here_and_belongs_to_the_newest_state_up_to_the_step(
    client: TestClient, run: RunDir
) -> None:
    from gan_demo.runs.networks import discriminator

    answer = client.get(f"/api/explore/{run.id}/3/discriminator.onnx")
    x, y = torch.rand(4, 1, 28, 28) * 2 - 1, torch.eye(10)[:4]
    (found,) = session_of(answer.content).run(["logit"], {"x": x.numpy(), "y": y.numpy()})
    with torch.no_grad():
        wanted = discriminator(run, 3)(x, y).numpy()
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-4)


def test_a_run_without_states_has_no_discriminator_but_all_else(client: TestClient, run: RunDir) -> None:
    (run.path / "states" / "00000003.safetensors").unlink()
    assert client.get(f"/api/explore/{run.id}/3/discriminator.onnx").status_code == 404
    found = client.get(f"/api/explore/{run.id}/3/space.json").json()
    assert found["discriminator"] is False
    assert found["real_logit"] is None


def test_a_discriminator_whose_state_was_deleted_is_not_listed(client: TestClient, run: RunDir) -> None:
    address = f"/api/explore/{run.id}/3/space.json"
    assert client.get(address).json()["discriminator"] is True
    (run.path / "states" / "00000003.safetensors").unlink()
    assert client.get(address).json()["discriminator"] is False


def test_space_json_has_the_documented_fields(client: TestClient, run: RunDir) -> None:
    found = client.get(f"/api/explore/{run.id}/3/space.json").json()
    assert {
        key: found[key] for key in ("format", "id", "step", "arch", "shape", "z_dim", "mapped", "data", "steps")
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
    assert found["labels"] == [{"name": "digit", "values": list("0123456789")}]
    assert found["classifier"] == "digits"
    assert found["discriminator"] is True
    assert all(isinstance(found[key], float) for key in ("real_logit", "fake_logit"))
    for each in found["directions"]:
        assert len(each["u"]) == 64
        assert np.linalg.norm(each["u"]) == pytest.approx(1, abs=1e-4)
        assert len(each["effect"]["at"]) == len(each["effect"]["values"])
        assert 0 <= each["effect"]["r2"] <= 1


def test_points_have_a_space_too_but_no_images(client: TestClient, home: Path) -> None:
    assert main(["train", "ring", "--steps", "3", "--out", str(home / "ring"), *TINY]) == 0
    found = client.get("/api/explore/ring/3/space.json").json()
    assert found["shape"] == [2]
    assert found["classifier"] == ""
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


# ---- what somebody brought


BROUGHT = ModelConfig(arch="mlp", z_dim=5, width=2, d_width=2, shape=(1, 28, 28))
SOMEBODY = "s" * 43


def brought() -> Upload:
    return Upload("upload-1", "mine.pt", Loaded(BROUGHT, build_generator(BROUGHT, seed=1).eval(), "gan_demo"), SOMEBODY)


def cookie(token: str) -> dict[str, str]:
    return {"cookie": f"{ownership.OWNER_COOKIE}={token}"}


def test_an_upload_has_a_network_and_a_space_at_its_address(client: TestClient) -> None:
    upload = brought()
    here = f"/api/explore/uploads/{upload.secret}"
    first = client.get(f"{here}/space.json?first=1", headers=cookie(SOMEBODY)).json()
    assert (first["pending"], first["z_dim"], first["directions"], first["step"]) == (True, 5, [], None)
    whole = client.get(f"{here}/space.json", headers=cookie(SOMEBODY)).json()
    assert whole["directions"]
    assert (whole["title"], whole["discriminator"], whole["steps"]) == ("mine.pt", False, [])
    assert "pending" not in client.get(f"{here}/space.json?first=1").json()
    answer, z = client.get(f"{here}/generator.onnx"), latent.sample_z(2, 5, seed=3)
    (found,) = session_of(answer.content).run(["x"], {"z": z.numpy(), "psi": np.ones(1, np.float32)})
    np.testing.assert_allclose(found, latent.generate(upload.loaded.generator, z).numpy(), rtol=0, atol=1e-4)
    assert answer.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("name", ["generator.onnx", "space.json"])
def test_an_upload_is_for_its_owner_and_gone_with_their_session(client: TestClient, name: str) -> None:
    upload = brought()
    address = f"/api/explore/uploads/{upload.secret}/{name}"
    assert client.get(address, headers=cookie(SOMEBODY)).status_code == 200
    assert client.get(address).status_code == 200, "in another site's frame there are no cookies"
    assert client.get(address, headers=cookie("o" * 43)).status_code == 404
    assert client.get(f"/api/explore/uploads/{'x' * 32}/{name}").status_code == 404
    del upload
    gc.collect()
    assert client.get(address, headers=cookie(SOMEBODY)).status_code == 404


def test_nothing_else_of_an_upload_has_an_address(client: TestClient) -> None:
    upload = brought()
    assert client.get(f"/api/explore/uploads/{upload.secret}/weights.pt").status_code == 404


def test_an_address_with_a_version_is_immutable_and_one_without_revalidated(client: TestClient, run: RunDir) -> None:
    path = f"/api/explore/{run.id}/3/generator.onnx"
    assert "immutable" in client.get(f"{path}?v={artifacts.version(run, 3)}").headers["cache-control"]
    answer = client.get(path)
    assert "immutable" not in answer.headers["cache-control"]
    again = client.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_version_changes_with_the_weights(run: RunDir) -> None:
    before = artifacts.version(run, 3)
    assert artifacts.version(run, 3) == before
    run.add_checkpoint(3, networks.generator(run).state_dict())
    assert artifacts.version(run, 3) != before


def test_a_browser_that_refuses_gzip_gets_the_content_unpacked(client: TestClient, run: RunDir) -> None:
    answer = client.get(f"/api/explore/{run.id}/3/space.json", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.json()["step"] == 3


@pytest.mark.parametrize(
    "path",
    [
        "{run}/4/generator.onnx",
        "{run}/4/space.json",
        "{run}/3/other.onnx",
        "{run}/x/space.json",
        "nothing/3/space.json",
        "..%2f..%2fetc/3/space.json",
        "classifiers/other.onnx",
        "nothing/real.png",
    ],
)
def test_an_unknown_file_is_not_found_and_the_answer_is_not_cached(client: TestClient, run: RunDir, path: str) -> None:
    answer = client.get(f"/api/explore/{path.format(run=run.id)}")
    assert answer.status_code == 404
    assert "no-store" in answer.headers.get("cache-control", "no-store")
    assert "Traceback" not in answer.text


def test_a_damaged_run_is_not_found(client: TestClient, run: RunDir) -> None:
    (run.path / "checkpoints" / "00000003.safetensors").write_bytes(b"damaged")
    assert client.get(f"/api/explore/{run.id}/3/generator.onnx").status_code == 404


# ---- what is kept goes with the weights


def test_a_resume_forgets_the_files_of_later_steps(run: RunDir) -> None:
    for step in (3, 9):
        (run.path / "explorer" / f"{step:08d}").mkdir(parents=True)
    load_state(run)
    assert [path.name for path in (run.path / "explorer").iterdir()] == ["00000003"]


@pytest.mark.parametrize("replace", ["add_checkpoint", "keep_state"])
def test_new_weights_of_a_step_take_its_files_along(run: RunDir, replace: str) -> None:
    artifacts.make_all(run, 3)
    assert len(list((run.path / "explorer" / "00000003").iterdir())) == len(artifacts.NAMES)
    if replace == "keep_state":
        run.keep_state(3)
    else:
        run.add_checkpoint(3, networks.generator(run).state_dict())
    assert not (run.path / "explorer" / "00000003").exists()


def test_a_file_of_weights_that_changed_meanwhile_is_not_cached(run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    def overtaken(run: RunDir, step: int) -> bytes:
        run.add_checkpoint(step, networks.generator(run).state_dict())
        return b"of the weights before"

    monkeypatch.setitem(artifacts._MAKERS, "generator.onnx", overtaken)
    artifacts.content(run, 3, "generator.onnx")
    assert artifacts.cached(run, 3, "generator.onnx") is None


def test_a_read_only_folder_only_prevents_caching(client: TestClient, run: RunDir) -> None:
    (run.path / "explorer").write_text("a file where the folder should be")
    assert client.get(f"/api/explore/{run.id}/3/space.json").status_code == 200


# ---- at the end of a training


ME = "m" * 43


def trained(steps: int, until: int | None = None) -> RunDir:
    """Create a run of the app that is over: finished or stopped."""
    config = PRESETS["digits"].with_settings(
        {"steps": steps, "batch": 8, "evaluate": False, "limit": 100, "width": 4, "d_width": 4, "seed": 1}
    )
    run_id = run_actions.start(config, "digits", ME)
    job = app_state.current().jobs.get(run_id)
    assert job is not None
    pulse = threading.Event()
    while until is not None and getattr(job.snapshot.progress, "step", 0) < until:
        pulse.wait(0.01)
    if until is not None:
        job.stop()
    assert job.wait(60)
    assert job.snapshot.status in (Status.DONE, Status.STOPPED)
    return library.find(run_id)


@pytest.mark.usefixtures("fresh_state")
@pytest.mark.parametrize(("steps", "until"), [(3, None), (10**6, 3)], ids=["done", "stopped"])
def test_a_training_that_is_over_leaves_the_explorers_files(steps: int, until: int | None) -> None:
    run = trained(steps, until)
    app_state.current().explorer.spaces.submit(lambda: None).result(60)  # one at a time, after what waited before
    assert all(artifacts.cached(run, run.checkpoints[-1], name) is not None for name in artifacts.NAMES)


@pytest.mark.usefixtures("fresh_state")
def test_files_that_cannot_be_made_fail_no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(run: RunDir, step: int) -> None:
        raise RuntimeError("no export today")

    monkeypatch.setattr(artifacts, "make_all", broken)
    run = trained(3)
    app_state.current().explorer.spaces.submit(lambda: None).result(60)
    assert run.info.status == "done"


@pytest.mark.usefixtures("fresh_state")
def test_a_process_that_ends_begins_nothing_new() -> None:
    workers = app_state.current().explorer
    workers.close()
    run = trained(3)
    assert workers.prepare(run) is None
    workers.spaces.shutdown(wait=True)
    assert not (run.path / "explorer").exists()


@pytest.mark.usefixtures("fresh_state")
def test_a_run_that_is_deleted_meanwhile_does_not_come_back(run: RunDir, tmp_path: Path) -> None:
    def away(run: RunDir, step: int) -> bytes:
        run.path.rename(tmp_path / "deleted")
        return b""

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(artifacts._MAKERS, "generator.onnx", away)
        prepared = app_state.current().explorer.prepare(run)
        assert prepared is not None
        prepared.result(60)
    assert not run.path.exists()


# ---- real images


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

    made, draw = [], training_images.real_images

    def counted(run: RunDir, n: int, seed: int) -> tuple[bytes, str]:
        made.append(seed)
        return draw(run, n, seed)

    monkeypatch.setattr(training_images, "real_images", counted)
    asked = [client.get(f"/api/explore/{run.id}/real.png?n=4&seed={seed}") for seed in (7, 7, 7 + 64, 2**60 + 7)]
    assert made == [7]
    assert len({answer.content for answer in asked}) == 1
    assert len({answer.headers["x-labels"] for answer in asked}) == 1


def test_the_seed_decides_on_the_training_images(client: TestClient, run: RunDir) -> None:
    asked = [client.get(f"/api/explore/{run.id}/real.png?n=16&seed={seed}").content for seed in (1, 1, 2)]
    assert asked[0] == asked[1] != asked[2]


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
