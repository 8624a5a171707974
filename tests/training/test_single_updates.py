"""Single updates of D and G, and kills at every moment of a steered training: all of it resumes bit for bit."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from gan_demo.runs.run_dir import RunDir
from gan_demo.training import recorder
from gan_demo.training.control import Order, Progress
from gan_demo.training.trainer import train
from tests.training.planned_runs import RING, Plan, differing, follow, new_run, of_changes, saved

pytestmark = pytest.mark.usefixtures("one_thread")


def test_an_update_of_d_alone_leaves_g_and_the_step_alone(tmp_path: Path) -> None:
    run = follow(new_run(tmp_path / "run"), Plan(["both", "both", "d", "d"]), 2)
    before = saved(run)
    after = saved(follow(run, Plan(["both", "both", "d", "d"]), 4))
    assert after["counts"].tolist() == [2, 4]
    changed = {key.split(".")[0] for key in before if not torch.equal(before[key], after[key])}
    assert changed == {"rng", "counts", "D", "d_optimizer"}


def test_an_update_of_g_alone_is_a_step_in_which_d_stands_still(tmp_path: Path) -> None:
    run = follow(new_run(tmp_path / "run"), Plan(["both", "both", "g"]), 2)
    before = saved(run)
    after = saved(follow(run, Plan(["both", "both", "g"]), 3))
    assert after["counts"].tolist() == [3, 2]
    changed = {key.split(".")[0] for key in before if not torch.equal(before[key], after[key])}
    assert changed == {"rng", "counts", "G", "ema", "g_optimizer"}


MIXED: list[Order] = ["d", "g", "both", "d", "d", "both", "g", "d", "g", "both"]


@pytest.mark.parametrize(
    "changes", [{}, {"loss": "relativistic", "r1": 0.5, "r2": 0.5, "penalty_every": 2, "ema": 0.0}]
)
def test_single_updates_resume_bit_for_bit(changes: dict[str, object], tmp_path: Path) -> None:
    config = RING.with_settings(changes)
    straight = follow(new_run(tmp_path / "straight", config), Plan(MIXED))
    stopped = new_run(tmp_path / "stopped", config)
    for items in range(1, len(MIXED)):
        stopped = follow(stopped, Plan(MIXED), items)
    stopped = follow(stopped, Plan(MIXED))
    assert differing(straight, stopped) == []
    assert straight.info.images == stopped.info.images == 12 * 8


def test_each_single_update_leaves_a_row_and_a_picture(tmp_path: Path) -> None:
    seen: list[Progress] = []
    plan, run = Plan(["both", "d", "g", "both"]), new_run(tmp_path / "run")
    steps = train(run, control=plan)
    for progress in steps:
        if progress.scalars is not None:
            seen.append(progress)
            plan.at += 1
        if plan.at == 4:
            break
    steps.close()
    assert [each.step for each in seen] == [1, 1, 2, 3]
    assert [each.grid for each in seen] == [1, 1, 2, 3]
    columns = RunDir(run.path).metrics()
    assert columns["step"] == [1, 1, 2, 3]
    for name in ("d_loss", "g_loss", "d_real", "d_fake", "d_lr", "g_lr"):
        assert all(math.isfinite(value) for value in columns[name]), name
    assert RunDir(run.path).grids == [0, 1, 2, 3]


def test_what_d_learned_alone_is_in_the_state_that_is_forked(tmp_path: Path) -> None:
    plan = Plan(["both", "both", "d", "d"])
    run = follow(follow(new_run(tmp_path / "run"), plan, 2), plan, 4)
    assert run.states == [2]
    assert run.load_state_at(2)["counts"].tolist() == [2, 4]


class Killed(BaseException):
    """What a kill is to a process: nothing after it runs."""


def kill_at(monkeypatch: pytest.MonkeyPatch, name: str, call: int, after: bool) -> None:
    """Die in the so-many-eth call of a method of the run's folder; nothing is kept on the way out."""
    method: Callable[..., Any] = getattr(RunDir, name)
    calls = 0

    def dying(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call and not after:
            raise Killed
        result = method(*arguments, **named)
        if calls == call:
            raise Killed
        return result

    monkeypatch.setattr(RunDir, name, dying)
    monkeypatch.setattr(recorder.Recorder, "_close", lambda self, status: None)


KILLED_PLAN: tuple[list[Order], dict[int, dict[str, object]]] = (
    ["both", "both", "d", "both", "g", "d", "both"],
    {1: {"g_lr": 0.01}, 3: {"d_steps": 2, "r1": 0.5}, 6: {"g_lr": 0.02}},
)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    return follow(new_run(tmp_path_factory.mktemp("undisturbed") / "run"), Plan(*KILLED_PLAN))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("name", "calls"),
    [("save_state", 4), ("add_change", 3), ("set_config", 4), ("append", 9), ("set_info", 7), ("add_grid", 5)],
)
@pytest.mark.parametrize("at", ["middle", pytest.param("anywhere", marks=pytest.mark.soak)])
def test_a_kill_in_a_change_or_a_single_update_resumes_exactly(
    name: str, calls: int, at: str, after: bool, tmp_path: Path, undisturbed: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = 0
    deaths = range(1, calls + 1) if at == "anywhere" else [(calls + 1) // 2]
    for call in deaths:
        run = new_run(tmp_path / str(call))
        with monkeypatch.context() as dying:
            kill_at(dying, name, call, after)
            try:
                follow(run, Plan(*KILLED_PLAN))
            except Killed:
                killed += 1
        run = RunDir(run.path)
        run.metrics()
        run = follow(run, Plan(*KILLED_PLAN))
        assert differing(undisturbed, run) == [], call
        assert of_changes(run) == of_changes(undisturbed), call
        assert run.config == undisturbed.config
        assert run.metrics()["step"] == sorted(run.metrics()["step"])
    assert killed == len(deaths)
