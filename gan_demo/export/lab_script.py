"""The settings of the lab as a PyTorch script, as a run with these settings would have it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from gan_demo.config import RunConfig
from gan_demo.export.script.options import ScriptOptions
from gan_demo.runs.run_dir import RunDir

NAME = "train_lab.py"


def lab_script(settings: Mapping[str, object]) -> str:
    """Return the source of a script that trains with the lab's settings, by the names of config.py.

    Raises ConfigError for settings that are unknown or wrong, DataError for data that no run has.
    """
    from gan_demo.data import datasets  # imported late because they load torch
    from gan_demo.export.script import build

    config = RunConfig().with_settings(settings)
    datasets.source(config.data.name)
    with tempfile.TemporaryDirectory() as folder:
        run = RunDir.create(Path(folder) / "lab", config, NAME.removesuffix(".py"))
        return build.script(run, ScriptOptions(NAME))
