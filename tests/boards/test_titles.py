"""Titles of runs, times and durations as people read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gan_demo.boards import titles
from gan_demo.presets import PRESETS
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir


def test_a_dated_title_tells_two_runs_of_one_preset_apart(home: Path) -> None:
    run = RunDir.create(home / "mine", PRESETS["ring"], "ring")
    assert titles.dated_title(run) == f"{titles.run_title(run)} · {titles.creation_time(run)}"
    assert titles.creation_time(run).count(":") == 1


def test_a_shipped_model_has_a_name_without_a_date() -> None:
    shipped = library.pretrained()[0]
    assert titles.creation_time(shipped) not in titles.dated_title(shipped)


@pytest.mark.parametrize(("seconds", "words"), [(-1.0, "0"), (59.4, "59"), (61.0, "1"), (3661.0, "1")])
def test_a_duration_has_the_unit_that_suits_it(seconds: float, words: str) -> None:
    assert words in titles.duration(seconds)


def test_no_value_becomes_markdown() -> None:
    assert titles.plain("[a](b) | *c*") == "\\[a\\](b) \\| \\*c\\*"
