"""One status, from the manifest to the boards."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gan_demo.presets import PRESETS
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import NEW, TRAINING, Status, status_without_job
from gan_demo.ui.widgets import STATUS_COLOURS


def test_a_status_is_alive_or_over_or_interrupted() -> None:
    alive, over = (
        [status.value for status in Status if test(status)]
        for test in (
            lambda status: status.is_alive,
            lambda status: status.is_over,
        )
    )
    assert alive == ["queued", "running", "paused"]
    assert over == ["done", "stopped", "failed"]
    assert [status.value for status in Status if not (status.is_alive or status.is_over)] == ["interrupted"]


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("done", Status.DONE),
        ("stopped", Status.STOPPED),
        ("failed", Status.FAILED),
        (NEW, Status.INTERRUPTED),
        (TRAINING, Status.INTERRUPTED),  # the process that trained it is gone
        ("running", Status.INTERRUPTED),
        ("of a later version", Status.INTERRUPTED),
    ],
)
def test_the_status_of_a_run_without_a_job(written: str, status: Status) -> None:
    assert status_without_job(written) is status


def test_a_manifest_holds_plain_words(tmp_path: Path) -> None:
    """So that other versions read it."""
    run = RunDir.create(tmp_path / "ring", PRESETS["ring"], "ring")
    assert json.loads((run.path / "run.json").read_text())["status"] == "new"
    run.set_info(replace(run.info, status=Status.FAILED))
    assert json.loads((run.path / "run.json").read_text())["status"] == "failed"
    assert status_without_job(RunDir(run.path).info.status) is Status.FAILED


def test_each_status_has_a_colour() -> None:
    assert set(STATUS_COLOURS) == set(Status)
