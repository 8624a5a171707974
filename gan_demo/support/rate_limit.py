"""Rate limits by name, such as a client's address: one that refuses, and one that makes wait."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable


class RateLimit:
    """Token buckets: each name may act ``burst`` times at once and ``rate`` times a second in the long run.

    At most ``names`` are remembered; beyond that, those that have been idle longest are dropped.
    """

    def __init__(
        self, rate: float, burst: int, names: int = 10_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._names = names
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # (tokens, clock seconds) by name

    def has(self, name: str) -> bool:
        """Return whether there is a token of ``name``, without using it."""
        with self._lock:
            return self._tokens(name) >= 1

    def take(self, name: str) -> bool:
        """Use a token of ``name``; return False if there was none."""
        with self._lock:
            tokens = self._tokens(name)
            self._buckets[name] = (tokens - 1 if tokens >= 1 else tokens, self._clock())
            self._buckets.move_to_end(name)
            if len(self._buckets) > self._names:
                self._buckets.popitem(last=False)
            return tokens >= 1

    def _tokens(self, name: str) -> float:
        tokens, since = self._buckets.get(name, (float(self._burst), 0.0))
        return min(float(self._burst), tokens + self._rate * max(0.0, self._clock() - since))


class Slowdown:
    """Waiting times by name: ``burst`` actions at once need not wait, ``rate`` a second in the long run; more wait.

    No wait is above ``longest`` seconds, and none is left ``longest`` seconds after a flood. At most ``names`` are
    remembered; beyond that, those that have been idle longest are dropped.
    """

    def __init__(
        self,
        rate: float,
        burst: int,
        longest: float,
        names: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._most = burst + rate * longest
        self._names = names
        self._clock = clock
        self._lock = threading.Lock()
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()  # (recent actions, clock seconds) by name

    def count(self, name: str) -> float:
        """Count an action of ``name``; return the seconds that it has to wait."""
        with self._lock:
            level = min(self._most, self._level(name) + 1)
            self._put(name, level)
            return max(0.0, level - self._burst) / self._rate

    def take_back(self, name: str) -> None:
        """Forget one action of ``name``."""
        with self._lock:
            self._put(name, max(0.0, self._level(name) - 1))

    def _put(self, name: str, level: float) -> None:
        self._levels[name] = (level, self._clock())
        self._levels.move_to_end(name)
        if len(self._levels) > self._names:
            self._levels.popitem(last=False)

    def _level(self, name: str) -> float:
        level, since = self._levels.get(name, (0.0, 0.0))
        return max(0.0, level - self._rate * max(0.0, self._clock() - since))
