"""The files of a folder, a zip file or a tar file, with their names decoded; none is unpacked to disk."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from gan_demo.data.images import limits, names, tar_files
from gan_demo.data.images.limits import UnusableImageError
from gan_demo.data.images.upload_folder import shown
from gan_demo.errors import DataError
from gan_demo.support import bounded_zip

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075  # extra field of Info-ZIP: the name in UTF-8 beside one in another encoding
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")


@dataclass(frozen=True)
class Entry:
    """File of a folder or archive, not read yet. ``raw`` is its name if the archive does not say in which encoding."""

    name: str  # with "/" between folders
    size: int  # bytes
    read: Callable[[], bytes]
    reason: str = ""  # why it is left out before it is read, or ""
    raw: bytes | None = None


def entries(
    path: Path, open_files: ExitStack, encoding: str = "", language: str = ""
) -> tuple[list[Entry], tuple[str, ...]]:
    """Return the files, in the order in which they have to be read, and the encodings that their names may have.

    Names are decoded by ``encoding``, or by the likeliest one. ``open_files`` keeps an archive open. Raises DataError
    for a path that is no folder, zip or tar
    file, and for an unknown encoding.
    """
    if encoding and encoding not in names.ENCODINGS:
        raise DataError("encoding", encoding, "is not known", "Known: {known}", known=", ".join(names.ENCODINGS))
    if os.path.isdir(path):  # unlike Path.is_dir, False for a name that is too long
        return sorted(_folder(path), key=lambda entry: entry.name), ()
    if not os.path.isfile(path):
        raise DataError("path", shown(path), "is neither a folder nor a file", "Give a folder of images or a zip file")
    if tar_files.is_tar(path):
        raw_entries = [
            Entry("", member.size, member.read, member.reason, member.raw)
            for member in tar_files.members(path, open_files)
        ]
    else:
        raw_entries = _zip(path, open_files)
    choices = names.rank([entry.raw for entry in raw_entries if entry.raw is not None], language)
    used = encoding or (choices or ["utf-8"])[0]
    decoded = [_decoded(entry, used) for entry in raw_entries]
    if not tar_files.is_tar(path):
        decoded.sort(key=lambda entry: entry.name)
    return decoded, tuple(choices)


def _folder(path: Path) -> Iterator[Entry]:
    """Yield the files below a folder; links are not followed. Raises DataError for too many."""
    count = 0
    for parent, folders, files in os.walk(path):
        linked = [name for name in folders if os.path.islink(os.path.join(parent, name))]
        for name in (*files, *linked):
            file = Path(parent, name)
            count += 1
            if count > limits.MAX_ENTRIES:
                raise _too_many(path)
            try:
                info = file.lstat()
            except OSError:  # deleted meanwhile
                continue
            reason = "" if stat.S_ISREG(info.st_mode) else limits.LINK
            yield Entry(file.relative_to(path).as_posix(), info.st_size, file.read_bytes, reason)


def _zip(path: Path, open_files: ExitStack) -> list[Entry]:
    """Return the files of a zip file. Raises DataError for any other file and for too many."""
    try:
        archive = open_files.enter_context(bounded_zip.open_zip(path))
    except (zipfile.BadZipFile, OSError) as failure:
        raise _not_an_archive(path) from failure
    infos = [info for info in archive.infolist() if not info.is_dir() and not info.filename.endswith("\\")]
    if len(infos) > limits.MAX_ENTRIES:
        raise _too_many(path)
    return [_zip_entry(archive, info) for info in infos]


def _zip_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    reason = ""
    if bounded_zip.is_encrypted(info):
        reason = limits.ENCRYPTED
    elif info.create_system == 3 and stat.S_ISLNK(info.external_attr >> 16):  # of Unix
        reason = limits.LINK
    name, raw = _zip_name(info)
    return Entry(name, info.file_size, lambda: _read_at_most(archive, info), reason, raw)


def _zip_name(info: zipfile.ZipInfo) -> tuple[str, bytes | None]:
    """Return an entry's name and, if the archive does not say that it is UTF-8, its bytes."""
    name = info.orig_filename.partition("\0")[0]
    if info.flag_bits & _UTF8_FLAG:
        return name, None
    raw = name.encode("cp437", "replace")  # as zipfile decoded it
    extra = info.extra
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == _UNICODE_PATH and length > 5 and extra[5:9] == struct.pack("<I", zlib.crc32(raw)):
            return extra[9 : 4 + length].decode("utf-8", "replace"), None
        extra = extra[4 + length :]
    return name, raw


def _decoded(entry: Entry, encoding: str) -> Entry:
    """Return an archive's entry with its name in ``encoding``, and a reason if its path leads out of the archive."""
    text = entry.name if entry.raw is None else entry.raw.decode(encoding, "replace")
    name = text.replace("\\", "/")  # Windows' own separator
    parts = PurePosixPath(name).parts
    unsafe = not parts or ".." in parts or name.startswith("/") or ":" in parts[0]
    return replace(entry, name=name, reason=limits.UNSAFE_PATH if unsafe else entry.reason)


def _read_at_most(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return the content of a file in a zip file. Raises UnusableImageError; the directory may lie about its size."""
    try:
        return bounded_zip.read(archive, info, limits.MAX_FILE_BYTES)
    except bounded_zip.EntryTooLargeError as failure:
        raise UnusableImageError(limits.TOO_LARGE) from failure


def _not_an_archive(path: Path) -> DataError:
    """Return the error for a file that is no archive, which says what it is."""
    with open(path, "rb") as file:
        start = file.read(16)
    if kind := bounded_zip.other_archive(start, with_tar=False):
        return DataError(
            "path", shown(path), "is an archive ({kind}) that is not read here", "Make a zip file of it", kind=kind
        )
    if _starts_with(start, _PICTURES) or start[8:12] == b"WEBP" or start[4:8] == b"ftyp":
        problem = "is a single image, and at least {least} are needed"
        return DataError("path", shown(path), problem, "Give a folder or a zip file of images", least=limits.MIN_IMAGES)
    problem = "is not a zip file or tar.gz, or a damaged one"
    return DataError("path", shown(path), problem, "Zip the images once more")


def _starts_with(start: bytes, magics: Sequence[bytes]) -> bool:
    return any(start.startswith(magic) for magic in magics)


def _too_many(path: Path) -> DataError:
    return DataError(
        "path", shown(path), "has more than {most} files", "Split it into several", most=limits.MAX_ENTRIES
    )
