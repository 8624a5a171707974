"""Attendance of a class: browsers with an open event stream, and browsers that poll instead."""

from __future__ import annotations

import time
from collections.abc import Callable

PRESENT_SECONDS = 15.0  # a polling browser counts as present for this long after its last request
MAX_POLLING_BROWSERS = 2000  # counted at most


class Attendance:
    """Counts browsers, however many tabs each has open. The caller holds the lock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._streams: dict[str, int] = {}  # browser -> open streams
        self._present_until: dict[str, float] = {}  # polling browser -> time on the clock

    def join(self, browser: str) -> None:
        """Count an opened stream; streams of unknown browsers, "", count one each."""
        self._streams[browser] = self._streams.get(browser, 0) + 1

    def leave(self, browser: str) -> None:
        """Count a closed stream."""
        remaining = self._streams.get(browser, 0) - 1
        if remaining > 0:
            self._streams[browser] = remaining
        else:
            self._streams.pop(browser, None)

    def note_polling(self, browser: str) -> bool:
        """Note a request of a browser without a stream; return whether it was absent before."""
        is_new = browser not in self._present_until
        if browser and (not is_new or len(self._present_until) < MAX_POLLING_BROWSERS):
            self._present_until[browser] = self._clock() + PRESENT_SECONDS
        return is_new and browser in self._present_until

    def expire(self) -> bool:
        """Drop browsers whose last request is too old; return whether there were any."""
        now = self._clock()
        absent = [browser for browser, until in self._present_until.items() if until < now]
        for browser in absent:
            del self._present_until[browser]
        return bool(absent)

    def count(self, but: str = "") -> int:
        """Return the number of browsers present, without the browser ``but``."""
        return len((self._streams.keys() | self._present_until.keys()) - {"", but}) + self._streams.get("", 0)
