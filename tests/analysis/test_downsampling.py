"""Downsampling: every peak and dip stays, columns share one axis, and the result is JSON."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from gan_demo.analysis.downsampling import AXES, MOST_LISTS, TAIL_ROWS, bin_means, evenly_spaced, extremes, thinned
from gan_demo.runs import library


def columns(rows: int, seed: int = 0) -> dict[str, list[Any]]:
    """Return rows as a run has them: losses in most, an evaluation in each twentieth."""
    rng = np.random.default_rng(seed)
    evaluated = np.arange(rows) % 20 == 7
    g_loss, fcd = rng.standard_normal(rows), np.exp(rng.standard_normal(rows))
    return {
        "step": [1 + 5 * k for k in range(rows)],
        "images": [32 * k for k in range(rows)],
        "seconds": [k / 3 for k in range(rows)],
        "g_loss": np.where(evaluated, np.nan, g_loss).tolist(),
        "fcd": np.where(evaluated, fcd, np.nan).tolist(),
        "histogram": [[float(k), 1.0] if evaluated[k] else math.nan for k in range(rows)],
    }


def finite(values: list[Any]) -> list[float]:
    return [value for value in values if value is not None]


def test_few_rows_are_returned_one_for_one() -> None:
    before = columns(50)
    after = thinned(before, 100)
    assert after["step"] == before["step"]
    assert after["g_loss"] == [None if math.isnan(v) else float(f"{v:.5g}") for v in before["g_loss"]]
    assert after["histogram"][47] == before["histogram"][47]


@pytest.mark.parametrize("rows", [2 * 50 + TAIL_ROWS, 2 * 50 + TAIL_ROWS + 1, 1_000, 12_345])
def test_many_rows_become_at_most_two_points_a_bucket_and_the_newest(rows: int) -> None:
    after = thinned(columns(rows), 50)
    assert {len(column) for column in after.values()} == {len(after["step"])}
    assert len(after["step"]) <= 2 * 50 + TAIL_ROWS
    assert after["step"] == sorted(after["step"])
    assert (after["step"][0], after["step"][-1]) == (1, 1 + 5 * (rows - 1))


@pytest.mark.parametrize("name", ["g_loss", "fcd"])
def test_each_buckets_peak_and_dip_are_kept(name: str) -> None:
    before = columns(4_000 + TAIL_ROWS)
    after = thinned(before, 100)
    for k in range(100):
        there = [v for v in before[name][40 * k : 40 * (k + 1)] if not math.isnan(v)]
        pair = finite(after[name][2 * k : 2 * k + 2])
        assert [min(pair), max(pair)] == pytest.approx([min(there), max(there)], rel=1e-4)


def test_one_spike_among_a_million_rows_is_kept_near_its_step() -> None:
    spiky = {"step": np.arange(1_000_000), "d_loss": np.zeros(1_000_000)}
    spiky["d_loss"][654_321] = 9.5
    after = thinned(spiky, 500)  # type: ignore[arg-type]
    assert after["step"][after["d_loss"].index(9.5)] == pytest.approx(654_321, abs=2_000)


def test_the_newest_rows_are_kept_as_they_are() -> None:
    before = columns(5_000)
    after = thinned(before, 100)
    assert after["step"][-TAIL_ROWS:] == before["step"][-TAIL_ROWS:]
    assert finite(after["g_loss"])[-1] == pytest.approx(before["g_loss"][-1], rel=1e-4)


def test_peak_and_dip_keep_their_order() -> None:
    assert extremes(np.array([1.0, 5.0, 0.0, 2.0, 9.0, 3.0]), 3).tolist() == [5.0, 0.0, 2.0, 9.0]


def test_a_lone_value_sits_in_its_half_of_the_bucket_and_an_empty_bucket_is_empty() -> None:
    indices = extremes(np.array([np.nan, np.nan, np.nan, 7.0, 7.0, 7.0, 7.0, 7.0, *[np.nan] * 4]), 4)
    np.testing.assert_equal(indices, [np.nan, 7.0, 7.0, np.nan, np.nan, np.nan])


def test_bin_means_has_the_bins_that_occur_with_their_first_rows() -> None:
    first, means = bin_means(np.array([2, 2, 5, 9, 9, 9]), np.array([1.0, 3.0, 7.0, 0.0, 1.0, 5.0]))
    assert (first.tolist(), means.tolist()) == ([0, 2, 3], [2.0, 7.0, 2.0])


def test_no_values_have_no_bin_means() -> None:
    first, means = bin_means(np.array([], np.int64), np.array([]))
    assert (len(first), len(means)) == (0, 0)


@pytest.mark.parametrize(("count", "most"), [(0, 5), (5, 10), (10, 10), (1000, 150), (301, 300)])
def test_evenly_spaced_items_include_both_ends(count: int, most: int) -> None:
    chosen = evenly_spaced(list(range(count)), most)
    assert len(chosen) == min(count, most)
    assert chosen == sorted(set(chosen))
    assert (chosen[:1], chosen[-1:]) == ([0] if count else [], [count - 1] if count else [])


def test_infinities_are_left_out() -> None:
    after = thinned({"step": list(range(1_000)), "g_loss": [math.inf, 1.0] * 500}, 10)
    assert set(finite(after["g_loss"])) == {1.0}


def test_a_stretch_holds_its_steps_and_no_others() -> None:
    after = thinned(columns(10_000), 500, first=100, last=1_000)
    assert (after["step"][0], after["step"][-1]) == (101, 996)
    assert after["step"] == list(range(101, 997, 5)), "200 rows: whole, however long the run"
    assert thinned(columns(10), 5, first=1_000)["step"] == []


def test_lists_are_kept_at_about_their_steps_and_the_newest_among_them() -> None:
    before = columns(10_000)
    after = thinned(before, 100)
    histograms = [
        (step, value) for step, value in zip(after["step"], after["histogram"], strict=True) if value is not None
    ]
    assert 50 < len(histograms) <= MOST_LISTS
    assert histograms[-1][1] == before["histogram"][9_987]
    for step, value in histograms:
        row = before["histogram"].index(value)
        assert step == pytest.approx(before["step"][row], abs=5 * 100)


def test_a_stretch_in_which_every_row_has_a_list_is_no_error() -> None:
    before = {"step": [5, 6], "histogram": [[1.0, 2.0], [3.0, 4.0]]}
    assert thinned(before, 400) == before


def test_the_result_is_json_and_axes_stay_whole() -> None:
    after = json.loads(json.dumps(thinned(columns(3_000), 40), allow_nan=False))
    assert all(isinstance(value, int) for name in ("step", "images") for value in after[name])
    assert all(value == round(value, 2) for value in after["seconds"])
    assert max(len(str(value)) for value in finite(after["g_loss"])) <= 11


def test_lists_and_arrays_give_the_same() -> None:
    plain = {name: column for name, column in columns(3_000).items() if name != "histogram"}
    arrays = {name: np.asarray(column) for name, column in plain.items()}
    assert thinned(arrays, 40) == thinned(plain, 40)  # type: ignore[arg-type]


def test_no_rows_and_no_columns_are_no_error() -> None:
    assert thinned({}, 10) == {}
    assert thinned({"step": [], "g_loss": []}, 10) == {"step": [], "g_loss": []}
    with pytest.raises(ValueError, match="bucket"):
        thinned({}, 0)


def test_a_shipped_run_keeps_its_columns() -> None:
    run = next(run for run in library.pretrained() if run.id == "digits")
    before, after = run.metrics(), thinned(run.metrics(), 100)
    assert after.keys() == before.keys()
    assert max(finite(after["d_loss"])) == pytest.approx(np.nanmax(before["d_loss"]), rel=1e-4)
    assert set(AXES) <= after.keys()
