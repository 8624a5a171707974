"""A tiny trained run for the explorer's addresses, and what reads its networks."""

from __future__ import annotations

import shutil
from pathlib import Path

import onnxruntime
import pytest

from gan_demo.cli.main import main
from gan_demo.explorer.directions import sample_budget
from gan_demo.runs.run_dir import RunDir
from tests.tiny_run import TINY


@pytest.fixture(autouse=True)
def _few_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure directions with as few samples as those of a large network."""
    monkeypatch.setattr(sample_budget, "FULL_BUDGET_WORK", 1)


@pytest.fixture(scope="module")
def trained_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train on digits, once; return the run's folder."""
    folder = tmp_path_factory.mktemp("trained") / "mine"
    assert main(["train", "digits", "--steps", "3", "--out", str(folder), *TINY]) == 0
    return folder


@pytest.fixture
def run(home: Path, trained_run: Path) -> RunDir:
    """Return a run of digits with one checkpoint, at step 3, and its training state, for the test alone."""
    return RunDir(shutil.copytree(trained_run, home / "mine"))


def session_of(content: bytes) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(content)
