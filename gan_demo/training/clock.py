"""Training time and speed, and the rounding of numbers for the metrics log."""

from __future__ import annotations

import math
import time

FADE_SECONDS = 2.0  # time constant of Rate's running average


def round_for_log(value: float) -> float:
    """Round to six significant digits; a curve shows no more."""
    return float(f"{value:.6g}")


class Rate:
    """Images per second, averaged over about the last two seconds: both sums decay exponentially with time."""

    def __init__(self) -> None:
        self._images = 0.0
        self._seconds = 0.0

    @property
    def value(self) -> float:
        """Images per second; 0 before the first ``add``."""
        return self._images / self._seconds if self._seconds else 0.0

    def add(self, images: int, seconds: float) -> None:
        """Count ``images`` that took ``seconds``."""
        keep = math.exp(-seconds / FADE_SECONDS)
        self._images = keep * self._images + images
        self._seconds = keep * self._seconds + seconds


class Clock:
    """Stopwatch of training seconds: the time between ``start`` and ``stop``, added to earlier sessions' seconds."""

    def __init__(self, earlier_seconds: float) -> None:
        self._total = earlier_seconds
        self._started_at: float | None = None

    def start(self) -> None:
        """Start counting."""
        self._started_at = time.perf_counter()

    def stop(self) -> None:
        """Stop counting; a second stop changes nothing."""
        self._total = self.now()
        self._started_at = None

    def now(self) -> float:
        """Return all seconds counted so far."""
        return self._total + (time.perf_counter() - self._started_at if self._started_at is not None else 0.0)
