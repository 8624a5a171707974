"""What the commands' parsers share: their type, and paths as they are typed."""

from __future__ import annotations

import argparse
import contextlib
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from gan_demo.errors import ConfigError
from gan_demo.explorer import skipped_weights

if TYPE_CHECKING:  # at run time argparse's class takes no type argument
    from gan_demo.export.formats import WeightsOptions
    from gan_demo.weights.recognised import Loaded

    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
else:
    Commands = object

_MOST_SKIPPED = 12  # values beside the weights of a file that are named


def add_weights_options(parser: argparse.ArgumentParser, setting: str = "--set") -> None:
    """Add the options for weights files; ``setting`` is the one for what weights do not say."""
    parser.set_defaults(weights_setting=setting)
    parser.add_argument("--network", metavar="NAME", help="of a weights file with several: the network to take")
    parser.add_argument(
        setting,
        dest="weights_settings",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="what weights do not say, such as activation=relu or output=sigmoid; repeat it for several",
    )


def weights_options(options: argparse.Namespace) -> WeightsOptions:
    """Return the options for weights files; what is assumed and skipped is printed. Raises ConfigError."""
    from gan_demo.export.formats import WeightsOptions

    opened = partial(_print_reading, setting=options.weights_setting)
    return WeightsOptions(opened, options.network, dict(map(pair, options.weights_settings)))


def pair(text: str) -> tuple[str, str]:
    """Return name and value of "name=value". Raises ConfigError."""
    name, equals, value = text.partition("=")
    if not equals:
        raise ConfigError("set", text, "must be key=value", "For example --set g_lr=1e-3")
    return name.strip(), value.strip()


def _print_reading(loaded: Loaded, setting: str) -> None:
    """Print what nobody chose and weights do not say, and what was skipped beside them, on standard error."""
    assumed = ", ".join(f"{name}={loaded.options[name]}" for name in loaded.assumed)
    if loaded.network:
        print(f"network: {loaded.network}", file=sys.stderr)
    if assumed:
        print(f"assumed: {assumed} (change it with {setting} NAME=VALUE)", file=sys.stderr)
    skipped = skipped_weights.sentence(loaded.skipped, _MOST_SKIPPED)
    if skipped:
        print(skipped, file=sys.stderr)


def path(text: str) -> Path:
    """Return a path with the user's folder in place of ``~``, which a shell leaves alone in ``--out=~/run``."""
    typed = Path(text)
    with contextlib.suppress(RuntimeError):  # no such user, or none at all
        return typed.expanduser()
    return typed
