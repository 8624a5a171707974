"""Changes of settings: live, between two steps of a run, and in a fork, which continues from a saved state.

A change is {"step", "seconds", "was": {setting: value}, "now": {setting: value}}, a line of a run's changes.jsonl.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from gan_demo.config import RunConfig, TrainConfig
from gan_demo.errors import ConfigError
from gan_demo.schedule import rate_factor, restarted
from gan_demo.support import bounded_json

Change = dict[str, Any]

# The settings that may change while a run trains, and those that may differ in a fork.
LIVE = ("g_lr", "d_lr", "d_steps", "r1", "r2", "gp", "label_smoothing")
FORKED = tuple(field.name for field in dataclasses.fields(TrainConfig) if field.name != "seed")
PENALTIES = ("r1", "r2", "gp")
# how long a run trains, and the schedule that follows from it
PLAN = ("steps", "schedule_from", "final_factor", "restart", "restart_factor")


def live(config: RunConfig, settings: Mapping[str, object]) -> RunConfig:
    """Return ``config`` with ``settings`` changed during training. Raises ConfigError if one is not LIVE or invalid."""
    _check_names(LIVE, settings, "can't change while it trains", "Fork the run, and change it there")
    return config.with_settings(settings)


def forked(config: RunConfig, settings: Mapping[str, object], step: int) -> RunConfig:
    """Return ``config`` for a fork at ``step`` with other ``settings``.

    Raises ConfigError if a setting is not in FORKED or invalid, or if no step is left to train.
    """
    _check_names((*FORKED, "lr"), settings, "can't change in a fork", "Start a new run with it")
    fork = continued(config, settings, step)
    if fork.train.steps <= step:
        problem = "leaves nothing to train after step {step}"
        raise ConfigError("steps", fork.train.steps, problem, "Give more steps", step=step)
    return fork


def continued(config: RunConfig, settings: Mapping[str, object], step: int) -> RunConfig:
    """Return ``config`` with ``settings`` changed at ``step``. Raises ConfigError.

    With another number of steps or another schedule, the learning rates go on from where they are.
    """
    changed = config.with_settings(settings)
    before, after = config.train, changed.train
    if (before.steps, before.schedule) == (after.steps, after.schedule) or before.schedule_from != after.schedule_from:
        return changed
    train = restarted(after, step, after.steps, rate_factor(before, step))
    return dataclasses.replace(changed, train=train)


def _check_names(allowed: Iterable[str], settings: Mapping[str, object], problem: str, remedy: str) -> None:
    for key, value in settings.items():
        if key.removeprefix("train.") not in allowed:
            raise ConfigError(key, value, problem, remedy)


def is_change(row: Mapping[str, Any]) -> bool:
    """Return whether a row of changes.jsonl is a change: training settings before and after, of their types.

    A damaged file may hold anything.
    """
    before, after = row.get("was"), row.get("now")
    if not isinstance(before, dict) or not isinstance(after, dict) or not after.keys() <= before.keys():
        return False
    if not bounded_json.is_number(row.get("seconds", 0)):
        return False
    return all(_is_value(name, side[name]) for side in (before, after) for name in side)


def _is_value(name: str, value: object) -> bool:
    """Return whether a training setting may have this value, as far as it alone tells."""
    default = getattr(TrainConfig(), name, None)
    if default is None or type(default) not in (int, float, str, bool):
        return False
    kinds = (int, float) if type(default) is float else (type(default),)
    return type(value) in kinds and (isinstance(value, str) or bounded_json.is_number(float(value)))  # type: ignore[arg-type]


def difference(before: RunConfig, after: RunConfig) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the training settings that differ between two configs, with their values in each."""
    names = [field.name for field in dataclasses.fields(TrainConfig)]
    names = [name for name in names if getattr(before.train, name) != getattr(after.train, name)]
    return {name: getattr(before.train, name) for name in names}, {name: getattr(after.train, name) for name in names}


def by_name(config: RunConfig, left_out: Collection[str] = ()) -> dict[str, Any]:
    """Return settings by name, without those that follow from the data and others that are ``left_out``."""
    sections = (config.data, config.model, config.train)
    unwanted = {"shape", "labels", *left_out}
    return {name: value for section in sections for name, value in vars(section).items() if name not in unwanted}


def comparable(config: RunConfig) -> dict[str, Any]:
    """Return the settings in which two runs are said to differ, by name: without folders, and how long they train."""
    return by_name(config, ("root", "path", *PLAN))


def reverted(config: RunConfig, changes: Iterable[Change], step: int) -> RunConfig:
    """Return the settings in effect at ``step``: ``config`` without the ``changes`` after it."""
    for change in reversed(list(changes)):
        if change["step"] > step:
            with contextlib.suppress(ConfigError):  # a damaged line: the other changes still hold
                config = config.with_settings(change["was"])
    return config


def to_undo(changes: Iterable[Change]) -> Change | None:
    """Return the newest live change that was not undone yet, or None."""
    standing: list[Change] = []
    for change in changes:
        if standing and (standing[-1]["was"], standing[-1]["now"]) == (change["now"], change["was"]):
            standing.pop()
        elif set(change["was"]) <= set(LIVE):
            standing.append(change)
    return standing[-1] if standing else None
