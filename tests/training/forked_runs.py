"""Parents to fork, trained once, and states compared bit for bit."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.runs.run_dir import RunDir
from tests.partial_training import go

POINTS = ModelConfig("points", 2, 8, 8, 2)
RING = RunConfig(DataConfig("ring"), POINTS, TrainConfig(batch=8, steps=12, evaluate=False))
IMAGES = DataConfig("digits", limit=64)
CONFIGS = {
    "ring": RING,
    "conditional dcgan": RunConfig(
        IMAGES,
        ModelConfig("dcgan", 6, 4, 4, conditional=True),
        TrainConfig("hinge", batch=8, steps=12, ema=0.9, schedule="cosine", evaluate=False),
    ),
    "wasserstein": RunConfig(
        DataConfig("ring"),
        POINTS,
        TrainConfig("wasserstein", batch=8, steps=12, gp=1.0, d_steps=3, penalty_every=2, evaluate=False),
    ),
    "rmsprop": RING.with_settings({"optimizer": "rmsprop"}),
    "rmsprop without momentum": RING.with_settings({"optimizer": "rmsprop", "beta1": 0}),
}
Parent = Callable[..., RunDir]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Train a run of ``CONFIGS`` to its end, once, with a saved state at step 5; return its folder."""

    @functools.cache
    def train_to_the_end(name: str) -> Path:
        return go(go(RunDir.create(tmp_path_factory.mktemp("trained") / "parent", CONFIGS[name], "ring"), 5)).path

    return train_to_the_end


@pytest.fixture
def parent(tmp_path: Path, trained: Callable[[str], Path]) -> Parent:
    """Copy a trained run to ``tmp_path / "parent"``, where the test may change it."""

    def copy(name: str = "ring") -> RunDir:
        shutil.copytree(trained(name), tmp_path / "parent")
        return RunDir(tmp_path / "parent")

    return copy


def state_of(run: RunDir) -> dict[str, torch.Tensor]:
    return run.load_state_at(run.states[-1])
