"""JSON and safetensors files of a run's folder: read with RunErrors that name the file, written atomically."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

from gan_demo.errors import RunError
from gan_demo.support.atomic_file import replace_file

if TYPE_CHECKING:  # torch takes seconds to load, and listing runs does not need it
    from torch import Tensor
    from typing_extensions import Buffer

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


def read_json(path: Path) -> dict[str, Any]:
    """Read the object in a JSON file. Raises RunError if it is missing or holds none."""
    try:
        raw = json.loads(path.read_bytes())
    except (OSError, ValueError) as failure:
        raise RunError("file", path.name, "cannot be read", "Restore the run folder from a copy") from failure
    if not isinstance(raw, dict):
        raise RunError("file", path.name, "is damaged", "Restore the run folder from a copy")
    return raw


def read_bytes(path: Path) -> bytes:
    """Read a file. Raises RunError if it can't be read."""
    try:
        return path.read_bytes()
    except OSError as failure:
        raise RunError("file", path.name, "cannot be read", "Restore the run folder from a copy") from failure


def write_tensors(path: Path, tensors: Mapping[str, Tensor], header: Mapping[str, str] | None = None) -> None:
    """Replace a safetensors file with ``tensors`` of any device.

    The library's own writer copies all data twice, which takes four times as long, and training waits for it.
    """
    ordered = sorted(tensors.items(), key=lambda item: (-item[1].element_size(), item[0]))  # so that each is aligned
    plain = {key: value.detach().cpu().contiguous() for key, value in ordered}
    entries: dict[str, Any] = {"__metadata__": dict(header)} if header else {}
    end = 0
    for key, value in plain.items():
        begin, end = end, end + value.nbytes
        dtype = _DTYPES[str(value.dtype).removeprefix("torch.")]
        entries[key] = {"dtype": dtype, "shape": list(value.shape), "data_offsets": [begin, end]}
    head = json.dumps(entries, separators=(",", ":"), ensure_ascii=False).encode()
    head += b" " * (-len(head) % 8)
    replace_file(path, [len(head).to_bytes(8, "little"), head, *map(_memory, plain.values())])


def _memory(tensor: Tensor) -> Buffer:
    """Return the memory of a contiguous tensor on the CPU as bytes, without a copy."""
    import torch

    return tensor.reshape(-1).view(torch.uint8).numpy().data


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read a safetensors file to the CPU. Raises RunError if it is missing or damaged."""
    from safetensors.torch import load

    try:
        return load(read_bytes(path))
    except (SafetensorError, ValueError, KeyError) as failure:
        raise RunError("file", path.name, "is damaged", "Restore the run folder from a copy") from failure
