"""Forks of shipped models and of damaged states, and what cannot be forked."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

from gan_demo.data import downloads
from gan_demo.errors import ConfigError, DataError, GanDemoError, RunError
from gan_demo.gan import latent
from gan_demo.runs import library, networks
from gan_demo.runs.run_dir import RunDir
from gan_demo.training.fork import fork
from gan_demo.training.state import new_state
from tests.partial_training import go
from tests.training.forked_runs import Parent, state_of
from tests.training.forked_runs import parent as parent
from tests.training.forked_runs import trained as trained

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize(
    ("step", "settings", "field", "message"),
    [
        (6, {}, "step", "Saved steps: 5, 12"),
        (-1, {}, "step", "Saved steps"),
        (12, {}, "steps", "step 12"),
        (5, {"steps": 5}, "steps", "step 5"),
        (5, {"seed": 3}, "seed", "fork"),
        (5, {"width": 3}, "width", "fork"),
        (5, {"limit": 3}, "limit", "fork"),
        (5, {"g_lr": -1}, "g_lr", "above 0"),
        (5, {"speed": 1}, "speed", "fork"),
    ],
    ids=str,
)
def test_what_cannot_be_is_named_and_leaves_nothing(
    step: int, settings: dict[str, object], field: str, message: str, tmp_path: Path, parent: Parent
) -> None:
    old = parent()
    with pytest.raises(GanDemoError) as caught:
        fork(old, step, settings, tmp_path / "new")
    assert caught.value.field == field
    assert message in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["parent"]


def test_a_shipped_model_keeps_the_state_of_its_last_step_alone(tmp_path: Path) -> None:
    for model in library.pretrained():
        last = model.checkpoints[-1]
        assert model.states == [last]
        with pytest.raises(RunError) as caught:
            fork(model, model.checkpoints[0], {}, tmp_path / "new")
        assert caught.value.details == {"steps": str(last)}
        with pytest.raises(RunError) as caught:
            go(model)
        assert caught.value.problem == "has no saved training state, so it cannot be resumed"


def test_a_shipped_models_state_has_the_generator_that_is_shown() -> None:
    for model in library.pretrained():
        state, average = state_of(model), "ema." if model.config.train.ema else "G."
        shown = networks.generator(model).state_dict()
        assert all(torch.equal(state[average + name], value) for name, value in shown.items())
        assert all(value.dtype == torch.float32 for value in state.values() if value.is_floating_point())


def test_the_shipped_faces_learn_on_from_where_they_are(tmp_path: Path) -> None:
    faces = library.find("faces")
    (last,) = faces.states
    new = go(fork(faces, last, {"steps": 2 * last, "evaluate": False}, tmp_path / "new"), last + 30)
    rows = new.metrics()
    assert new.info.step == last + 30
    assert all(abs(value) < 100 for name in ("d_loss", "g_loss") for value in rows[name])
    z = latent.sample_z(32, 64, seed=0)
    y = latent.random_labels(32, faces.config.model.labels, seed=0)
    before, after = (latent.generate(networks.generator(run), z, y) for run in (faces, new))
    assert 0 < float((before - after).abs().mean()) < 0.05, "the same faces, a little further"


def test_a_fork_of_the_shipped_digits_without_mnist_names_the_built_in_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAN_DEMO_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(downloads, "POLL_SECONDS", 0.01)

    def offline(*_: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(downloads, "_fetch", offline)
    digits = library.find("digits")
    new = fork(digits, digits.states[-1], {"steps": 60_000}, tmp_path / "new")
    with pytest.raises(DataError) as caught:
        go(new)
    assert caught.value.details["fallback"] == "digits"
    assert RunDir(new.path).info.status == "failed"
    assert RunDir(new.path).states == digits.states, "nothing is lost"


def test_a_damaged_state_is_named(tmp_path: Path, parent: Parent) -> None:
    old = parent()
    (old.path / "states" / "00000005.safetensors").write_bytes(b"\xff" * 99)
    with pytest.raises(RunError) as caught:
        fork(old, 5, {}, tmp_path / "new")
    assert caught.value.value == "00000005.safetensors"


def test_a_state_of_another_network_is_refused_when_it_trains(tmp_path: Path, parent: Parent) -> None:
    old = parent()
    wider = dataclasses.replace(old.config, model=dataclasses.replace(old.config.model, width=9))
    replaced = new_state(wider, "cpu").tensors() | {"counts": torch.tensor([5, 5])}
    new = fork(old, 5, {}, tmp_path / "new")
    new.save_state(5, replaced)
    with pytest.raises(RunError) as caught:
        go(new)
    assert caught.value.problem == "does not fit the settings"


def test_a_folder_in_use_is_left_alone(tmp_path: Path, parent: Parent) -> None:
    old = parent()
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "notes").write_text("mine")
    with pytest.raises(RunError) as caught:
        fork(old, 5, {}, tmp_path / "new")
    assert caught.value.problem == "already exists"


def test_a_fork_that_fails_half_way_leaves_nothing(
    tmp_path: Path, parent: Parent, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = parent()

    def full(self: RunDir, *arguments: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(RunDir, "add_checkpoint", full)
    with pytest.raises(RunError) as caught:
        fork(old, 5, {}, tmp_path / "new")
    assert caught.value.problem == "cannot be written"
    assert [path.name for path in tmp_path.iterdir()] == ["parent"]


def test_config_errors_come_before_anything_is_written(tmp_path: Path, parent: Parent) -> None:
    old = parent()
    with pytest.raises(ConfigError) as caught:
        fork(old, 5, {"loss": "hinge", "label_smoothing": 0.2}, tmp_path / "new")
    assert caught.value.field == "label_smoothing"
    assert not (tmp_path / "new").exists()
