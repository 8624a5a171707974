"""Archives and folders around weights: zip, tar, and a Hugging Face repository with its config.json."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from gan_demo.errors import DataError
from gan_demo.support import bounded_json, bounded_zip
from gan_demo.weights.limits import (
    MAX_HEADER_BYTES,
    MAX_TENSORS,
    WEIGHT_ENDINGS,
    max_weight_bytes,
    too_large,
    too_many_tensors,
)
from gan_demo.weights.reading import memory, parts

_IMAGE_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")
_MOST_FILES = 2_000
_FREE_BYTES = 64 * 2**20  # that compressed entries may unpack to beyond twice the archive's size
_ENTRY_BYTES = 128  # of an entry in a zip file's directory, about
_LOCAL_HEADER = 30  # bytes of an entry's header in a zip file, before its name

ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
TAR_MAGIC = slice(257, 262)

Members = dict[str, Callable[[], memoryview]]  # content of files by name, read on demand


class ViewFile(io.RawIOBase):
    """Bytes in memory as a file to read, without a copy of them."""

    def __init__(self, data: memoryview) -> None:
        super().__init__()
        self._data, self._place = data, 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place and return it."""
        self._place = max(0, offset + (0, self._place, len(self._data))[whence])
        return self._place

    def tell(self) -> int:
        """Return the place."""
        return self._place

    def readinto(self, buffer: Any) -> int:
        """Copy the next bytes into a buffer and return their count."""
        part = self._data[self._place : self._place + len(buffer)]
        buffer[: len(part)] = part
        self._place += len(part)
        return len(part)


def members(data: memoryview, filename: str) -> Members:
    """Return the files of a zip or tar archive, none of another file. Raises what its reader does."""
    if bytes(data[:4]) in ZIP_STARTS:
        return zip_members(data, filename)
    return tar_members(data) if bytes(data[TAR_MAGIC]) == b"ustar" else {}


def zip_members(data: memoryview, filename: str) -> Members:
    """Return the files of a zip archive. Raises DataError for too many, BadZipFile for damage."""
    try:
        archive = bounded_zip.open_zip(io.BufferedReader(ViewFile(data)), 2 * MAX_TENSORS * _ENTRY_BYTES)
    except bounded_zip.DirectoryTooLargeError as failure:
        raise too_many_tensors(filename) from failure
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > 2 * MAX_TENSORS:
        raise too_many_tensors(filename)
    if any(map(bounded_zip.is_encrypted, entries)):
        raise DataError("file", filename, "is a zip file with a password", "Unpack it, and choose the weights file")
    left = min(max_weight_bytes(), 2 * len(data) + _FREE_BYTES)  # bytes that compressed entries may still unpack to

    def read(entry: zipfile.ZipInfo) -> memoryview:
        nonlocal left
        if entry.compress_type == zipfile.ZIP_STORED:
            return _stored(data, entry)
        try:
            unpacked = memoryview(bounded_zip.read(archive, entry, left))
        except bounded_zip.EntryTooLargeError as failure:
            remedy = "Unpack it, and choose the weights file in it"
            raise DataError("file", filename, "unpacks to far more than it holds", remedy) from failure
        left -= len(unpacked)
        return unpacked

    return {entry.filename: partial(read, entry) for entry in entries}


def _stored(data: memoryview, entry: zipfile.ZipInfo) -> memoryview:
    """Return the bytes of an entry that is not compressed, where they stand."""
    header = data[entry.header_offset : entry.header_offset + _LOCAL_HEADER]
    if bytes(header[:4]) != b"PK\x03\x04":
        raise zipfile.BadZipFile
    start = entry.header_offset + _LOCAL_HEADER
    start += int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    if start + entry.file_size > len(data):
        raise zipfile.BadZipFile
    return data[start : start + entry.file_size]


def tar_members(data: memoryview) -> Members:
    """Return the files of a tar archive that is not compressed. Raises TarError for damage."""
    members: Members = {}
    with tarfile.open(fileobj=io.BufferedReader(ViewFile(data)), mode="r:") as archive:
        for entry in archive:
            if entry.isreg() and not entry.sparse and entry.offset_data + entry.size <= len(data):
                part = data[entry.offset_data : entry.offset_data + entry.size]
                members[entry.name] = partial(_same, part)
            if len(archive.getmembers()) > _MOST_FILES:
                raise tarfile.TarError("too many files")
    return members


def _same(part: memoryview) -> memoryview:
    return part


def folder_members(folder: Path, filename: str) -> Members:
    """Return the files of a folder and those one folder below; ONNX models are only named.

    Raises DataError for more bytes than may be read.
    """
    chosen = [path for path in _folder_files(folder) if path.suffix.lower() in (*WEIGHT_ENDINGS, ".json", ".onnx")]
    if sum(path.stat().st_size for path in chosen if path.suffix.lower() != ".onnx") > 4 * max_weight_bytes():
        raise too_large(filename)
    return {path.relative_to(folder).as_posix(): partial(memory.from_path, path) for path in chosen}


def all_folder_members(folder: Path) -> Members:
    """Return all files of a folder and those one folder below."""
    return {path.relative_to(folder).as_posix(): partial(memory.from_path, path) for path in _folder_files(folder)}


def _folder_files(folder: Path) -> list[Path]:
    return sorted(path for pattern in ("*", "*/*") for path in folder.glob(pattern) if path.is_file())[:_MOST_FILES]


def visible(members: Members) -> list[str]:
    """Return the names of files that are not hidden or a system's."""
    return [name for name in members if not any(part.startswith((".", "__MACOSX")) for part in name.split("/"))]


def weights_files(members: Members, filename: str) -> tuple[list[str], tuple[str, ...]]:
    """Return the names of the weights files to read and of those left out, ONNX models among them.

    Only safetensors are read where there are any. Raises DataError without weights files.
    """
    names = visible(members)
    files = [name for name in names if name.lower().endswith(WEIGHT_ENDINGS)]
    chosen = [name for name in files if name.lower().endswith(".safetensors")] or files
    if not chosen:
        _refuse(names, filename)
    others = [name for name in names if name.lower().endswith((*WEIGHT_ENDINGS, ".onnx"))]
    return chosen, tuple(name for name in others if name not in set(chosen))


def _refuse(names: list[str], filename: str) -> None:
    images = sum(name.lower().endswith(_IMAGE_ENDINGS) for name in names)
    if images > len(names) / 2:
        remedy = "To train on images, choose your own images on the Train page"
        raise DataError("file", filename, "holds images, not weights", remedy)
    if any(name.endswith((".h5", ".hdf5", "saved_model.pb", ".keras")) for name in names):
        raise keras(filename)
    shown = ", ".join(names[:5])
    remedy = "Choose a file that ends in .safetensors, .pt, .pth, .ckpt, .bin or .pkl"
    raise DataError("file", filename, "is an archive or a folder without a weights file: {names}", remedy, names=shown)


def keras(filename: str) -> DataError:
    """Return the error for weights of Keras or TensorFlow."""
    remedy = "Export the generator as ONNX, for example by tf2onnx, and open that file"
    return DataError("file", filename, "is a network of Keras or TensorFlow, not of PyTorch", remedy)


def settings(members: Members) -> dict[str, Any]:
    """Return what config.json says, {} if there is none that can be read."""
    for name, read in members.items():
        if PurePosixPath(name).name == "config.json":
            try:
                return bounded_json.parse_object(bytes(read()[: MAX_HEADER_BYTES + 1]))
            except bounded_json.InvalidJsonError:
                return {}
    return {}


def in_parts(members: Members, names: list[str], filename: str) -> dict[str, dict[str, str]]:
    """Return the networks that lie in several of the files ``names``: which file holds which weight, by an index.

    Raises DataError for indexes that can't be read, and where a part is not there.
    """
    networks: dict[str, dict[str, str]] = {}
    for name in filter(parts.is_index, members):
        folder, _, file = name.rpartition("/")
        prefix = f"{folder}/" if folder else ""
        index = parts.weight_map(bytes(members[name]()[: parts.MAX_INDEX_BYTES + 1]), name, filename)
        files = {weight: prefix + part for weight, part in index.items()}
        needed = set(files.values())
        missing = sorted(needed.difference(names))
        if len(missing) == len(needed):
            continue  # of files in another format, or of those that lie elsewhere
        if missing:
            problem = "lacks a part of its weights: {name}"
            raise DataError("file", filename, problem, parts.ALL_PARTS, name=missing[0])
        networks[prefix + file.removesuffix(".index.json")] = files
    return networks
