"""Files that a visitor uploads for runs or downloads of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import IO, Any

from gan_demo.errors import DataError, GanDemoError
from gan_demo.runs import library, ownership
from gan_demo.runs.archive import unpacking
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import app_state
from gan_demo.service.run_actions import check_space
from gan_demo.service.trash import UPLOADS, empty_trash
from gan_demo.support import atomic_file

MAX_PICTURES_BYTES = 64 * 2**20  # of pictures that are uploaded one by one: as much as a zip file of them may have


def save_upload(data: bytes, name: str) -> Path:
    """Save an uploaded zip under a new name and return its path. Raises GanDemoError if the disk is too full."""
    check_space()
    folder = library.home() / UPLOADS
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{library.new_id(Path(name).stem)}.zip"
    atomic_file.replace_file(path, data)
    return path


def save_images(files: Sequence[tuple[str, bytes]]) -> Path:
    """Save own images, one zip file or pictures as (name, content), as a zip file and return its path.

    Raises GanDemoError for a zip file beside others, for too many bytes, or if the disk is too full.
    """
    name, content = files[0]
    if len(files) == 1 and _is_zip(name):
        return save_upload(content, name)
    if any(_is_zip(name) for name, _ in files):
        raise DataError(
            "images", len(files), "has a zip file beside other files", "Choose one zip file, or only pictures"
        )
    if sum(len(content) for _, content in files) > MAX_PICTURES_BYTES:
        raise DataError("images", len(files), "is more than 64 MB together", "Choose fewer or smaller pictures")
    return save_upload(_zipped(files), f"{Path(name).stem}.zip")


def _is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")


def _zipped(files: Sequence[tuple[str, bytes]]) -> bytes:
    """Return pictures as a zip file without folders. Of several with one name, all but the first get a number."""
    packed = io.BytesIO()
    names: set[str] = set()
    with zipfile.ZipFile(packed, "w") as archive:  # stored: pictures are compressed already
        for k, (name, content) in enumerate(files):
            base = PurePosixPath(name.replace("\\", "/")).name
            unique = base if base not in names else f"{k}-{base}"
            names.add(unique)
            archive.writestr(unique, content)
    return packed.getvalue()


def open_run_file(file: IO[bytes], name: str, owner: str) -> str:
    """Unpack a whole run from its zip file, let the visitor own it, and return its id. Raises GanDemoError."""
    empty_trash()
    with unpacking.opened(file, name, unpacking.PAGE_UNPACKED_BYTES) as archive:
        run_id = archive.free_id(library.home(), lambda run_id: app_state.current().jobs.get(run_id) is not None)
        run = archive.unpack(library.home() / run_id)
    ownership.claim(run, owner)
    return run.id


def give_images(run: RunDir, files: Sequence[tuple[str, bytes]], owner: str) -> None:
    """Add own images to a run that was opened without them, so that it can train on. Raises GanDemoError.

    ``files`` is what ``save_images`` takes.
    """
    ownership.check_owner(run, owner)
    path = save_images(files)
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
