"""Charts of a comparison: settings and results as parallel coordinates, and results against the time of training."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gan_demo.analysis.comparison import BEST, Result
from gan_demo.boards import titles
from gan_demo.boards.analyse import chart
from gan_demo.boards.analyse.chart import Figure, Palette
from gan_demo.boards.compare_board import LETTERS
from gan_demo.i18n import setting_words
from gan_demo.i18n.text import t

MOST_SETTINGS = 8  # axes of settings, beside those of results
ROW = 84  # pixels of an axis
WIDE = 30.0  # from this ratio of positive numbers on, an axis is logarithmic
APART = 0.16  # share of a row by which runs of one value are moved apart
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_RESULTS = ("last", "best", "images_per_second", "seconds")


@dataclass(frozen=True)
class Axis:
    """An axis of parallel coordinates: a value for each run, None where a run has none."""

    name: str
    values: tuple[Any, ...]
    words: tuple[str, ...]  # the values as people read them

    def positions(self) -> list[float | None]:
        """Return where each value lies, from 0 (the least) to 1; words lie in order, one value alone in the middle."""
        known = [value for value in self.values if value is not None]
        if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in known):
            numbers = [float(value) for value in known]
            is_wide = bool(numbers) and min(numbers) > 0 and max(numbers) / min(numbers) > WIDE
            scaled = {value: math.log(value) if is_wide else float(value) for value in known}
        else:
            ordered = sorted(set(known), key=str)
            scaled = {value: float(ordered.index(value)) for value in known}
        low, high = min(scaled.values(), default=0.0), max(scaled.values(), default=0.0)
        return [
            None if value is None else (scaled[value] - low) / (high - low) if high > low else 0.5
            for value in self.values
        ]


def axes(results: Sequence[Result], differing: Mapping[str, Sequence[Any]]) -> list[Axis]:
    """Return the axes: the first settings in which the runs differ, then what they came to."""
    settings = [
        Axis(setting_words.short_name(name), tuple(values), tuple(setting_words.value(name, value) for value in values))
        for name, values in itertools.islice(differing.items(), MOST_SETTINGS)
    ]
    return settings + [axis for name in _RESULTS for axis in _result_axes(results, name)]


def _result_axes(results: Sequence[Result], name: str) -> list[Axis]:
    """Return the axis of a result; of quality one for each metric that the runs were measured by."""
    if name not in ("last", "best"):
        return [_axis(t(f"analyse.compare.{name}"), [getattr(result, name) for result in results])]
    return [
        _axis(
            t(f"analyse.compare.{name}", metric=t(f"scalar.{metric}")),
            [getattr(result, name) if result.metric == metric else None for result in results],
        )
        for metric in BEST
        if any(result.metric == metric for result in results)
    ]


def _axis(name: str, values: Sequence[float | None]) -> Axis:
    return Axis(name, tuple(values), tuple("" if value is None else titles.number(value) for value in values))


def parallel(drawn: Sequence[Axis], names: Sequence[str], colours: Palette) -> Figure:
    """Return parallel coordinates, an axis a row so that they fit on a phone, and a line for each run."""
    positions = [axis.positions() for axis in drawn]
    rails = [
        {"type": "line", "x0": 0, "x1": 1, "y0": k, "y1": k, "line": {"color": colours.categories[5], "width": 1}}
        for k in range(len(drawn))
    ]
    traces = [_run_line(run, names, drawn, positions, colours) for run in range(len(names))]
    words = [word for k, axis in enumerate(drawn) for word in _axis_words(k, axis, positions[k], colours)]
    return chart.figure(
        traces,
        x={"visible": False, "range": [-0.12, 1.12], "fixedrange": True},
        y={"visible": False, "range": [len(drawn) - 0.4, -0.75], "fixedrange": True},
        height=ROW * len(drawn) + 90,
        shapes=rails,
        annotations=words,
    )


def _run_line(
    run: int, names: Sequence[str], drawn: Sequence[Axis], positions: Sequence[Sequence[float | None]], colours: Palette
) -> dict[str, Any]:
    shown = [k for k in range(len(drawn)) if positions[k][run] is not None]
    return {
        "type": "scatter",
        "mode": "lines+markers+text",
        "name": f"{LETTERS[run]} {names[run]}",
        "x": [positions[k][run] for k in shown],
        "y": [k + APART * list(positions[k][:run]).count(positions[k][run]) for k in shown],
        "text": [f"<b>{LETTERS[run]}</b>"] * len(shown),
        "textposition": "middle right",
        "textfont": {"color": colours.text},
        "hovertext": [f"{LETTERS[run]}: {drawn[k].name} {drawn[k].words[run]}" for k in shown],
        "hoverinfo": "text",
        "marker": {"color": colours.categories[run], "size": 10},
        "line": {"color": colours.categories[run], "width": 2, "dash": _DASHES[run]},
    }


def _axis_words(k: int, axis: Axis, positions: Sequence[float | None], colours: Palette) -> list[dict[str, Any]]:
    """Return an axis's name above it, and the values at its ends, or all of few, below."""
    style = {"showarrow": False, "font": {"size": 12, "color": colours.text}, "bgcolor": colours.ground, "borderpad": 1}
    words = {position: word for position, word in zip(positions, axis.words, strict=True) if position is not None}
    shown = words if len(words) <= 3 else {position: word for position, word in words.items() if position in (0.0, 1.0)}
    name = {"x": -0.1, "y": k, "yshift": 22, "xanchor": "left", "text": f"<b>{axis.name}</b>"} | style
    return [
        name,
        *(
            {"x": position, "y": k, "yshift": -26, "text": word} | _anchor(position) | style
            for position, word in shown.items()
        ),
    ]


def _anchor(position: float) -> dict[str, Any]:
    """Return how a word hangs on its position, so that none leaves the chart on a phone."""
    sides = {0.0: {"xanchor": "left", "xshift": -14}, 1.0: {"xanchor": "right", "xshift": 14}}
    return sides.get(position, {"xanchor": "center"})


def against_time(courses: Sequence[Mapping[str, Any]], names: Sequence[str], metric: str, colours: Palette) -> Figure:
    """Return the best result so far of each run over the seconds of training; ``courses`` are of ``best_course``."""
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers+text",
            "name": f"{LETTERS[run]} {names[run]}",
            "x": course["seconds"],
            "y": course["best"],
            "text": [""] * (len(course["best"]) - 1) + [f"<b>{LETTERS[run]}</b>"],
            "textposition": "middle right",
            "textfont": {"color": colours.text},
            "cliponaxis": False,
            "line": {"color": colours.categories[run], "width": 2, "dash": _DASHES[run], "shape": "hv"},
            "marker": {"color": colours.categories[run], "size": [0] * (len(course["best"]) - 1) + [9]},
            "hovertemplate": t("analyse.compare.hover", run=LETTERS[run], seconds="%{x:,.0f}", value="%{y:.3g}")
            + "<extra></extra>",
        }
        for run, course in enumerate(courses)
        if course["best"]
    ]
    log = {"type": "log"} if metric == "fcd" else {"rangemode": "tozero"}
    return chart.figure(
        traces,
        x=chart.axis(t("analyse.compare.time"), rangemode="tozero"),
        y=chart.axis(t(f"analyse.compare.best.{metric}"), **log),
    )


def best_course(columns: Mapping[str, Sequence[Any]], metric: str) -> dict[str, list[float]]:
    """Return the ``seconds`` of a run at which its best value so far of ``metric`` improved, with these values.

    The last row is repeated, so that the line reaches to the end of the training.
    """
    course: dict[str, list[float]] = {"seconds": [], "best": []}
    end = 0.0
    for seconds, value in zip(columns.get("seconds", ()), columns.get(metric, ()), strict=False):
        if not (isinstance(value, (int, float)) and math.isfinite(value) and math.isfinite(seconds)):
            continue
        end = max(end, seconds)
        if not course["best"] or BEST[metric](value, course["best"][-1]) != course["best"][-1]:
            course["seconds"].append(seconds)
            course["best"].append(value)
    if course["best"] and end > course["seconds"][-1]:
        course["seconds"].append(end)
        course["best"].append(course["best"][-1])
    return course


def parallel_table(drawn: Sequence[Axis], names: Sequence[str]) -> list[list[Any]]:
    """Return the rows of a CSV table, the head first: a row for each run, a column for each axis."""
    head = ["run", *(axis.name for axis in drawn)]
    return [head, *([name, *(axis.values[run] for axis in drawn)] for run, name in enumerate(names))]


def time_table(courses: Sequence[Mapping[str, Any]], names: Sequence[str], metric: str) -> list[list[Any]]:
    """Return the rows of a CSV table, the head first: each improvement of each run."""
    rows: list[list[Any]] = [["run", "seconds", f"best_{metric}"]]
    for name, course in zip(names, courses, strict=True):
        rows += [[name, seconds, best] for seconds, best in zip(course["seconds"], course["best"], strict=True)]
    return rows
