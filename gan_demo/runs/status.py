"""Status of a run: of its job if this process has one, else of its manifest."""

from __future__ import annotations

from enum import StrEnum

NEW = "new"  # in run.json: created, no step taken yet
TRAINING = "training"  # in run.json: a process is training it, or was killed


class Status(StrEnum):
    """Status of a job or a run; the values go to the boards. run.json holds NEW, TRAINING, or a status that is over."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"  # no job and no end in the manifest: never started, or its process is gone

    @property
    def is_alive(self) -> bool:
        """Whether a job trains the run or waits to."""
        return self in (Status.QUEUED, Status.RUNNING, Status.PAUSED)

    @property
    def is_over(self) -> bool:
        """Whether the training ended in an orderly way: finished, stopped or failed."""
        return self in (Status.DONE, Status.STOPPED, Status.FAILED)


def status_without_job(manifest_status: str) -> Status:
    """Return the status of a run that no job of this process trains, from the ``status`` of its run.json.

    Values of other versions count as interrupted.
    """
    ends = {status.value: status for status in Status if status.is_over}
    return ends.get(manifest_status, Status.INTERRUPTED)
