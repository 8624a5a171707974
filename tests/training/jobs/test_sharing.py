"""Trainings that share a device: bit-exact though suspended, a picture for each newcomer, and nobody holds the device."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.data import datasets
from gan_demo.errors import JobError
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import limits
from gan_demo.training.clock import Timing
from gan_demo.training.control import Progress
from gan_demo.training.jobs import manager as manager_module
from gan_demo.training.jobs.job import Job
from gan_demo.training.jobs.manager import JobLimits, JobManager
from gan_demo.training.trainer import train
from tests.training.jobs.scripted_work import PATIENCE, until

pytestmark = pytest.mark.usefixtures("one_thread")

TRAIN = TrainConfig(batch=8, steps=4, schedule="cosine", ema=0.9, evaluate=False)
RING = RunConfig(DataConfig("ring"), ModelConfig("points", 2, 8, 8, 2), TRAIN)


@pytest.fixture
def short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every turn be over after one item if another job wants one."""
    monkeypatch.setattr(manager_module, "turn_seconds", lambda owners: -1.0)
    monkeypatch.setattr(manager_module, "LOOK_AROUND", 0.0)


@pytest.fixture
def tight() -> Iterator[JobManager]:
    """Give a manager that keeps one job in memory."""
    manager = JobManager(JobLimits(resident=1, per_owner=3))
    yield manager
    assert manager.shutdown(PATIENCE)


@pytest.fixture
def roomy() -> Iterator[JobManager]:
    """Give a manager that keeps two jobs in memory."""
    manager = JobManager(JobLimits(resident=2))
    yield manager
    assert manager.shutdown(PATIENCE)


def training(run: RunDir) -> Callable[[Job], Iterator[Progress]]:
    timing = Timing()
    data = datasets.load(run.config.data, run.config.train.seed)
    return lambda job: train(RunDir(run.path), data=data, control=job, timing=timing)


def endless(job: Job) -> Iterator[Progress]:
    """Yield steps without end, with a picture of each second one."""
    for step in itertools.count():
        yield Progress("training", step=step, grid=step - step % 2)


class Memory:
    """What is in memory whenever a training is opened, and which of the others were not saved."""

    def __init__(self, manager: JobManager) -> None:
        self.manager = manager
        self.counts: list[int] = []
        self.unsaved: list[str] = []

    def watched(self, run: RunDir) -> Callable[[Job], Iterator[Progress]]:
        make = training(run)

        def open_training(job: Job) -> Iterator[Progress]:
            others = [other for other in self.manager.jobs() if other is not job]
            self.counts.append(1 + sum(other.is_resident for other in others))
            for other in others:
                step = getattr(other.snapshot.progress, "step", 0)
                saved = RunDir(run.path.parent / other.id).info.state
                if step and not other.is_resident and saved != step:
                    self.unsaved.append(other.id)
            return make(job)

        return open_training


@pytest.mark.parametrize("most", [1, 2])
@pytest.mark.usefixtures("short_turns")
def test_so_many_trainings_are_in_memory_and_all_end_as_if_they_were_alone(
    most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(limits.RESIDENT, str(most))
    alone = RunDir.create(tmp_path / "alone", RING, "ring")
    for _ in train(alone):
        pass
    manager = JobManager(limits.job_limits())
    memory = Memory(manager)
    runs = [RunDir.create(tmp_path / name, RING, "ring") for name in "abc"[: most + 1]]
    jobs = [manager.submit(run.id, "ring", run.id, "cpu", memory.watched(run)) for run in runs]
    assert all(job.wait(PATIENCE) for job in jobs)
    assert [job.snapshot.error for job in jobs] == [None] * len(runs)
    assert len(memory.counts) > len(runs), "they were opened again and again"
    assert (max(memory.counts), memory.unsaved) == (most, [])
    expected = alone.load_state_at(TRAIN.steps)
    for run in runs:
        state = run.load_state_at(TRAIN.steps)
        assert [key for key in expected if not torch.equal(expected[key], state[key])] == []
        assert (run.info.status, run.info.step, run.info.images) == ("done", TRAIN.steps, 8 * TRAIN.steps)
        assert run.info.seconds < 12, "the turns of others do not count"
    assert manager.shutdown(PATIENCE)


@pytest.mark.usefixtures("short_turns")
def test_a_suspended_training_that_is_stopped_ends_in_order(tight: JobManager, tmp_path: Path) -> None:
    config = RING.with_settings({"steps": 10**6})
    runs = [RunDir.create(tmp_path / name, config, "ring") for name in "ab"]
    jobs = [tight.submit(run.id, "ring", run.id, "cpu", training(run)) for run in runs]
    until(lambda: all(getattr(job.snapshot.progress, "step", 0) > 3 for job in jobs))
    for run in runs:
        tight.cancel(run.id, run.id)
    assert all(job.wait(PATIENCE) for job in jobs)
    assert [job.snapshot.status for job in jobs] == [Status.STOPPED] * 2
    for run in runs:
        info = run.info
        assert (info.status, run.states[-1], run.grids[-1]) == ("stopped", info.step, info.step)


@pytest.mark.usefixtures("short_turns")
def test_a_training_that_reads_its_data_for_many_turns_is_not_made_to_begin_anew(tight: JobManager) -> None:
    done: dict[str, int] = {}

    def reading(job: Job) -> Iterator[Progress]:
        for _ in range(4):
            yield Progress("loading")
        while done.setdefault(job.id, 0) < 3:
            yield Progress("training", step=done[job.id])
            done[job.id] += 1

    jobs = [tight.submit(name, name, name, "cpu", reading) for name in "abc"]
    assert all(job.wait(PATIENCE) for job in jobs)
    assert done == dict.fromkeys("abc", 3)


def test_each_newcomer_has_a_picture_before_the_first_goes_on(tight: JobManager) -> None:
    first = tight.submit("first", "a", "a", "cpu", endless)
    until(lambda: getattr(first.snapshot.progress, "step", 0) > 100)
    others = [tight.submit(name, name, name, "cpu", endless) for name in "bcd"]
    until(lambda: all(getattr(job.snapshot.progress, "grid", 0) > 0 for job in others))
    assert [job.snapshot.status for job in (first, *others)] == [Status.RUNNING] * 4
    until(lambda: {job.snapshot.sharing for job in (first, *others)} == {3})


def test_a_pause_gives_the_turn_away_and_holds_nothing(roomy: JobManager) -> None:
    first = roomy.submit("first", "a", "a", "cpu", endless)
    until(lambda: first.snapshot.progress is not None)
    first.pause()
    until(first.is_held)
    other = roomy.submit("other", "b", "b", "cpu", lambda job: iter(range(1000)))
    assert other.wait(PATIENCE)
    assert (other.snapshot.status, other.snapshot.progress) == (Status.DONE, 999)
    assert first.snapshot.status is Status.PAUSED
    step = first.snapshot.progress.step
    first.step()
    until(lambda: first.is_held() and first.snapshot.progress.step == step + 1)


def test_an_owner_has_so_many_trainings_and_no_more(tight: JobManager) -> None:
    for name in "abc":
        tight.submit(name, name, "me", "cpu", endless)
    with pytest.raises(JobError, match="3 trainings of yours"):
        tight.check_owner("me")
    with pytest.raises(JobError, match="Stop one of them first"):
        tight.submit("d", "d", "me", "cpu", endless)
    tight.submit("other", "other", "somebody", "cpu", endless)
    tight.cancel("a", "me")
    job = tight.get("a")
    assert job is not None
    assert job.wait(PATIENCE)
    tight.check_owner("me")


def test_a_paused_training_leaves_memory_after_a_while_and_goes_on_as_if_it_had_not(tmp_path: Path) -> None:
    longer = dataclasses.replace(RING, train=dataclasses.replace(TRAIN, steps=400))
    alone = RunDir.create(tmp_path / "alone", longer, "ring")
    list(train(alone))
    run = RunDir.create(tmp_path / "run", longer, "ring")
    manager = JobManager(JobLimits(held=0.0))
    job = manager.submit(run.id, "ring", "me", "cpu", training(run))
    until(lambda: job.snapshot.progress is not None and job.snapshot.progress.step >= 1)
    job.pause()
    until(lambda: not job.is_resident)
    step = job.snapshot.progress.step
    until(lambda: run.info.state == step)
    job.step()
    until(lambda: run.info.state == step + 1 and not job.is_resident)
    assert job.snapshot.status is Status.PAUSED
    job.resume()
    assert job.wait(PATIENCE)
    assert job.snapshot.status is Status.DONE
    weights, expected = run.load_checkpoint(400), alone.load_checkpoint(400)
    assert all(weights[key].equal(expected[key]) for key in expected)
    assert manager.shutdown(PATIENCE)


def test_a_paused_training_stays_in_memory_until_then(tmp_path: Path) -> None:
    manager = JobManager(JobLimits(held=3600.0))
    job = manager.submit("run", "ring", "me", "cpu", endless)
    until(lambda: job.snapshot.progress is not None)
    job.pause()
    until(job.is_held)
    other = manager.submit("other", "ring", "you", "cpu", lambda job: iter(()))
    assert other.wait(PATIENCE)
    assert job.is_resident
    assert 0 <= (job.held_seconds() or -1) < 3600
    assert manager.shutdown(PATIENCE)
