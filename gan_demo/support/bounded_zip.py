"""Zip files from strangers, read within bounds: no entry ever unpacks to more than its reader allows.

The readers decide which entries are allowed, how large they may be and what a refusal says: own images
(``data.images``), runs (``runs.archive.entries``) and weights files (``weights.reading.archives``).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

# What else people take for a zip file, by its first bytes.
_OTHER_ARCHIVES = {b"Rar!\x1a\x07": "RAR", b"7z\xbc\xaf'\x1c": "7z", b"\xfd7zXZ": "xz", b"(\xb5/\xfd": "zstd"}
_TAR_ARCHIVES = {b"\x1f\x8b": "tar.gz", b"BZh": "tar.bz2"}
_TAR_MAGIC = slice(257, 262)
_CHUNK_BYTES = 2**20
# Of an entry that is neither stored nor deflated, zipfile inflates each read whole, and 40 bytes of bzip2 may become
# 46 MB. Such entries are read in pieces of this size.
_UNUSUAL_CHUNK_BYTES = 64


MAX_DIRECTORY_BYTES = 16 * 2**20  # of a zip file: the list of all its entries, which zipfile reads as a whole


class DirectoryTooLargeError(zipfile.BadZipFile):
    """A list of entries that takes more bytes than its reader allows."""


class EntryTooLargeError(Exception):
    """An entry that unpacks to more bytes than its reader allows."""


def open_zip(source: Path | IO[bytes], most_directory_bytes: int = MAX_DIRECTORY_BYTES) -> zipfile.ZipFile:
    """Open a zip file and read its directory. Raises BadZipFile for anything else, OSError for an unreadable file."""
    if isinstance(source, Path):
        with open(source, "rb") as file:
            _check_directory(file, most_directory_bytes)
    else:
        _check_directory(source, most_directory_bytes)
    try:
        return zipfile.ZipFile(source)
    except (ValueError, NotImplementedError) as failure:  # a directory of odd bytes, or of a future version
        raise zipfile.BadZipFile from failure


def other_archive(start: bytes, with_tar: bool = True) -> str:
    """Return which kind of archive, other than zip, begins with these bytes, of which 262 are enough; "" if none.

    ``with_tar``: whether tar files, and what they are compressed with, are named too.
    """
    kinds = _OTHER_ARCHIVES | _TAR_ARCHIVES if with_tar else _OTHER_ARCHIVES
    kind = next((kind for magic, kind in kinds.items() if start.startswith(magic)), "")
    return "tar" if not kind and with_tar and start[_TAR_MAGIC] == b"ustar" else kind


def _check_directory(file: IO[bytes], most_bytes: int) -> None:
    """Raise DirectoryTooLargeError if the end of the file announces a directory of more bytes."""
    file.seek(0, 2)
    length = file.tell()
    file.seek(max(0, length - 2**16 - 98))  # the longest comment, and the records before it
    end = file.read()
    sizes = [int.from_bytes(end[k + 12 : k + 16], "little") for k in _places(end, b"PK\x05\x06")]
    long_sizes = [int.from_bytes(end[k + 40 : k + 48], "little") for k in _places(end, b"PK\x06\x06")]
    if any(most_bytes < size < 0xFFFF_FFFF for size in sizes) or max(long_sizes, default=0) > most_bytes:
        raise DirectoryTooLargeError
    file.seek(0)


def _places(data: bytes, signature: bytes) -> Iterator[int]:
    """Yield where a signature stands in ``data``."""
    offset = data.find(signature)
    while offset >= 0:
        yield offset
        offset = data.find(signature, offset + 1)


def is_encrypted(entry: zipfile.ZipInfo) -> bool:
    """Return whether a password is needed to read the entry."""
    return bool(entry.flag_bits & 0x1)


def unpacked_bytes(entries: Iterable[zipfile.ZipInfo]) -> int:
    """Return how many bytes the entries unpack to by the archive's directory; ``chunks`` never yields more."""
    return sum(entry.file_size for entry in entries)


def read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most_bytes: int | None = None) -> bytes:
    """Return the content of an entry, of at most ``most_bytes``.

    Raises EntryTooLargeError for a larger entry and BadZipFile for a damaged one.
    """
    return b"".join(chunks(archive, entry, most_bytes))


def chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most_bytes: int | None = None) -> Iterator[bytes]:
    """Yield the content of an entry piece by piece.

    Raises EntryTooLargeError for a larger entry and BadZipFile for a damaged one. The size in the directory may lie:
    bytes beyond it are cut off, and the checksum then fails.
    """
    total = 0
    try:
        with archive.open(entry) as stream:
            size = _CHUNK_BYTES
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                assert isinstance(stream, zipfile.ZipExtFile)
                size = stream.MIN_READ_SIZE = _UNUSUAL_CHUNK_BYTES
            while chunk := stream.read(size):
                total += len(chunk)
                if most_bytes is not None and total > most_bytes:
                    raise EntryTooLargeError
                yield chunk
    except EntryTooLargeError:
        raise
    except Exception as failure:  # damage shows in zipfile's, zlib's, bz2's and lzma's own errors
        raise zipfile.BadZipFile from failure
