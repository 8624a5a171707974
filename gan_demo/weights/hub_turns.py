"""Bounds of the downloads that visitors start from the Hugging Face Hub: how often each may, and how many at once."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from gan_demo.errors import DataError
from gan_demo.support.rate_limit import RateLimit
from gan_demo.weights.hub import Address

AT_ONCE = 2
_EVERYBODY = ""
_slots = threading.BoundedSemaphore(AT_ONCE)
_of_a_visitor = RateLimit(rate=1 / 30, burst=6)
_of_all = RateLimit(rate=1 / 3, burst=30)


@contextlib.contextmanager
def turn(owner: str, address: Address) -> Iterator[None]:
    """Let a visitor download within the block. Raises DataError if there were too many downloads, or are now."""
    if not (_of_a_visitor.take(owner) and _of_all.take(_EVERYBODY)):
        raise DataError("hub", address, "can't be had now: too many downloads in a short time", "Wait for a minute")
    if not _slots.acquire(blocking=False):
        raise DataError("hub", address, "can't be had now: others are downloading", "Try again in a moment")
    try:
        yield
    finally:
        _slots.release()
