"""Whether a run is queued, training, paused or over."""

from __future__ import annotations

from dataclasses import dataclass

from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status, status_without_job
from gan_demo.service import app_state
from gan_demo.training.jobs.job import Job


@dataclass(frozen=True)
class RunState:
    """Status of a run at one moment: its job's if this process has one, else what its folder says."""

    status: Status
    job: Job | None
    error: BaseException | None = None

    @property
    def is_alive(self) -> bool:
        """Whether the run is queued, training or paused."""
        return self.status.is_alive


def state(run: RunDir) -> RunState:
    """Return the run's present state."""
    job = app_state.current().jobs.get(run.id)
    if job is not None:
        snapshot = job.snapshot
        return RunState(snapshot.status, job, snapshot.error)
    info = run.info
    return RunState(status_without_job(info.status), None, info.error.error() if info.error else None)


def own_job(owner: str) -> Job | None:
    """Return the newest job of the visitor with this token that is not over, or None."""
    own_jobs = [job for job in app_state.current().jobs.jobs() if not job.done and job.belongs_to(owner)]
    return own_jobs[-1] if own_jobs else None
