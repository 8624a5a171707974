"""The settings of the lab as a PyTorch script."""

from __future__ import annotations

from collections.abc import Mapping

from gan_demo.config import RunConfig
from gan_demo.export.script.options import ScriptOptions

NAME = "train_lab.py"
_ORIGIN = "the settings of its lab"
_PROMISES = ["It draws random numbers of its own, so its losses are not those of the training in the lab."]


def lab_script(settings: Mapping[str, object]) -> str:
    """Return the source of a script that trains with the lab's settings, by the names of config.py.

    Raises ConfigError for settings that are unknown or wrong, DataError for data that no run has.
    """
    from gan_demo.data import datasets  # imported late because they load torch
    from gan_demo.export.script import build, context, notes

    config, options = RunConfig().with_settings(settings), ScriptOptions(NAME)
    datasets.source(config.data.name)
    variables = context.settings_context(config, options)
    return build.joined(notes.header_of(variables, options, _ORIGIN, _PROMISES), variables)
