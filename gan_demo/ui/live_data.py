"""A run's rows as panels for the charts: at most 400 points a curve, with every peak and dip kept.

A panel is {"id", "kind": "lines", "title", "note", "x": [...], "series": [{"name", "color", "values"}], "range", "log"}
or {"id", "kind": "bars", "title", "names", "values"}. ``color`` counts the theme's chart colours: 0 is the generator's,
1 the discriminator's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from gan_demo.ui.text import has, t

BUCKETS = 200
Columns = dict[str, list[Any]]


def downsampled(
    x: Sequence[float], curves: Sequence[Sequence[float]], buckets: int = BUCKETS
) -> tuple[list[float], list[list[float | None]]]:
    """Curves over one ``x`` in at most ``2 * buckets`` points: each bucket's least and greatest value, in their order.

    NaN becomes None. Short curves come back whole.
    """
    if len(x) > 2 * buckets:
        width = -(-len(x) // buckets)
        folded = [_extremes(np.asarray(one, np.float64), width) for one in curves]
        places = np.minimum(np.arange(len(folded[0])) * width // 2, len(x) - 1)
        x, curves = [x[place] for place in places], folded
    return [float(value) for value in x], [[_short(value) for value in one] for one in curves]


def _extremes(values: np.ndarray, width: int) -> list[float]:
    """Least and greatest of every ``width`` values (NaN left out), the earlier one first."""
    padded = np.full(-(-len(values) // width) * width, np.nan)
    padded[: len(values)] = values
    table = padded.reshape(-1, width)  # (buckets, width)
    missing = np.isnan(table)
    low = np.where(missing, np.inf, table).argmin(1)
    high = np.where(missing, -np.inf, table).argmax(1)
    ends = np.sort(np.stack([low, high], 1), 1)
    found: list[float] = np.take_along_axis(table, ends, 1).ravel().tolist()
    return found


def _short(value: float) -> float | None:
    """Four significant digits are more than a screen shows, and half of the bytes."""
    return float(f"{value:.4g}") if math.isfinite(value) else None


def _rows(columns: Columns, needed: str) -> list[int]:
    column = columns.get(needed, [])
    return [k for k, value in enumerate(column) if not (isinstance(value, float) and math.isnan(value))]


def _lines(
    columns: Columns, panel: str, names: Sequence[tuple[str, int]], *, value_range: tuple[float, float] | None = None,
    log: bool = False, height: int = 150,
) -> dict[str, Any]:  # fmt: skip
    """One panel of those of ``names`` (column, colour) that the run has."""
    present = [(name, colour) for name, colour in names if name in columns]
    rows = _rows(columns, present[0][0]) if present else []
    x, values = downsampled(
        [columns["step"][k] for k in rows], [[columns[name][k] for k in rows] for name, _ in present]
    )
    series = [
        {"name": t(f"scalar.{name}"), "color": colour, "values": one}
        for (name, colour), one in zip(present or names, values or [[]] * len(names), strict=True)
    ]
    note = t(f"panel.{panel}.note") if has(f"panel.{panel}.note") else ""
    return {
        "id": panel, "kind": "lines", "title": t(f"panel.{panel}"), "note": note, "x": x, "series": series,
        "range": value_range, "log": log, "height": height,
    }  # fmt: skip


def main_panels(columns: Columns, is_points: bool) -> list[dict[str, Any]]:
    """Losses, what D says, and quality."""
    panels = [
        _lines(columns, "verdicts", [("d_fake", 0), ("d_real", 1)], value_range=(0.0, 1.0)),
        _lines(columns, "losses", [("g_loss", 0), ("d_loss", 1)]),
    ]
    if is_points:
        panels.append(_lines(columns, "modes", [("modes", 2)]))
    elif "fcd" in columns:
        panels.append(_lines(columns, "quality", [("fcd", 2)], log=True))
    return panels


def more_panels(columns: Columns, is_points: bool, classes: Sequence[str]) -> list[dict[str, Any]]:
    """Gradients, speed, precision and recall, and how often each class is drawn."""
    panels = [_lines(columns, "gradients", [("g_grad", 0), ("d_grad", 1)], log=True)]
    if is_points and "high_quality" in columns:
        panels.append(_lines(columns, "high_quality", [("high_quality", 2)], value_range=(0.0, 1.0)))
    if "precision" in columns:
        panels.append(
            _lines(columns, "precision", [("precision", 2), ("recall", 3), ("confident", 4)], value_range=(0.0, 1.0))
        )
    panels.append(_lines(columns, "rates", [("g_lr", 0), ("d_lr", 1)]))
    panels.append(_lines(columns, "speed", [("images_per_second", 5)]))
    histogram = latest_histogram(columns)
    if histogram:
        names = list(classes) if len(classes) == len(histogram) else [str(k) for k in range(len(histogram))]
        total = sum(histogram) or 1
        panels.append({
            "id": "classes", "kind": "bars", "title": t("panel.classes"), "note": t("panel.classes.note"),
            "names": names, "values": [value / total for value in histogram],
        })  # fmt: skip
    return panels


def latest_histogram(columns: Columns) -> list[float]:
    """How many samples of the newest evaluation were read as each class; empty if none was."""
    for value in reversed(columns.get("histogram", [])):
        if isinstance(value, list):
            return [float(one) for one in value]
    return []


def newest(columns: Columns, name: str) -> float | None:
    """The last value of a column that is a number."""
    for value in reversed(columns.get(name, [])):
        if isinstance(value, (int, float)) and math.isfinite(value):
            return float(value)
    return None


def _spec(panel: str, names: Sequence[tuple[str, int]], **more: Any) -> dict[str, Any]:
    series = [{"column": name, "name": t(f"scalar.{name}"), "color": colour} for name, colour in names]
    note = t(f"panel.{panel}.note") if has(f"panel.{panel}.note") else ""
    return {"id": panel, "kind": "lines", "title": t(f"panel.{panel}"), "note": note, "series": series, "range": None,
            "log": False, "height": 150} | more  # fmt: skip


def main_specs(is_points: bool) -> list[dict[str, Any]]:
    """What ``main_panels`` draws, by the names of the columns: for a board that has the values itself."""
    return [
        _spec("verdicts", [("d_fake", 0), ("d_real", 1)], range=(0.0, 1.0)),
        _spec("losses", [("g_loss", 0), ("d_loss", 1)]),
        _spec("modes", [("modes", 2)]) if is_points else _spec("quality", [("fcd", 2)], log=True, optional=True),
    ]


def more_specs(is_points: bool, classes: Sequence[str]) -> list[dict[str, Any]]:
    """What ``more_panels`` draws, likewise."""
    return [
        _spec("gradients", [("g_grad", 0), ("d_grad", 1)], log=True),
        _spec("high_quality", [("high_quality", 2)], range=(0.0, 1.0), optional=True),
        _spec("precision", [("precision", 2), ("recall", 3), ("confident", 4)], range=(0.0, 1.0), optional=True),
        _spec("rates", [("g_lr", 0), ("d_lr", 1)]),
        _spec("speed", [("images_per_second", 5)]),
        {"id": "classes", "kind": "bars", "title": t("panel.classes"), "note": t("panel.classes.note"),
         "names": list(classes), "column": "histogram"},
    ]  # fmt: skip
