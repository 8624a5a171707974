"""Files of a run to take away or to bring."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from gan_demo.errors import GanDemoError
from gan_demo.runs import library, ownership
from gan_demo.runs.archive import unpacking
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import job_manager
from gan_demo.service.run_actions import check_room
from gan_demo.service.trash import empty_trash
from gan_demo.support import atomic_file


def save_upload(data: bytes, name: str) -> Path:
    """Keep an uploaded zip under a name of our own; returns its path. Raises GanDemoError where there is no room."""
    check_room()
    folder = library.home() / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{library.new_id(Path(name).stem)}.zip"
    atomic_file.replace_file(path, data)
    return path


def open_run_file(file: IO[bytes], name: str, owner: str) -> str:
    """Bring in a whole run from its zip file; it becomes this visitor's. Returns its id. Raises GanDemoError."""
    empty_trash()
    with unpacking.opened(file, name, unpacking.PAGE_UNPACKED_BYTES) as archive:
        run_id = archive.free_id(library.home(), lambda run_id: job_manager.manager().get(run_id) is not None)
        run = archive.unpack(library.home() / run_id)
    ownership.claim(run, owner)
    return run.id


def give_images(run: RunDir, data: bytes, name: str, owner: str) -> None:
    """Give a run that was opened without its own images a zip of them, to train on with. Raises GanDemoError."""
    ownership.check_owner(run, owner)
    path = save_upload(data, name)
    try:
        unpacking.give_images(run, path)
    except GanDemoError:
        path.unlink()
        raise


def weights(run: RunDir) -> bytes:
    """The last checkpoint's generator as safetensors, its settings inside. Raises RunError if there is none yet."""
    from gan_demo.runs import networks  # torch comes with it
    from gan_demo.weights import save

    return save.weights_file(networks.generator(run), run.config.model)


def metrics_csv(columns: Mapping[str, list[Any]]) -> bytes:
    """All rows, a column a scalar; lists are joined with spaces, missing values are empty."""
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
    return "" if value != value else str(value)  # NaN is what does not equal itself
