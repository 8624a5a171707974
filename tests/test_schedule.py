"""Schedules of the learning rates: what they are before the number of steps is known, and as a run trains on."""

from __future__ import annotations

from itertools import pairwise

import pytest

from gan_demo.config import TrainConfig
from gan_demo.schedule import (
    FITTED_FINAL_FACTOR,
    RESTART_STEPS,
    fitted,
    open_ended,
    rate_factor,
    restarted,
    without_restart,
)

PLAN = TrainConfig(steps=30_000, schedule="cosine")
FALLING = ("linear", "cosine")


def factors(train: TrainConfig, first: int = 0) -> list[float]:
    return [rate_factor(train, step) for step in range(first, train.steps + 1)]


@pytest.mark.parametrize("schedule", FALLING)
@pytest.mark.parametrize("warmup", [0, 7])
def test_the_first_steps_do_not_depend_on_the_number_of_steps(schedule: str, warmup: int) -> None:
    plan = TrainConfig(steps=3_000, schedule=schedule, warmup=warmup)
    pending = open_ended(plan)
    for steps in (60, 400, 2_999):
        known = fitted(pending, 50, steps)
        assert [rate_factor(known, step) for step in range(51)] == [rate_factor(pending, step) for step in range(51)]
        assert rate_factor(known, steps) == pytest.approx(FITTED_FINAL_FACTOR)
        assert factors(known)[50:] == sorted(factors(known)[50:], reverse=True)


def test_settings_of_older_versions_fall_from_the_first_step() -> None:
    assert rate_factor(TrainConfig(steps=100, schedule="linear"), 25) == 0.75


@pytest.mark.parametrize("schedule", FALLING)
@pytest.mark.parametrize(
    ("end", "steps"), [(4_000, 30_000), (4_000, 4_040), (2_000, 9_000), (1, 30_000), (4_000, 4_001)]
)
def test_a_run_that_trains_on_climbs_from_where_its_rates_are_and_falls_to_zero(
    schedule: str, end: int, steps: int
) -> None:
    before = fitted(open_ended(TrainConfig(steps=30_000, schedule=schedule)), 300, 4_000)
    after = restarted(before, end, steps)
    rates = [rate_factor(before, end - 1), *factors(after, end)]
    largest = max(abs(b - a) for a, b in pairwise(rates[:-1]))
    assert largest <= 2 / min(RESTART_STEPS, max(1, (steps - end) // 4)), "no step is a jump"
    assert rates[-1] == 0
    if steps - end > 4 * RESTART_STEPS:
        assert max(rates) == pytest.approx(1, abs=1e-3)


def test_a_run_that_trains_on_for_an_unknown_number_of_steps_climbs_alike_whatever_it_becomes() -> None:
    done = fitted(open_ended(PLAN), 300, 4_000)
    pending = open_ended(restarted(done, 4_000, 30_000))
    for reached, steps in ((4_010, 4_050), (4_400, 9_000)):
        known = fitted(pending, reached, steps)
        assert [rate_factor(known, step) for step in range(4_000, reached + 1)] == [
            rate_factor(pending, step) for step in range(4_000, reached + 1)
        ]
    assert rate_factor(known, 9_000) == pytest.approx(FITTED_FINAL_FACTOR)


def test_a_constant_rate_stays_constant_however_a_run_goes_on() -> None:
    train = TrainConfig(steps=100)
    longer = restarted(fitted(open_ended(train), 10, 50), 50, 500)
    assert longer == TrainConfig(steps=500)


def test_a_training_from_the_first_step_knows_no_restart() -> None:
    again = without_restart(restarted(PLAN, 30_000, 60_000))
    assert again == TrainConfig(steps=60_000, schedule="cosine")
    once = fitted(open_ended(PLAN), 300, 4_000)
    assert without_restart(once) == once
