"""Trainings whose numbers break: the run fails, and its last good state stays."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from gan_demo.errors import RunError
from gan_demo.runs import networks
from gan_demo.runs.run_dir import RunDir
from gan_demo.training import recorder
from gan_demo.training.control import Progress, Uncontrolled
from gan_demo.training.health import check_losses
from gan_demo.training.step import StepReport, train_step
from gan_demo.training.trainer import train
from tests.training.small_runs import CONFIGS, RING, differing, go, new_run, state_of


def poison(at: int, value: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """G's weights become ``value`` in the step ``at``."""

    def poisoned(*arguments: object) -> StepReport:
        report = train_step(*arguments)  # type: ignore[arg-type]
        state = arguments[0]
        if state.step == at:  # type: ignore[attr-defined]
            with torch.no_grad():
                next(state.G.parameters()).fill_(value)  # type: ignore[attr-defined]
        return report

    monkeypatch.setattr(recorder, "train_step", poisoned)
    monkeypatch.setattr(recorder, "FIRST_SAVE", math.inf)  # on a slow machine it would come before the step


def assert_failed_with_a_good_state(run: RunDir, at: int) -> None:
    again = RunDir(run.path)
    assert again.info.status == "failed"
    assert again.info.error is not None
    assert "step" in str(again.info.error.error())
    assert again.info.step == again.info.state == again.checkpoints[-1] == at
    assert all(torch.isfinite(value).all() for value in networks.generator(again).state_dict().values())
    assert all(torch.isfinite(value).all() for value in state_of(again).values())


@pytest.mark.parametrize("name", ["mlp", "points with penalties", "conditional dcgan"])
@pytest.mark.parametrize("watched", [False, True])
def test_weights_that_are_no_numbers_end_the_run_and_the_last_good_state_stays(
    name: str, watched: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run(tmp_path / "run", CONFIGS[name])
    go(run, 4)
    poison(7, math.nan, monkeypatch)
    with pytest.raises(RunError) as caught:
        go(RunDir(run.path), control=Uncontrolled(stepping=watched))
    assert "became NaN" in caught.value.problem
    assert_failed_with_a_good_state(run, 4)


def test_a_divergence_promises_no_checkpoint_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = new_run(tmp_path / "run")
    with monkeypatch.context() as patch:
        poison(2, math.nan, patch)
        with pytest.raises(RunError) as early:
            go(run, control=Uncontrolled(stepping=True))
    assert run.checkpoints == []
    assert "checkpoint" not in str(early.value)
    other = new_run(tmp_path / "other")
    go(other, 4)
    poison(7, math.nan, monkeypatch)
    with pytest.raises(RunError, match="the last good checkpoint is kept"):
        go(RunDir(other.path), control=Uncontrolled(stepping=True))


def test_a_loss_that_diverged_is_said_as_people_read_numbers() -> None:
    with pytest.raises(RunError, match="10,097,475"):
        check_losses({"d_loss": 0.5, "g_loss": 10_097_475.0}, 973, has_checkpoint=True)


def test_breaking_in_the_very_last_step_is_a_failure_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = new_run(tmp_path / "run")
    go(run, 4)
    poison(12, math.inf, monkeypatch)
    seen: list[Progress] = []
    with pytest.raises(RunError):
        seen.extend(train(RunDir(run.path)))
    assert "done" not in [each.phase for each in seen]
    assert_failed_with_a_good_state(run, 4)


def test_stopping_a_run_whose_weights_just_broke_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = new_run(tmp_path / "run")
    go(run, 4)
    poison(6, math.nan, monkeypatch)
    monkeypatch.setattr(recorder.Recorder, "_row", lambda self: None)  # the stop comes before the next look
    with pytest.raises(RunError):
        go(RunDir(run.path), 6)
    assert_failed_with_a_good_state(run, 4)


def test_a_loss_beyond_all_measure_ends_the_run(tmp_path: Path) -> None:
    config = RING.with_settings({"loss": "wasserstein", "optimizer": "sgd", "lr": 10, "beta1": 0.9, "steps": 5_000})
    run = new_run(tmp_path / "run", config)
    go(run, 1)
    with pytest.raises(RunError) as caught:
        go(RunDir(run.path), control=Uncontrolled(stepping=True))
    assert caught.value.field in ("d_loss", "g_loss", "weights")
    assert RunDir(run.path).info.status == "failed"
    assert all(torch.isfinite(value).all() for value in networks.generator(run).state_dict().values())


def test_a_failed_run_can_go_on_from_its_last_good_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    straight, run = new_run(tmp_path / "straight"), new_run(tmp_path / "run")
    go(straight)
    go(run, 4)
    with monkeypatch.context() as broken:
        poison(7, math.nan, broken)
        with pytest.raises(RunError):
            go(RunDir(run.path))
    go(RunDir(run.path))
    assert RunDir(run.path).info.error is None
    assert differing(straight, run) == []


def test_any_other_failure_leaves_the_last_good_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> StepReport:
        report = train_step(*arguments)  # type: ignore[arg-type]
        if arguments[0].step == 7:  # type: ignore[attr-defined]
            raise MemoryError
        return report

    straight, run = new_run(tmp_path / "straight"), new_run(tmp_path / "run")
    go(straight)
    go(run, 4)
    with monkeypatch.context() as patched:
        patched.setattr(recorder, "train_step", broken)
        with pytest.raises(RunError, match="stopped with an error"):
            go(RunDir(run.path))
    assert (RunDir(run.path).info.status, RunDir(run.path).info.step) == ("failed", 4)
    go(RunDir(run.path))
    assert differing(straight, run) == []
