"""The folders of the app in the user's cache, or wherever a variable of the environment says."""

from __future__ import annotations

import os
from pathlib import Path

from gan_demo.errors import ConfigError


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
