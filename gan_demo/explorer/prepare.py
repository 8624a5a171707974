"""Background preparation of the explorer files of a run."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from gan_demo.explorer import artifacts
from gan_demo.runs.run_dir import RunDir

log = logging.getLogger(__name__)
_closing = threading.Event()
network_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="explorer")
space_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="explorer-space")  # of a large model for a minute


def open_up() -> None:
    """The process serves."""
    _closing.clear()


def close() -> None:
    """It ends: nothing new is begun."""
    _closing.set()


def prepare(run: RunDir) -> Future[None] | None:
    """Make the files of a run's last checkpoint in the background, so that whoever explores it waits for nothing."""
    return None if _closing.is_set() else space_worker.submit(_prepare, run.path)


def _prepare(path: Path) -> None:
    try:
        run = RunDir(path)
        artifacts.make_all(run, max(run.checkpoints))
    except Exception:  # it would be made when asked for; whatever is wrong shows then
        log.info("no explorer files of %s yet", path.name, exc_info=True)
