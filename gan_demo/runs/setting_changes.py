"""Settings changed on the way: live, between two steps of a run; and in a fork, which goes on from a kept state.

A change is {"step", "seconds", "was": {setting: value}, "now": {setting: value}}, a line of a run's changes.jsonl.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from gan_demo.config import RunConfig, TrainConfig
from gan_demo.errors import ConfigError

Change = dict[str, Any]

LIVE = ("g_lr", "d_lr", "d_steps", "r1", "r2", "gp", "label_smoothing")
FORKED = tuple(one.name for one in dataclasses.fields(TrainConfig) if one.name != "seed")
PENALTIES = ("r1", "r2", "gp")


def live(config: RunConfig, settings: Mapping[str, object]) -> RunConfig:
    """``config`` with ``settings`` changed while it trains. Raises ConfigError for any that can't be, or don't fit."""
    _only(LIVE, settings, "can't change while it trains", "Fork the run, and change it there")
    return config.with_settings(settings)


def forked(config: RunConfig, settings: Mapping[str, object], step: int) -> RunConfig:
    """``config`` of a run that goes on from ``step`` with other ``settings``. Raises ConfigError as ``live`` does."""
    _only((*FORKED, "lr"), settings, "can't change in a fork", "Start a new run with it")
    fork = config.with_settings(settings)
    if fork.train.steps <= step:
        problem = "leaves nothing to train after step {step}"
        raise ConfigError("steps", fork.train.steps, problem, "Give more", step=step)
    return fork


def _only(names: Iterable[str], settings: Mapping[str, object], problem: str, remedy: str) -> None:
    for key, value in settings.items():
        if key.removeprefix("train.") not in names:
            raise ConfigError(key, value, problem, remedy)


def difference(was: RunConfig, now: RunConfig) -> tuple[dict[str, Any], dict[str, Any]]:
    """The training settings that differ: (what they were, what they are)."""
    names = [one.name for one in dataclasses.fields(TrainConfig)]
    names = [name for name in names if getattr(was.train, name) != getattr(now.train, name)]
    return {name: getattr(was.train, name) for name in names}, {name: getattr(now.train, name) for name in names}


def reverted(config: RunConfig, changes: Iterable[Change], step: int) -> RunConfig:
    """The settings that were in effect at ``step``, before all later ``changes``."""
    for change in reversed(list(changes)):
        if change["step"] > step:
            config = config.with_settings(change["was"])
    return config


def to_undo(changes: Iterable[Change]) -> Change | None:
    """The newest live change that has not been taken back yet."""
    standing: list[Change] = []
    for change in changes:
        if standing and (standing[-1]["was"], standing[-1]["now"]) == (change["now"], change["was"]):
            standing.pop()
        elif set(change["was"]) <= set(LIVE):
            standing.append(change)
    return standing[-1] if standing else None
