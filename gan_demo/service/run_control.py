"""Pause, step, change and stop a running training."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from gan_demo.config import RunConfig
from gan_demo.runs import setting_changes
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import app_state
from gan_demo.training.control import Order

SAVE_TIMEOUT = 10.0  # seconds to wait for a stopping training to save itself
EFFECT_TIMEOUT = 2.0  # seconds to wait for the effect of a step or a change


def pause(job_id: str, owner: str) -> None:
    """Pause a job after its present step. Raises JobError."""
    app_state.current().jobs.control(job_id, owner).pause()


def unpause(job_id: str, owner: str) -> None:
    """Let a paused job go on. Raises JobError."""
    app_state.current().jobs.control(job_id, owner).resume()


def step(job_id: str, owner: str, order: Order = "both") -> None:
    """Take one step of a paused job, or one update of "d" or "g" alone; return once its sample grid can be shown."""
    job = app_state.current().jobs.control(job_id, owner)
    job.step(order)
    _wait_for(lambda: job.is_held() or job.done)


def change(run: RunDir, settings: Mapping[str, object], owner: str) -> None:
    """Change settings of a run that trains or is paused; return once they are in effect.

    Raises ConfigError (settings that cannot change live or do not fit) and JobError (not the owner; over).
    """
    job = app_state.current().jobs.control(run.id, owner)
    setting_changes.live(current_settings(run), settings)
    job.change(settings)
    _wait_for(lambda: not job.waiting_changes())


def current_settings(run: RunDir) -> RunConfig:
    """Return a run's settings, including changes that its training has yet to apply."""
    job = app_state.current().jobs.get(run.id)
    waiting = job.waiting_changes() if job is not None and not job.done else ()
    config = run.config
    for settings in waiting:
        config = setting_changes.live(config, settings)
    return config


def undo_change(run: RunDir, owner: str) -> None:
    """Revert the newest live change, if there is one. Raises as ``change`` does."""
    last = setting_changes.to_undo(run.changes())
    if last is not None:
        change(run, last["was"], owner)


def stop(job_id: str, owner: str) -> None:
    """Stop and save a job; a queued one ends at once. Raises JobError."""
    app_state.current().jobs.cancel(job_id, owner)


def stop_and_wait(run: RunDir, owner: str) -> None:
    """Stop a run and wait up to ``SAVE_TIMEOUT`` until it is saved, so that its last state can be forked."""
    job = app_state.current().jobs.get(run.id)
    stop(run.id, owner)
    if job is not None:
        job.wait(SAVE_TIMEOUT)


def _wait_for(condition: Callable[[], bool]) -> None:
    """Wait up to ``EFFECT_TIMEOUT`` for the training thread, so that the page shows the effect of a button."""
    deadline, pulse = time.monotonic() + EFFECT_TIMEOUT, threading.Event()
    while not condition() and time.monotonic() < deadline:
        pulse.wait(0.01)
