"""Small runs of each kind, trained to the end or stopped, and their states compared bit for bit."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import torch
from torch import Tensor

from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.runs.resuming import load_state
from gan_demo.runs.run_dir import RunDir
from gan_demo.training.control import Progress
from gan_demo.training.trainer import train

POINTS = ModelConfig("points", 2, 8, 8, 2)
RING = RunConfig(DataConfig("ring"), POINTS, TrainConfig(batch=8, steps=12, evaluate=False))
IMAGES = DataConfig("digits", limit=64)
CONFIGS = {
    "mlp": RunConfig(IMAGES, ModelConfig("mlp", 6, 1, 1), TrainConfig(batch=8, steps=12, evaluate=False)),
    "conditional dcgan": RunConfig(
        IMAGES,
        ModelConfig("dcgan", 6, 4, 4, conditional=True),
        TrainConfig("hinge", batch=8, steps=12, evaluate=False, ema=0.9),
    ),
    "faces, flipped": RunConfig(
        DataConfig("faces", limit=64, flip=True),
        ModelConfig("dcgan", 6, 4, 4, mapping=1, conditional=True),
        TrainConfig(batch=8, steps=12, evaluate=False, ema=0.9),
    ),
    "augmented": RunConfig(
        DataConfig("faces", limit=64),
        ModelConfig("dcgan", 6, 4, 4),
        TrainConfig("relativistic", batch=8, steps=12, evaluate=False, augment="color-translation-cutout", ema=0.9),
    ),
    "points with penalties": RunConfig(
        DataConfig("grid"),
        POINTS,
        TrainConfig(
            "relativistic",
            batch=8,
            steps=12,
            evaluate=False,
            r1=0.5,
            r2=0.5,
            penalty_every=3,
            schedule="cosine",
            ema=0.99,
        ),
    ),
    "wasserstein": RunConfig(
        DataConfig("ring"),
        POINTS,
        TrainConfig("wasserstein", batch=8, steps=12, evaluate=False, gp=1.0, d_steps=3, warmup=5),
    ),
    "rmsprop": dataclasses.replace(RING, train=dataclasses.replace(RING.train, optimizer="rmsprop")),
    "sgd": dataclasses.replace(RING, train=dataclasses.replace(RING.train, optimizer="sgd", beta1=0.0)),
}


def new_run(path: Path, config: RunConfig = RING, **changes: object) -> RunDir:
    train_config = dataclasses.replace(config.train, **changes)  # type: ignore[arg-type]
    return RunDir.create(path, dataclasses.replace(config, train=train_config), "test")


def go(run: RunDir, until: int | None = None, **options: object) -> list[Progress]:
    """Train to the end, or stop after so many steps."""
    seen = []
    steps = train(run, **options)  # type: ignore[arg-type]
    for progress in steps:
        seen.append(progress)
        if progress.step == until:
            break
    steps.close()
    return seen


def state_of(run: RunDir) -> dict[str, Tensor]:
    state = load_state(RunDir(run.path))
    assert state is not None
    return state


def differing(a: RunDir, b: RunDir) -> list[str]:
    """Return the parts of two runs' states that differ in any bit."""
    first, other = state_of(a), state_of(b)
    assert first.keys() == other.keys()
    return [key for key in first if not torch.equal(first[key], other[key])]
