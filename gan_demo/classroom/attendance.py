"""Who is there: browsers with an open event stream, and those that can have none and ask every few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable

POLLED = 15.0  # seconds for which one who asked is taken to be there
MOST = 2000  # browsers that are told apart


class Attendance:
    """Counts browsers, however many tabs each has open. The caller holds the lock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._streams: dict[str, int] = {}
        self._asked: dict[str, float] = {}  # browser -> until when it is taken to be there

    def join(self, browser: str) -> None:
        """A stream was opened; those of browsers without a name, "", count each for itself."""
        self._streams[browser] = self._streams.get(browser, 0) + 1

    def leave(self, browser: str) -> None:
        """It was closed."""
        left = self._streams.get(browser, 0) - 1
        if left > 0:
            self._streams[browser] = left
        else:
            self._streams.pop(browser, None)

    def ask(self, browser: str) -> bool:
        """One without a stream asked for what is new; True if it was not there before."""
        is_new = browser not in self._asked
        if browser and (not is_new or len(self._asked) < MOST):
            self._asked[browser] = self._clock() + POLLED
        return is_new and browser in self._asked

    def expire(self) -> bool:
        """Forget those who asked too long ago; True if there were any."""
        now = self._clock()
        gone = [browser for browser, until in self._asked.items() if until < now]
        for browser in gone:
            del self._asked[browser]
        return bool(gone)

    def count(self, but: str = "") -> int:
        """How many are there, the browser ``but`` left out."""
        return len((self._streams.keys() | self._asked.keys()) - {"", but}) + self._streams.get("", 0)
