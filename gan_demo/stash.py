"""What was made for somebody, kept in memory for the next: up to so many bytes, each made once however many ask."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Stash(Generic[T]):
    """Values by key; beyond ``most`` bytes, by ``size``, those that were not asked for longest are dropped."""

    def __init__(self, most: int, size: Callable[[T], int]) -> None:
        self._most = most
        self._size = size
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """How much is kept."""
        return self._bytes

    def get(self, key: Hashable) -> T | None:
        """What is kept; None where nothing is."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept, or ``make()``, for which all others who want the same wait."""
        with self._lock:
            turn = self._making.setdefault(key, threading.Lock())
        try:
            with turn:
                found = self.get(key)
                if found is None:
                    found = make()
                    self._keep(key, found)
                return found
        finally:
            with self._lock:
                self._making.pop(key, None)

    def clear(self) -> None:
        """Nothing is kept any more."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def _keep(self, key: Hashable, value: T) -> None:
        with self._lock:
            if key in self._kept:  # somebody who came between two turns made it as well
                self._bytes -= self._size(self._kept.pop(key))
            self._kept[key] = value
            self._bytes += self._size(value)
            while self._bytes > self._most:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= self._size(dropped)
