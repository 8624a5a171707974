"""The rate limit: a burst, then a steady rate for each name."""

from __future__ import annotations

from gan_demo.support.rate_limit import RateLimit


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
    assert limit.allows("a")
    assert [limit.take("a") for _ in range(2)] == [True, False]
    clock.now = 1000
    assert [limit.take("a") for _ in range(4)] == [True, True, True, False], "rest is not saved up without end"


def test_of_too_many_names_the_least_recent_are_dropped() -> None:
    limit = RateLimit(rate=0, burst=1, names=2, clock=Clock())
    assert all(limit.take(name) for name in "abc")
    assert limit.take("a"), "long forgotten"
    assert not limit.take("c")
