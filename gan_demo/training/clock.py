"""Training time, speed and pace, and the rounding of numbers for the metrics log."""

from __future__ import annotations

import math
import time

FADE_SECONDS = 2.0  # time constant of Rate's running average
WARM_SECONDS = 1.0  # of a session that Pace leaves out: first steps allocate memory
SETTLED_SECONDS = 3.0  # that Pace measures before it is relied upon
SETTLED_STEPS = 10  # likewise


def round_for_log(value: float) -> float:
    """Round to six significant digits; a curve shows no more."""
    return float(f"{value:.6g}")


class Rate:
    """Images per second of training, averaged over about two seconds: both sums decay exponentially with time."""

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


class Pace:
    """Steps per second of this session's training, without evaluations and the first seconds, which are slower."""

    def __init__(self) -> None:
        self._steps, self._seconds = 0, 0.0  # since the beginning
        self._measured_steps, self._measured_seconds = 0, 0.0  # after WARM_SECONDS

    def add(self, steps: int, seconds: float) -> None:
        """Count ``steps`` that took ``seconds``."""
        if self._seconds > WARM_SECONDS:
            self._measured_steps += steps
            self._measured_seconds += seconds
        self._steps += steps
        self._seconds += seconds

    @property
    def is_settled(self) -> bool:
        """Whether enough steps were measured to say how long others will take."""
        return self._measured_steps >= SETTLED_STEPS and self._measured_seconds >= SETTLED_SECONDS

    def is_known_for(self, seconds: float) -> bool:
        """Return whether to plan ``seconds`` more: the pace is settled, or so much time has passed already."""
        return self.is_settled or self._seconds >= seconds

    def steps_in(self, seconds: float) -> int:
        """Return the steps that ``seconds`` are enough for."""
        steps, took = self._measured_steps, self._measured_seconds
        if not steps:
            steps, took = self._steps, self._seconds
        return max(0, round(seconds * steps / took)) if took else 0


class Timing:
    """What a training knows of its own speed and of what is due when; it outlasts the suspensions of a session."""

    def __init__(self) -> None:
        self.rate, self.pace = Rate(), Pace()
        self._due: dict[str, float] = {}  # in seconds of training

    def begin(self, first_save: float) -> dict[str, float]:
        """Return what is due when; at the first call a row and a picture at once, and saves not before ``first_save``.

        A checkpoint needs a saved state to resume from.
        """
        self._due = self._due or {"row": 0.0, "grid": 0.0, "save": first_save, "checkpoint": first_save}
        return self._due


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
