"""How often somebody may do something: a bucket of tokens for each, filled again at a steady rate."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable


class Throttle:
    """At most ``burst`` at once and ``rate`` a second for each name; of too many ``names`` the idlest are forgotten."""

    def __init__(
        self, rate: float, burst: int, names: int = 10_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._names = names
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # name -> (tokens, when counted)

    def free(self, name: str) -> bool:
        """Would ``take`` succeed now?"""
        with self._lock:
            return self._tokens(name) >= 1

    def take(self, name: str) -> bool:
        """Use one token; False if there was none."""
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
