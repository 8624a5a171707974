"""In-memory LRU cache bounded by total bytes; concurrent requests for one key compute it once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from cachetools import LRUCache, cached

T = TypeVar("T")


class MemoryCache(Generic[T]):
    """Values of at most ``max_bytes`` in all, by ``size``; those not asked for longest are dropped first."""

    def __init__(self, max_bytes: int, size: Callable[[T], int]) -> None:
        self._values: LRUCache[Hashable, T] = LRUCache(max_bytes, size)
        self._turn = threading.Condition()  # not held while a value is made

        @cached(self._values, key=lambda key, make: key, condition=self._turn)
        def get_or_make(key: Hashable, make: Callable[[], T]) -> T:
            return make()

        self._get_or_make = get_or_make

    def get(self, key: Hashable) -> T | None:
        """Return the kept value, or None."""
        with self._turn:
            return self._values.get(key)

    def get_or_make(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the kept value, or that of ``make()``, for which all others who want the same key wait.

        A value larger than the cache is returned and not kept.
        """
        return self._get_or_make(key, make)
