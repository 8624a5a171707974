"""Checks that there is disk space for a training. Nothing is deleted to make space: that is a person's decision."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from gan_demo.errors import RunError
from gan_demo.support.numbers import positive_number

MIN_FREE_GB = 1.0  # on the disk that a training writes to: a large one writes some hundred MB
LIMIT_VARIABLE = "GAN_DEMO_MOST_GB"  # environment variable: gigabytes that all runs together may take; unset: no limit
TRASH = ".deleted"  # folder of deleted runs that can still be restored; they do not count
GB = 1e9  # bytes


def check_free(folder: Path, coming: int = 0) -> None:
    """Raise RunError if the disk of ``folder`` has less than MIN_FREE_GB free, or would have with ``coming`` bytes."""
    existing = next((path for path in (folder, *folder.parents) if os.path.isdir(path)), Path())
    free = max(0.0, shutil.disk_usage(existing).free - coming) / GB
    if free < MIN_FREE_GB:
        raise RunError(
            "disk",
            "",
            "has only {free} GB left, and a training needs at least {least} GB",
            "Delete runs that you no longer need; the space of a deleted run is freed an hour later",
            free=f"{free:.1f}",
            least=f"{MIN_FREE_GB:g}",
        )


def check_new(folder: Path, home: Path, coming: int = 0) -> None:
    """Check the space for a new run in ``folder``: as ``check_free``, and the limit of all runs in ``home`` together.

    Raises RunError if there is no space, ConfigError if the environment variable of the limit is no number.
    """
    check_free(folder, coming)
    limit = positive_number(LIMIT_VARIABLE)
    if limit is None or not folder.resolve().is_relative_to(home.resolve()):
        return
    taken = (folder_bytes(home) + coming) / GB
    if taken >= limit:
        raise RunError(
            "disk",
            "",
            "holds {taken} GB of runs; the limit for all runs together is {most} GB",
            "Delete runs that you no longer need, or raise GAN_DEMO_MOST_GB",
            taken=f"{taken:.1f}",
            most=f"{limit:g}",
        )


def folder_bytes(folder: Path) -> int:
    """Return the bytes of all files below ``folder``, without the trash."""
    total = 0
    for parent, folders, files in os.walk(folder):
        if Path(parent) == folder and TRASH in folders:
            folders.remove(TRASH)
        for name in files:
            try:
                total += os.lstat(os.path.join(parent, name)).st_size
            except OSError:  # deleted or replaced in the meantime
                continue
    return total
