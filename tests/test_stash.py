"""What is kept in memory: made once, and bounded by bytes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from gan_demo.stash import Stash


def test_those_asked_for_longest_ago_make_room() -> None:
    stash: Stash[bytes] = Stash(10, len)
    for key in "abc":
        stash.of(key, lambda: b"four")
        stash.get("a")
    assert [stash.get(key) for key in "abc"] == [b"four", None, b"four"]
    assert stash.bytes == 8


def test_what_is_larger_than_all_the_room_is_given_and_not_kept() -> None:
    stash: Stash[bytes] = Stash(10, len)
    assert stash.of("small", lambda: b"s") == b"s"
    assert stash.of("large", lambda: b"l" * 11) == b"l" * 11
    assert (stash.get("large"), stash.bytes) == (None, 0)


def test_what_many_want_at_once_is_made_once() -> None:
    stash: Stash[bytes] = Stash(10, len)
    made, begun, go = 0, threading.Event(), threading.Event()

    def make() -> bytes:
        nonlocal made
        made += 1
        begun.set()
        assert go.wait(60)
        return b"one"

    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(stash.of, "key", make)
        assert begun.wait(60)
        others = [pool.submit(stash.of, "key", make) for _ in range(7)]
        assert pool.submit(stash.of, "other", lambda: b"two").result(60) == b"two", "others are not held up"
        go.set()
        assert {one.result(60) for one in [first, *others]} == {b"one"}
    assert made == 1


def test_what_cannot_be_made_can_be_tried_again() -> None:
    stash: Stash[bytes] = Stash(10, len)
    with pytest.raises(ZeroDivisionError):
        stash.of("key", lambda: bytes([1 // 0]))
    assert stash.of("key", lambda: b"made") == b"made"


def test_nothing_is_left_when_it_is_cleared() -> None:
    stash: Stash[bytes] = Stash(10, len)
    stash.of("key", lambda: b"made")
    stash.clear()
    assert (stash.get("key"), stash.bytes) == (None, 0)
