"""Files that a visitor uploads for runs or downloads of them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from gan_demo.errors import ConfigError
from gan_demo.runs import library, ownership
from gan_demo.runs.archive import unpacking
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import app_state, run_actions
from gan_demo.service.trash import empty_trash


def open_run_file(file: IO[bytes], name: str, owner: str) -> str:
    """Unpack a whole run from its zip file, let the visitor own it, and return its id. Raises GanDemoError."""
    empty_trash()
    with unpacking.opened(file, name, unpacking.PAGE_UNPACKED_BYTES) as archive:
        run_id = archive.free_id(library.home(), lambda run_id: app_state.current().jobs.get(run_id) is not None)
        run = archive.unpack(library.home() / run_id)
    ownership.claim(run, owner)
    return run.id


def give_images(run: RunDir, path: Path, encoding: str, owner: str) -> None:
    """Add own images to a run that was opened without them, so that it can train on. Raises GanDemoError.

    ``path`` is an upload whose names have this ``encoding``.
    """
    ownership.check_owner(run, owner)
    unpacking.give_images(run, path, encoding)


def keep_training(content: bytes, owner: str) -> str:
    """Make a run of the file of a training in a browser; ``owner`` may resume it. Return its id.

    Raises GanDemoError.
    """
    from gan_demo.lab import browser_runs, training_file  # load torch

    if not ownership.valid_token(owner):
        raise ConfigError("owner", "", "is not known", "Allow cookies of this site, and reload the page")
    saved = training_file.read(content)
    run_actions.check_space()
    name = saved.config.data.name
    run = browser_runs.create(saved, library.home() / library.new_id(name), name)
    ownership.claim(run, owner)
    return run.id


def training(run: RunDir, step: int | None) -> bytes:
    """Return the file with which a browser trains on from a saved state, by default the newest. Raises GanDemoError."""
    from gan_demo.lab import browser_runs  # loads torch

    return browser_runs.training_of(run, step)


def weights(run: RunDir) -> bytes:
    """Return the last checkpoint's generator as safetensors with its settings. Raises RunError if there is none yet."""
    from gan_demo.runs import networks  # loads torch
    from gan_demo.weights import save

    return save.weights_file(networks.generator(run), run.config.model)


def weights_bytes(run: RunDir) -> int:
    """Return about how many bytes ``weights`` has: those of its checkpoint, which shipped models have in half.

    Raises RunError if no checkpoint is intact.
    """
    file = run.path / "checkpoints" / f"{run.newest_checkpoint():08d}.safetensors"
    return file.stat().st_size * (2 if run.card else 1) if file.is_file() else 0


def metrics_csv(columns: Mapping[str, list[Any]]) -> bytes:
    """Return all rows as CSV: one column per metric, lists joined with spaces, missing values empty."""
    import csv

    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(columns)
    for row in zip(*columns.values(), strict=True):
        writer.writerow([_cell(value) for value in row])
    return file.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value != value else str(value)  # empty for NaN, the only value unequal to itself
