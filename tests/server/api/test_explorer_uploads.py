"""The explorer's addresses of uploads, versions and weights that change: nobody else's, and never stale."""

from __future__ import annotations

import gc
import threading
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from gan_demo.config import ModelConfig
from gan_demo.explorer import artifacts
from gan_demo.explorer.uploads import Upload
from gan_demo.gan import latent
from gan_demo.gan.models.build import build_generator
from gan_demo.presets import PRESETS
from gan_demo.runs import library, networks, ownership
from gan_demo.runs.resuming import load_state
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import app_state, run_actions
from gan_demo.weights.load import Loaded
from tests.server.api.explorer_run import _few_samples as _few_samples
from tests.server.api.explorer_run import run as run
from tests.server.api.explorer_run import session_of
from tests.server.api.explorer_run import trained_run as trained_run

pytestmark = pytest.mark.usefixtures("one_thread")

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
    (output,) = session_of(answer.content).run(["x"], {"z": z.numpy(), "psi": np.ones(1, np.float32)})
    np.testing.assert_allclose(output, latent.generate(upload.loaded.generator, z).numpy(), rtol=0, atol=1e-4)
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
