"""Uploads of own images on disk: each in a folder of its own, kept while a run needs it.

An upload is gone when no run in the library or the trash was made of it and it is an hour old. It counts in the limit
of ``runs.disk_space``. Layout: ``data.images.prepared``.
"""

from __future__ import annotations

import io
import json
import os
import re
import secrets
import shutil
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from gan_demo.data.images.formats import ARCHIVE_ENDINGS
from gan_demo.data.images.upload_folder import MARKER, UPLOADS
from gan_demo.errors import DataError
from gan_demo.runs import disk_space, library
from gan_demo.support import atomic_file, numbers

KEPT_SECONDS = 3600.0  # without a run
SIZE_VARIABLE = "GAN_DEMO_MOST_UPLOAD_MB"  # environment variable: megabytes of one upload of images
MEGABYTES = 256  # unless the variable says less
_NAME_BYTES = 120
_WINDOWS_DEVICES = {"con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(1, 10))}

File = tuple[str, bytes]  # name, perhaps with folders, and content


def most_megabytes() -> int:
    """Return how large an upload of images may be. Raises ConfigError if the environment variable is no number."""
    return numbers.whole_number(SIZE_VARIABLE, MEGABYTES, MEGABYTES)


def save(files: Sequence[File], name: str) -> Path:
    """Save an archive as it is, or pictures as a zip file called ``name``, and return its path.

    Raises DataError for an archive beside other files and for too many bytes, RunError if the disk is too full.
    """
    archives = [file for file, _ in files if file.lower().endswith(ARCHIVE_ENDINGS)]
    if archives and len(files) > 1:
        problem = "has a zip file beside other files"
        raise DataError("images", len(files), problem, "Choose one zip file, or only pictures")
    coming, most = sum(len(content) for _, content in files), most_megabytes()
    if coming > most * 2**20:
        problem = "is more than {most} MB together"
        raise DataError("images", name, problem, "Choose fewer or smaller pictures", most=most)
    sweep()
    disk_space.check_new(library.home(), library.home(), coming)
    path = library.home() / UPLOADS / secrets.token_hex(8) / _safe(archives[0] if archives else f"{name}.zip")
    path.parent.mkdir(parents=True)
    try:
        atomic_file.replace_file(path, files[0][1] if archives else _zipped(files))
        atomic_file.replace_file(path.parent / MARKER, json.dumps({"name": archives[0] if archives else name}).encode())
    except OSError:
        discard(path)
        raise
    return path


def discard(path: Path) -> None:
    """Delete an upload that no run was made of; any other is left alone."""
    folder = path.parent
    if folder.parent == library.home() / UPLOADS and folder.name not in _used({folder.name}):
        shutil.rmtree(folder, ignore_errors=True)


def keep(path: Path) -> None:
    """Start the hour of an upload again, as somebody looks at it."""
    if (path.parent / MARKER).is_file():
        os.utime(path.parent / MARKER)


def sweep() -> None:
    """Delete the uploads that no run needs and that are an hour old."""
    folder = library.home() / UPLOADS
    old = {path.name: path for path in folder.iterdir() if _is_old(path)} if folder.is_dir() else {}
    if not old:
        return
    for name in old.keys() - _used(set(old)):
        if old[name].is_dir():
            shutil.rmtree(old[name], ignore_errors=True)
        else:  # of versions before 0.2
            atomic_file.delete(old[name])


def _is_old(path: Path) -> bool:
    marker = path / MARKER
    try:
        touched = (marker if marker.is_file() else path).stat().st_mtime
    except OSError:  # deleted meanwhile
        return False
    return time.time() - touched > KEPT_SECONDS


def _used(names: set[str]) -> set[str]:
    """Return which uploads a run in the library or the trash names in its settings, damaged ones included."""
    home = library.home()
    used: set[str] = set()
    for pattern in ("*/config.json", f"{disk_space.TRASH}/*/config.json"):
        for file in home.glob(pattern):
            try:
                text = file.read_text("utf-8", "replace")
            except OSError:
                continue
            used |= {name for name in names - used if json.dumps(name)[1:-1] in text}
    return used


def _safe(name: str) -> str:
    """Return a name that every system takes as a file's, as close to the given one as that allows."""
    base = re.sub(r'[\x00-\x1f<>:"/\\|?*]', "_", PurePosixPath(name.replace("\\", "/")).name).strip(" .")
    stem, dot, ending = base.rpartition(".")
    while len(stem.encode()) > _NAME_BYTES:
        stem = stem[:-1]
    safe = f"{stem}{dot}{ending[:8]}" if stem else base
    if not safe.strip("._") or safe.split(".")[0].lower() in _WINDOWS_DEVICES:
        return f"images-{safe}"
    return safe


def _zipped(files: Sequence[File]) -> bytes:
    """Return pictures as a zip file in their folders. Of several with one name, all but the first get a number."""
    packed = io.BytesIO()
    names: set[str] = set()
    with zipfile.ZipFile(packed, "w") as archive:  # stored: pictures are compressed already
        for k, (name, content) in enumerate(files):
            parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")] or ["image"]
            unique = "/".join(parts)
            if unique in names:
                unique = "/".join([*parts[:-1], f"{k}-{parts[-1]}"])
            names.add(unique)
            archive.writestr(unique, content)
    return packed.getvalue()
