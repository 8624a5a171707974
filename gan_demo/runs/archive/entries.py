"""The entries of a run's zip file from a stranger: which names are allowed, and how much is unpacked at most.

Only fixed names are allowed, so none can lead out of the folder. The sizes that the zip file's directory declares bound
what is unpacked: an entry that holds more is cut off there, and its checksum then fails.
"""

from __future__ import annotations

import contextlib
import re
import stat
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from gan_demo.errors import GET_AGAIN, DataError
from gan_demo.runs.manifest import RunInfo
from gan_demo.runs.parts import about
from gan_demo.support import bounded_zip

MEGABYTE = 2**20
MAX_BYTES = 2048 * MEGABYTE  # default limit of the zip file, and of what it unpacks to
MAX_ENTRIES = 5_000
FORMAT = 1  # version of the archive's format, in the header
HEADER = "archive.json"  # entry that marks the zip file as a run
TAKE_AGAIN = "Download the run again: from its menu “Take away”, or with export --format run"

_STEP = r"(?:\d{8}|1\d{8})"  # as ``RunDir`` writes it
# The most bytes that a part may unpack to, by a regular expression of its name.
_PARTS = {
    re.escape(HEADER): 4_096,
    r"config\.json": MEGABYTE // 4,
    r"run\.json": MEGABYTE,
    r"card\.json": MEGABYTE // 16,
    re.escape(about.FILE): about.MAX_BYTES,
    r"refused\.json": 8 * MEGABYTE,
    r"metrics\.jsonl": 16 * MEGABYTE,
    r"changes\.jsonl": MEGABYTE,
    rf"grids/{_STEP}\.png": 4 * MEGABYTE,
    rf"checkpoints/{_STEP}\.safetensors": 256 * MEGABYTE,
    rf"states/{_STEP}\.safetensors": 1024 * MEGABYTE,
    rf"state-{_STEP}\.safetensors": 1024 * MEGABYTE,
}
# Further files in a run's folder that was zipped by hand: they are ignored and never read.
_LEFT_OUT = re.compile(r"owner|class|\.lock|explorer/.*|(.*/)?(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)")
_END = struct.Struct("<4s4H2LH")  # end of central directory record
_ZIP64_LOCATOR = b"PK\x06\x07"


def state_name(info: RunInfo) -> str:
    """Return the name of the state to resume from."""
    return f"state-{info.state or 0:08d}.safetensors"


class Entries:
    """Parts of a run in a zip file by name; opening checks all that can be checked without unpacking."""

    def __init__(self, archive: zipfile.ZipFile, filename: str, most_bytes: int) -> None:
        """Raise DataError if the zip file holds anything but a run, or unpacks to more than ``most_bytes``."""
        self._archive = archive
        self._filename = filename
        self._most_bytes = most_bytes
        self._entries = self._checked(archive.infolist())

    @property
    def names(self) -> list[str]:
        """The names of all parts, sorted."""
        return sorted(self._entries)

    @property
    def unpacked_bytes(self) -> int:
        """Bytes that all parts unpack to."""
        return bounded_zip.unpacked_bytes(self._entries.values())

    def read(self, name: str) -> bytes:
        """Return the content of a part. Raises DataError if it is missing or damaged."""
        if name not in self._entries:
            raise DataError("file", self._filename, "lacks {name}, so it is not a complete run", TAKE_AGAIN, name=name)
        with self._reading():
            return bounded_zip.read(self._archive, self._entries[name])

    def copy(self, name: str, path: Path) -> None:
        """Unpack a part to ``path``. Raises DataError if it is damaged."""
        with self._reading(), open(path, "wb") as file:
            file.writelines(bounded_zip.chunks(self._archive, self._entries[name]))

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except zipfile.BadZipFile as failure:
            raise DataError("file", self._filename, "is incomplete or damaged", GET_AGAIN) from failure

    def _checked(self, infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        infos = [info for info in infos if not info.is_dir() and not info.filename.startswith("__MACOSX/")]
        folder = _common_folder([info.filename for info in infos])
        entries: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            name = info.filename.removeprefix(folder)
            if _LEFT_OUT.fullmatch(name):
                continue
            self._check(info, name)
            if name in entries:
                raise DataError("file", self._filename, "holds {name} twice", TAKE_AGAIN, name=name)
            entries[name] = info
        if bounded_zip.unpacked_bytes(entries.values()) > self._most_bytes:
            problem = "unpacks to more than {most} MB"
            raise DataError("file", self._filename, problem, TAKE_AGAIN, most=self._most_bytes // MEGABYTE)
        return entries

    def _check(self, info: zipfile.ZipInfo, name: str) -> None:
        most = next((size for pattern, size in _PARTS.items() if re.fullmatch(pattern, name, re.ASCII)), None)
        if most is None:
            raise DataError(
                "file", self._filename, "holds {name}, which does not belong to a run", TAKE_AGAIN, name=name
            )
        if stat.S_ISLNK(info.external_attr >> 16):
            raise DataError("file", self._filename, "holds {name} as a link to another file", TAKE_AGAIN, name=name)
        if bounded_zip.is_encrypted(info):
            raise DataError("file", self._filename, "holds {name} encrypted", TAKE_AGAIN, name=name)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            problem = "holds {name} compressed in an unusual way"
            raise DataError("file", self._filename, problem, "Zip it the usual way (deflate)", name=name)
        if info.file_size > most:
            raise DataError("file", self._filename, "holds {name}, which is too large", TAKE_AGAIN, name=name)


@contextlib.contextmanager
def opened(source: Path | IO[bytes], filename: str, most_bytes: int) -> Iterator[Entries]:
    """Open the zip file of a run. Raises DataError for any other file; ``filename`` is for the message only."""
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(open(source, "rb")) if isinstance(source, Path) else source
            _check_directory(file, filename, most_bytes)
            archive = stack.enter_context(bounded_zip.open_zip(file))
        except zipfile.BadZipFile as failure:
            raise _not_a_zip(file, filename) from failure
        except OSError as failure:
            raise DataError("file", filename, "cannot be read", "Is the path right?") from failure
        yield Entries(archive, filename, most_bytes)


def _not_a_zip(file: IO[bytes], filename: str) -> DataError:
    """Return the error for a file that is no zip file, which says what it is."""
    file.seek(0)
    if kind := bounded_zip.other_archive(file.read(512)):
        problem, remedy = "is an archive ({kind}), and a run is a zip file", "Unpack it, and zip the run's folder"
        return DataError("file", filename, problem, remedy, kind=kind)
    return DataError("file", filename, "is not a zip file, or a damaged one", TAKE_AGAIN)


def _check_directory(file: IO[bytes], filename: str, most_bytes: int) -> None:
    """Refuse a directory of millions of entries before it is parsed. Runs need no zip64 and no comment."""
    size = file.seek(0, 2)
    if size > most_bytes:
        raise DataError("file", filename, "is larger than {most} MB", TAKE_AGAIN, most=most_bytes // MEGABYTE)
    if size < _END.size:
        raise zipfile.BadZipFile
    tail_size = min(size, _END.size + 20)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    magic, _, _, _, entries, directory_bytes, _, comment_bytes = _END.unpack(tail[-_END.size :])
    if magic != b"PK\x05\x06" or comment_bytes or tail.startswith(_ZIP64_LOCATOR):
        raise zipfile.BadZipFile
    if entries > MAX_ENTRIES or directory_bytes > 200 * MAX_ENTRIES:
        raise DataError("file", filename, "has more than {most} entries", TAKE_AGAIN, most=MAX_ENTRIES)
    file.seek(0)


def _common_folder(names: list[str]) -> str:
    """Return the folder that contains all entries, as in a run's folder zipped by hand, or ""."""
    first = next((name for name in names if name.endswith("/run.json") and name.count("/") == 1), "")
    folder = first.removesuffix("run.json")
    return folder if all(name.startswith(folder) for name in names) else ""
