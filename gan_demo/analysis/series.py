"""Reading a run's rows: the newest of each column without gaps, and what a stretch of numbers does."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from gan_demo.analysis.downsampling import bin_means

TAIL = 2_000  # rows that are looked at, from the last: five minutes at first, later most of an hour
LOOKS = 60  # evaluations of these

UNEVEN = 0.5  # divergence from uniform, of the greatest there is: samples on fewer than √M of M places
BAD_FCD = 40.0  # 100 is what one image, the average one, would read
ON_DATA = 0.1  # of points on a cluster: about as many as there would be by chance
CONFIDENT = 0.5  # of readings: below it, the histogram of classes says little

Series = list[tuple[int, float]]  # (step, value), steps ascending
Look = dict[str, Any]  # one evaluation: its numbers and lists by name, and its ``step``


class View:
    """The last ``TAIL`` rows of ``columns`` (as ``RunDir.metrics`` gives them). Nothing is read before it is wanted."""

    def __init__(self, columns: Mapping[str, Sequence[Any]]) -> None:
        self._columns = columns
        self._rows = len(columns.get("step", ()))
        self._series: dict[str, Series] = {}

    @property
    def step(self) -> int:
        """Of the last row; 0 before there is any."""
        return int(self._columns["step"][-1]) if self._rows else 0

    def series(self, name: str) -> Series:
        """The finite numbers of a column; empty if there is none of this name."""
        if name not in self._series:
            begin = max(0, self._rows - TAIL)
            tail = zip(self._columns.get("step", ())[begin:], self._columns.get(name, ())[begin:], strict=False)
            self._series[name] = [(int(step), float(value)) for step, value in tail if _is_number(value)]
        return self._series[name]

    def values(self, name: str, rows: int) -> list[float]:
        """The last so many finite numbers of a column, fewer if there are not as many."""
        return [value for _, value in self.series(name)[-rows:]]

    @cached_property
    def looks(self) -> list[Look]:
        """The newest evaluations, at most ``LOOKS``, oldest first, each at a step of its own."""
        found: list[Look] = []
        measured = self._columns.get("eval_seconds", ())
        for row in range(self._rows - 1, max(0, self._rows - TAIL) - 1, -1):
            if row < len(measured) and _is_number(measured[row]) and len(found) < LOOKS:
                one = {name: column[row] for name, column in self._columns.items() if _is_known(column[row])}
                if not found or one["step"] < found[-1]["step"]:
                    found.append(one)
        return found[::-1]


def _is_known(value: object) -> bool:
    return isinstance(value, list) or _is_number(value)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def mean(values: Sequence[float]) -> float:
    """Not a number of nothing."""
    return sum(values) / len(values) if values else math.nan


def median(values: Sequence[float]) -> float:
    """The lower one of an even number of values. Not a number of nothing."""
    return sorted(values)[(len(values) - 1) // 2] if values else math.nan


def smooth(values: Sequence[float], width: int) -> list[float]:
    """Means of ``width`` neighbours, shorter by ``width - 1``."""
    return [sum(values[k : k + width]) / width for k in range(len(values) - width + 1)]


def binned(series: Series, width: int) -> Series:
    """Return means over ``width`` steps, at the first step of each stretch; rows that are longer stay as they are."""
    bins = np.array([step // width for step, _ in series], np.int64)
    first, means = bin_means(bins, np.array([value for _, value in series], np.float64))
    return [(series[row][0], value) for row, value in zip(first.tolist(), means.tolist(), strict=True)]


def since(values: Sequence[float | None], holds: Callable[[float], bool], least: int) -> int | None:
    """Where the last unbroken stretch begins in which ``holds`` is true to the end; None if shorter than ``least``."""
    begin = len(values)
    while begin > 0 and (value := values[begin - 1]) is not None and holds(value):
        begin -= 1
    return begin if len(values) - begin >= max(1, least) else None


def falling(values: Sequence[float], factor: float) -> bool:
    """Is the later half's median below ``factor`` of the earlier half's? False for fewer than two values."""
    half = len(values) // 2
    return half > 0 and median(values[half:]) < factor * median(values[:half])


def swings(values: Sequence[float], size: float) -> list[int]:
    """Where a curve turns between moves of ``size`` or more: its peaks and valleys, in turn."""
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


def moved(before: Sequence[float], after: Sequence[float]) -> float:
    """Total variation between two histograms, each summing to 1: the share that changed place, 0 to 1."""
    return sum(abs(a - b) for a, b in zip(before, after, strict=True)) / 2


# ---- what evaluations say


def unevenness(look: Look) -> float | None:
    """Divergence of where samples go from uniform, over the greatest there is, 0 to 1; None where nobody can tell."""
    shares = look.get("histogram")
    if not isinstance(shares, list) or len(shares) < 2 or sum(shares) > 1.5:  # above: one histogram each of many fields
        return None
    if "high_quality" not in look and look.get("confident", 0.0) < CONFIDENT:
        return None
    entropy = -sum(float(share) * math.log(share) for share in shares if share > 0)
    return max(0.0, 1 - entropy / math.log(len(shares)))


def hops(looks: Sequence[Look]) -> float:
    """Mean share of the samples that changed place between neighbouring looks; 0 where nobody can tell."""
    shares = [one["histogram"] for one in looks if unevenness(one) is not None]
    found = [moved(a, b) for a, b in itertools.pairwise(shares) if len(a) == len(b)]
    return mean(found) if found else 0.0


def fault(look: Look) -> float | None:
    """How bad samples are, 0 at best: FCD; or the share of points off the data and their unevenness, up to 2."""
    if "high_quality" in look:
        return 1 - float(look["high_quality"]) + (unevenness(look) or 0.0)
    return float(look["fcd"]) if "fcd" in look else None


def told(look: Look) -> float:
    """The number that says best how good samples are: FCD, or the percentage of points on the data."""
    return float(look["fcd"] if "fcd" in look else 100 * look["high_quality"])


def is_poor(look: Look) -> bool:
    """Would anybody see at once that these are not real?"""
    if "high_quality" in look:
        return bool(look["high_quality"] < ON_DATA) or (unevenness(look) or 0.0) > UNEVEN
    return bool(look.get("fcd", 0.0) > BAD_FCD)


def stays_poor(looks: Sequence[Look]) -> bool:
    """Are samples poor, and of four looks and more not by a fifth better in the later half?"""
    faults = [value for one in looks if (value := fault(one)) is not None]
    return len(faults) >= 4 and is_poor(looks[-1]) and not falling(faults, 0.8)
