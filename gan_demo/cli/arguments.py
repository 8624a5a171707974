"""What the commands' parsers share: their type, and paths as they are typed."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from gan_demo.errors import ConfigError
from gan_demo.explorer import skipped_weights

if TYPE_CHECKING:  # at run time argparse's class takes no type argument
    from gan_demo.export.formats import WeightsOptions
    from gan_demo.weights.hub import Copy
    from gan_demo.weights.recognised import Loaded

    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
else:
    Commands = object

_MOST_OTHERS = 8  # networks of a file, or files of a repository, that are named beside the one that was taken
_MOST_SKIPPED = 12  # values beside the weights of a file that are named


def add_weights_options(parser: argparse.ArgumentParser, setting: str = "--set") -> None:
    """Add the options for weights files; ``setting`` is the one for what weights do not say."""
    parser.set_defaults(weights_setting=setting)
    parser.add_argument(
        "--network",
        metavar="NAME",
        help="the network to take where a weights file has several, or the file of a model",
    )
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

    reporter = _Reporter(options.weights_setting)
    return WeightsOptions(reporter, options.network, dict(map(pair, options.weights_settings)))


def pair(text: str) -> tuple[str, str]:
    """Return name and value of "name=value". Raises ConfigError."""
    name, equals, value = text.partition("=")
    if not equals:
        raise ConfigError("set", text, "must be key=value", "For example --set g_lr=1e-3")
    return name.strip(), value.strip()


def _others(holder: str, names: Sequence[str], argument: str) -> str:
    """Return what else there was to take, to be put behind the name of what was taken."""
    if not names:
        return ""
    named = ", ".join(names[:_MOST_OTHERS]) + (", …" if len(names) > _MOST_OTHERS else "")
    return f" (also in the {holder}: {named}; choose with --network {argument})"


class _Reporter:
    """Lines on standard error that say how weights were read; ``setting`` is the option for what they do not say."""

    def __init__(self, setting: str) -> None:
        self._setting = setting

    def fetched(self, copy: Copy) -> None:
        """Print which file of a repository was taken, and which others may be generators."""
        others = [file for file in copy.files if file != copy.address.file]
        print(f"file: {copy.address.file}{_others('repository', others, 'FILE')}", file=sys.stderr)

    def opened(self, loaded: Loaded) -> None:
        """Print what nobody chose and weights do not say, and what was skipped beside them."""
        assumed = ", ".join(f"{name}={loaded.options[name]}" for name in loaded.assumed)
        if loaded.network:
            others = [name for name in loaded.networks if name != loaded.network]
            print(f"network: {loaded.network}{_others('file', others, 'NAME')}", file=sys.stderr)
        if assumed:
            print(f"assumed: {assumed} (change it with {self._setting} NAME=VALUE)", file=sys.stderr)
        skipped = skipped_weights.sentence(loaded.skipped, _MOST_SKIPPED)
        if skipped:
            print(skipped, file=sys.stderr)


def path(text: str) -> Path:
    """Return a path with the user's folder in place of ``~``, which a shell leaves alone in ``--out=~/run``."""
    typed = Path(text)
    with contextlib.suppress(RuntimeError):  # no such user, or none at all
        return typed.expanduser()
    return typed
