"""Steering a training: settings changed and single updates made between two steps, and kills at every moment of it."""

from __future__ import annotations

import dataclasses
import math
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.training import recorder
from gan_demo.training.control import UNCONTROLLED, Order, Progress, Uncontrolled
from gan_demo.training.fork import fork
from gan_demo.training.jobs.manager import JobManager
from gan_demo.training.trainer import train

pytestmark = pytest.mark.usefixtures("one_thread")

POINTS = ModelConfig("points", 2, 8, 8, 2)
RING = RunConfig(DataConfig("ring"), POINTS, TrainConfig(batch=8, steps=12, ema=0.9, evaluate=False))
PATIENCE = 30.0


class Plan:
    """Steers by a list: the order of each item, and settings to change before it. It goes on where a kill broke it."""

    def __init__(self, items: list[Order], settings: Mapping[int, dict[str, object]] = {}) -> None:
        self.items = items
        self.settings = settings  # by item
        self.at = 0
        self.changed: set[int] = set()

    def begin(self, run: RunDir) -> None:
        """Find the place in the plan from what the run kept."""
        info = RunDir(run.path).info
        kept = [0, 0] if info.state is None else saved(run)["counts"].tolist()
        counts, self.at, d_steps = [0, 0], 0, 1
        while counts != kept:
            d_steps = int(str(self.settings.get(self.at, {}).get("d_steps", d_steps)))
            counts[0] += self.order != "d"
            counts[1] += {"d": 1, "g": 0}.get(self.order, d_steps)
            self.at += 1
        self.changed = set(sorted(self.settings)[: len(self.in_effect(run))])

    def in_effect(self, run: RunDir) -> list[Any]:
        """Return the recorded changes whose settings arrived, too."""
        train = dataclasses.asdict(RunDir(run.path).config.train)
        noted = RunDir(run.path).changes()
        return [each for k, each in enumerate(noted) if k < len(noted) - 1 or each["now"].items() <= train.items()]

    @property
    def order(self) -> Order:
        return self.items[self.at] if self.at < len(self.items) else "both"

    def is_stepping(self) -> bool:
        return True

    def next_change(self) -> Mapping[str, object] | None:
        return self.settings[self.at] if self.at in self.settings and self.at not in self.changed else None

    def change_done(self) -> None:
        self.changed.add(self.at)


def saved(run: RunDir) -> dict[str, Tensor]:
    """Return the state that resuming would start from; unlike ``load_state`` it only looks."""
    from safetensors.torch import load_file

    return load_file(run.path / f"state-{RunDir(run.path).info.state:08d}.safetensors")


def new_run(path: Path, config: RunConfig = RING) -> RunDir:
    return RunDir.create(path, config, "ring")


def follow(run: RunDir, plan: Plan, items: int | None = None) -> RunDir:
    """Train by the plan, to the end or for so many of its items."""
    plan.begin(run)
    steps = train(RunDir(run.path), control=plan)
    for now in steps:
        if now.phase != "training":
            continue
        if now.scalars is not None:
            plan.at += 1
        if items is not None and plan.at >= items:
            break
    steps.close()
    return RunDir(run.path)


def differing(a: RunDir, b: RunDir) -> list[str]:
    first, other = saved(a), saved(b)
    assert first.keys() == other.keys()
    return [key for key in first if not torch.equal(first[key], other[key])]


def of_changes(run: RunDir) -> list[tuple[int, Any, Any]]:
    return [(change["step"], change["was"], change["now"]) for change in run.changes()]


# ---- live changes


CHANGES: list[dict[str, object]] = [
    {"g_lr": 0.01},
    {"d_lr": 0.01},
    {"d_steps": 3},
    {"r1": 1.0},
    {"r2": 1.0},
    {"gp": 1.0},
    {"label_smoothing": 0.2},
    {"g_lr": 0.01, "d_steps": 2},
]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunDir]:
    """Train without a change: (folder as it was after five steps, the run at its end)."""
    folder = tmp_path_factory.mktemp("plain")
    run = follow(new_run(folder / "run"), Plan(["both"] * 12), 5)
    shutil.copytree(run.path, folder / "five steps")
    return folder / "five steps", follow(run, Plan(["both"] * 12))


@pytest.mark.parametrize("settings", CHANGES, ids=str)
def test_a_changed_setting_holds_from_the_next_step_on(
    settings: dict[str, object], tmp_path: Path, plain: tuple[Path, RunDir]
) -> None:
    """The same as stopping, changing config.json and going on."""
    live = follow(new_run(tmp_path / "live"), Plan(["both"] * 12, {5: settings}))
    by_hand = RunDir(shutil.copytree(plain[0], tmp_path / "hand"))
    by_hand.set_config(by_hand.config.with_settings(settings))
    by_hand = follow(by_hand, Plan(["both"] * 12))
    assert differing(live, by_hand) == []
    assert live.config == RING.with_settings(settings).fit((2,), ())
    assert differing(live, plain[1]) != []


def test_a_change_is_noted_in_the_run_and_in_its_rows(tmp_path: Path) -> None:
    settings = {5: {"g_lr": 0.01, "r1": 0.5}, 8: {"r1": 0.0}}
    run = follow(new_run(tmp_path / "run"), Plan(["both"] * 12, settings))
    assert of_changes(run) == [
        (5, {"g_lr": 2e-4, "r1": 0.0}, {"g_lr": 0.01, "r1": 0.5}),
        (8, {"r1": 0.5}, {"r1": 0.0}),
    ]
    assert all(isinstance(change["seconds"], float) for change in run.changes())
    columns = run.metrics()
    noted = [(step, value) for step, value in zip(columns["step"], columns["r1"], strict=True) if value == value]
    assert noted == [(5, 0.5), (8, 0.0)]
    rates = dict(zip(columns["step"], columns["g_lr"], strict=True))
    assert (rates[4], rates[6]) == (2e-4, 0.01)


def test_a_change_to_what_already_is_leaves_no_trace(tmp_path: Path) -> None:
    run = follow(new_run(tmp_path / "run"), Plan(["both"] * 12, {5: {"g_lr": 2e-4}}))
    assert run.changes() == []
    assert not (run.path / "changes.jsonl").exists()


def test_the_schedule_goes_on_over_a_changed_rate(tmp_path: Path) -> None:
    config = RING.with_settings({"schedule": "linear", "steps": 10})
    run = follow(new_run(tmp_path / "run", config), Plan(["both"] * 10, {5: {"g_lr": 0.1}}))
    rates = dict(zip(run.metrics()["step"], run.metrics()["g_lr"], strict=True))
    assert (rates[6], rates[10]) == (pytest.approx(0.05), pytest.approx(0.01))


def test_changes_survive_a_stop_and_a_fork_takes_them_back_before_their_step(tmp_path: Path) -> None:
    plan = Plan(["both"] * 12, {6: {"g_lr": 0.01}})
    run = follow(follow(new_run(tmp_path / "run"), plan, 3), plan, 9)
    run = follow(run, plan)
    assert (run.states, of_changes(run)) == ([3, 9, 12], [(6, {"g_lr": 2e-4}, {"g_lr": 0.01})])
    assert fork(run, 3, {}, tmp_path / "a").config.train.g_lr == 2e-4
    assert fork(run, 9, {}, tmp_path / "b").config.train.g_lr == 0.01


# ---- single updates


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
    for now in steps:
        if now.scalars is not None:
            seen.append(now)
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


# ---- killed at any moment


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


# ---- by a job


@pytest.fixture
def manager() -> Iterator[JobManager]:
    jobs = JobManager()
    yield jobs
    assert jobs.shutdown(PATIENCE)


def test_a_job_steers_its_training_while_it_is_paused_and_while_it_runs(tmp_path: Path, manager: JobManager) -> None:
    run = new_run(tmp_path / "run", RING.with_settings({"steps": 10**7}))
    seen: list[Progress] = []

    def make(job: Any) -> Iterator[Progress]:
        for now in train(run, control=job):
            seen.append(now)
            yield now

    job = manager.submit("run", "ring", "me", "cpu", make)
    job.pause()
    until(lambda: job.snapshot.status is Status.PAUSED)
    job.change({"g_lr": 0.01})
    until(lambda: not job.waiting_changes())
    assert RunDir(run.path).config.train.g_lr == 0.01
    step = seen[-1].step
    for what in ("d", "g", "both"):
        count = len(seen)
        job.step(what)  # type: ignore[arg-type]
        until(lambda count=count: len(seen) > count)  # type: ignore[misc]
    until(lambda: job.snapshot.progress is seen[-1])
    assert (seen[-1].step, job.snapshot.status) == (step + 2, Status.PAUSED)
    job.resume()
    job.change({"d_steps": 2})
    until(lambda: not job.waiting_changes())
    assert RunDir(run.path).config.train.d_steps == 2
    assert [change["now"] for change in run.changes()] == [{"g_lr": 0.01}, {"d_steps": 2}]
    job.stop()
    assert job.wait(PATIENCE)
    assert job.snapshot.status is Status.STOPPED, job.snapshot.error


def until(condition: Callable[[], bool]) -> None:
    import threading

    pulse = threading.Event()
    for _ in range(int(PATIENCE / 0.005)):
        if condition():
            return
        pulse.wait(0.005)
    raise AssertionError("the condition never came true")


def test_without_a_hand_every_item_is_a_whole_step() -> None:
    assert (UNCONTROLLED.order, UNCONTROLLED.is_stepping(), UNCONTROLLED.next_change()) == ("both", False, None)
    assert Uncontrolled(stepping=True).is_stepping()
    UNCONTROLLED.change_done()
