"""Comparison of runs: results, differing settings and CSV tables."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gan_demo.analysis import comparison
from gan_demo.presets import PRESETS
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir


def a_run(tmp_path: Path, rows: list[dict[str, Any]], name: str = "one", **info: Any) -> RunDir:
    run = RunDir.create(tmp_path / name, PRESETS["ring"], "ring")
    for row in rows:
        run.append(row)
    run.set_info(replace(run.info, **info))
    return RunDir(run.path)


ROWS: list[dict[str, Any]] = [
    {"step": 10, "images": 320, "seconds": 1.0, "fcd": 9.0, "histogram": [3.0, 1.0]},
    {"step": 20, "images": 640, "seconds": 2.0, "d_loss": 0.5},
    {"step": 30, "images": 960, "seconds": 3.0, "fcd": 4.0},
    {"step": 40, "images": 1280, "seconds": 4.0, "fcd": 6.0},
]


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_the_best_distance_is_the_least_and_the_last_is_the_newest(tmp_path: Path) -> None:
    summary = comparison.result(a_run(tmp_path, ROWS))
    assert (summary.metric, summary.best, summary.best_step) == ("fcd", 4.0, 30)
    assert (summary.last, summary.last_step) == (6.0, 40)


def test_the_best_number_of_clusters_is_the_greatest(tmp_path: Path) -> None:
    rows = [{"step": k, "images": k, "seconds": 1.0, "modes": float(n)} for k, n in enumerate([1, 8, 7], 1)]
    summary = comparison.result(a_run(tmp_path, rows))
    assert (summary.metric, summary.best, summary.best_step, summary.last) == ("modes", 8.0, 2, 7.0)


def test_speed_leaves_out_the_time_of_evaluations(tmp_path: Path) -> None:
    summary = comparison.result(a_run(tmp_path, ROWS, images=1_000, seconds=12.0, evaluation_seconds=2.0))
    assert summary.images_per_second == pytest.approx(100.0)


def test_a_run_without_a_row_has_a_result(tmp_path: Path) -> None:
    summary = comparison.result(a_run(tmp_path, []))
    assert (summary.metric, summary.images_per_second) == ("", 0.0)
    assert math.isnan(summary.last)


def test_only_settings_that_differ_are_named_and_no_folder_of_the_server() -> None:
    ring = PRESETS["ring"]
    other = ring.with_settings({"g_lr": 0.01, "seed": 7, "root": "/srv/data"})
    assert comparison.differing([ring, other]) == {"g_lr": [ring.train.g_lr, 0.01], "seed": [0, 7]}
    assert comparison.differing([ring, ring]) == {}


def test_the_summary_has_a_line_a_run_with_its_settings(tmp_path: Path) -> None:
    chosen = [a_run(tmp_path, ROWS, "one"), a_run(tmp_path, [], "two")]
    lines = table(comparison.summary_csv([comparison.result(run) for run in chosen], {"seed": [0, 7]}))
    assert [line["run"] for line in lines] == ["one", "two"]
    assert (lines[0]["best"], lines[0]["best_step"], lines[1]["best"], lines[1]["seed"]) == ("4.0", "30", "", "7")


def test_long_rows_hold_every_number_of_every_run_once(tmp_path: Path) -> None:
    chosen = [a_run(tmp_path, ROWS, "one"), a_run(tmp_path, ROWS[:2], "two"), a_run(tmp_path, [], "none")]
    lines = table(comparison.rows_csv(chosen))
    assert [line["value"] for line in lines if (line["run"], line["metric"]) == ("one", "fcd")] == ["9.0", "4.0", "6.0"]
    assert [line["metric"] for line in lines if line["run"] == "two"] == ["fcd", "histogram.0", "histogram.1", "d_loss"]
    (loss,) = [line for line in lines if (line["run"], line["metric"]) == ("one", "d_loss")]
    assert (loss["step"], loss["images"], loss["seconds"], loss["value"]) == ("20", "640", "2.0", "0.5")


def test_the_shipped_runs_can_be_compared() -> None:
    summaries = [comparison.result(run) for run in library.pretrained()]
    assert {each.metric for each in summaries} == {"fcd"}
    assert all(each.best <= each.last and each.images_per_second > 0 for each in summaries)
