"""Bounds of the downloads that visitors start from the Hugging Face Hub: how often each may, and how many at once.

Downloads and attempts that bring nothing are bounded apart: a mistyped name costs no download, and nobody can make this
server ask the Hub again and again.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from gan_demo.errors import DataError
from gan_demo.support.rate_limit import RateLimit
from gan_demo.weights.hub import Address

AT_ONCE = 2
FREE_BYTES = 2**20  # of an attempt that fails; beyond, it counts as a download
_EVERYBODY = ""
_slots = threading.BoundedSemaphore(AT_ONCE)
_downloads = RateLimit(rate=1 / 30, burst=6)  # of a visitor
_downloads_of_all = RateLimit(rate=1 / 3, burst=30)
_failures = RateLimit(rate=1 / 10, burst=12)
_failures_of_all = RateLimit(rate=1, burst=60)


class Turn:
    """One visitor's download; ``received`` counts its bytes so far."""

    received = 0


@contextlib.contextmanager
def turn(owner: str, address: Address) -> Iterator[Turn]:
    """Let a visitor download within the block. Raises DataError if there were too many downloads, or are now."""
    downloads = ((_downloads, owner), (_downloads_of_all, _EVERYBODY))
    failures = ((_failures, owner), (_failures_of_all, _EVERYBODY))
    if not all(limit.has(name) for limit, name in failures):
        raise DataError("hub", address, "can't be had now: too many attempts in a short time", "Wait for a minute")
    if not all(limit.has(name) for limit, name in downloads):
        raise DataError("hub", address, "can't be had now: too many downloads in a short time", "Wait for a minute")
    if not _slots.acquire(blocking=False):
        raise DataError("hub", address, "can't be had now: others are downloading", "Try again in a moment")
    counted, this = downloads, Turn()
    try:
        yield this
    except DataError:
        counted = failures if this.received <= FREE_BYTES else downloads
        raise
    finally:
        _slots.release()
        for limit, name in counted:
            limit.take(name)
