"""What the commands' parsers share: their type, and paths as they are typed."""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # at run time argparse's class takes no type argument
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
else:
    Commands = object


def path(text: str) -> Path:
    """Return a path with the user's folder in place of ``~``, which a shell leaves alone in ``--out=~/run``."""
    typed = Path(text)
    with contextlib.suppress(RuntimeError):  # no such user, or none at all
        return typed.expanduser()
    return typed
