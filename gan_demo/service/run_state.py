"""Where a run is: queued, training, paused or over."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status, status_without_job
from gan_demo.service import job_manager
from gan_demo.training.jobs import Job


@dataclass(frozen=True)
class State:
    """Where a run is: its job's word while there is one in this process, else its folder's."""

    status: Status
    job: Job | None
    error: BaseException | None = None

    @property
    def alive(self) -> bool:
        """Queued, training or paused."""
        return self.status.is_alive


def state(run: RunDir) -> State:
    """Where ``run`` is now."""
    job = job_manager.manager().get(run.id)
    if job is not None:
        now = job.snapshot
        return State(now.status, job, now.error)
    info = run.info
    return State(status_without_job(info.status), None, info.error.error() if info.error else None)


def own_job(owner: str) -> Job | None:
    """The newest of this visitor's jobs that is not over."""
    mine = [job for job in job_manager.manager().jobs() if not job.done and hmac.compare_digest(job.owner, owner)]
    return mine[-1] if mine else None
