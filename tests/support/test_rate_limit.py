"""Rate limits: a burst, then a steady rate for each name; beyond that, one refuses and the other makes wait."""

from __future__ import annotations

from gan_demo.support.rate_limit import RateLimit, Slowdown


class Clock:
    """Seconds that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_and_then_the_steady_rate() -> None:
    clock = Clock()
    limit = RateLimit(rate=2, burst=3, clock=clock)
    assert [limit.take("a") for _ in range(4)] == [True, True, True, False]
    assert limit.take("b"), "others have their own"
    clock.now = 0.5
    assert [limit.take("a") for _ in range(2)] == [True, False]
    clock.now = 1000
    assert [limit.take("a") for _ in range(4)] == [True, True, True, False], "rest is not saved up without end"


def test_of_too_many_names_the_least_recent_are_dropped() -> None:
    limit = RateLimit(rate=0, burst=1, names=2, clock=Clock())
    assert all(limit.take(name) for name in "abc")
    assert limit.take("a"), "long forgotten"
    assert not limit.take("c")


def test_beyond_a_burst_each_action_waits_longer_but_never_long() -> None:
    clock = Clock()
    slowdown = Slowdown(rate=2, burst=3, longest=2, clock=clock)
    assert [slowdown.count("a") for _ in range(9)] == [0, 0, 0, 0.5, 1, 1.5, 2, 2, 2]
    assert slowdown.count("b") == 0, "others need not wait"
    clock.now = 2
    assert slowdown.count("a") == 0.5, "a flood is over as soon as its longest wait"
    clock.now = 1000
    assert slowdown.count("a") == 0


def test_an_action_that_is_taken_back_makes_nobody_wait() -> None:
    slowdown = Slowdown(rate=1, burst=1, longest=5, clock=Clock())
    for _ in range(10):
        assert slowdown.count("a") == 0
        slowdown.take_back("a")
    slowdown.take_back("b")
    assert [slowdown.count("b") for _ in range(2)] == [0, 1], "nothing is saved up"
