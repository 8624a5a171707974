"""Settings to change against each failure that the diagnosis finds, as ``RunConfig.with_settings`` takes them."""

from __future__ import annotations

from gan_demo.config import RunConfig
from gan_demo.presets import FEW_IMAGES_AUGMENT, LOSS_SETTINGS

Settings = dict[str, object]


def data_kind(config: RunConfig) -> str:
    """Return "points" or "images", as the keys of ``LOSS_SETTINGS`` name them."""
    return "points" if config.model.arch == "points" else "images"


def settings_for(config: RunConfig, loss: str) -> Settings:
    """Return the settings with which ``loss`` learns this kind of data, where they differ from those of the run."""
    wanted = LOSS_SETTINGS[loss, data_kind(config)]
    return {name: value for name, value in wanted.items() if getattr(config.train, name) != value}


def against_divergence(config: RunConfig) -> Settings:
    """Return lower rates, at most those that the loss is known to learn with, and a gradient penalty."""
    train, usual = config.train, LOSS_SETTINGS[config.train.loss, data_kind(config)]
    rates = {name: min(getattr(train, name) / 4, usual[name]) for name in ("g_lr", "d_lr")}
    remedy = settings_for(config, train.loss) | rates
    if not (train.r1 or train.gp or remedy.get("gp") or remedy.get("r1")):
        remedy["r1"] = 0.1
    return remedy


def against_copies(config: RunConfig) -> Settings:
    """Return all of the data for a run that takes only some, else mirrored and augmented images and a penalty on D."""
    if config.data.limit:
        return {"limit": 0}
    return {"flip": True, "augment": config.train.augment or FEW_IMAGES_AUGMENT, "r1": max(0.1, config.train.r1)}


def against_winning_discriminator(config: RunConfig, saturates: bool) -> Settings:
    """Return the non-saturating loss in the place of one that saturates, and a penalty on D."""
    remedy = settings_for(config, "non_saturating" if saturates else config.train.loss)
    return remedy | ({"r1": 0.1} if config.train.r1 < 0.1 and "gp" not in remedy else {})


def against_weak_discriminator(config: RunConfig) -> Settings:
    """Return settings that make D stronger: a usual rate, G's width, a penalty; if it has all of them, more steps."""
    train, usual = config.train, LOSS_SETTINGS[config.train.loss, data_kind(config)]
    remedy: Settings = {}
    if train.d_lr < max(train.g_lr, 0.5 * float(str(usual["d_lr"]))):
        remedy["d_lr"] = max(train.g_lr, float(str(usual["d_lr"])))
    if config.model.d_width < config.model.width:
        remedy["d_width"] = config.model.width
    remedy |= {"r1": usual["r1"]} if not (train.r1 or train.gp) and usual["r1"] else {}
    return remedy or {"d_steps": train.d_steps + 1}


def for_steadiness(config: RunConfig) -> Settings:
    """Return the relativistic loss with both penalties (Huang et al. 2024, R3GAN); where it is used, halved rates."""
    if config.train.loss != "relativistic" or not (config.train.r1 and config.train.r2):
        return settings_for(config, "relativistic")
    return {"g_lr": config.train.g_lr / 2, "d_lr": config.train.d_lr / 2}
