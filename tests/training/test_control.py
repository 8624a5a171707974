"""Steering a training: settings changed between two steps, and a job that changes, pauses and steps it."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.training.control import UNCONTROLLED, Progress, Uncontrolled
from gan_demo.training.fork import fork
from gan_demo.training.jobs.manager import JobManager
from gan_demo.training.trainer import train
from tests import waiting
from tests.training.planned_runs import RING, Plan, differing, follow, new_run, of_changes

pytestmark = pytest.mark.usefixtures("one_thread")

PATIENCE = 30.0
until = functools.partial(waiting.until, patience=PATIENCE)
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


@pytest.fixture
def manager() -> Iterator[JobManager]:
    jobs = JobManager()
    yield jobs
    assert jobs.shutdown(PATIENCE)


def test_a_job_steers_its_training_while_it_is_paused_and_while_it_runs(tmp_path: Path, manager: JobManager) -> None:
    run = new_run(tmp_path / "run", RING.with_settings({"steps": 10**7}))
    seen: list[Progress] = []

    def make(job: Any) -> Iterator[Progress]:
        for progress in train(run, control=job):
            seen.append(progress)
            yield progress

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


def test_without_a_hand_every_item_is_a_whole_step() -> None:
    assert (UNCONTROLLED.order, UNCONTROLLED.is_stepping(), UNCONTROLLED.next_change()) == ("both", False, None)
    assert Uncontrolled(stepping=True).is_stepping()
    UNCONTROLLED.change_done()
