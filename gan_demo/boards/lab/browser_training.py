"""Data of the component that trains images in the viewer's own browser."""

from __future__ import annotations

import dataclasses
from typing import Any

from gan_demo.boards import addresses, assets, curves
from gan_demo.config import RunConfig
from gan_demo.i18n import text
from gan_demo.i18n.text import keys, t
from gan_demo.presets import PRESETS
from gan_demo.runs.run_dir import RunDir

MEGABYTES = {"digits": 1, "faces": 3}  # of an embedded set, packed
RUNTIME_MEGABYTES = 4
_PANELS = ("verdicts", "losses", "quality", "gradients")
_COLUMNS = frozenset({"d_fake", "d_real", "g_loss", "d_loss", "g_grad", "d_grad", "fcd"})


def data(preset: str) -> dict[str, Any]:
    """Return ``BrowserTrainingData`` of browser_training/types.d.ts, for a preset."""
    return _data(preset, PRESETS[preset], None)


def run_data(run: RunDir) -> dict[str, Any]:
    """Return ``BrowserTrainingData`` for a run that ``may_go_on``, from its newest state."""
    return _data(run.id, run.config, addresses.filled(addresses.TRAINING, run_id=run.id))


def may_go_on(run: RunDir) -> bool:
    """Return whether browsers can train a run of images on; their steps augment nothing."""
    config = run.config
    is_compiled = config.model.arch in ("mlp", "dcgan") and not config.train.augment
    return is_compiled and config.data.name in MEGABYTES and bool(run.states)


def _data(preset: str, config: RunConfig, state: str | None) -> dict[str, Any]:
    settings = {**dataclasses.asdict(config.model), **dataclasses.asdict(config.train), "name": config.data.name}
    return {
        "preset": preset,
        "settings": {name: value for name, value in settings.items() if isinstance(value, str | int | float)},
        "megabytes": RUNTIME_MEGABYTES + MEGABYTES[config.data.name],
        "urls": {
            "runtime": addresses.filled(addresses.RUNTIME, version=assets.runtime_version()) + "/",
            "graphs": addresses.LAB_GRAPHS,
            "images": addresses.filled(addresses.LAB_DATA, name=config.data.name),
            "reference": addresses.filled(addresses.LAB_REFERENCE, name=config.data.name),
            "state": state,
            "runs": addresses.LAB_RUNS,
            "page": addresses.RUN_PAGE,
        },
        "panels": [spec for spec in curves.panel_specs(False, (), _COLUMNS) if spec["id"] in _PANELS],
        "curves": curves.texts(),
        "texts": {key.removeprefix("browser."): t(key) for key in keys("browser.")}
        | {name: t(f"time.{name}") for name in ("seconds", "minutes", "hours")},
        "language": text.language(),
    }
