"""Delete runs, and bring them back within the hour."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from gan_demo.errors import JobError
from gan_demo.runs import disk_space, library, ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import job_manager

KEEP_DELETED = 3600.0  # seconds in which a deletion can be undone


def delete(run: RunDir, owner: str) -> None:
    """Put a run that is over away; ``restore`` brings it back within the hour. Raises JobError, RunError."""
    ownership.check_owner(run, owner)
    job = job_manager.manager().get(run.id)
    if job is not None and not job.snapshot.status.is_over:
        raise JobError("job", run.id, "is already running", "Stop it first")
    empty_trash()
    _trash().mkdir(parents=True, exist_ok=True)
    with run.writing():  # the command line may be training it
        run.path.rename(_trash() / f"{run.id}@{int(time.time())}")


def restore(run_id: str) -> bool:
    """Bring a deleted run back; False if it is too late."""
    for path in _trash().glob(f"{run_id}@*"):
        path.rename(library.home() / run_id)
        return True
    return False


def _trash() -> Path:
    return library.home() / disk_space.TRASH


def empty_trash() -> None:
    for path in _trash().glob("*@*"):
        stamp = path.name.rpartition("@")[2]
        if stamp.isdigit() and time.time() - int(stamp) > KEEP_DELETED:
            shutil.rmtree(path, ignore_errors=True)
