"""Forks: they follow the parent bit for bit until a setting differs, and never touch it."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.data import downloads
from gan_demo.errors import ConfigError, DataError, GanDemoError, RunError
from gan_demo.gan import latent
from gan_demo.runs import library, networks, setting_changes
from gan_demo.runs.run_dir import RunDir
from gan_demo.training.fork import fork
from gan_demo.training.state import new_state
from gan_demo.training.trainer import train

pytestmark = pytest.mark.usefixtures("one_thread")

POINTS = ModelConfig("points", 2, 8, 8, 2)
RING = RunConfig(DataConfig("ring"), POINTS, TrainConfig(batch=8, steps=12, evaluate=False))
IMAGES = DataConfig("digits", limit=64)
CONFIGS = {
    "ring": RING,
    "conditional dcgan": RunConfig(
        IMAGES,
        ModelConfig("dcgan", 6, 4, 4, conditional=True),
        TrainConfig("hinge", batch=8, steps=12, ema=0.9, schedule="cosine", evaluate=False),
    ),
    "wasserstein": RunConfig(
        DataConfig("ring"),
        POINTS,
        TrainConfig("wasserstein", batch=8, steps=12, gp=1.0, d_steps=3, penalty_every=2, evaluate=False),
    ),
    "rmsprop": RING.with_settings({"optimizer": "rmsprop"}),
    "rmsprop without momentum": RING.with_settings({"optimizer": "rmsprop", "beta1": 0}),
}
Parent = Callable[..., RunDir]


def go(run: RunDir, until: int | None = None) -> RunDir:
    steps = train(run)
    for progress in steps:
        if progress.step == until:
            break
    steps.close()
    return RunDir(run.path)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Train a run of ``CONFIGS`` to its end, once, with a saved state at step 5; return its folder."""

    @functools.cache
    def train_to_the_end(name: str) -> Path:
        return go(go(RunDir.create(tmp_path_factory.mktemp("trained") / "parent", CONFIGS[name], "ring"), 5)).path

    return train_to_the_end


@pytest.fixture
def parent(tmp_path: Path, trained: Callable[[str], Path]) -> Parent:
    """Copy a trained run to ``tmp_path / "parent"``, where the test may change it."""

    def copy(name: str = "ring") -> RunDir:
        shutil.copytree(trained(name), tmp_path / "parent")
        return RunDir(tmp_path / "parent")

    return copy


def state_of(run: RunDir) -> dict[str, torch.Tensor]:
    return run.load_state_at(run.states[-1])


def differing(a: RunDir, b: RunDir) -> list[str]:
    first, other = state_of(a), state_of(b)
    assert first.keys() == other.keys()
    return [key for key in first if not torch.equal(first[key], other[key])]


def fingerprint(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@pytest.mark.parametrize("name", CONFIGS)
def test_a_fork_without_changes_follows_its_parent_bit_for_bit(name: str, tmp_path: Path, parent: Parent) -> None:
    old = parent(name)
    assert old.states == [5, 12]
    new = go(fork(old, 5, {}, tmp_path / "new"))
    assert new.info.status == "done"
    assert differing(old, new) == []


def test_the_parent_is_untouched(tmp_path: Path, parent: Parent) -> None:
    old = parent()
    before = fingerprint(old.path)
    go(fork(old, 5, {"loss": "hinge", "optimizer": "sgd", "ema": 0.5}, tmp_path / "new"))
    assert fingerprint(old.path) == before


def test_a_fork_knows_where_it_comes_from_and_begins_there(tmp_path: Path, parent: Parent) -> None:
    old = parent()
    new = fork(old, 5, {"batch": 16, "steps": 8}, tmp_path / "new")
    info = new.info
    assert (info.parent, info.name, info.status) == ("parent@5", "ring", "stopped")
    assert (info.step, info.state, info.images) == (5, 5, 40)
    assert 0 < info.seconds <= old.info.seconds
    assert (new.checkpoints, new.states, new.grids, new.metrics(), new.changes()) == ([5], [5], [], {}, [])
    new = go(new)
    assert new.metrics()["step"][0] == 6
    assert new.metrics()["images"][-1] == new.info.images == 40 + 3 * 16
    assert new.grids[0] == 5
    assert new.info.parent == "parent@5"


def test_its_generator_is_there_before_it_trains(tmp_path: Path, parent: Parent) -> None:
    old = parent("conditional dcgan")
    wanted = networks.generator(old, 5).state_dict()
    found = networks.generator(fork(old, 5, {}, tmp_path / "new")).state_dict()
    assert all(torch.equal(found[key], value) for key, value in wanted.items())


def test_a_fork_can_be_forked(tmp_path: Path, parent: Parent) -> None:
    old = parent()
    first = go(fork(old, 5, {}, tmp_path / "first"), 8)
    second = go(fork(first, 5, {}, tmp_path / "second"))
    assert second.info.parent == "first@5"
    assert differing(old, second) == []


CHANGES = [
    {"loss": "hinge"},
    {"g_lr": 0.1},
    {"d_lr": 0.1},
    {"d_steps": 2},
    {"r1": 1.0},
    {"gp": 1.0},
    {"schedule": "linear"},
    {"batch": 16},
    {"ema": 0.9},
    {"optimizer": "sgd"},
    {"optimizer": "rmsprop"},
    {"label_smoothing": 0.1},
    {"beta1": 0.5},
    {"steps": 20, "schedule": "cosine"},
]


@pytest.mark.parametrize("settings", CHANGES, ids=str)
def test_each_change_takes_another_way_and_resumes_exactly(
    settings: dict[str, object], tmp_path: Path, parent: Parent
) -> None:
    old = parent()
    straight = go(fork(old, 5, settings, tmp_path / "straight"))
    stopped = go(go(fork(old, 5, settings, tmp_path / "stopped"), 7))
    assert differing(straight, stopped) == []
    assert straight.config == setting_changes.continued(RunDir(old.path).config, settings, 5)
    same = [key for key, value in state_of(old).items() if torch.equal(value, state_of(straight).get(key, value + 1))]
    assert ("G.net.0.weight" in same) is ("ema" in settings)  # an average only looks on


def test_another_optimiser_starts_anew_and_the_same_one_goes_on(tmp_path: Path, parent: Parent) -> None:
    old = parent()
    for settings, begun in (({}, True), ({"g_lr": 0.1}, True), ({"optimizer": "sgd"}, False)):
        new = fork(old, 5, settings, tmp_path / str(len(list(tmp_path.iterdir()))))
        assert any(key.startswith("g_optimizer.") for key in new.load_state_at(5)) is begun


def test_momentum_that_was_not_there_starts_anew(tmp_path: Path, parent: Parent) -> None:
    old = parent("rmsprop without momentum")
    new = go(fork(old, 5, {"beta1": 0.9}, tmp_path / "new"))
    assert any(key.endswith("momentum_buffer") for key in state_of(new))


def test_a_new_average_begins_as_the_generator_and_an_old_one_can_be_left(tmp_path: Path, parent: Parent) -> None:
    old = parent()
    averaged = fork(old, 5, {"ema": 0.9}, tmp_path / "averaged")
    state = averaged.load_state_at(5)
    assert all(torch.equal(state[f"ema.{key[2:]}"], value) for key, value in state.items() if key.startswith("G."))
    averaged = go(averaged)
    plain = go(fork(averaged, 12, {"ema": 0, "steps": 20}, tmp_path / "plain"))
    assert not any(key.startswith("ema.") for key in state_of(plain))


def test_it_takes_the_settings_that_held_then(tmp_path: Path) -> None:
    old = go(RunDir.create(tmp_path / "parent", RING, "ring"), 5)
    with old.writing():
        old.change_config(old.config.with_settings({"g_lr": 0.05}), 5, 1.0)
        old.change_config(old.config.with_settings({"g_lr": 0.06}), 8, 1.0)
    new = fork(old, 5, {}, tmp_path / "new")
    assert new.config.train.g_lr == 0.05


# ---- what can't be forked


@pytest.mark.parametrize(
    ("step", "settings", "field", "told"),
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
    step: int, settings: dict[str, object], field: str, told: str, tmp_path: Path, parent: Parent
) -> None:
    old = parent()
    with pytest.raises(GanDemoError) as caught:
        fork(old, step, settings, tmp_path / "new")
    assert caught.value.field == field
    assert told in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["parent"]


# ---- shipped models


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
