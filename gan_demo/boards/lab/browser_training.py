"""Data of the component that trains images in the viewer's own browser."""

from __future__ import annotations

import dataclasses
from typing import Any

from gan_demo.boards import addresses, assets, curves
from gan_demo.i18n import text
from gan_demo.i18n.text import keys, t
from gan_demo.presets import PRESETS

MEGABYTES = {"digits": 1, "faces": 3}  # of an embedded set, packed
RUNTIME_MEGABYTES = 4
_PANELS = ("verdicts", "losses", "gradients")
_COLUMNS = frozenset({"d_fake", "d_real", "g_loss", "d_loss", "g_grad", "d_grad"})


def data(preset: str) -> dict[str, Any]:
    """Return ``BrowserTrainingData`` of browser_training/types.d.ts."""
    config = PRESETS[preset]
    settings = {**dataclasses.asdict(config.model), **dataclasses.asdict(config.train), "name": config.data.name}
    return {
        "preset": preset,
        "settings": {name: value for name, value in settings.items() if isinstance(value, str | int | float)},
        "megabytes": RUNTIME_MEGABYTES + MEGABYTES[config.data.name],
        "urls": {
            "runtime": addresses.filled(addresses.RUNTIME, version=assets.runtime_version()) + "/",
            "graphs": addresses.LAB_GRAPHS,
            "images": addresses.filled(addresses.LAB_DATA, name=config.data.name),
            "runs": addresses.LAB_RUNS,
            "page": addresses.RUN_PAGE,
        },
        "panels": [spec for spec in curves.panel_specs(False, (), _COLUMNS) if spec["id"] in _PANELS],
        "curves": curves.texts(),
        "texts": {key.removeprefix("browser."): t(key) for key in keys("browser.")}
        | {name: t(f"time.{name}") for name in ("seconds", "minutes", "hours")},
        "language": text.language(),
    }
