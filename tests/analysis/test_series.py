"""Windows of a run's rows, and what is read from a stretch of numbers."""

from __future__ import annotations

import math

import pytest

from gan_demo.analysis.series import TAIL, View, binned, falling, mean, median, moved, since, smooth, swings

NAN = math.nan


def test_a_series_has_the_numbers_of_a_column_and_their_steps() -> None:
    view = View({"step": [1, 2, 3, 4], "d_loss": [0.5, NAN, None, 2]})
    assert view.series("d_loss") == [(1, 0.5), (4, 2.0)]
    assert view.values("d_loss", 1) == [2.0]
    assert view.series("no such") == []
    assert view.step == 4


def test_a_view_of_nothing_is_empty() -> None:
    view = View({})
    assert (view.step, view.series("d_loss"), view.looks) == (0, [], [])


def test_a_view_takes_the_last_rows_only() -> None:
    count = TAIL + 500
    view = View({"step": list(range(count)), "fcd": [1.0] * count, "eval_seconds": [1.0] * count})
    assert view.series("fcd")[0] == (500, 1.0)
    assert [one["step"] for one in view.looks][::59] == [count - 60, count - 1]


def test_looks_are_the_rows_with_an_evaluation_each_step_once() -> None:
    columns = {
        "step": [1, 2, 3, 3], "eval_seconds": [0.1, NAN, 0.2, 0.3], "modes": [2.0, NAN, 3.0, 4.0],
        "histogram": [[0.5, 0.5], NAN, [1.0, 0.0], [0.0, 1.0]], "d_loss": [NAN, 1.0, NAN, NAN],
    }  # fmt: skip
    assert View(columns).looks == [
        {"step": 1, "eval_seconds": 0.1, "modes": 2.0, "histogram": [0.5, 0.5]},
        {"step": 3, "eval_seconds": 0.3, "modes": 4.0, "histogram": [0.0, 1.0]},
    ]


def test_means_and_medians() -> None:
    assert (mean([1, 2, 6]), median([5, 1, 3]), median([4, 3, 2, 1])) == (3, 3, 2)
    assert math.isnan(mean([]))
    assert math.isnan(median([]))
    assert smooth([0, 3, 3, 6], 3) == [2, 4]
    assert smooth([0, 3], 3) == []


def test_since_is_where_the_last_unbroken_stretch_begins() -> None:
    assert since([9, 1, 9, 9], lambda value: value > 5, 2) == 2
    assert since([9, 1, 9, 9], lambda value: value > 5, 3) is None
    assert since([9, None, 9], lambda value: value > 5, 1) == 2
    assert since([9, 1], lambda value: value > 5, 1) is None
    assert since([], lambda value: True, 0) is None


def test_binned_are_means_over_stretches_of_steps() -> None:
    assert binned([(0, 1.0), (40, 3.0), (50, 5.0), (230, 7.0)], 50) == [(0, 2.0), (50, 5.0), (230, 7.0)]
    assert binned([], 50) == []


def test_falling_compares_the_halves() -> None:
    assert falling([10, 9, 5, 4], 0.8)
    assert not falling([10, 9, 9, 9], 0.8)
    assert not falling([4, 5, 9, 10], 0.8)
    assert not falling([5], 0.8)


def test_swings_are_the_turns_between_large_moves() -> None:
    assert swings([0, 1, 0, 1, 0], 0.5) == [1, 2, 3]
    assert swings([0, 0.1, 0, 0.1, 0], 0.5) == []
    assert swings([0, 0.5, 0.4, 1, 0.9, 0], 0.5) == [3]  # a small dip on the way up is no turn
    assert swings(list(range(10)), 0.5) == []
    assert swings([], 0.5) == []


def test_a_sine_turns_twice_a_period() -> None:
    wave = [math.sin(2 * math.pi * k / 20) for k in range(100)]
    assert swings(wave, 1) == list(range(5, 95, 10))


def test_moved_is_the_share_that_changed_place() -> None:
    assert moved([0.5, 0.5, 0], [0.5, 0, 0.5]) == pytest.approx(0.5)
    assert moved([1, 0], [0, 1]) == 1
    assert moved([0.2, 0.8], [0.2, 0.8]) == 0
