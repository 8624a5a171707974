"""Folders of the app in the user's cache, or wherever a variable of the environment says, and names of paths."""

from __future__ import annotations

import os
from pathlib import Path

from gan_demo.errors import ConfigError

MAX_NAME_BYTES = 255  # of a file or folder, on every common file system


def longest_name(path: Path) -> int:
    """Return the bytes of the longest name in a path."""
    return max((len(os.fsencode(part)) for part in path.parts), default=0)


def check_usable(folder: Path, variable: str, writes: bool) -> None:
    """Raise ConfigError unless this user can read the folder, and write to it if it ``writes``; it need not exist yet.

    ``variable``: the one of the environment that names another folder.
    """
    remedy = "Set it to a folder you may write to"
    if longest_name(folder) > MAX_NAME_BYTES:
        raise ConfigError(variable, folder, "has a name that is too long", remedy)
    existing = next((path for path in (folder, *folder.parents) if os.path.lexists(path)), folder)
    rights = os.R_OK | os.X_OK | (os.W_OK if writes or existing != folder else 0)
    if not os.path.isdir(existing) or not os.access(existing, rights):
        raise ConfigError(variable, folder, "can't be used as the folder of runs", remedy)


def user_folder(variable: str, name: str) -> Path:
    """Return the folder that ``variable`` names, else ``~/.cache/gan_demo/NAME``.

    The home folder is asked for only where it is needed: a service may have none. Raises ConfigError then.
    """
    text = os.environ.get(variable, "").strip()
    try:
        return Path(text).expanduser() if text else Path.home() / ".cache" / "gan_demo" / name
    except RuntimeError as failure:  # no HOME, and no such user
        problem = "is not set, and this user has no home folder"
        raise ConfigError(variable, text, problem, "Set it to a folder you may write to") from failure
