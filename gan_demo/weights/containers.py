"""Readers of weights files from strangers: safetensors, ``torch.save``, pickles, and archives or folders with one.

Nothing in such a file is ever run: ``pickle_reader`` follows a pickle and makes plain values by code of our own, and a
tensor is a view of the file's bytes after its sizes were compared with them. A refusal takes at most three times the
file's size and 100 MB, whatever the file claims.
"""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import torch
from torch import Tensor

from gan_demo.errors import GET_AGAIN, DataError
from gan_demo.support import bounded_json
from gan_demo.weights.limits import (
    MAX_HEADER_BYTES,
    MAX_TENSORS,
    SAVE_PLAIN,
    max_weight_bytes,
    refuse_tensors,
    too_large,
    too_many_tensors,
    unsupported_tensors,
)
from gan_demo.weights.pickle_reader import Inert
from gan_demo.weights.reading import archives, kinds, memory, torch_files
from gan_demo.weights.reading.memory import ClaimError, Storage

_OTHER_BYTES = 16 * 1024**2  # that a file may hold besides its weights
_DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}


@dataclass(frozen=True)
class WeightFile:
    """Content of a weights file: nested dicts, lists and descriptions of objects, with tensors on the CPU."""

    content: dict[Any, Any] = field(repr=False)
    metadata: dict[str, str]  # texts of a safetensors header
    ordered: bool  # whether tensors come in the network's order; safetensors sorts them by name
    settings: dict[str, Any] = field(default_factory=dict)  # of a config.json beside the weights
    size: int = 0  # bytes of the file
    left_out: tuple[str, ...] = ()  # other weights files of an archive or a folder, beside safetensors


def read(source: bytes | Path, filename: str) -> WeightFile:
    """Read weights from their bytes, or from the path of a file or of a folder with a repository's files.

    Raises DataError, and nothing else, for whatever is wrong with it; ``filename`` is for the message only. Tensors may
    share the memory of ``source``: don't change them.
    """
    if isinstance(source, Path):
        return _read_path(source, filename)
    return _read(memoryview(source), filename)


def _read_path(path: Path, filename: str) -> WeightFile:
    try:
        if path.is_dir():
            return _of_members(archives.folder_members(path, filename), filename)
        if path.exists() and not path.is_file():
            raise DataError("file", filename, "is not a file", "Give the weights file itself")
        if path.stat().st_size > max_weight_bytes() + _OTHER_BYTES:
            raise too_large(filename)
        return _read(memory.from_path(path), filename)
    except OSError as failure:
        raise DataError("file", filename, "cannot be read", "Is the path right?") from failure


def _read(data: memoryview, filename: str, within: bool = False) -> WeightFile:
    if not data:
        raise DataError("file", filename, "is empty", GET_AGAIN)
    if len(data) > max_weight_bytes() + _OTHER_BYTES:
        raise too_large(filename)
    refusal = kinds.refusal(data, filename)
    if refusal:
        raise refusal
    reader = _reader(data, within)
    if reader is None:
        raise kinds.unknown(data, filename)
    try:
        return replace(reader(data, filename), size=len(data))
    except (DataError, OSError):
        raise
    except Exception as failure:  # damage shows in many errors
        raise _explained(failure, data, filename) from failure


def _explained(failure: Exception, data: memoryview, filename: str) -> DataError:
    """Return the error that says what a reader's failure means."""
    if isinstance(failure, ClaimError):
        return DataError("file", filename, "claims more or fewer numbers than it holds", GET_AGAIN)
    if isinstance(failure, torch_files.UnsupportedStorageError):
        return unsupported_tensors(filename, str(failure))
    cut = isinstance(failure, EOFError | tarfile.TarError)
    if isinstance(failure, zipfile.BadZipFile):
        cut = b"PK\x05\x06" not in bytes(data[-(2**16) :])  # which ends a zip file
    return torch_files.truncated(filename) if cut else damaged(filename)


def damaged(filename: str) -> DataError:
    """Return the error for bytes that make no sense in their format."""
    return DataError("file", filename, "is incomplete or damaged", GET_AGAIN)


def _reader(data: memoryview, within: bool) -> Callable[[memoryview, str], WeightFile] | None:
    """Return the reader of a file by its first bytes; ``within`` an archive there is no other."""
    start = bytes(data[:512])
    if start[:4] in archives.ZIP_STARTS:
        return partial(_zip, within=within)
    if start[8:9] == b"{":
        return _safetensors
    if start[archives.TAR_MAGIC] == b"ustar":
        return lambda data, filename: _of_members(archives.tar_members(data), filename, within)
    if (start[:1] == b"\x80" and start[1:2] <= b"\x05") or (
        start[:1] in (b"(", b"}", b"]", b"c") and bytes(data[-1:]) == b"."
    ):
        return _pickle
    return None


def _pickle(data: memoryview, filename: str) -> WeightFile:
    return WeightFile(_as_dict(torch_files.read_pickle(data, filename), filename), {}, ordered=True)


def _zip(data: memoryview, filename: str, within: bool = False) -> WeightFile:
    """Read the zip format of torch.save, or another zip file unless it lies ``within`` one."""
    members = archives.zip_members(data, filename)
    records = {name.partition("/")[2]: read for name, read in members.items()}
    if "constants.pkl" in records or any(name.startswith("code/") for name in records):
        remedy = "Save its weights: torch.save(torch.jit.load(file).state_dict(), 'generator.pt')"
        raise DataError("file", filename, "is a TorchScript archive, which is code", remedy)
    if "data.pkl" not in records:
        return _of_members(members, filename, within)
    if len(records) < len(members):
        raise DataError("file", filename, "is a zip archive that torch.save did not write", SAVE_PLAIN)
    read = {name: record() for name, record in records.items() if name.startswith(("data", "byteorder"))}
    return WeightFile(_as_dict(torch_files.read_records(read, filename), filename), {}, ordered=True)


def _safetensors(data: memoryview, filename: str) -> WeightFile:
    length = int.from_bytes(data[:8], "little")
    if length > len(data) - 8:
        raise EOFError
    if length > MAX_HEADER_BYTES:
        raise too_many_tensors(filename)
    header = bounded_json.parse_object(bytes(data[8 : 8 + length]))
    metadata = header.pop("__metadata__", {})
    if len(header) > MAX_TENSORS:
        raise too_many_tensors(filename)
    tensors = {name: _header_tensor(data[8 + length :], name, entry, filename) for name, entry in header.items()}
    return WeightFile(tensors, {str(key): str(value) for key, value in metadata.items()}, ordered=False)


def _header_tensor(data: memoryview, name: str, entry: dict[str, Any], filename: str) -> Tensor:
    """Return a tensor by its entry in the header, after its size was compared with its bytes."""
    dtype = _DTYPES.get(entry["dtype"])
    if dtype is None:
        refuse_tensors(filename, f"{name}: {entry['dtype']}")
    start, end = entry["data_offsets"]
    shape = tuple(entry["shape"])
    if type(start) is not int or type(end) is not int or not 0 <= start <= end:
        raise ClaimError
    if end > len(data):
        raise EOFError
    storage = Storage(dtype, data[start:end])
    stride, step = [], 1
    for n in shape[::-1]:
        stride.append(step)
        step *= n if type(n) is int else 0
    if step * dtype.itemsize != end - start:
        raise ClaimError
    return memory.strided(storage, memory.flat(storage), 0, shape, tuple(stride[::-1]))


def _of_members(members: archives.Members, filename: str, within: bool = False) -> WeightFile:
    """Read the weights files of an archive or a folder; several are parts of the content, by their names."""
    if within:
        raise DataError("file", filename, "is an archive in an archive", "Unpack it, and choose the weights file in it")
    names, left_out = archives.weights_files(members, filename)
    files = {name: _read(members[name](), filename, within=True) for name in names}
    size = sum(file.size for file in files.values())
    for network, parts in archives.in_parts(members, names, filename).items():
        files = _joined(files, network, parts, filename)
    settings = archives.settings(members)
    if len(files) == 1:
        (file,) = files.values()
        return WeightFile(file.content, file.metadata, file.ordered, settings, size, left_out)
    content = {str(PurePosixPath(name).with_suffix("")): file.content for name, file in files.items()}
    is_ordered = all(file.ordered for file in files.values())
    return WeightFile(content, {}, is_ordered, settings, size, left_out)


def _joined(files: dict[str, WeightFile], network: str, parts: dict[str, str], filename: str) -> dict[str, WeightFile]:
    """Return the files with a network in the place of its parts. Raises DataError if weights of the index lack."""
    chosen = {name: file for name, file in files.items() if name in set(parts.values())}
    if sum(file.size for file in chosen.values()) > max_weight_bytes() + _OTHER_BYTES:
        raise too_large(filename)
    for weight, part in parts.items():
        if weight not in files[part].content:
            raise DataError("file", filename, "lacks the weights {name}", GET_AGAIN, name=weight)
    content = {name: value for file in chosen.values() for name, value in file.content.items()}
    whole = WeightFile(content, {}, all(file.ordered for file in chosen.values()))
    return {network: whole} | {name: file for name, file in files.items() if name not in chosen}


def _as_dict(content: object, filename: str) -> dict[Any, Any]:
    """Return the content as a dict: an object by the name of its class, several things by their numbers."""
    if isinstance(content, dict):
        return content
    if isinstance(content, Inert):
        return {content.class_name.rpartition(".")[2]: content}
    if isinstance(content, list | tuple) and any(isinstance(part, dict | Inert) for part in content[:16]):
        return {str(number): part for number, part in enumerate(content[:16], 1)}
    kind = "a tensor" if isinstance(content, Tensor) else type(content).__name__
    raise DataError("file", filename, "holds {kind} instead of named weights", SAVE_PLAIN, kind=kind)
