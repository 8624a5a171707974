"""Settings as the boards and forms offer them."""

from __future__ import annotations

from typing import Any

from gan_demo.config import RunConfig
from gan_demo.presets import LOSS_SETTINGS
from gan_demo.runs import setting_changes

GAME = ("d_steps", *setting_changes.PENALTIES, "penalty_every", "label_smoothing")  # what goes with a loss


def loss_settings(config: RunConfig, loss: str) -> dict[str, Any]:
    """What another loss needs around it, so that it learns."""
    kind = "points" if config.model.arch == "points" else "images"
    return {name: value for name, value in LOSS_SETTINGS.get((loss, kind), {}).items() if name in GAME}
