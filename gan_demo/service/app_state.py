"""State that all pages and routes of the process share, and the reference to it."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING

from gan_demo.classroom.classes import Classes
from gan_demo.explorer.workers import ExplorerWorkers
from gan_demo.service import limits
from gan_demo.support.background_tasks import BackgroundTasks
from gan_demo.support.memory_cache import MemoryCache
from gan_demo.training.jobs.manager import JobManager

if TYPE_CHECKING:  # torch takes seconds to load
    from gan_demo.data.datasets import Dataset

DATASET_BYTES = 512 * 2**20  # of loaded data sets, which trainings share and suspended ones need again
ANALYSES = 12  # computations of looks inside runs that may wait
ANALYSIS_SECONDS = 120.0  # that one may take; most take one


class AppState:
    """Trainings, classes, the explorer's workers, looks inside runs, and the thread that loads torch ahead of time."""

    def __init__(self) -> None:
        self.classes = Classes(limits.voters_per_address())
        self.jobs = JobManager(limits.job_limits(), self._is_followed)
        self.datasets: MemoryCache[Dataset] = MemoryCache(DATASET_BYTES, _bytes_of)
        self.explorer = ExplorerWorkers()
        self.analyses = BackgroundTasks("analyse", ANALYSES, ANALYSIS_SECONDS)
        self._lock = threading.Lock()
        self._warm_up: threading.Thread | None = None

    def warm_up(self) -> threading.Thread:
        """Start loading torch in the background, once, to save the first training these seconds; return the thread."""
        with self._lock:
            if self._warm_up is None:
                self._warm_up = threading.Thread(target=_load_trainer, name="warm-up", daemon=True)
                self._warm_up.start()
            return self._warm_up

    def _is_followed(self, run_id: str) -> bool:
        """Return whether somebody follows a class that is shown this run."""
        return bool(self.classes.state(self.classes.shown_with(run_id)).get("watching"))

    def close(self) -> None:
        """Stop and save all trainings and end the workers, for good."""
        self.explorer.close()
        self.analyses.close()
        self.classes.close()
        self.jobs.shutdown()


def _bytes_of(data: Dataset) -> int:
    return data.samples.numel() * data.samples.element_size() + data.labels.numel() * 8


def _load_trainer() -> None:
    # imported here, so that no page waits for torch; its first optimiser imports _dynamo
    import torch._dynamo  # noqa: F401

    import gan_demo.training.trainer  # noqa: F401

    # Modules stay, and searching all of torch for garbage takes 0.17 s, in which no other thread runs. Streamlit
    # searches after every run of a page.
    gc.collect()
    gc.freeze()


_lock = threading.Lock()
_current: AppState | None = None  # opened and closed by the server's lifespan


def current() -> AppState:
    """Return the state of the process; without a server, as in tests of pages, it is created at first use."""
    global _current
    with _lock:
        if _current is None:
            _current = AppState()
        return _current


def open_state(state: AppState) -> None:
    """Make ``state`` the current one, and close any before it."""
    global _current
    with _lock:
        previous, _current = _current, state
    if previous is not None:
        previous.close()


def close_current() -> None:
    """Close the current state; the next ``current()`` is a new one.

    Until all trainings are saved, pages that still run get the closed state, which accepts no new training.
    """
    global _current
    with _lock:
        state = _current
    if state is None:
        return
    state.close()
    with _lock:
        if _current is state:
            _current = None
