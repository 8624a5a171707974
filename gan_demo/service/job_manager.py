"""The one job manager of the process, and loading torch ahead of time."""

from __future__ import annotations

import threading

from gan_demo.training.jobs import JobManager

_lock = threading.Lock()
_manager: JobManager | None = None
_warm: threading.Thread | None = None


def manager() -> JobManager:
    """The process' one JobManager, made at first use."""
    global _manager
    with _lock:
        if _manager is None:
            _manager = JobManager()
        return _manager


def shutdown() -> None:
    """Stop and save all jobs; the next ``manager()`` is a new one."""
    global _manager
    with _lock:
        old, _manager = _manager, None
    if old is not None:
        old.shutdown()


def warm_up() -> threading.Thread:
    """Load torch in the background, once: seconds that then nobody waits for when they press Train."""
    global _warm
    with _lock:
        if _warm is None:
            _warm = threading.Thread(target=_load_trainer, name="warm-up", daemon=True)
            _warm.start()
        return _warm


def _load_trainer() -> None:
    # imported here, not above: torch takes seconds that no page shall wait for; its first optimiser imports _dynamo
    import torch._dynamo  # noqa: F401

    import gan_demo.training.trainer  # noqa: F401
