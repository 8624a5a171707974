"""Training a run: bit-exact after a stop, the same however it is watched, and refused where it cannot be trained."""

from __future__ import annotations

import dataclasses
import math
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from gan_demo.config import DataConfig
from gan_demo.data.datasets import Dataset
from gan_demo.errors import ConfigError, DataError, RunError
from gan_demo.runs import networks
from gan_demo.runs.run_dir import RunDir
from gan_demo.training.control import Uncontrolled
from gan_demo.training.trainer import train
from tests.training.small_runs import CONFIGS, IMAGES, RING, differing, go, new_run, state_of


def test_a_run_yields_each_step_and_leaves_all_that_was_promised(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", CONFIGS["conditional dcgan"], evaluate=True)
    seen = [each for each in go(run) if each.phase != "loading"]
    assert [each.step for each in seen] == [*range(13), 12]
    assert [each.phase for each in seen] == ["training"] * 13 + ["done"]
    assert [each.images for each in seen][-1] == 96
    assert all(a.seconds <= b.seconds for a, b in pairwise(seen))
    assert seen[-1].images_per_second > 0
    again = RunDir(run.path)
    assert (again.info.status, again.info.step, again.info.state, again.info.error) == ("done", 12, 12, None)
    assert again.config.model.shape == (1, 28, 28)
    assert again.checkpoints[-1] == again.states[-1] == again.grids[-1] == 12
    assert again.grids[0] == 0
    assert networks.generator(again)(torch.zeros(1, 6), torch.eye(10)[:1]).shape == (1, 1, 28, 28)
    columns = again.metrics()
    assert columns["step"][-1] == 12
    for name in (
        "d_loss",
        "g_loss",
        "d_real",
        "d_fake",
        "d_grad",
        "g_grad",
        "d_lr",
        "g_lr",
        "images_per_second",
        "penalty",
    ):
        assert math.isfinite(columns[name][0]), name
    assert columns["fcd"]
    assert list(again.path.glob(".*.*.*.*")) == []


def test_the_kept_generator_is_the_moving_average(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", CONFIGS["points with penalties"])
    go(run)
    weights, state = networks.generator(run).state_dict(), state_of(run)
    assert all(torch.equal(value, state[f"ema.{key}"]) for key, value in weights.items())
    assert any(not torch.equal(value, state[f"G.{key}"]) for key, value in weights.items())


def test_the_same_seed_gives_the_same_run_and_another_seed_another(tmp_path: Path) -> None:
    runs = [new_run(tmp_path / str(k), seed=seed) for k, seed in enumerate((1, 1, 2))]
    for run in runs:
        go(run)
    assert differing(runs[0], runs[1]) == []
    assert "G.net.0.weight" in differing(runs[0], runs[2])


@pytest.mark.parametrize("name", CONFIGS)
def test_a_run_that_was_stopped_goes_on_bit_for_bit(name: str, tmp_path: Path) -> None:
    straight, stopped = (new_run(tmp_path / each, CONFIGS[name]) for each in ("straight", "stopped"))
    go(straight)
    for until in (1, 5, 6):
        go(RunDir(stopped.path), until)
        info = RunDir(stopped.path).info
        assert (info.status, info.step, info.state) == ("stopped", until, until)
    go(RunDir(stopped.path))
    assert RunDir(stopped.path).info.status == "done"
    assert differing(straight, stopped) == []


def test_a_run_stopped_before_its_first_step_goes_on(tmp_path: Path) -> None:
    straight, stopped = new_run(tmp_path / "straight"), new_run(tmp_path / "stopped")
    go(straight)
    go(stopped, 0)
    assert RunDir(stopped.path).info.state == 0
    go(RunDir(stopped.path))
    assert differing(straight, stopped) == []


def test_a_run_closed_before_it_began_is_still_new(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run")
    train(run).close()
    assert RunDir(run.path).info.status == "new"


def test_watching_does_not_change_what_is_learned(tmp_path: Path) -> None:
    """Evaluations, and a full record of every step, draw from generators of their own."""
    config = CONFIGS["conditional dcgan"]
    plain = new_run(tmp_path / "plain", config)
    watched = new_run(tmp_path / "watched", config, evaluate=True)
    go(plain)
    go(watched, control=Uncontrolled(stepping=True))
    assert any(math.isfinite(value) for value in watched.metrics()["fcd"])
    assert "fcd" not in plain.metrics()
    assert differing(plain, watched) == []


def test_stepping_records_each_step_in_full(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", steps=6)
    seen = go(run, control=Uncontrolled(stepping=True))
    trained = [each for each in seen if each.phase == "training" and each.step > 0]
    assert all(each.scalars is not None and each.grid == each.step for each in trained)
    assert run.metrics()["step"] == [1, 2, 3, 4, 5, 6]
    assert run.grids == list(range(7))


def test_more_steps_go_on_from_the_end(tmp_path: Path) -> None:
    straight, longer = new_run(tmp_path / "straight", steps=9), new_run(tmp_path / "longer", steps=4)
    go(straight)
    go(longer)
    longer.set_config(dataclasses.replace(longer.config, train=straight.config.train))
    go(RunDir(longer.path))
    assert RunDir(longer.path).info.step == 9
    assert differing(straight, longer) == []


def test_a_done_run_stays_done(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", steps=3)
    go(run)
    before = state_of(run)
    go(RunDir(run.path))
    assert RunDir(run.path).info.status == "done"
    assert all(torch.equal(before[key], value) for key, value in state_of(run).items())


def test_fewer_steps_than_are_done_are_refused(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", steps=5)
    go(run)
    run.set_config(dataclasses.replace(run.config, train=dataclasses.replace(run.config.train, steps=4)))
    with pytest.raises(ConfigError) as caught:
        go(run)
    assert (caught.value.field, caught.value.details["done"]) == ("steps", 5)


def test_settings_that_the_state_does_not_fit_are_refused(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", steps=3)
    go(run)
    run.set_config(run.config.with_settings({"optimizer": "rmsprop", "steps": 9}))
    with pytest.raises(RunError) as caught:
        go(run)
    assert caught.value.problem == "does not fit the settings"


def test_rows_after_the_last_state_are_forgotten(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run")
    go(run, 5, control=Uncontrolled(stepping=True))
    run.append({"step": 6, "d_loss": 123.0})
    run.add_grid(7, b"from a future that was lost")
    go(RunDir(run.path), control=Uncontrolled(stepping=True))
    columns = RunDir(run.path).metrics()
    assert columns["step"] == list(range(1, 13))
    assert 123.0 not in columns["d_loss"]
    assert run.grid_png(7) != b"from a future that was lost"


def test_seconds_end_a_run_that_could_go_on(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", steps=10**8)
    seen = go(run, seconds=0.05)
    assert seen[-1].phase == "done"
    info = RunDir(run.path).info
    assert info.status == "stopped"
    assert info.step == seen[-1].step > 0
    assert info.seconds >= 0.05


def test_seconds_count_on_from_the_session_before_and_leave_pauses_out(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", steps=10**8)
    go(run, seconds=0.05)
    first = RunDir(run.path).info.seconds
    seen = go(RunDir(run.path), seconds=0.05)
    trained = [each.seconds for each in seen if each.phase == "training"]
    assert first <= trained[0] < first + 0.05
    assert RunDir(run.path).info.seconds >= first + 0.05


def test_a_run_has_one_trainer(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run")
    steps = train(run)
    next(steps)
    with pytest.raises(RunError) as caught:
        go(RunDir(run.path))
    assert caught.value.problem == "is being trained by another process"
    steps.close()
    assert go(RunDir(run.path))[-1].phase == "done"


@pytest.mark.parametrize("device", ["cuda:99", "meta", "gpu", "", "cpu:x"])
def test_a_device_that_is_not_here_is_refused(device: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        go(new_run(tmp_path / "run"), device=device)
    assert (caught.value.field, caught.value.value) == ("device", device)


def test_data_that_cannot_be_had_fails_the_run(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run", dataclasses.replace(RING, data=DataConfig("nonsense")))
    with pytest.raises(DataError):
        go(run)
    assert RunDir(run.path).info.status == "failed"


def test_networks_that_do_not_fit_the_data_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        go(new_run(tmp_path / "run", dataclasses.replace(RING, data=IMAGES)))
    assert caught.value.field == "arch"


def test_data_can_be_handed_over(tmp_path: Path) -> None:
    data = Dataset("ring", torch.zeros(10, 2), torch.zeros(10, 0, dtype=torch.int64), ())
    run = new_run(tmp_path / "run")
    assert all(each.phase != "loading" for each in go(run, data=data))
    assert RunDir(run.path).info.status == "done"


def test_every_kind_of_label_gives_a_picture(tmp_path: Path) -> None:
    for name in ("mlp", "conditional dcgan", "faces, flipped", "points with penalties"):
        run = new_run(tmp_path / name, CONFIGS[name], steps=1)
        go(run)
        assert run.grid_png(1).startswith(b"\x89PNG")
