"""The evaluations of a training as paths over its steps: quality against coverage, and the shares of classes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

MOST_POINTS = 160  # of a path; evenly chosen evaluations, the first and the last among them


def quality_path(columns: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """Return ``steps``, ``precision`` and ``recall`` of the evaluations, and ``fcd`` (None where it was not measured).

    Of 2-D sets precision is the share of points on the data, recall the share of clusters found. Lists are empty if
    nothing of that was measured.
    """
    precise, recalled = ("precision", "recall") if "recall" in columns else ("high_quality", "modes")
    rows = _rows(columns, (precise, recalled))
    total = max((len(value) for value in columns.get("histogram", ()) if isinstance(value, list)), default=1)
    scale = total if recalled == "modes" else 1
    fcd = columns.get("fcd", ())
    return {
        "steps": [columns["step"][row] for row in rows],
        "precision": [columns[precise][row] for row in rows],
        "recall": [columns[recalled][row] / scale for row in rows],
        "fcd": [fcd[row] if row < len(fcd) and _is_number(fcd[row]) else None for row in rows],
    }


def class_shares(columns: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """Return ``steps`` and ``shares``, the histogram of classes (or clusters) of each evaluation; empty without any."""
    histograms = columns.get("histogram", ())
    width = next((len(value) for value in reversed(histograms) if isinstance(value, list)), 0)
    rows = [row for row, value in enumerate(histograms) if isinstance(value, list) and len(value) == width]
    rows = _evenly(_last_of_each_step(columns, rows))
    return {"steps": [columns["step"][row] for row in rows], "shares": [list(histograms[row]) for row in rows]}


def _rows(columns: Mapping[str, Sequence[Any]], names: Sequence[str]) -> list[int]:
    """Return the rows with numbers in all of these columns, thinned."""
    if any(name not in columns for name in names):
        return []
    rows = [row for row in range(len(columns["step"])) if all(_is_number(columns[name][row]) for name in names)]
    return _evenly(_last_of_each_step(columns, rows))


def _last_of_each_step(columns: Mapping[str, Sequence[Any]], rows: Sequence[int]) -> list[int]:
    return sorted({columns["step"][row]: row for row in rows}.values())


def _evenly(rows: Sequence[int]) -> list[int]:
    if len(rows) <= MOST_POINTS:
        return list(rows)
    return [rows[round(k * (len(rows) - 1) / (MOST_POINTS - 1))] for k in range(MOST_POINTS)]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)
