"""Delete runs, and restore them within the hour; the own images of a run leave the disk together with it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from gan_demo.errors import GanDemoError, JobError, RunError
from gan_demo.runs import disk_space, library, ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import app_state
from gan_demo.service.own_images import uploads
from gan_demo.support import atomic_file, numbers

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
        pass  # Windows moves no folder in which a file is open, and the lock is one
    try:
        atomic_file.move(run.path, _trash() / f"{run.id}@{int(time.time())}")
    except PermissionError as failure:
        raise RunError("run", run.id, "is open in another program", "Close it there, then try again") from failure


def delete_all(runs: Sequence[RunDir], owner: str) -> tuple[list[str], GanDemoError | None]:
    """Move runs to the trash; return the ids of those that were moved, and the first error of the others."""
    moved: list[str] = []
    problem: GanDemoError | None = None
    for run in runs:
        try:
            delete(run, owner)
            moved.append(run.id)
        except GanDemoError as error:
            problem = problem or error
    return moved, problem


def restore(run_id: str) -> bool:
    """Move a deleted run back; return False if it is no longer in the trash."""
    for path in _trash().glob(f"{run_id}@*"):
        atomic_file.move(path, library.home() / run_id)
        return True
    return False


def empty_trash() -> None:
    """Delete for good what can no longer be restored, and the own images that no run needs any more."""
    for path in _trash().glob("*@*"):
        if _has_expired(path):
            shutil.rmtree(path, ignore_errors=True)
    uploads.sweep()


def _has_expired(path: Path) -> bool:
    stamp = numbers.from_digits(path.name.rpartition("@")[2], 20)
    return stamp is not None and time.time() - stamp > RESTORE_SECONDS


def _trash() -> Path:
    return library.home() / disk_space.TRASH
