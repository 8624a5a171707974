"""Tar files of own images, plain or compressed: read from the start to the end, once for names and once for content.

A tar file has no directory, so the second pass decompresses it again. Nothing of it is written to disk, and no more
than ``limits.MAX_TOTAL_BYTES`` of it are decompressed.
"""

from __future__ import annotations

import bz2
import gzip
import io
import tarfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, cast

from gan_demo.data.images import limits
from gan_demo.data.images.limits import UnusableImageError
from gan_demo.data.images.upload_folder import shown
from gan_demo.errors import DataError

_HEADER_BYTES = 2**20  # of a long name or other metadata, which tarfile reads as a whole
_BLOCK = 512


@dataclass(frozen=True)
class Member:
    """File of a tar file; ``raw`` is its name. Members are read in their order, each at most once."""

    raw: bytes
    size: int
    read: Callable[[], bytes]
    reason: str


def is_tar(path: Path) -> bool:
    """Return whether a file is a tar file, compressed by gzip or bzip2 or not at all."""
    if not path.is_file():
        return False
    try:
        with _decompressed(path) as file:
            block = file.read(_BLOCK)
    except (OSError, EOFError, ValueError):  # zlib.error is a ValueError
        return False
    except Exception:  # of a damaged compressed file
        return False
    return block[257:262] == b"ustar"


def members(path: Path, open_files: ExitStack) -> list[Member]:
    """Return the files of a tar file, which ``open_files`` keeps open. Raises DataError for a damaged one."""
    reader = _Reader(path, open_files)
    files: list[Member] = []
    with ExitStack() as first_pass:
        for index, info in enumerate(_infos(path, first_pass)):
            if len(files) >= limits.MAX_ENTRIES:
                raise DataError(
                    "path", shown(path), "has more than {most} files", "Split it into several", most=limits.MAX_ENTRIES
                )
            if not info.isdir():
                reason = "" if info.isreg() and not info.issparse() else limits.LINK
                raw = info.name.encode("utf-8", "surrogateescape")
                files.append(Member(raw, info.size, partial(reader.read, index), reason))
    return files


def _infos(path: Path, open_files: ExitStack) -> Iterator[tarfile.TarInfo]:
    """Yield all members' headers, in order. Raises DataError for a damaged file."""
    try:
        archive = _opened(path, open_files)
        while (info := _next(archive)) is not None:
            yield info
    except _TooMuchError as failure:
        problem = "unpacks to more than {most} MB"
        raise DataError(
            "path", shown(path), problem, "Split it into several", most=limits.MAX_TOTAL_BYTES // 2**20
        ) from failure
    except Exception as failure:  # gzip's, bz2's and tarfile's own errors
        raise DataError(
            "path", shown(path), "is a tar file that is damaged or cut short", "Pack the images again"
        ) from failure


class _Reader:
    """The second pass over a tar file: reads members in their order."""

    def __init__(self, path: Path, open_files: ExitStack) -> None:
        self._path, self._open_files = path, open_files
        self._next = 0
        self._archive: tarfile.TarFile | None = None

    def read(self, index: int) -> bytes:
        """Return the content of the member of this number. Raises UnusableImageError if it is too large."""
        if self._archive is None:
            self._archive = _opened(self._path, self._open_files)
        while self._next <= index:
            info = _next(self._archive)
            self._next += 1
        file = self._archive.extractfile(info) if info is not None else None
        if file is None:
            raise UnusableImageError(limits.NOT_AN_IMAGE)
        content = file.read(limits.MAX_FILE_BYTES + 1)
        if len(content) > limits.MAX_FILE_BYTES:
            raise UnusableImageError(limits.TOO_LARGE)
        return content


class _TooMuchError(Exception):
    """A tar file that unpacks to more than allowed, or metadata that is far too large."""


class _Bounded(io.RawIOBase):
    """File of which a limited part can be read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        """Read as from any file. Raises _TooMuchError beyond the limit and for a huge piece of metadata."""
        if not 0 <= size <= max(_HEADER_BYTES, limits.MAX_FILE_BYTES + 1):
            raise _TooMuchError
        content = self._file.read(size)
        if self._file.tell() > limits.MAX_TOTAL_BYTES:
            raise _TooMuchError
        return content

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move forward; the part between is decompressed and dropped."""
        if offset > limits.MAX_TOTAL_BYTES:
            raise _TooMuchError
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the position."""
        return self._file.tell()


def _opened(path: Path, open_files: ExitStack) -> tarfile.TarFile:
    stream = _Bounded(open_files.enter_context(_decompressed(path)))
    return open_files.enter_context(tarfile.TarFile(fileobj=cast("IO[bytes]", stream)))


def _next(archive: tarfile.TarFile) -> tarfile.TarInfo | None:
    info = archive.next()
    archive.members = []  # type: ignore[attr-defined]  # of all before it, for searches that nobody makes here
    return info


def _decompressed(path: Path) -> IO[bytes]:
    """Open a file, decompressing what gzip or bzip2 compressed. Raises OSError."""
    with open(path, "rb") as file:
        start = file.read(3)
    if start[:2] == b"\x1f\x8b":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return cast("IO[bytes]", bz2.open(path, "rb")) if start == b"BZh" else open(path, "rb")
