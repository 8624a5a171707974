"""Files replaced atomically, and a lock that the system releases when its process ends.

Windows lets nobody replace, move or delete a file that a program has open, be it a virus scanner for a moment; so all
three are tried again there for a while.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Buffer

WINDOWS = os.name == "nt"
RETRY_SECONDS = 2.0  # for which Windows is asked again about a file that a program has open
PAUSE_SECONDS = 0.02  # before it is asked again


def replace_file(path: Path, data: bytes | Iterable[Buffer], sync: bool = True) -> None:
    """Write a file beside ``path``, then move it there, so that readers see the old file or the new one, never a part.

    ``sync`` waits until the content is on the disk, so that it also survives a power failure. Raises OSError.
    """
    temporary = beside(path)
    try:
        with open(temporary, "wb") as file:
            file.writelines([data] if isinstance(data, bytes) else data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        move(temporary, path)
    except OSError:  # the disk is full, or ``path`` is a folder
        temporary.unlink(missing_ok=True)
        raise


def beside(path: Path) -> Path:
    """Return the path of the temporary file that this thread writes before it replaces ``path``."""
    return path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")


def move(source: Path, target: Path) -> None:
    """Move a file or folder on its disk; a file that is there is replaced. Raises OSError."""
    _until_closed(lambda: os.replace(source, target))


def delete(path: Path) -> bool:
    """Delete a file; return whether it is gone, which on Windows no file is that another program still reads."""
    try:
        _until_closed(lambda: path.unlink(missing_ok=True))
    except PermissionError:
        if not WINDOWS:
            raise
        return False
    return True


def _until_closed(act: Callable[[], None]) -> None:
    """Call ``act``, on Windows again while it is refused, for up to RETRY_SECONDS. Raises OSError."""
    end = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            act()
            return
        except PermissionError:
            if not WINDOWS or time.monotonic() > end:
                raise
            time.sleep(PAUSE_SECONDS)


def json_bytes(value: object) -> bytes:
    """Return the content of a JSON file, indented for people to read."""
    return (json.dumps(value, indent=1) + "\n").encode()


def lock(file: IO[str]) -> bool:
    """Take the lock of an open file, without waiting; return whether it was free.

    The system releases it when the process ends, however it ends, or the file is closed in it and in every process
    that was started meanwhile and has not begun its own program yet.
    """
    try:
        _take_lock(file)
    except OSError:
        return False
    return True


@contextmanager
def held_lock(file: IO[str]) -> Iterator[bool]:
    """Hold the lock of an open file if it is free, and yield whether it was.

    It is released at the end, also where a process that is just being started has the file open, too.
    """
    is_held = lock(file)
    try:
        yield is_held
    finally:
        if is_held:
            _release_lock(file)


def _release_lock(file: IO[str]) -> None:
    try:
        import fcntl
    except ImportError:  # Windows, where no process inherits it
        return
    fcntl.flock(file, fcntl.LOCK_UN)


def _take_lock(file: IO[str]) -> None:
    """Lock the whole file, or its first byte where the system has no such lock. Raises OSError if it is taken."""
    try:
        import fcntl
    except ImportError:
        import msvcrt  # Windows

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
