"""Resuming where the newest state is damaged: the one before takes its place, and the run says so."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

from gan_demo.config import DataConfig, ModelConfig, RunConfig
from gan_demo.errors import RunError
from gan_demo.runs.resuming import load_state
from gan_demo.runs.run_dir import RunDir

CONFIG = RunConfig(DataConfig("ring"), ModelConfig("points", 4, 8, 8, 2, shape=(2,)))


@pytest.fixture
def run(tmp_path: Path) -> RunDir:
    """Return a run with states of 100, 223 and 400, the last its newest, and a row for each hundred steps."""
    new = RunDir.create(tmp_path / "run", CONFIG, "ring")
    for step in range(100, 500, 100):
        new.append({"step": step, "images": step * 64, "seconds": step / 10, "d_loss": 1.0})
    for step in (100, 223, 400):
        new.save_state(step, {"x": torch.tensor([float(step)])})
        new.keep_state(step)
        checkpoints = (*new.info.checkpoints, step)
        new.set_info(dataclasses.replace(new.info, step=step, state=step, seconds=40.0, checkpoints=checkpoints))
    return new


def flip(path: Path) -> None:
    """Change one bit in the middle of the numbers, in a file of its own."""
    data = bytearray(path.read_bytes())
    data[-2] ^= 1
    path.unlink()
    path.write_bytes(data)


def loaded(run: RunDir) -> float:
    state = load_state(run)
    assert state is not None
    return state["x"].item()


def test_a_flipped_bit_sets_the_run_back_to_the_state_before(run: RunDir) -> None:
    for file in (run.state_path(400), run.path / "states" / "00000400.safetensors"):
        flip(file)
    assert loaded(run) == 223
    info = run.info
    assert (info.state, info.step, info.set_back) == (223, 223, (400, 223))
    assert (info.images, info.seconds) == (200 * 64 + 23 * 64, 20.0)
    assert run.metrics()["step"] == [100, 200]
    assert loaded(run) == 223  # from a state file of its own
    assert run.info.set_back is None  # this time nothing was lost


def test_the_state_of_another_step_under_the_newest_name_is_not_resumed(run: RunDir) -> None:
    for file in (run.state_path(400), run.path / "states" / "00000400.safetensors"):
        file.unlink()
        file.write_bytes((run.path / "states" / "00000223.safetensors").read_bytes())
    assert loaded(run) == 223
    assert run.info.set_back == (400, 223)


def test_a_copy_of_the_same_step_loses_nothing(run: RunDir) -> None:
    flip(run.state_path(400))
    assert loaded(run) == 400
    assert (run.info.step, run.info.set_back) == (400, None)


def test_without_an_intact_state_the_damage_is_named(run: RunDir) -> None:
    for file in (run.state_path(400), *(run.path / "states").iterdir()):
        flip(file)
    with pytest.raises(RunError, match=r"state-00000400\.safetensors: is damaged"):
        load_state(run)
