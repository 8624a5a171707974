"""Limits of a shared server from environment variables: each in effect, and wrong ones named."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from gan_demo.config import MAX_STEPS
from gan_demo.errors import ConfigError, JobError
from gan_demo.presets import PRESETS
from gan_demo.service import app_state, limits, run_actions

ME, OTHER = "m" * 43, "o" * 43
SMALL = {"width": 4, "d_width": 4, "batch": 8, "evaluate": False}
NUMBERS = (limits.RUNS, limits.RESIDENT, limits.STEPS, limits.HELD, limits.VOTERS)


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NUMBERS:
        monkeypatch.delenv(name, raising=False)


def test_each_variable_sets_its_limit_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = limits.job_limits()
    assert (usual.per_owner, usual.resident, usual.held, limits.most_steps()) == (8, 8, 600, MAX_STEPS)
    monkeypatch.setenv(limits.RUNS, "2")
    monkeypatch.setenv(limits.RESIDENT, "3")
    monkeypatch.setenv(limits.HELD, "60")
    monkeypatch.setenv(limits.VOTERS, "40")
    monkeypatch.setenv(limits.STEPS, "500")
    changed = limits.job_limits()
    assert (changed.per_owner, changed.resident, changed.held, limits.most_steps()) == (2, 3, 60, 500)
    assert changed.remembered == usual.remembered
    assert limits.voters_per_address() == 40


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5", "²", "9" * 30, str(MAX_STEPS + 1), "1 000"])
@pytest.mark.parametrize("name", NUMBERS)
def test_a_variable_that_is_no_whole_number_is_named(name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, text)
    readers: dict[str, Callable[[], object]] = {
        limits.STEPS: limits.most_steps,
        limits.VOTERS: limits.voters_per_address,
    }
    read = readers.get(name, limits.job_limits)
    with pytest.raises(ConfigError, match=f"{name} = .*must be a whole number"):
        read()


def start(owner: str, steps: int = 50) -> str:
    config = PRESETS["ring"].with_settings({**SMALL, "steps": steps})
    return run_actions.start(config, "ring", owner)


@pytest.mark.usefixtures("fresh_state")
def test_a_visitor_has_so_many_trainings_and_another_visitor_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.RUNS, "1")
    first = start(ME, MAX_STEPS)
    with pytest.raises(JobError, match="1 trainings of yours are not over"):
        start(ME)
    second = start(OTHER, MAX_STEPS)
    for run_id, owner in ((first, ME), (second, OTHER)):
        app_state.current().jobs.cancel(run_id, owner)


@pytest.mark.usefixtures("fresh_state")
def test_no_training_is_longer_than_the_server_takes_on(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.STEPS, "40")
    with pytest.raises(ConfigError, match=r"are more than this server takes on\. Give at most 40"):
        start(ME, 41)
    assert [path for path in home.iterdir() if not path.name.startswith(".")] == [], "no run is made"
    limits.check_steps(40)


def test_every_variable_is_in_the_manual() -> None:
    manual = (Path(__file__).parents[2] / "docs/hosting.md").read_text("utf-8")
    for name in NUMBERS:
        assert re.search(rf"^\| `{name}` \|", manual, re.MULTILINE), name
