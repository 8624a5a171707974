"""Disk cache of the files that the explorer in the browser needs of a run: ``explorer/00000500/space-1.json.gz``.

All of them can be computed again from the run's weights. They are deleted when the weights change; if the folder cannot
be written, they are computed for each request.
"""

from __future__ import annotations

import contextlib
import gzip
import shutil
from pathlib import Path

from gan_demo.runs.parts.files import step_of
from gan_demo.support.atomic_file import replace_file

VERSION = 1  # of the files' contents and part of their names, so that another version computes its own


class ExplorerCache:
    """Gzipped files by step and name in ``folder``, which need not exist."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, step: int, name: str) -> bytes | None:
        """Return the gzipped content, or None if it is not cached."""
        try:
            return self._path(step, name).read_bytes()
        except OSError:
            return None

    def write(self, step: int, name: str, packed: bytes) -> None:
        """Cache gzipped content, if the folder can be written."""
        path = self._path(step, name)
        with contextlib.suppress(OSError):
            self.folder.mkdir(exist_ok=True)  # without its parents: the run may have been deleted
            path.parent.mkdir(exist_ok=True)
            replace_file(path, packed, sync=False)

    def delete(self, step: int) -> None:
        """Delete the cached files of ``step``, because its weights change."""
        shutil.rmtree(self.folder / f"{step:08d}", ignore_errors=True)

    def delete_after(self, step: int) -> None:
        """Delete the cached files of all later steps."""
        for folder in self.folder.glob("*"):
            if (step_of(folder.name) or 0) > step:
                shutil.rmtree(folder, ignore_errors=True)

    def _path(self, step: int, name: str) -> Path:
        stem, _, ending = name.partition(".")
        return self.folder / f"{step:08d}" / f"{stem}-{VERSION}.{ending}.gz"


def packed(content: bytes) -> bytes:
    """Gzip ``content``, without the time in the header, so that equal contents give equal bytes."""
    return gzip.compress(content, 6, mtime=0)
