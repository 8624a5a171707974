"""Settings as forms offer them: which ones matter for a run, and which values to choose from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from gan_demo.config import LOSS_NAMES, OPTIMIZERS, SCHEDULES, RunConfig
from gan_demo.presets import LOSS_SETTINGS
from gan_demo.runs import setting_changes

LEARNING_RATES = ("g_lr", "d_lr")
LOSSES_WITH_SMOOTHING = ("minimax", "non_saturating")  # label smoothing changes the targets of these losses only
NAMED_VALUES = {"loss": LOSS_NAMES, "optimizer": OPTIMIZERS, "schedule": SCHEDULES}  # settings of a training
MANTISSAS = (1, 1.5, 2, 3, 5, 7)  # of the choices on a logarithmic scale
# Settings of the adversarial objective, which change along with the loss.
OBJECTIVE_SETTINGS = ("d_steps", *setting_changes.PENALTIES, "penalty_every", "label_smoothing")
DECIDED = ("start", "schedule_from", "final_factor", "restart", "restart_factor")  # by the trainer, or by weights
DECADES = 2  # decades that a logarithmic scale reaches to each side of its middle
HIGHEST_LEARNING_RATE, HIGHEST_PENALTY = 10.0, 10_000.0


def setting_values(config: RunConfig) -> dict[str, Any]:
    """Return every setting by its name, without those that follow from the data or that the trainer decides."""
    return setting_changes.by_name(config, DECIDED)


def live_setting_names(config: RunConfig) -> list[str]:
    """Return the live settings that matter for a run's loss, or that the run already uses."""
    train = config.train
    matters = _penalty_matters(train.loss) | {"label_smoothing": train.loss in LOSSES_WITH_SMOOTHING}
    return [name for name in setting_changes.LIVE if matters.get(name, True) or getattr(train, name) > 0]


def objective_setting_names(loss: str, values: Mapping[str, Any]) -> list[str]:
    """Return D's steps and the penalties that matter for ``loss``, or that ``values`` already use."""
    matters = _penalty_matters(loss)
    return ["d_steps", *(name for name in setting_changes.PENALTIES if matters[name] or values[name])]


def why_unused(name: str, values: Mapping[str, Any]) -> str:
    """Return why a setting has no effect beside the other ``values``, or "": the end of a key ``form.unused.…``."""
    if name == "label_smoothing" and values["loss"] not in LOSSES_WITH_SMOOTHING:
        return "no_targets"
    if name == "penalty_every" and not any(values[penalty] for penalty in setting_changes.PENALTIES):
        return "no_penalty"
    return "sgd" if name == "beta2" and values["optimizer"] == "sgd" else ""


def why_uncommon(name: str, values: Mapping[str, Any]) -> str:
    """Return why a penalty that is off does not go with the loss, or "": the end of a key ``form.uncommon.…``."""
    is_uncommon = name in setting_changes.PENALTIES and not values[name] and not _penalty_matters(values["loss"])[name]
    return name if is_uncommon else ""


def in_effect(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a run with these ``values``: without label smoothing where the loss has no targets."""
    return {**values, "label_smoothing": 0.0} if why_unused("label_smoothing", values) else dict(values)


def _penalty_matters(loss: str) -> dict[str, bool]:
    is_wasserstein = loss == "wasserstein"
    return {"r1": not is_wasserstein, "r2": loss == "relativistic", "gp": is_wasserstein}


def loss_settings(config: RunConfig, loss: str) -> dict[str, Any]:
    """Return the objective settings with which this kind of model is known to learn from another loss."""
    kind = "points" if config.model.arch == "points" else "images"
    settings = LOSS_SETTINGS.get((loss, kind), {})
    return {name: value for name, value in settings.items() if name in OBJECTIVE_SETTINGS}


def logarithmic_choices(origin: float, values_had: Collection[float], with_zero: bool) -> list[float]:
    """Return values on a logarithmic scale around ``origin``, 0.1 for one of 0, and perhaps 0, which means off.

    ``values_had`` are among them: the values that the setting has had. The scale does not follow the one in effect, so
    a slider stays as it is while it is moved.
    """
    middle = origin or 0.1
    values = (float(f"{mantissa}e{exponent}") for exponent in range(-8, 5) for mantissa in MANTISSAS)
    highest = min(HIGHEST_PENALTY if with_zero else HIGHEST_LEARNING_RATE, middle * 10**DECADES)
    choices = {value for value in values if middle / 10**DECADES <= value <= highest}
    return sorted(choices | {origin, *values_had} | ({0.0} if with_zero else set()))
