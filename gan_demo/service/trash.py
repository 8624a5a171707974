"""Delete runs, and restore them within the hour."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from gan_demo.errors import JobError
from gan_demo.runs import disk_space, library, ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import app_state

RESTORE_SECONDS = 3600.0  # during which a deleted run can be restored


def delete(run: RunDir, owner: str) -> None:
    """Move a run that is over to the trash. Raises JobError for others and for a running job, RunError."""
    ownership.check_owner(run, owner)
    job = app_state.current().jobs.get(run.id)
    if job is not None and not job.snapshot.status.is_over:
        raise JobError("job", run.id, "is already running", "Stop it first")
    empty_trash()
    _trash().mkdir(parents=True, exist_ok=True)
    with run.writing():  # the command line may be training it
        run.path.rename(_trash() / f"{run.id}@{int(time.time())}")


def restore(run_id: str) -> bool:
    """Move a deleted run back; return False if it is no longer in the trash."""
    for path in _trash().glob(f"{run_id}@*"):
        path.rename(library.home() / run_id)
        return True
    return False


def empty_trash() -> None:
    """Delete for good what can no longer be restored."""
    for path in _trash().glob("*@*"):
        stamp = path.name.rpartition("@")[2]
        if stamp.isdigit() and time.time() - int(stamp) > RESTORE_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


def _trash() -> Path:
    return library.home() / disk_space.TRASH
