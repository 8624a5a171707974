"""Is there room for what a training writes? Nothing is ever removed to make some: a person decides what can go."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from gan_demo.errors import ConfigError, RunError

LEAST_FREE = 1.0  # GB that must be left where a training writes: a large one keeps some hundred MB
LIMIT = "GAN_DEMO_MOST_GB"  # the environment variable that says how much all runs together may take; none: no limit
TRASH = ".deleted"  # what can still be brought back, which counts no more
GB = 1e9


def check_free(folder: Path, coming: int = 0) -> None:
    """Raise RunError where the disk that ``folder`` lies on is as good as full, or would be with ``coming`` bytes."""
    there = next((one for one in (folder, *folder.parents) if one.is_dir()), Path())
    free = max(0.0, shutil.disk_usage(there).free - coming) / GB
    if free < LEAST_FREE:
        raise RunError(
            "disk", "", "has only {free} GB left, and a training wants at least {least} GB",
            "Delete runs that you no longer need; the room of a deleted run is free an hour later",
            free=f"{free:.1f}", least=f"{LEAST_FREE:g}",
        )  # fmt: skip


def check_new(folder: Path, home: Path, coming: int = 0) -> None:
    """The same for a new run in ``folder``, and RunError where those in ``home`` take as much as they may.

    Raises ConfigError where the environment does not say how much in gigabytes.
    """
    check_free(folder, coming)
    most = _most()
    if most is None or not folder.resolve().is_relative_to(home.resolve()):
        return
    taken = (size(home) + coming) / GB
    if taken >= most:
        raise RunError(
            "disk", "", "holds {taken} GB of runs, and all together may take {most} GB",
            "Delete runs that you no longer need, or raise GAN_DEMO_MOST_GB",
            taken=f"{taken:.1f}", most=f"{most:g}",
        )  # fmt: skip


def size(folder: Path) -> int:
    """Bytes of all files below ``folder``, less those that were deleted and can be brought back."""
    total = 0
    for place, folders, files in os.walk(folder):
        if Path(place) == folder and TRASH in folders:
            folders.remove(TRASH)
        for name in files:
            try:
                total += os.lstat(os.path.join(place, name)).st_size
            except OSError:  # a file that is being written, or gone again
                continue
    return total


def _most() -> float | None:
    told = os.environ.get(LIMIT, "").strip()
    if not told:
        return None
    try:
        most = float(told)
    except ValueError:
        most = 0.0
    if not 0 < most < float("inf"):
        raise ConfigError(LIMIT, told, "must be a number of gigabytes above 0", "For example 20")
    return most
