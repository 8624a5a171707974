"""Forks: they follow the parent bit for bit until a setting differs, and never touch it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch

from gan_demo.runs import networks, setting_changes
from gan_demo.runs.run_dir import RunDir
from gan_demo.training.fork import fork
from tests.partial_training import go
from tests.training.forked_runs import CONFIGS, RING, Parent, state_of
from tests.training.forked_runs import parent as parent
from tests.training.forked_runs import trained as trained

pytestmark = pytest.mark.usefixtures("one_thread")


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
    weights = networks.generator(fork(old, 5, {}, tmp_path / "new")).state_dict()
    assert all(torch.equal(weights[key], value) for key, value in wanted.items())


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
