"""The newest rows of a run, and what a series of numbers does."""

from __future__ import annotations

import math

import pytest

from gan_demo.analysis.series import (
    NEWEST_ROWS,
    RecentRows,
    holding_since,
    is_falling,
    mean,
    median,
    moving_average,
    step_means,
    total_variation,
    turning_points,
)

NAN = math.nan


def test_a_series_has_the_numbers_of_a_column_and_their_steps() -> None:
    recent = RecentRows({"step": [1, 2, 3, 4], "d_loss": [0.5, NAN, None, 2]})
    assert recent.series("d_loss") == [(1, 0.5), (4, 2.0)]
    assert recent.values("d_loss", 1) == [2.0]
    assert recent.series("no such") == []
    assert recent.step == 4


def test_without_rows_everything_is_empty() -> None:
    recent = RecentRows({})
    assert (recent.step, recent.series("d_loss"), recent.evaluations) == (0, [], [])


def test_only_the_newest_rows_are_read() -> None:
    count = NEWEST_ROWS + 500
    recent = RecentRows({"step": list(range(count)), "fcd": [1.0] * count, "eval_seconds": [1.0] * count})
    assert recent.series("fcd")[0] == (500, 1.0)
    assert [each["step"] for each in recent.evaluations][::59] == [count - 60, count - 1]


def test_evaluations_are_the_rows_that_have_one_each_step_once() -> None:
    columns = {
        "step": [1, 2, 3, 3],
        "eval_seconds": [0.1, NAN, 0.2, 0.3],
        "modes": [2.0, NAN, 3.0, 4.0],
        "histogram": [[0.5, 0.5], NAN, [1.0, 0.0], [0.0, 1.0]],
        "d_loss": [NAN, 1.0, NAN, NAN],
    }
    assert RecentRows(columns).evaluations == [
        {"step": 1, "eval_seconds": 0.1, "modes": 2.0, "histogram": [0.5, 0.5]},
        {"step": 3, "eval_seconds": 0.3, "modes": 4.0, "histogram": [0.0, 1.0]},
    ]


def test_means_and_medians() -> None:
    assert (mean([1, 2, 6]), median([5, 1, 3]), median([4, 3, 2, 1])) == (3, 3, 2)
    assert math.isnan(mean([]))
    assert math.isnan(median([]))
    assert moving_average([0, 3, 3, 6], 3) == [2, 4]
    assert moving_average([0, 3], 3) == []


def test_holding_since_is_where_the_last_unbroken_stretch_begins() -> None:
    assert holding_since([9, 1, 9, 9], lambda value: value > 5, 2) == 2
    assert holding_since([9, 1, 9, 9], lambda value: value > 5, 3) is None
    assert holding_since([9, None, 9], lambda value: value > 5, 1) == 2
    assert holding_since([9, 1], lambda value: value > 5, 1) is None
    assert holding_since([], lambda value: True, 0) is None


def test_step_means_are_over_stretches_of_steps() -> None:
    assert step_means([(0, 1.0), (40, 3.0), (50, 5.0), (230, 7.0)], 50) == [(0, 2.0), (50, 5.0), (230, 7.0)]
    assert step_means([], 50) == []


def test_is_falling_compares_the_halves() -> None:
    assert is_falling([10, 9, 5, 4], 0.8)
    assert not is_falling([10, 9, 9, 9], 0.8)
    assert not is_falling([4, 5, 9, 10], 0.8)
    assert not is_falling([5], 0.8)


def test_turning_points_lie_between_large_moves() -> None:
    assert turning_points([0, 1, 0, 1, 0], 0.5) == [1, 2, 3]
    assert turning_points([0, 0.1, 0, 0.1, 0], 0.5) == []
    assert turning_points([0, 0.5, 0.4, 1, 0.9, 0], 0.5) == [3]  # a small dip on the way up is no turn
    assert turning_points(list(range(10)), 0.5) == []
    assert turning_points([], 0.5) == []


def test_a_sine_turns_twice_a_period() -> None:
    wave = [math.sin(2 * math.pi * k / 20) for k in range(100)]
    assert turning_points(wave, 1) == list(range(5, 95, 10))


def test_total_variation_is_the_share_that_differs() -> None:
    assert total_variation([0.5, 0.5, 0], [0.5, 0, 0.5]) == pytest.approx(0.5)
    assert total_variation([1, 0], [0, 1]) == 1
    assert total_variation([0.2, 0.8], [0.2, 0.8]) == 0


@pytest.mark.parametrize(("time", "known"), [(24.0, 3), (26.0, 3), (36.0, 0)])
def test_evaluations_are_forgotten_when_the_last_is_out_of_date(time: float, known: int) -> None:
    """They came every five seconds: fifteen seconds after the last, nothing about the present follows from it."""
    columns = {"step": [1, 2, 3, 4], "seconds": [10.0, 15.0, 20.0, time], "eval_seconds": [0.1, 0.2, 0.3, NAN]}
    assert len(RecentRows(columns).evaluations) == known


def test_a_lone_evaluation_is_old_after_three_times_what_it_took_to_come() -> None:
    columns = {"step": [18, 400], "seconds": [9.0, 30.0], "eval_seconds": [0.1, NAN], "modes": [2.0, NAN]}
    assert len(RecentRows(columns).evaluations) == 1
    assert RecentRows(columns | {"seconds": [9.0, 120.0]}).evaluations == []
