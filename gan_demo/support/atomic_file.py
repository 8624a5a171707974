"""Files replaced atomically, and an advisory lock."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:  # torch takes seconds to load, and listing runs needs none of it
    from typing_extensions import Buffer


def replace_file(path: Path, data: bytes | Iterable[Buffer], sync: bool = True) -> None:
    """Write beside, then move into place: readers see the old file or the new one, never half of one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with open(beside, "wb") as file:
            file.writelines([data] if isinstance(data, bytes) else data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError:  # no room, or a folder of that name
        beside.unlink(missing_ok=True)
        raise


def json_bytes(value: object) -> bytes:
    """A JSON file's content, for people to read too."""
    return (json.dumps(value, indent=1) + "\n").encode()


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
