"""Values in memory: each made once, and bounded by bytes in all."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from gan_demo.support.memory_cache import MemoryCache


def test_those_asked_for_longest_ago_make_room() -> None:
    cache: MemoryCache[bytes] = MemoryCache(10, len)
    for key in "abc":
        cache.get_or_make(key, lambda: b"four")
        cache.get("a")
    assert [cache.get(key) for key in "abc"] == [b"four", None, b"four"]


def test_what_is_larger_than_all_the_room_is_given_and_not_kept() -> None:
    cache: MemoryCache[bytes] = MemoryCache(10, len)
    assert cache.get_or_make("small", lambda: b"s") == b"s"
    assert cache.get_or_make("large", lambda: b"l" * 11) == b"l" * 11
    assert (cache.get("large"), cache.get("small")) == (None, b"s")


def test_what_many_want_at_once_is_made_once() -> None:
    cache: MemoryCache[bytes] = MemoryCache(10, len)
    calls, begun, go = 0, threading.Event(), threading.Event()

    def make() -> bytes:
        nonlocal calls
        calls += 1
        begun.set()
        assert go.wait(60)
        return b"one"

    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(cache.get_or_make, "key", make)
        assert begun.wait(60)
        others = [pool.submit(cache.get_or_make, "key", make) for _ in range(7)]
        assert pool.submit(cache.get_or_make, "other", lambda: b"two").result(60) == b"two", "others are not held up"
        go.set()
        assert {each.result(60) for each in [first, *others]} == {b"one"}
    assert calls == 1


def test_what_cannot_be_made_can_be_tried_again() -> None:
    cache: MemoryCache[bytes] = MemoryCache(10, len)
    with pytest.raises(ZeroDivisionError):
        cache.get_or_make("key", lambda: bytes([1 // 0]))
    assert cache.get_or_make("key", lambda: b"made") == b"made"


def test_those_who_wait_for_what_fails_make_it_in_turn() -> None:
    cache: MemoryCache[bytes] = MemoryCache(10, len)
    begun, go, calls = threading.Event(), threading.Event(), []

    def fail() -> bytes:
        begun.set()
        assert go.wait(60)
        raise ValueError

    def make() -> bytes:
        calls.append(1)
        return b"made"

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(cache.get_or_make, "key", fail)
        assert begun.wait(60)
        others = [pool.submit(cache.get_or_make, "key", make) for _ in range(2)]
        go.set()
        assert isinstance(first.exception(60), ValueError)
        assert {each.result(60) for each in others} == {b"made"}
    assert len(calls) == 1
