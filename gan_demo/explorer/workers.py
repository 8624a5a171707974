"""Worker threads that compute explorer files, on request and when a training ends."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from gan_demo.explorer import artifacts
from gan_demo.runs.run_dir import RunDir

log = logging.getLogger(__name__)


class ExplorerWorkers:
    """Threads that do one thing at a time: ``networks`` (and images), ``drawings``, ``spaces`` of up to a minute."""

    def __init__(self) -> None:
        self.networks = ThreadPoolExecutor(max_workers=1, thread_name_prefix="explorer")
        self.spaces = ThreadPoolExecutor(max_workers=1, thread_name_prefix="explorer-space")
        self.drawings = ThreadPoolExecutor(max_workers=1, thread_name_prefix="explorer-drawing")
        self.waiting_drawings = 0  # or running; counted by the event loop
        self._lock = threading.Lock()
        self._closed = False

    def prepare(self, run: RunDir) -> Future[None] | None:
        """Compute the files of a run's last checkpoint in the background, before they are needed; None once closed."""
        with self._lock:
            return None if self._closed else self.spaces.submit(_prepare, run.path)

    def close(self) -> None:
        """Let the running computations finish and start no others, without waiting."""
        with self._lock:
            self._closed = True
            for worker in (self.networks, self.spaces, self.drawings):
                worker.shutdown(wait=False, cancel_futures=True)


def _prepare(path: Path) -> None:
    try:
        run = RunDir(path)
        artifacts.make_all(run, run.newest_checkpoint())
    except Exception:  # on request the files are computed again, and the error is reported then
        log.info("no explorer files of %s yet", path.name, exc_info=True)
