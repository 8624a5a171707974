"""Trainings that follow a plan of changes and single updates, and their states compared bit for bit."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.runs.run_dir import RunDir
from gan_demo.training.control import Order
from gan_demo.training.trainer import train

POINTS = ModelConfig("points", 2, 8, 8, 2)
RING = RunConfig(DataConfig("ring"), POINTS, TrainConfig(batch=8, steps=12, ema=0.9, evaluate=False))


class Plan:
    """Steers by a list: the order of each item, and settings to change before it. It goes on where a kill broke it."""

    def __init__(self, items: list[Order], settings: Mapping[int, dict[str, object]] = {}) -> None:
        self.items = items
        self.settings = settings  # by item
        self.at = 0
        self.changed: set[int] = set()

    def begin(self, run: RunDir) -> None:
        """Find the place in the plan from what the run kept."""
        info = RunDir(run.path).info
        saved_counts = [0, 0] if info.state is None else saved(run)["counts"].tolist()
        counts, self.at, d_steps = [0, 0], 0, 1
        while counts != saved_counts:
            d_steps = int(str(self.settings.get(self.at, {}).get("d_steps", d_steps)))
            counts[0] += self.order != "d"
            counts[1] += {"d": 1, "g": 0}.get(self.order, d_steps)
            self.at += 1
        self.changed = set(sorted(self.settings)[: len(self.in_effect(run))])

    def in_effect(self, run: RunDir) -> list[Any]:
        """Return the recorded changes whose settings arrived, too."""
        train = dataclasses.asdict(RunDir(run.path).config.train)
        noted = RunDir(run.path).changes()
        return [each for k, each in enumerate(noted) if k < len(noted) - 1 or each["now"].items() <= train.items()]

    @property
    def order(self) -> Order:
        return self.items[self.at] if self.at < len(self.items) else "both"

    def is_stepping(self) -> bool:
        return True

    def next_change(self) -> Mapping[str, object] | None:
        return self.settings[self.at] if self.at in self.settings and self.at not in self.changed else None

    def change_done(self) -> None:
        self.changed.add(self.at)


def saved(run: RunDir) -> dict[str, Tensor]:
    """Return the state that resuming would start from; unlike ``load_state`` it only looks."""
    from safetensors.torch import load_file

    return load_file(run.path / f"state-{RunDir(run.path).info.state:08d}.safetensors")


def new_run(path: Path, config: RunConfig = RING) -> RunDir:
    return RunDir.create(path, config, "ring")


def follow(run: RunDir, plan: Plan, items: int | None = None) -> RunDir:
    """Train by the plan, to the end or for so many of its items."""
    plan.begin(run)
    steps = train(RunDir(run.path), control=plan)
    for progress in steps:
        if progress.phase != "training":
            continue
        if progress.scalars is not None:
            plan.at += 1
        if items is not None and plan.at >= items:
            break
    steps.close()
    return RunDir(run.path)


def differing(a: RunDir, b: RunDir) -> list[str]:
    first, other = saved(a), saved(b)
    assert first.keys() == other.keys()
    return [key for key in first if not torch.equal(first[key], other[key])]


def of_changes(run: RunDir) -> list[tuple[int, Any, Any]]:
    return [(change["step"], change["was"], change["now"]) for change in run.changes()]
