"""A recorded run for the addresses of the live board."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from gan_demo.presets import PRESETS
from gan_demo.runs.run_dir import RunDir

PATIENCE = 120.0  # seconds: torch loads, and a busy machine trains slowly


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a run of 2,000 rows, once; return its folder."""
    run = RunDir.create(tmp_path_factory.mktemp("recorded") / "digits-1", PRESETS["digits"], "digits")
    for step in range(1, 2001):
        run.append({"step": step, "images": 64 * step, "seconds": step / 10, "d_loss": 1.0 if step != 777 else 9.5})
    run.set_info(replace(run.info, status="done", step=2000))
    return run.path


@pytest.fixture
def run(home: Path, recorded: Path) -> RunDir:
    return RunDir(shutil.copytree(recorded, home / "digits-1"))
