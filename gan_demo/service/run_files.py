"""Files that a visitor uploads for runs or downloads of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from gan_demo.errors import GanDemoError
from gan_demo.runs import library, ownership
from gan_demo.runs.archive import unpacking
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import app_state
from gan_demo.service.run_actions import check_space
from gan_demo.service.trash import UPLOADS, empty_trash
from gan_demo.support import atomic_file


def save_upload(data: bytes, name: str) -> Path:
    """Save an uploaded zip under a new name and return its path. Raises GanDemoError if the disk is too full."""
    check_space()
    folder = library.home() / UPLOADS
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{library.new_id(Path(name).stem)}.zip"
    atomic_file.replace_file(path, data)
    return path


def open_run_file(file: IO[bytes], name: str, owner: str) -> str:
    """Unpack a whole run from its zip file, let the visitor own it, and return its id. Raises GanDemoError."""
    empty_trash()
    with unpacking.opened(file, name, unpacking.PAGE_UNPACKED_BYTES) as archive:
        run_id = archive.free_id(library.home(), lambda run_id: app_state.current().jobs.get(run_id) is not None)
        run = archive.unpack(library.home() / run_id)
    ownership.claim(run, owner)
    return run.id


def give_images(run: RunDir, data: bytes, name: str, owner: str) -> None:
    """Give a run that was opened without its own images a zip of them, so that it can train on. Raises GanDemoError."""
    ownership.check_owner(run, owner)
    path = save_upload(data, name)
    try:
        unpacking.give_images(run, path)
    except GanDemoError:
        path.unlink()
        raise


def weights(run: RunDir) -> bytes:
    """Return the last checkpoint's generator as safetensors with its settings. Raises RunError if there is none yet."""
    from gan_demo.runs import networks  # loads torch
    from gan_demo.weights import save

    return save.weights_file(networks.generator(run), run.config.model)


def metrics_csv(columns: Mapping[str, list[Any]]) -> bytes:
    """Return all rows as CSV: one column per metric, lists joined with spaces, missing values empty."""
    import csv
    import io

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
