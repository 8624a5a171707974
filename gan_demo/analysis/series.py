"""The newest rows of a run as series without gaps, and tests of whether a series rises, falls or swings."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from gan_demo.analysis.downsampling import bin_means

NEWEST_ROWS = 2_000  # rows read: five minutes of training at first, later most of an hour
NEWEST_EVALUATIONS = 60  # among these rows
OLD_INTERVALS = 3.0  # an evaluation is out of date that many usual intervals after it ...
FRESH_SECONDS = 5.0  # ... but not so soon; both as in frontend/curves/measurement.mjs

UNEVEN = 0.5  # divergence from uniform, as a share of the greatest: fewer than √M of M clusters or classes
BAD_FCD = 40.0  # a set that shows nothing but the average image has an FCD of 100
ON_DATA = 0.1  # share of the points that lie on a cluster: about as many as by chance
CONFIDENT = 0.5  # share of samples that the classifier is sure of; below it, the histogram of classes says little

Series = list[tuple[int, float]]  # (step, value), steps ascending
Evaluation = dict[str, Any]  # numbers and lists of one evaluation by name, with its ``step``


class RecentRows:
    """The newest rows of ``columns`` (as ``RunDir.metrics`` returns them). A column is read when it is needed."""

    def __init__(self, columns: Mapping[str, Sequence[Any]]) -> None:
        self._columns = columns
        self._count = len(columns.get("step", ()))
        self._begin = max(0, self._count - NEWEST_ROWS)
        self._series: dict[str, Series] = {}

    @property
    def step(self) -> int:
        """Step of the last row; 0 if there is none."""
        return int(self._columns["step"][-1]) if self._count else 0

    def series(self, name: str) -> Series:
        """Return the finite numbers of a column; [] if there is no such column."""
        if name not in self._series:
            steps, values = self._columns.get("step", ())[self._begin :], self._columns.get(name, ())[self._begin :]
            pairs = zip(steps, values, strict=False)
            self._series[name] = [(int(step), float(value)) for step, value in pairs if _is_number(value)]
        return self._series[name]

    def values(self, name: str, rows: int) -> list[float]:
        """Return the last ``rows`` finite numbers of a column, fewer if there are not as many."""
        return [value for _, value in self.series(name)[-rows:]]

    @cached_property
    def evaluations(self) -> list[Evaluation]:
        """The newest evaluations, at most ``NEWEST_EVALUATIONS``, oldest first; of a step with several, the last.

        Empty if the newest is out of date: nothing of now follows from it.
        """
        evaluations: list[Evaluation] = []
        seconds = self._columns.get("eval_seconds", ())
        for row in range(self._count - 1, self._begin - 1, -1):
            if row < len(seconds) and _is_number(seconds[row]) and len(evaluations) < NEWEST_EVALUATIONS:
                evaluation = {name: column[row] for name, column in self._columns.items() if _is_known(column[row])}
                if not evaluations or evaluation["step"] < evaluations[-1]["step"]:
                    evaluations.append(evaluation)
        return [] if self._is_old(evaluations) else evaluations[::-1]

    def _is_old(self, newest_first: Sequence[Evaluation]) -> bool:
        """Return whether the newest evaluation lies more than a few of the usual intervals of training time back."""
        times = [float(each["seconds"]) for each in newest_first[:6] if "seconds" in each]
        known = [float(value) for value in self._columns.get("seconds", ())[-1:] if _is_number(value)]
        if not times or not known:
            return False
        intervals = [later - earlier for later, earlier in itertools.pairwise(times)] or times
        return known[0] - times[0] > max(FRESH_SECONDS, OLD_INTERVALS * median(intervals))


def _is_known(value: object) -> bool:
    return isinstance(value, list) or _is_number(value)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


# ---- numbers


def mean(values: Sequence[float]) -> float:
    """Return the mean; NaN for an empty sequence."""
    return sum(values) / len(values) if values else math.nan


def median(values: Sequence[float]) -> float:
    """Return the median, of an even number of values the lower of the middle two; NaN for an empty sequence."""
    return sorted(values)[(len(values) - 1) // 2] if values else math.nan


def moving_average(values: Sequence[float], width: int) -> list[float]:
    """Return the means of every ``width`` neighbours, ``width - 1`` fewer than values."""
    return [sum(values[k : k + width]) / width for k in range(len(values) - width + 1)]


def step_means(series: Series, steps: int) -> Series:
    """Return means over stretches of ``steps`` steps, each at its first step; rows farther apart stay as they are."""
    bins = np.array([step // steps for step, _ in series], np.int64)
    first, means = bin_means(bins, np.array([value for _, value in series], np.float64))
    return [(series[row][0], value) for row, value in zip(first.tolist(), means.tolist(), strict=True)]


def holding_since(values: Sequence[float | None], holds: Callable[[float], bool], least: int) -> int | None:
    """Return the index since which ``holds`` is true of all values; None for fewer than ``least`` of them."""
    begin = len(values)
    while begin > 0 and (value := values[begin - 1]) is not None and holds(value):
        begin -= 1
    return begin if len(values) - begin >= max(1, least) else None


def is_falling(values: Sequence[float], factor: float) -> bool:
    """Return whether the later half's median is below ``factor`` of the earlier half's; False for fewer than two."""
    half = len(values) // 2
    return half > 0 and median(values[half:]) < factor * median(values[:half])


def turning_points(values: Sequence[float], size: float) -> list[int]:
    """Return the indices of peaks and valleys, in turn: where a curve turns between moves of ``size`` or more."""
    turns: list[int] = []
    sign, extreme, low, high = 0, 0, 0, 0  # sign: the direction of the last such move; extreme: as far as it went
    for k, value in enumerate(values):
        if sign == 0:
            low, high = (k if value < values[low] else low), (k if value > values[high] else high)
            if values[high] - values[low] >= size:
                sign, extreme = (1 if high > low else -1), k
        elif sign * (value - values[extreme]) > 0:
            extreme = k
        elif sign * (values[extreme] - value) >= size:
            turns.append(extreme)
            sign, extreme = -sign, k
    return turns


def total_variation(before: Sequence[float], after: Sequence[float]) -> float:
    """Return the share that differs between two histograms that each sum to 1, from 0 to 1."""
    return sum(abs(a - b) for a, b in zip(before, after, strict=True)) / 2


# ---- evaluations


def unevenness(evaluation: Evaluation) -> float | None:
    """Return how far samples are from uniform over clusters or classes, from 0 to 1; None if that was not measured.

    It is the Kullback-Leibler divergence, divided by its greatest possible value.
    """
    shares = evaluation.get("histogram")
    if not isinstance(shares, list) or len(shares) < 2 or sum(shares) > 1.5:  # above 1: a histogram of each label field
        return None
    if "high_quality" not in evaluation and evaluation.get("confident", 0.0) < CONFIDENT:
        return None
    entropy = -sum(float(share) * math.log(share) for share in shares if share > 0)
    return max(0.0, 1 - entropy / math.log(len(shares)))


def moved_share(evaluations: Sequence[Evaluation]) -> float:
    """Return the mean share of samples in another cluster or class at the next evaluation; 0 if not measured."""
    histograms = [each["histogram"] for each in evaluations if unevenness(each) is not None]
    shares = [total_variation(a, b) for a, b in itertools.pairwise(histograms) if len(a) == len(b)]
    return mean(shares) if shares else 0.0


def badness(evaluation: Evaluation) -> float | None:
    """Return how bad samples are, 0 at best: FCD, or the share of points off the data plus unevenness, up to 2."""
    if "high_quality" in evaluation:
        return 1 - float(evaluation["high_quality"]) + (unevenness(evaluation) or 0.0)
    return float(evaluation["fcd"]) if "fcd" in evaluation else None


def quality_value(evaluation: Evaluation) -> float:
    """Return the number that a sentence about quality names: FCD, or the percentage of points on the data."""
    return float(evaluation["fcd"] if "fcd" in evaluation else 100 * evaluation["high_quality"])


def is_poor(evaluation: Evaluation) -> bool:
    """Return whether the samples are so bad that anyone sees at once that they are not real."""
    if "high_quality" in evaluation:
        return bool(evaluation["high_quality"] < ON_DATA) or (unevenness(evaluation) or 0.0) > UNEVEN
    return bool(evaluation.get("fcd", 0.0) > BAD_FCD)


def stays_poor(evaluations: Sequence[Evaluation]) -> bool:
    """Return whether samples are poor over at least four evaluations, and not a fifth better in the later half."""
    values = [value for evaluation in evaluations if (value := badness(evaluation)) is not None]
    return len(values) >= 4 and is_poor(evaluations[-1]) and not is_falling(values, 0.8)
