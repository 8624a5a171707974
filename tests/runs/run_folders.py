"""A new run in a folder, and one with checkpoints."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from torch import Tensor

from gan_demo.config import DataConfig, ModelConfig, RunConfig
from gan_demo.gan.models.build import build_generator
from gan_demo.runs.run_dir import RunDir

CONFIG = RunConfig(DataConfig("ring"), ModelConfig("points", 4, 8, 8, 2, shape=(2,)))


@pytest.fixture
def run(tmp_path: Path) -> RunDir:
    return RunDir.create(tmp_path / "first", CONFIG, "ring")


def weights(seed: int = 0) -> dict[str, Tensor]:
    return build_generator(CONFIG.model, seed).state_dict()


def with_checkpoints(run: RunDir, *steps: int) -> RunDir:
    for step in steps:
        run.add_checkpoint(step, weights(step))
    run.set_info(dataclasses.replace(run.info, checkpoints=steps, step=max(steps)))
    return run
