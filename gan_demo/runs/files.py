"""Files of a run's folder: whole or not there, in JSON or safetensors, and a lock for the one who writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

from gan_demo.errors import RunError

if TYPE_CHECKING:  # torch takes seconds to load, and listing runs needs none of it
    from torch import Tensor
    from typing_extensions import Buffer
from gan_demo.support.atomic_file import replace_file

_DTYPES = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "int64": "I64", "int32": "I32",
    "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL",
}  # fmt: skip


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file. Raises RunError if there is none."""
    try:
        raw = json.loads(path.read_bytes())
    except (OSError, ValueError) as failure:
        raise RunError("file", path.name, "cannot be read", "Restore the run folder from a copy") from failure
    if not isinstance(raw, dict):
        raise RunError("file", path.name, "is damaged", "Restore the run folder from a copy")
    return raw


def read_bytes(path: Path) -> bytes:
    """What is in the file. Raises RunError if it can't be read."""
    try:
        return path.read_bytes()
    except OSError as failure:
        raise RunError("file", path.name, "cannot be read", "Restore the run folder from a copy") from failure


def write_tensors(path: Path, tensors: Mapping[str, Tensor], header: Mapping[str, str] | None = None) -> None:
    """Replace a safetensors file; from any device.

    Written here, because the library copies everything twice: a training would wait four times as long.
    """
    ordered = sorted(tensors.items(), key=lambda one: (-one[1].element_size(), one[0]))  # so that each lies aligned
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
    """The bytes of a contiguous tensor on the CPU, where they lie."""
    import torch

    return tensor.reshape(-1).view(torch.uint8).numpy().data


def read_tensors(path: Path) -> dict[str, Tensor]:
    """A safetensors file, on the CPU. Raises RunError if it is missing or damaged."""
    from safetensors.torch import load

    try:
        return load(read_bytes(path))
    except (SafetensorError, ValueError, KeyError) as failure:
        raise RunError("file", path.name, "is damaged", "Restore the run folder from a copy") from failure
