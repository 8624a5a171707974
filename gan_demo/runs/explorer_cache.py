"""What the explorer in the browser asks for of a run, once made: ``explorer/00000500/space-1.json.gz``.

All of it can be made again from the run's weights, so it is removed wherever those change, and a folder that can't be
written only means that it is made again.
"""

from __future__ import annotations

import contextlib
import gzip
import shutil
from pathlib import Path

from gan_demo.support.atomic_file import replace_file

VERSION = 1  # of what is made, and part of every file's name: another version finds nothing and makes its own


class ExplorerCache:
    """Files by step and name, gzipped, in ``folder``, which need not be there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, step: int, name: str) -> bytes | None:
        """The gzipped content, or None where it was not made yet."""
        try:
            return self._path(step, name).read_bytes()
        except OSError:
            return None

    def keep(self, step: int, name: str, packed: bytes) -> None:
        """Keep gzipped content, where the folder can be written."""
        path = self._path(step, name)
        with contextlib.suppress(OSError):
            self.folder.mkdir(exist_ok=True)  # its parent is the run's, which may be gone by now: then so is this
            path.parent.mkdir(exist_ok=True)
            replace_file(path, packed, sync=False)

    def forget(self, step: int) -> None:
        """Of one step, whose weights change."""
        shutil.rmtree(self.folder / f"{step:08d}", ignore_errors=True)

    def forget_after(self, step: int) -> None:
        """Of all later steps."""
        for folder in self.folder.glob("*"):
            if folder.name.isdigit() and int(folder.name) > step:
                shutil.rmtree(folder, ignore_errors=True)

    def _path(self, step: int, name: str) -> Path:
        stem, _, ending = name.partition(".")
        return self.folder / f"{step:08d}" / f"{stem}-{VERSION}.{ending}.gz"


def packed(content: bytes) -> bytes:
    """Gzipped, without the time in its head: the same of the same."""
    return gzip.compress(content, 6, mtime=0)
