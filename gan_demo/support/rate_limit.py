"""Rate limit by name, such as a client's address, with a token bucket per name."""

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

    def allows(self, name: str) -> bool:
        """Return whether ``take`` would succeed."""
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
