"""Settings that change on the way: which may, what differs, what held at a step, and what an undo takes back."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from gan_demo.config import RunConfig
from gan_demo.errors import ConfigError
from gan_demo.presets import PRESETS
from gan_demo.runs import library, setting_changes
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.setting_changes import LIVE, Change

CONFIG = RunConfig()


def noted(step: int, name: str, before: object, after: object) -> Change:
    return {"step": step, "seconds": 1.0, "was": {name: before}, "now": {name: after}}


@pytest.mark.parametrize("name", LIVE)
def test_each_live_setting_can_change(name: str) -> None:
    value = {"d_steps": 3}.get(name, 0.25)
    assert getattr(setting_changes.live(CONFIG, {name: value}).train, name) == value
    assert getattr(setting_changes.live(CONFIG, {f"train.{name}": value}).train, name) == value


@pytest.mark.parametrize("name", ["loss", "batch", "optimizer", "steps", "ema", "seed", "width", "data.name", "warp"])
def test_no_other_setting_changes_while_it_trains(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        setting_changes.live(CONFIG, {name: 2})
    assert (caught.value.field, caught.value.remedy) == (name, "Fork the run, and change it there")


@pytest.mark.parametrize(("name", "value"), [("g_lr", 0), ("g_lr", "x"), ("d_steps", 0), ("r1", -1), ("d_lr", "nan")])
def test_a_live_value_out_of_range_is_named(name: str, value: object) -> None:
    with pytest.raises(ConfigError) as caught:
        setting_changes.live(CONFIG, {name: value})
    assert caught.value.field == name


def test_label_smoothing_keeps_to_its_losses() -> None:
    with pytest.raises(ConfigError) as caught:
        setting_changes.live(CONFIG.with_settings({"loss": "hinge"}), {"label_smoothing": 0.1})
    assert caught.value.field == "label_smoothing"


def test_a_fork_may_change_all_of_its_training_but_the_seed() -> None:
    wanted = {
        "loss": "hinge",
        "batch": 8,
        "steps": 99,
        "d_steps": 2,
        "optimizer": "sgd",
        "lr": 0.1,
        "schedule": "linear",
        "warmup": 3,
        "r1": 1,
        "r2": 1,
        "gp": 1,
        "penalty_every": 2,
        "ema": 0.5,
        "beta1": 0.5,
        "beta2": 0.9,
    }
    fork = setting_changes.forked(CONFIG, wanted, 10)
    assert (fork.train.loss, fork.train.g_lr, fork.train.ema) == ("hinge", 0.1, 0.5)
    for name in ("seed", "width", "arch", "name", "data.limit", "conditional"):
        with pytest.raises(ConfigError) as caught:
            setting_changes.forked(CONFIG, {name: 1}, 10)
        assert caught.value.problem == "can't change in a fork"


def test_a_fork_needs_steps_to_train() -> None:
    with pytest.raises(ConfigError) as caught:
        setting_changes.forked(CONFIG, {"steps": 10}, 10)
    assert "step 10" in str(caught.value)


def test_what_differs_is_told_on_both_sides() -> None:
    after = CONFIG.with_settings({"g_lr": 0.5, "d_steps": 2})
    assert setting_changes.difference(CONFIG, after) == ({"d_steps": 1, "g_lr": 2e-4}, {"d_steps": 2, "g_lr": 0.5})
    assert setting_changes.difference(CONFIG, CONFIG) == ({}, {})


def test_later_changes_are_taken_back_newest_first() -> None:
    notes = [noted(5, "g_lr", 0.1, 0.2), noted(9, "g_lr", 0.2, 0.3), noted(9, "g_lr", 0.3, 0.4)]
    config = CONFIG.with_settings({"g_lr": 0.4})
    rates = [setting_changes.reverted(config, notes, step).train.g_lr for step in (4, 5, 8, 9, 20)]
    assert rates == [0.1, 0.2, 0.2, 0.4, 0.4]


def test_an_undo_takes_back_what_still_stands() -> None:
    first, second = noted(5, "g_lr", 0.1, 0.2), noted(6, "r1", 0.0, 1.0)
    undone = noted(7, "r1", 1.0, 0.0)
    assert setting_changes.to_undo([]) is None
    assert setting_changes.to_undo([first, second]) is second
    assert setting_changes.to_undo([first, second, undone]) is first
    assert setting_changes.to_undo([first, second, undone, noted(8, "g_lr", 0.2, 0.1)]) is None


def test_more_steps_are_no_live_change_to_undo() -> None:
    assert setting_changes.to_undo([noted(5, "steps", 10, 20)]) is None


def test_a_fork_knows_what_it_changed_where_it_began(home: Path) -> None:
    parent = RunDir.create(home / "parent", PRESETS["ring"], "ring")
    config = PRESETS["ring"].with_settings({"r1": 0.5, "steps": 77})
    fork = RunDir.create(home / "fork", config, "ring")
    with fork.writing():
        fork.set_info(dataclasses.replace(fork.info, parent="parent@5"))
    (change,) = library.changes_at_fork(fork)
    assert (change["step"], change["was"], change["now"]) == (5, {"r1": PRESETS["ring"].train.r1}, {"r1": 0.5})
    assert library.changes_at_fork(parent) == []
    shutil.rmtree(parent.path)
    assert library.changes_at_fork(fork) == [], "nobody knows any more"
