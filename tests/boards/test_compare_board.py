"""Data of the compare board: letters and colours of the runs, charts of the chosen metrics."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gan_demo.boards import compare_board
from gan_demo.i18n import text
from gan_demo.presets import PRESETS
from gan_demo.runs.run_dir import RunDir


@pytest.fixture
def runs(home: Path) -> list[RunDir]:
    return [RunDir.create(home / f"run-{name}", PRESETS[name], name) for name in ("ring", "digits")]


def test_each_run_has_its_letter_and_colour(runs: list[RunDir]) -> None:
    points, images = compare_board.data(runs, "step", [])["runs"]
    assert (points["letter"], points["color"], points["pixelated"]) == ("A", 0, False)
    assert (images["letter"], images["color"], images["pixelated"]) == ("B", 1, True)
    assert points["link"] == "train?run=run-ring"


def test_each_metric_is_a_chart_with_its_scale(runs: list[RunDir]) -> None:
    data = compare_board.data(runs, "seconds", ["fcd", "d_fake"])
    distance, verdict = data["metrics"]
    assert (distance["column"], distance["log"], distance["range"]) == ("fcd", True, None)
    assert (verdict["column"], verdict["log"], verdict["range"]) == ("d_fake", False, (0.0, 1.0))
    assert data["axis"] == "seconds"


@pytest.mark.parametrize("language", list(text.LANGUAGES))
def test_the_data_is_json_with_every_sentence(runs: list[RunDir], language: str) -> None:
    with text.use_language(language):
        data = json.loads(json.dumps(compare_board.data(runs, "step", list(compare_board.METRICS))))
    assert data["language"] == language
    assert {"step", "images", "duration"} <= data["texts"].keys()
    assert all(metric["title"] for metric in data["metrics"])
