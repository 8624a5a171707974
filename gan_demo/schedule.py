"""Factor of the learning rates at each step: warm-up, fall, and warm restarts of a run that trains on.

It depends on the step and the settings alone, so a run resumes bit for bit. The rates are full until
``TrainConfig.schedule_from`` and fall from there to the last step, so the number of steps may be decided until then.
"""

from __future__ import annotations

import math
from dataclasses import replace

from gan_demo.config import TrainConfig

FITTED_FINAL_FACTOR = 0.35  # at the end of a time budget: rates that fall to zero lose more than they gain in a minute
RESTART_STEPS = 100  # over which the rates climb back after a warm restart (Loshchilov and Hutter 2017)


def rate_factor(train: TrainConfig, step: int) -> float:
    """Return the factor of both learning rates at ``step``, 0..1."""
    climb = min(1.0, (step + 1) / train.warmup) if train.warmup else 1.0
    length = train.steps - train.schedule_from
    done = min(1.0, max(0, step - train.schedule_from) / length) if length > 0 else 0.0
    fall = {"constant": 1.0, "linear": 1.0 - done, "cosine": 0.5 * (1 + math.cos(math.pi * done))}[train.schedule]
    if train.schedule != "constant" and train.final_factor:
        fall = train.final_factor + (1 - train.final_factor) * fall
    return climb * _rise(train, step) * fall


def _rise(train: TrainConfig, step: int) -> float:
    """Return the factor of a warm restart: it climbs from ``restart_factor`` to 1."""
    if train.restart_factor == 1 or step < train.restart:
        return 1.0
    steps = min(RESTART_STEPS, max(1, train.schedule_from - train.restart))
    return train.restart_factor + (1 - train.restart_factor) * min(1.0, (step - train.restart + 1) / steps)


def open_ended(train: TrainConfig) -> TrainConfig:
    """Return settings whose rates stay full, until ``fitted`` decides the number of steps."""
    return train if train.schedule == "constant" else replace(train, schedule_from=train.steps, final_factor=0.0)


def fitted(train: TrainConfig, step: int, steps: int) -> TrainConfig:
    """Return open-ended settings that end at ``steps``, with rates that fall from ``step`` on, but not to zero."""
    if train.schedule == "constant":
        return replace(train, steps=steps)
    begin = step if train.restart_factor == 1 else max(step, train.restart + RESTART_STEPS)
    return replace(train, steps=steps, schedule_from=begin, final_factor=FITTED_FINAL_FACTOR)


def restarted(train: TrainConfig, step: int, steps: int, factor: float | None = None) -> TrainConfig:
    """Return settings that go on from ``step`` to ``steps``: the rates climb from where they are, then fall again.

    ``factor``: where they are, if they are not those of ``train`` at ``step``.
    """
    factor = rate_factor(train, step) if factor is None else factor
    if train.schedule == "constant" or step == 0:
        return replace(train, steps=steps)
    if factor == 1:
        return replace(train, steps=steps, schedule_from=step, final_factor=0.0)
    begin = step + min(RESTART_STEPS, max(0, steps - step) // 4)
    again = replace(train, steps=steps, restart=step, restart_factor=factor)
    return replace(again, schedule_from=begin, final_factor=0.0)


def without_restart(train: TrainConfig) -> TrainConfig:
    """Return the settings for a training from the first step: a warm restart has no meaning there."""
    return replace(train, restart=0, restart_factor=1.0, schedule_from=0, final_factor=0.0) if train.restart else train
