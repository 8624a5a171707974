"""In-memory LRU cache bounded by total bytes; concurrent requests for one key compute it once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from cachetools import LRUCache, cached

T = TypeVar("T")


class MemoryCache(Generic[T]):
    """Values of at most ``max_bytes`` in total, as measured by ``size``; the least recently used are dropped first."""

    def __init__(self, max_bytes: int, size: Callable[[T], int]) -> None:
        self._values: LRUCache[Hashable, T] = LRUCache(max_bytes, size)
        self._turn = threading.Condition()  # not held while ``make`` runs

        @cached(self._values, key=lambda key, make: key, condition=self._turn)
        def get_or_make(key: Hashable, make: Callable[[], T]) -> T:
            return make()

        self._get_or_make = get_or_make

    def get(self, key: Hashable) -> T | None:
        """Return the cached value, or None."""
        with self._turn:
            return self._values.get(key)

    def get_or_make(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the cached value, or call ``make()`` once, while concurrent requests for ``key`` wait for its result.

        A value larger than the cache is returned and not cached.
        """
        return self._get_or_make(key, make)
