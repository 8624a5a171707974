"""Files of a run's folder: whole or not there, in JSON or safetensors, and a lock for the one who writes."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from safetensors import SafetensorError

from gan_demo.errors import RunError

if TYPE_CHECKING:  # torch takes seconds to load, and listing runs needs none of it
    from torch import Tensor


def replace_file(path: Path, data: bytes, sync: bool = True) -> None:
    """Write beside, then move into place: readers see the old file or the new one, never half of one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    with open(beside, "wb") as file:
        file.write(data)
        if sync:
            file.flush()
            os.fsync(file.fileno())
    os.replace(beside, path)


def json_bytes(value: object) -> bytes:
    """A JSON file's content, for people to read too."""
    return (json.dumps(value, indent=1) + "\n").encode()


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
    """Replace a safetensors file; from any device."""
    from safetensors.torch import save

    plain = {key: value.detach().to("cpu", copy=True).contiguous() for key, value in tensors.items()}
    replace_file(path, save(plain, dict(header) if header else None))


def read_tensors(path: Path) -> dict[str, Tensor]:
    """A safetensors file, on the CPU. Raises RunError if it is missing or damaged."""
    from safetensors.torch import load

    try:
        return load(read_bytes(path))
    except (SafetensorError, ValueError, KeyError) as failure:
        raise RunError("file", path.name, "is damaged", "Restore the run folder from a copy") from failure


def lock(file: IO[str]) -> bool:
    """An advisory lock that the kernel drops when its process dies, however it dies."""
    try:
        import fcntl
    except ImportError:  # Windows: no such lock; two writers are then the user's own doing
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
