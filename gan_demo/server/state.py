"""State that the process shares while the web server runs: the application's state, and that of the routes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from gan_demo.runs import library
from gan_demo.server.class_channel import ClassChannels
from gan_demo.server.live_hub import Hub
from gan_demo.service import app_state
from gan_demo.service.app_state import AppState
from gan_demo.support.memory_cache import MemoryCache
from gan_demo.support.rate_limit import RateLimit
from gan_demo.training.jobs.job import Snapshot

EXPLANATION_BYTES = 10 * 2**20  # some 500 explanations
TRAINING_IMAGE_BYTES = 32 * 2**20


class ServerState(AppState):
    """The application's state with the live hub, the limit of requests, and the routes' workers and caches.

    Create it within the event loop. ``close`` may be called from any thread, after ``hub.close`` in the event loop.
    """

    def __init__(self) -> None:
        super().__init__()
        self.hub = Hub(library.find, self._snapshot_of, self.classes.shown_with)
        self.class_channels = ClassChannels(self.classes.version, self.classes.state)
        self.post_limit = RateLimit(rate=50, burst=300)  # by teacher, voter, or address of others
        self.compile_limit = RateLimit(rate=0.2, burst=20)  # by address
        self.compile_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="compile")
        self.compilations = 0  # that run or wait
        self.explanation_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="explain")
        self.explanations: MemoryCache[bytes] = MemoryCache(EXPLANATION_BYTES, len)
        self.training_images: MemoryCache[tuple[bytes, str]] = MemoryCache(
            TRAINING_IMAGE_BYTES, lambda images: len(images[0]) + len(images[1])
        )

    def close(self) -> None:
        """Stop and save all trainings and end the workers, for good."""
        self.explanation_worker.shutdown(wait=False, cancel_futures=True)
        self.compile_worker.shutdown(wait=False, cancel_futures=True)
        super().close()

    def _snapshot_of(self, run_id: str) -> Snapshot | None:
        job = self.jobs.get(run_id)
        return None if job is None else job.snapshot


def server_state() -> ServerState:
    """Return the state that the lifespan opened.

    Routes need this, because ``st.App`` does not pass the values that its lifespan yields to requests.
    """
    state = app_state.current()
    assert isinstance(state, ServerState), "the server's lifespan opens its state"
    return state
