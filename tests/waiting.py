"""Waiting for what another thread is about to do."""

from __future__ import annotations

import threading
from collections.abc import Callable

PAUSE = 0.005  # seconds between two looks


def until(condition: Callable[[], bool], patience: float) -> None:
    """Wait until a condition is true, by yielding to other threads; fails after ``patience`` seconds."""
    pulse = threading.Event()
    for _ in range(int(patience / PAUSE)):
        if condition():
            return
        pulse.wait(PAUSE)
    raise AssertionError("the condition never came true")
