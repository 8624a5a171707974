"""Folders that come to be whole or not at all, and the removal of what a killed process left of one.

A folder is filled beside its place, as ``.NAME.HEX``, and then moved. While it is filled, its process holds the lock of
the file ``.unfinished`` in it, so that others can tell a folder that is being filled from one that was left behind.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from gan_demo.support import atomic_file

LOCK = ".unfinished"
_NAME_BYTES = 200  # of the folder's name in that of the unfinished one, which file systems limit to 255 bytes
_UNFINISHED = re.compile(r"\.(?P<name>.+)\.[0-9a-f]{8}", re.DOTALL)
_WITHOUT_LOCK_SECONDS = 3600.0  # after which an unfinished folder without a lock file counts as left behind


def create(folder: Path, fill: Callable[[Path], None]) -> None:
    """Make a folder with what ``fill`` writes into the path that it is given. An empty one may be there before.

    Raises OSError; what ``fill`` raises is passed on, and nothing is left then.
    """
    remove_unfinished(folder.parent, folder.name)
    beside = folder.with_name(f".{_short(folder.name)}.{secrets.token_hex(4)}")
    beside.mkdir(parents=True)
    try:
        with open(beside / LOCK, "a", encoding="utf-8") as file:
            atomic_file.lock(file)
            fill(beside)
            if not atomic_file.WINDOWS:
                _place(beside, folder)
        if atomic_file.WINDOWS:  # it moves no folder in which a file is open
            _place(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _place(beside: Path, folder: Path) -> None:
    (beside / LOCK).unlink()
    if folder.exists():
        folder.rmdir()
    atomic_file.move(beside, folder)


def remove_unfinished(parent: Path, name: str | None = None) -> None:
    """Delete the unfinished folders in ``parent`` that no process fills any more: those of ``name``, or all."""
    with contextlib.suppress(OSError):
        for path in list(parent.iterdir()):
            match = _UNFINISHED.fullmatch(path.name)
            if match and (name is None or match["name"] == _short(name)) and path.is_dir() and _is_left_behind(path):
                shutil.rmtree(path, ignore_errors=True)


def _short(name: str) -> str:
    """Return as much of a folder's name as fits into that of the unfinished one."""
    return name.encode()[:_NAME_BYTES].decode(errors="ignore")


def _is_left_behind(path: Path) -> bool:
    try:
        with open(path / LOCK, "r+", encoding="utf-8") as file:
            return atomic_file.lock(file)
    except FileNotFoundError:  # of an older version, or made this moment
        return time.time() - path.stat().st_mtime > _WITHOUT_LOCK_SECONDS
    except OSError:
        return False
