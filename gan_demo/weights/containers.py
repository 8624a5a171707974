"""Readers of safetensors and ``torch.save`` files from strangers. Nothing in such a file is ever run.

A ``.pt`` file is checked twice: ``pickle_check`` follows its pickle without running it and compares every claimed size
with the bytes that are there; only then does ``torch.load(weights_only=True)`` read it. So memory stays below about
four times ``MAX_WEIGHT_BYTES``, whatever a file claims.
"""

from __future__ import annotations

import collections
import io
import zipfile
from typing import Any, NamedTuple

import safetensors.torch
import torch
from torch import Tensor

from gan_demo.errors import GET_AGAIN, DataError
from gan_demo.support import bounded_json, bounded_zip
from gan_demo.weights.limits import (
    MAX_HEADER_BYTES,
    MAX_TENSORS,
    MAX_WEIGHT_BYTES,
    SAVE_PLAIN,
    refuse_tensors,
    too_large,
    too_many_tensors,
)
from gan_demo.weights.pickle_check import PickleReader

_OTHER_BYTES = 16 * 1024**2  # that a file may hold besides its weights
_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_DTYPES = ("F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL")


class WeightFile(NamedTuple):
    """Content of a weights file: (nested) dicts with tensors on the CPU, and the texts of a safetensors header."""

    content: dict[Any, Any]
    metadata: dict[str, str]
    ordered: bool  # whether tensors come in the network's order; safetensors sorts them by name


def read(data: bytes, filename: str) -> WeightFile:
    """Read a safetensors file, or one of ``torch.save`` (zip, or the format before torch 1.6).

    Raises DataError, and nothing else, for whatever is wrong with it; ``filename`` is for the message only.
    """
    if not data:
        raise DataError("file", filename, "is empty", GET_AGAIN)
    if len(data) > MAX_WEIGHT_BYTES + _OTHER_BYTES:
        raise too_large(filename)
    try:
        if data[:4] == b"PK\x03\x04":
            return WeightFile(_torch_zip(data, filename), {}, ordered=True)
        if data[8:9] == b"{":
            return _safetensors(data, filename)
        if data[:1] == b"\x80":
            return WeightFile(_torch_legacy(data, filename), {}, ordered=True)
    except DataError:
        raise
    except Exception as failure:  # damage shows in many errors of four libraries
        raise DataError("file", filename, "is incomplete or damaged", GET_AGAIN) from failure
    raise DataError("file", filename, "is neither a safetensors nor a PyTorch file", SAVE_PLAIN)


def _safetensors(data: bytes, filename: str) -> WeightFile:
    length = int.from_bytes(data[:8], "little")
    if length > min(MAX_HEADER_BYTES, len(data) - 8):
        raise DataError("file", filename, "is incomplete or damaged", GET_AGAIN)
    header = bounded_json.parse_object(data[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    if len(header) > MAX_TENSORS:
        raise too_many_tensors(filename)
    for name, entry in header.items():
        if entry["dtype"] not in _DTYPES:
            refuse_tensors(filename, f"{name}: {entry['dtype']}")
    tensors = safetensors.torch.load(data)  # checks each tensor's shape and offsets against the bytes there are
    return WeightFile(dict(tensors), {str(key): str(value) for key, value in metadata.items()}, ordered=False)


def _torch_zip(data: bytes, filename: str) -> dict[Any, Any]:
    if data.count(b"PK\x01\x02") > 2 * MAX_TENSORS:  # records of the zip directory, before anything parses it
        raise too_many_tensors(filename)
    with bounded_zip.open_zip(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if bounded_zip.unpacked_bytes(entries) > MAX_WEIGHT_BYTES + _OTHER_BYTES:
            raise too_large(filename)
        names = [entry.filename.partition("/")[2] for entry in entries]
        if "constants.pkl" in names or any(name.startswith("code/") for name in names):
            raise DataError("file", filename, "is a TorchScript archive, which is code", SAVE_PLAIN)
        stored = all(entry.compress_type == zipfile.ZIP_STORED for entry in entries)
        if "data.pkl" not in names or not stored or len(set(names)) < len(names):
            raise DataError("file", filename, "is a zip archive that torch.save did not write", SAVE_PLAIN)
        records = {name: bounded_zip.read(archive, entry) for name, entry in zip(names, entries, strict=True)}
    if records.get("byteorder", b"little") != b"little":
        refuse_tensors(filename, "big-endian")
    pickle = io.BytesIO(records["data.pkl"])
    PickleReader(pickle, filename, lambda key: len(records[f"data/{key}"])).load()
    clean = _clean_zip(records)
    records.clear()  # frees their memory before torch takes as much again
    return _as_dict(_torch_load(clean), filename)


def _clean_zip(records: dict[str, bytes]) -> io.BytesIO:
    """Write the records into an archive of our own, so that torch sees no other bytes than those that were checked."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, record in records.items():
            if name in ("data.pkl", "byteorder", "version") or name.startswith("data/"):
                archive.writestr(f"archive/{name}", record)
    file.seek(0)
    return file


def _torch_legacy(data: bytes, filename: str) -> dict[Any, Any]:
    """Read the format before torch 1.6: five pickles, then of each storage its length (8 bytes) and its bytes."""
    file = io.BytesIO(data)
    sizes: dict[str, int] = {}
    magic = PickleReader(file, filename).load()
    if magic != _LEGACY_MAGIC:
        raise DataError("file", filename, "is a Python pickle that torch.save did not write", SAVE_PLAIN)
    PickleReader(file, filename).load()  # the format's version
    PickleReader(file, filename).load()  # the machine's word sizes
    PickleReader(file, filename, None, sizes).load()
    keys = PickleReader(file, filename).load()
    if not isinstance(keys, list) or sorted(keys) != sorted(sizes) or len(sizes) > MAX_TENSORS:
        raise DataError("file", filename, "is incomplete or damaged", GET_AGAIN)
    if sum(sizes.values()) + 8 * len(sizes) != len(data) - file.tell():
        raise DataError("file", filename, "is incomplete or damaged", GET_AGAIN)
    file.seek(0)
    return _as_dict(_torch_load(file), filename)


def _torch_load(file: io.BytesIO) -> object:
    return torch.load(file, map_location="cpu", weights_only=True)


def _as_dict(content: object, filename: str) -> dict[Any, Any]:
    if isinstance(content, dict | collections.OrderedDict):
        return dict(content)
    kind = "a tensor" if isinstance(content, Tensor) else type(content).__name__
    raise DataError("file", filename, "holds {kind} instead of named weights", SAVE_PLAIN, kind=kind)
