"""Pause, step, stop and change a run that trains."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from gan_demo.config import RunConfig
from gan_demo.runs import setting_changes
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import job_manager
from gan_demo.training.control import Order
from gan_demo.training.jobs import Job, JobManager

SAVED = 10.0  # seconds at most that a training which is to stop may take to save itself
STEP_PATIENCE = 2.0  # seconds that a press of "step" waits for its picture


def pause(job_id: str, owner: str) -> None:
    """Hold."""
    job_manager.manager().control(job_id, owner).pause()


def unpause(job_id: str, owner: str) -> None:
    """Go on after a pause."""
    job_manager.manager().control(job_id, owner).resume()


def step(job_id: str, owner: str, what: Order = "both") -> None:
    """One step of a paused job, or an update of "d" or "g" alone; returns when its picture is there to be shown."""
    job = job_manager.manager().control(job_id, owner)
    job.step(what)
    _until(lambda: job.is_held() or job.done)


def change(run: RunDir, settings: Mapping[str, object], owner: str) -> None:
    """Change settings of a run that trains or is paused; returns when they are in effect.

    Raises ConfigError (settings that can't change now, or don't fit), JobError (not this visitor's; over).
    """
    job = job_manager.manager().control(run.id, owner)
    setting_changes.live(settings_now(run), settings)
    job.change(settings)
    _until(lambda: not job.waiting_changes())


def settings_now(run: RunDir) -> RunConfig:
    """A run's settings, with the changes that its training is about to take."""
    job = job_manager.manager().get(run.id)
    waiting = job.waiting_changes() if job is not None and not job.done else ()
    config = run.config
    for settings in waiting:
        config = setting_changes.live(config, settings)
    return config


def undo_change(run: RunDir, owner: str) -> None:
    """Take the newest live change back; there may be none. Raises as ``change`` does."""
    last = setting_changes.to_undo(run.changes())
    if last is not None:
        change(run, last["was"], owner)


def _until(condition: Callable[[], bool]) -> None:
    """Wait for the training thread, so that the page shows what it did; not for long, it may be busy."""
    deadline, pulse = time.monotonic() + STEP_PATIENCE, threading.Event()
    while not condition() and time.monotonic() < deadline:
        pulse.wait(0.01)


def stop(job_id: str, owner: str) -> None:
    """End and keep what there is; one that still waits ends at once."""
    job_manager.manager().cancel(job_id, owner)


def stop_and_wait(run: RunDir, owner: str) -> None:
    """End a run and wait until it is saved, so that its last state can be forked; not for longer than ``SAVED``."""
    job = job_manager.manager().get(run.id)
    stop(run.id, owner)
    if job is not None:
        job.wait(SAVED)


def ahead_of(job: Job, manager: JobManager | None = None) -> list[Job]:
    """The jobs that a queued job waits for, the running one first."""
    others = [one for one in (manager or job_manager.manager()).jobs() if one.device == job.device and one is not job]
    running = [one for one in others if one.snapshot.status in (Status.RUNNING, Status.PAUSED)]
    place = job.snapshot.position
    return running + [one for one in others if 0 < one.snapshot.position < place]
