"""Files replaced atomically, and an advisory lock."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Buffer


def replace_file(path: Path, data: bytes | Iterable[Buffer], sync: bool = True) -> None:
    """Write a file beside ``path``, then move it there, so that readers see the old file or the new one, never a part.

    ``sync`` waits until the content is on the disk, so that it also survives a power failure. Raises OSError.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with open(beside, "wb") as file:
            file.writelines([data] if isinstance(data, bytes) else data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError:  # the disk is full, or ``path`` is a folder
        beside.unlink(missing_ok=True)
        raise


def json_bytes(value: object) -> bytes:
    """Return the content of a JSON file, indented for people to read."""
    return (json.dumps(value, indent=1) + "\n").encode()


def lock(file: IO[str]) -> bool:
    """Take an advisory lock on an open file, without waiting; return whether it was free.

    The kernel releases it when the process ends, however it ends.
    """
    try:
        import fcntl
    except ImportError:  # Windows has no such lock: users must not start two writers themselves
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
