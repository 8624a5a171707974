"""Titles of runs, times and durations as people read them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gan_demo.boards import titles
from gan_demo.presets import PRESETS
from gan_demo.runs import library
from gan_demo.runs.parts import about
from gan_demo.runs.parts.about import About
from gan_demo.runs.run_dir import RunDir
from gan_demo.ui import session


def test_a_dated_title_tells_two_runs_of_one_preset_apart(home: Path) -> None:
    run = RunDir.create(home / "mine", PRESETS["ring"], "ring")
    assert titles.dated_title(run) == f"{titles.run_title(run)} · {titles.creation_time(run)}"
    assert titles.creation_time(run).count(":") == 1


@pytest.fixture
def in_zone() -> Iterator[Callable[[tzinfo], None]]:
    """Return a function that lets titles be read in a time zone."""
    yield lambda zone: titles.set_time_zone_provider(lambda: zone)
    titles.set_time_zone_provider(session.time_zone)


@pytest.mark.parametrize("created", ["2026-11-28T22:30:00+00:00", "2026-11-29T04:00:00+05:30"])
def test_a_run_was_created_at_its_reader_s_time(created: str, home: Path, in_zone: Callable[[tzinfo], None]) -> None:
    run = RunDir.create(home / "mine", PRESETS["ring"], "ring")
    run.set_info(dataclasses.replace(run.info, created=created))
    times = []
    for zone in ("UTC", "Asia/Shanghai", "America/New_York"):
        in_zone(ZoneInfo(zone))
        times.append(titles.creation_time(run))
    assert times == ["11-28 22:30", "11-29 06:30", "11-28 17:30"]


def test_outside_a_session_times_are_those_of_the_machine(home: Path) -> None:
    run = RunDir.create(home / "mine", PRESETS["ring"], "ring")
    assert session.time_zone() is None
    local = datetime.fromisoformat(run.info.created).astimezone()
    assert titles.creation_time(run) == local.strftime("%m-%d %H:%M")


def test_a_shipped_model_has_a_name_without_a_date() -> None:
    shipped = library.pretrained()[0]
    assert titles.creation_time(shipped) not in titles.dated_title(shipped)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1.0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (61.0, "1 min 1 s"),
        (3600.0, "1 h"),
        (3661.0, "1 h 1 min"),
    ],
)
def test_a_duration_has_the_units_that_suit_it_and_none_of_nothing(seconds: float, words: str) -> None:
    assert titles.duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 s"),
        (7.4, "7 s"),
        (38.0, "40 s"),
        (55.0, "1 min"),
        (130.0, "2 min"),
        (5_000.0, "1 h 20 min"),
        (9e4, "25 h"),
    ],
)
def test_an_estimate_has_no_more_digits_than_it_deserves(seconds: float, words: str) -> None:
    assert titles.rough_duration(seconds) == words


def test_a_run_is_titled_by_its_owner_or_else_by_what_it_changes(home: Path) -> None:
    run = RunDir.create(home / "mine", PRESETS["ring"], "ring")
    before, after = {"loss": "hinge", "r1": 0.0, "d_steps": 1}, {"loss": "relativistic", "r1": 0.1, "d_steps": 2}
    about.write(run.path, About(before=before, after=after))
    assert titles.run_title(run) == "2-D: ring of 8 · Loss: Hinge → Relativistic (R3GAN), R1: off → 0.1, 1 more"
    assert titles.changes_of(run).endswith("D steps: 1 → 2")
    assert titles.heading(run) == "2-D: ring of 8"
    about.write(run.path, About("Tuesday", "A note", before, after))
    assert (titles.run_title(run), titles.heading(run), titles.run_note(run)) == ("Tuesday", "Tuesday", "A note")
    assert titles.given_title(run).startswith("2-D: ring of 8")


def test_no_value_becomes_markdown() -> None:
    assert titles.plain("[a](b) | *c*") == "\\[a\\](b) \\| \\*c\\*"
