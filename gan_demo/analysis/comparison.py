"""Comparison of runs: their results in numbers, the settings in which they differ, and their rows as CSV tables."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gan_demo.config import RunConfig, setting_names
from gan_demo.runs.run_dir import RunDir

BEST = {"fcd": min, "modes": max}  # by the metric of quality of images and of points
_AXES = ("step", "images", "seconds")
# Folders of the server, long texts, and both learning rates at once: g_lr and d_lr are compared instead.
_LEFT_OUT = ("root", "path", "encoding", "points", "lr")


@dataclass(frozen=True)
class Result:
    """Result of a run. ``metric`` is "fcd" (less is better), "modes" (more is better), or "" if never measured."""

    run: str
    name: str
    status: str
    device: str
    step: int
    images: int
    seconds: float
    images_per_second: float  # over the whole training, pauses and evaluations left out
    metric: str = ""
    last: float = math.nan
    best: float = math.nan
    best_step: int = 0
    last_step: int = 0


def result(run: RunDir) -> Result:
    """Return the result of a run so far. Raises RunError if it can't be read."""
    info, columns = run.info, run.metrics()
    training_seconds = info.seconds - info.evaluation_seconds
    rate = info.images / training_seconds if training_seconds > 0 else 0.0
    base = (run.id, info.name, info.status, info.device, info.step, info.images, info.seconds, rate)
    for metric, best_of in BEST.items():
        measured = _measured(columns, metric)
        if measured:
            best = best_of(value for _, value in measured)
            step = next(step for step, value in measured if value == best)
            last_step, last = measured[-1]
            return Result(*base, metric, last, best, step, last_step)
    return Result(*base)


def _measured(columns: Mapping[str, Sequence[Any]], name: str) -> list[tuple[int, float]]:
    """Return (step, value) of each row that has a number in the column ``name``."""
    pairs = zip(columns.get("step", ()), columns.get(name, ()), strict=False)
    return [(step, value) for step, value in pairs if isinstance(value, (int, float)) and math.isfinite(value)]


def differing(configs: Sequence[RunConfig]) -> dict[str, list[Any]]:
    """Return the settings that differ, by name, with the value of each run. Folders of the server are left out."""
    names = [name for name in setting_names() if name not in _LEFT_OUT]
    values = {name: [_setting(config, name) for config in configs] for name in names}
    return {name: row for name, row in values.items() if any(value != row[0] for value in row)}


def _setting(config: RunConfig, name: str) -> Any:
    for section in (config.data, config.model, config.train):
        if hasattr(section, name):
            return getattr(section, name)
    raise KeyError(name)


def summary_csv(results: Sequence[Result], settings: Mapping[str, Sequence[Any]]) -> bytes:
    """Return a CSV table with one line per run: its result, and the settings in which the runs differ."""
    file = io.StringIO()
    writer = csv.writer(file)
    fields = list(Result.__dataclass_fields__)
    writer.writerow([*fields, *settings])
    for k, result in enumerate(results):
        writer.writerow([*(_cell(getattr(result, name)) for name in fields), *(row[k] for row in settings.values())])
    return file.getvalue().encode()


def rows_csv(runs: Sequence[RunDir]) -> bytes:
    """Return all rows of the runs as a long CSV table: run, name, step, images, seconds, metric and value in each line.

    Lists, such as the histogram of classes, have one line per entry: ``histogram.0``, ``histogram.1``, …
    """
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["run", "name", *_AXES, "metric", "value"])
    for run in runs:
        columns, name = run.metrics(), run.info.name
        if not columns:
            continue
        axes = [columns[axis] for axis in _AXES]
        for metric, column in columns.items():
            if metric not in _AXES:
                for *position, value in zip(*axes, column, strict=True):
                    for label, number in _numbers(metric, value):
                        writer.writerow([run.id, name, *position, label, number])
    return file.getvalue().encode()


def _numbers(metric: str, value: Any) -> list[tuple[str, float]]:
    """Return (label, number) of each number in a row's value."""
    if isinstance(value, list):
        return [(f"{metric}.{k}", entry) for k, entry in enumerate(value)]
    return [(metric, value)] if value == value else []  # NaN: the row has no such number


def _cell(value: Any) -> Any:
    """Return what a CSV table shows: nothing for NaN."""
    return "" if isinstance(value, float) and math.isnan(value) else value
