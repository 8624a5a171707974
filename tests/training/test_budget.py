"""Time budgets: turned into steps once, so that the settings alone give the same training; and training on."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.runs.run_dir import RunDir
from gan_demo.training import budget, clock, recorder
from gan_demo.training.control import Progress, Uncontrolled
from gan_demo.training.fork import fork
from gan_demo.training.step import StepReport, train_step
from gan_demo.training.trainer import train

pytestmark = pytest.mark.usefixtures("one_thread", "counted_time")

STEP_SECONDS = 0.05  # what each step takes by the clock of these tests
PLAN = 100
TRAIN = TrainConfig(batch=4, steps=PLAN, schedule="cosine", evaluate=False, ema=0.9)
RING = RunConfig(DataConfig("ring"), ModelConfig("points", 2, 4, 4, 1), TRAIN)


@pytest.fixture
def counted_time(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Let each step take fifty milliseconds, however long it really takes; ``now`` of what is returned is the time."""
    time = SimpleNamespace(now=0.0)

    def counted_step(*arguments: Any) -> StepReport:
        time.now += STEP_SECONDS
        return train_step(*arguments)

    monkeypatch.setattr(recorder, "train_step", counted_step)
    monkeypatch.setattr(clock, "time", SimpleNamespace(perf_counter=lambda: time.now))
    monkeypatch.setattr(clock, "WARM_SECONDS", 0.1)
    monkeypatch.setattr(clock, "SETTLED_SECONDS", 0.2)
    return time


def go(run: RunDir, until: Callable[[Progress], bool] = lambda progress: False) -> list[Progress]:
    seen = []
    steps = train(RunDir(run.path), control=Uncontrolled(stepping=False))
    for progress in steps:
        seen.append(progress)
        if until(progress):
            break
    steps.close()
    return seen


def differing(a: RunDir, b: RunDir) -> list[str]:
    first, other = (run.load_state_at(run.states[-1]) for run in (a, b))
    return [key for key in first if not torch.equal(first[key], other[key])]


def budgeted(path: Path, seconds: float = 2.0, config: RunConfig = RING) -> RunDir:
    return budget.create(path, config, "ring", seconds)


def test_a_budget_becomes_steps_once_and_the_settings_alone_give_the_same_training(tmp_path: Path) -> None:
    run = budgeted(tmp_path / "run")
    seen = go(run)
    info, settings = run.info, run.config.train
    assert (info.status, info.step, info.budget, info.plan) == ("done", settings.steps, 0, PLAN)
    assert 0 < settings.schedule_from < settings.steps < PLAN
    assert info.seconds == pytest.approx(2.0, abs=0.3)
    assert run.changes() == []
    assert {progress.steps for progress in seen if progress.budget is None and progress.phase != "loading"} == {
        settings.steps
    }
    again = RunDir.create(tmp_path / "again", run.config, "ring")
    go(again)
    assert differing(run, again) == []


def test_a_run_stopped_before_its_budget_became_steps_goes_on_to_it(tmp_path: Path) -> None:
    run = budgeted(tmp_path / "run")
    go(run, lambda progress: progress.step == 3)
    assert (run.info.status, run.info.budget, run.config.train.steps) == ("stopped", 2.0, PLAN)
    go(run)
    assert run.info.status == "done"
    assert 3 < run.config.train.schedule_from < run.config.train.steps < PLAN
    again = RunDir.create(tmp_path / "again", run.config, "ring")
    go(again)
    assert differing(run, again) == []


def test_an_evaluation_while_the_pace_settles_shortens_no_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted_time: SimpleNamespace
) -> None:
    def slow(evaluator: recorder.Evaluator, sample: Any) -> None:
        counted_time.now += 1.0
        evaluator.seconds += 1.0

    monkeypatch.setattr(recorder.Evaluator, "measure", slow)
    monkeypatch.setattr(
        recorder.Evaluator, "is_due", lambda evaluator, seconds: seconds > 0.3 and not evaluator.seconds
    )
    run = budgeted(tmp_path / "run", seconds=4.0)
    go(run)
    assert run.config.train.steps == pytest.approx(3.0 / STEP_SECONDS, abs=5)


def test_a_plan_that_is_shorter_than_its_budget_is_kept(tmp_path: Path) -> None:
    run = budgeted(tmp_path / "run", seconds=60.0)
    go(run)
    assert (run.info.step, run.config.train.steps) == (PLAN, PLAN)


def test_time_left_is_said_once_the_pace_has_settled(tmp_path: Path) -> None:
    seen = [progress for progress in go(budgeted(tmp_path / "run")) if progress.phase == "training"]
    assert {progress.seconds_left for progress in seen if progress.budget is not None} == {None}
    known = [progress.seconds_left for progress in seen if progress.budget is None]
    assert known[0] is not None
    assert known[0] < 2.0
    plain = go(RunDir.create(tmp_path / "plain", RING, "ring"))
    assert plain[3].seconds_left is None
    assert plain[-2].seconds_left is not None


def test_training_on_for_some_seconds_restarts_the_rates_and_marks_it(tmp_path: Path) -> None:
    run = budgeted(tmp_path / "run")
    go(run)
    first, seconds = run.config, run.info.seconds
    budget.train_on_for(run, 3.0)
    go(run)
    info, settings = run.info, run.config.train
    assert (info.status, info.step, info.plan, info.budget) == ("done", settings.steps, PLAN, 0)
    assert info.seconds - seconds == pytest.approx(3.0, abs=0.3)
    assert [(change["step"], change["now"]) for change in run.changes()] == [
        (first.train.steps, {"restart": first.train.steps})
    ]
    assert run.config_at(first.train.steps - 1).train == first.train
    copy = fork(run, first.train.steps, {}, tmp_path / "fork")
    go(copy)
    assert differing(run, copy) == [], "a fork at the restart follows it bit for bit"


def test_training_on_to_the_end_of_the_plan(tmp_path: Path) -> None:
    run = budgeted(tmp_path / "run")
    go(run)
    before = run.config.train
    budget.train_on_to(run, run.info.plan)
    assert [change["now"] for change in run.changes()] == [{"restart": before.steps, "steps": PLAN}]
    go(run, lambda progress: progress.step == before.steps + 8)
    go(run)
    assert (run.info.step, run.info.status) == (PLAN, "done")
    straight = RunDir.create(tmp_path / "straight", dataclasses.replace(run.config, train=before), "ring")
    go(straight)
    budget.train_on_to(straight, PLAN)
    go(straight)
    assert differing(run, straight) == [], "stopped on the way or not"


def test_a_fork_of_a_run_whose_budget_is_not_steps_yet_has_that_budget(tmp_path: Path) -> None:
    run = budgeted(tmp_path / "run")
    go(run, lambda progress: progress.step == 3)
    copy = fork(run, 3, {"g_lr": 0.01}, tmp_path / "fork")
    go(copy)
    assert copy.info.status == "done"
    assert copy.config.train.steps < PLAN
    longer = fork(run, 3, {"steps": 30}, tmp_path / "longer")
    go(longer)
    assert (longer.info.step, longer.info.status) == (30, "done"), "who names the steps has them"
