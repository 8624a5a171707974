"""JSON and safetensors files of a run's folder: read with RunErrors that name the file, written atomically.

A safetensors file of ours carries its step and a checksum in its header, so that a flipped bit and a file under the
name of another step are found when it is read. Files of older versions have neither and go on opening.
"""

from __future__ import annotations

import copy
import functools
import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

from gan_demo.errors import RunError
from gan_demo.support import bounded_json
from gan_demo.support.atomic_file import replace_file
from gan_demo.support.bounded_json import InvalidJsonError

if TYPE_CHECKING:  # torch takes seconds to load, and listing runs does not need it
    from torch import Tensor
    from typing_extensions import Buffer

RESTORE = "Restore the run folder from a copy"  # the remedy for a file that only a copy brings back
MAX_STEP = 100_000_000
MAX_JSON_BYTES = 8 * 2**20
MAX_HEADER_BYTES = 4 * 2**20  # of a safetensors header
STEP_KEY, CHECKSUM_KEY = "gan_demo_step", "gan_demo_sha256"  # in a safetensors header
_METADATA = "__metadata__"  # safetensors' name of the texts in its header
_STEP_NAME = re.compile(r"([0-9]{8}|1[0-9]{8})")  # as all writers format it; other digits than these are none
_DTYPES = {
    "float64": "F64",
    "float32": "F32",
    "float16": "F16",
    "bfloat16": "BF16",
    "int64": "I64",
    "int32": "I32",
    "int16": "I16",
    "int8": "I8",
    "uint8": "U8",
    "bool": "BOOL",
}


def cannot_be_read(path: Path) -> RunError:
    """Return the error for a file that is missing or cannot be opened."""
    return RunError("file", path.name, "cannot be read", RESTORE)


def damaged(path: Path) -> RunError:
    """Return the error for a file whose content cannot be used."""
    return RunError("file", path.name, "is damaged", RESTORE)


def read_json(path: Path) -> dict[str, Any]:
    """Read the object in a JSON file. Raises RunError if it is missing or holds none."""
    try:
        raw = bounded_json.read(path, MAX_JSON_BYTES)
    except (OSError, InvalidJsonError) as failure:
        raise cannot_be_read(path) from failure
    if not isinstance(raw, dict):
        raise damaged(path)
    return raw


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """Read a list of pairs of texts; [] if there is none, or if it is damaged."""
    try:
        return [(str(first), str(second)) for first, second in bounded_json.read(path)]
    except (OSError, InvalidJsonError, ValueError, TypeError):
        return []


def read_bytes(path: Path) -> bytes:
    """Read a file. Raises RunError if it can't be read."""
    try:
        return path.read_bytes()
    except OSError as failure:
        raise cannot_be_read(path) from failure


def steps_in(folder: Path, ending: str) -> list[int]:
    """Return the steps of the files ``00000500ENDING`` in a folder, ascending; [] if there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            files = [entry.name for entry in entries if entry.name.endswith(ending) and entry.is_file()]
    except OSError:
        return []
    stems = (name.removesuffix(ending) for name in files)
    return sorted(step for stem in stems if (step := step_of(stem)) is not None)


def step_of(name: str) -> int | None:
    """Return the step that a file or folder is named after, or None."""
    return int(name) if _STEP_NAME.fullmatch(name) and int(name) <= MAX_STEP else None


# ---- safetensors


def write_tensors(
    path: Path, tensors: Mapping[str, Tensor], header: Mapping[str, str] | None = None, step: int | None = None
) -> None:
    """Replace a safetensors file with ``tensors`` of any device; a ``step`` goes into its header, with a checksum.

    The library's own writer copies all data twice, which takes four times as long, and training waits for it.
    """
    ordered = sorted(tensors.items(), key=lambda item: (-item[1].element_size(), item[0]))  # so that each is aligned
    plain = {key: value.detach().cpu().contiguous() for key, value in ordered}
    metadata = dict(header or {}) | ({} if step is None else {STEP_KEY: str(step)})
    entries: dict[str, Any] = {_METADATA: metadata} if metadata else {}
    end = 0
    for key, value in plain.items():
        begin, end = end, end + value.nbytes
        dtype = _DTYPES[str(value.dtype).removeprefix("torch.")]
        entries[key] = {"dtype": dtype, "shape": list(value.shape), "data_offsets": [begin, end]}
    parts = [_memory(value) for value in plain.values()]
    if step is not None:
        metadata[CHECKSUM_KEY] = _checksum(entries, parts)
    head = json.dumps(entries, separators=(",", ":"), ensure_ascii=False).encode()
    head += b" " * (-len(head) % 8)
    replace_file(path, [len(head).to_bytes(8, "little"), head, *parts])


def _memory(tensor: Tensor) -> Buffer:
    """Return the memory of a contiguous tensor on the CPU as bytes, without a copy."""
    import torch

    return tensor.reshape(-1).view(torch.uint8).numpy().data


def _checksum(entries: Mapping[str, Any], parts: Iterable[Buffer]) -> str:
    """Return the SHA-256 of a header without its checksum, and of all numbers."""
    metadata = {key: value for key, value in entries[_METADATA].items() if key != CHECKSUM_KEY}
    digest = hashlib.sha256(json.dumps({**entries, _METADATA: metadata}, sort_keys=True).encode())
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def read_tensors(path: Path, step: int | None = None) -> dict[str, Tensor]:
    """Read a safetensors file to the CPU. Raises RunError if it is missing, damaged, or that of another ``step``."""
    from safetensors.torch import load

    data = read_bytes(path)
    _verify(data, path, step)
    try:
        return load(data)
    except (SafetensorError, ValueError, KeyError) as failure:
        raise damaged(path) from failure


def verify(path: Path, step: int) -> None:
    """Raise RunError if a safetensors file is missing or damaged, as far as its header tells, or of another step.

    A file is read again only when it has changed: a repaired one has another time of its last change at least.
    """
    try:
        status = path.stat()
    except OSError as failure:
        raise cannot_be_read(path) from failure
    damage = _damage(path, step, (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino))
    if damage is not None:
        raise copy.copy(damage)


@functools.lru_cache(maxsize=4096)
def _damage(path: Path, step: int, version: tuple[int, ...]) -> RunError | None:
    """Return what is wrong with this version of a file; raise RunError if it can't be read now."""
    data = read_bytes(path)
    try:
        _verify(data, path, step)
    except RunError as failure:
        return failure.with_traceback(None)
    return None


def _verify(data: bytes, path: Path, step: int | None) -> None:
    """Compare checksum and step with the file, if it has them; a file of an older version has no key of these."""
    size = int.from_bytes(data[:8], "little")
    if not 0 < size <= min(MAX_HEADER_BYTES, len(data) - 8):
        raise damaged(path)
    try:
        entries = bounded_json.parse_object(data[8 : 8 + size])
    except InvalidJsonError as failure:
        raise damaged(path) from failure
    metadata = entries.get(_METADATA, {})
    if not isinstance(metadata, dict) or _end(entries) != len(data) - 8 - size:
        raise damaged(path)
    if not metadata.keys() - {"gan_demo", "format"}:
        return
    if metadata.get(CHECKSUM_KEY) != _checksum(entries, [memoryview(data)[8 + size :]]):
        raise damaged(path)
    if step is not None and metadata.get(STEP_KEY) != str(step):
        problem = "holds step {other}, not the step in its name"
        raise RunError("file", path.name, problem, RESTORE, other=str(metadata.get(STEP_KEY))[:20])


def _end(entries: Mapping[str, Any]) -> int | None:
    """Return how many bytes of numbers a header describes; None if it is damaged."""
    try:
        ends = [entry["data_offsets"][1] for name, entry in entries.items() if name != _METADATA]
    except (TypeError, LookupError):
        return None
    return max(ends, default=0) if all(type(end) is int for end in ends) else None
