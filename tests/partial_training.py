"""Trainings that end before their last step."""

from __future__ import annotations

from gan_demo.runs.run_dir import RunDir
from gan_demo.training.trainer import train


def go(run: RunDir, until: int | None = None) -> RunDir:
    """Train to the end, or stop after so many steps; return the run as it is then."""
    steps = train(run)
    for progress in steps:
        if progress.step == until:
            break
    steps.close()
    return RunDir(run.path)
