"""Packing of a run into one zip file, to look at, resume and fork on another machine.

The same run gives the same bytes. The run's owner, its class, the explorer's cache and own images are left out: without
its images a run can be viewed and sampled from, and can train on once they are uploaded again.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
import zipfile
from pathlib import Path
from typing import IO

import gan_demo
from gan_demo.errors import GanDemoError, RunError
from gan_demo.runs.archive import checks
from gan_demo.runs.archive.entries import FORMAT, HEADER, MAX_BYTES, MEGABYTE, state_name
from gan_demo.runs.manifest import RunInfo
from gan_demo.runs.parts import about
from gan_demo.runs.parts.states import steps_to_drop
from gan_demo.runs.run_dir import RunDir
from gan_demo.support import atomic_file
from gan_demo.support.atomic_file import json_bytes

PAGE_BYTES = 256 * MEGABYTE  # of a zip file that a page offers or takes, because it is held in memory
_ANY_DATE = (1980, 1, 1, 0, 0, 0)
_COPY_BYTES = MEGABYTE


def write(run: RunDir, file: IO[bytes], most_bytes: int = MAX_BYTES) -> None:
    """Write the run as a zip file to ``file``, with as many forkable states as fit, spread over the training.

    The run may be training. Raises RunError if it exceeds ``most_bytes`` even with one such state.
    """
    with contextlib.ExitStack() as stack:
        info, state = _newest_state(run, stack)
        parts = _parts(run, info, most_bytes)
        texts = _texts(run, info)
        with zipfile.ZipFile(file, "w") as archive:
            for name in sorted({*parts, *texts}):
                if name in texts:
                    archive.writestr(_entry(name, zipfile.ZIP_DEFLATED), texts[name], compresslevel=6)
                elif state is not None and name == state_name(info):
                    _add(archive, name, state)
                else:  # a training may have deleted it
                    with contextlib.suppress(OSError), open(run.path / name, "rb") as part:
                        _add(archive, name, part)


def write_file(run: RunDir, path: Path) -> int:
    """Write the run as a zip file to ``path``, whole or not at all; return its bytes. Raises RunError, OSError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(beside, "wb") as file:
            write(run, file)
        atomic_file.move(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    return path.stat().st_size


def zip_bytes(run: RunDir) -> bytes:
    """Return the run as a zip file of at most PAGE_BYTES, which a page offers and can open. Raises RunError."""
    file = io.BytesIO()
    write(run, file, PAGE_BYTES)
    return file.getvalue()


def page_bytes(run: RunDir) -> int | None:
    """Return about how many bytes ``zip_bytes`` has, or None if it can't pack the run."""
    try:
        parts = _parts(run, run.info, PAGE_BYTES)
    except GanDemoError:
        return None
    return sum(_size(run.path / part) for part in parts)


def _newest_state(run: RunDir, stack: contextlib.ExitStack) -> tuple[RunInfo, IO[bytes] | None]:
    """Return the manifest and the opened state that it names, which a training may replace at any moment."""
    for _ in range(5):
        info = run.info
        if info.state is None:
            return info, None
        with contextlib.suppress(OSError):
            return info, stack.enter_context(open(run.path / state_name(info), "rb"))
    raise RunError("file", state_name(info), "cannot be read", "Restore the run folder from a copy")


def _parts(run: RunDir, info: RunInfo, most_bytes: int) -> list[str]:
    """Return the names of the grids, the checkpoints, and as many states as fit. Raises RunError if too few do."""
    names = [f"grids/{step:08d}.png" for step in run.grids]
    names += [f"checkpoints/{step:08d}.safetensors" for step in run.checkpoints]
    names += [state_name(info)] * (info.state is not None)
    small = sum(_size(path) for path in run.path.glob("*.json*"))
    room = most_bytes - small - sum(_size(run.path / name) for name in names)
    sizes = {step: _size(run.path / "states" / f"{step:08d}.safetensors") for step in run.states}
    dropped = steps_to_drop(sizes, len(sizes), max(0, room))
    states = [step for step in sizes if step not in dropped]
    if room < sum(sizes[step] for step in states):
        problem = "is larger than {most} MB, the limit for one file here"
        remedy = "Export it on the command line: export --format run"
        raise RunError("run", run.id, problem, remedy, most=most_bytes // MEGABYTE)
    return names + [f"states/{step:08d}.safetensors" for step in states]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # a training has replaced it
        return 0


def _texts(run: RunDir, info: RunInfo) -> dict[str, bytes]:
    """Return the contents of the JSON files by name; the settings name no folder of this machine."""
    config = checks.without_folders(run.config)
    header = {"format": FORMAT, "id": run.id, "gan_demo": gan_demo.__version__}
    texts = {
        HEADER: json_bytes(header),
        "config.json": json_bytes(config.to_dict()),
        "run.json": json_bytes(dataclasses.asdict(info)),
    }
    for name in ("changes.jsonl", "metrics.jsonl", "refused.json", "card.json", about.FILE):
        with contextlib.suppress(OSError):  # there is none, or a folder in its place
            data = (run.path / name).read_bytes()
            texts[name] = data[: data.rfind(b"\n") + 1] if name.endswith(".jsonl") else data
    return texts


def _entry(name: str, kind: int) -> zipfile.ZipInfo:
    """Return a zip entry without time and machine, so that the same run gives the same bytes."""
    entry = zipfile.ZipInfo(name, _ANY_DATE)
    entry.compress_type, entry.create_system, entry.external_attr = kind, 3, 0o644 << 16
    return entry


def _add(archive: zipfile.ZipFile, name: str, part: IO[bytes]) -> None:
    """Add a file uncompressed: weights and PNG hardly shrink."""
    with archive.open(_entry(name, zipfile.ZIP_STORED), "w", force_zip64=False) as target:
        while chunk := part.read(_COPY_BYTES):
            target.write(chunk)
