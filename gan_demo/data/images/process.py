"""Reading of own images in a process of its own (``worker``): bounded, beside trainings, and stopped at once."""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

from gan_demo.data.downloads import Loading
from gan_demo.data.images import prepared
from gan_demo.data.images.reading import ImageSet
from gan_demo.errors import DataError
from gan_demo.support import bounded_json, own_process

SECONDS = 600.0  # for one set, on a busy machine too; ``worker`` limits its processor time
POLL_SECONDS = 0.1  # between two looks at whether the reader is still wanted


def run(
    path: Path, name: str, size: int, encoding: str = "", language: str = "", folder: Path | None = None
) -> Generator[Loading, None, str]:
    """Yield progress; prepare the images of ``path`` in ``folder``, or beside it; return the encoding of its names.

    Closing the generator ends the process. Raises DataError, which calls the set ``name``.
    """
    wanted = {"path": str(path), "size": size, "encoding": encoding, "language": language}
    wanted |= {"folder": str(folder)} if folder is not None else {}
    process = _started(wanted)
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threading.Thread(target=_take_lines, args=(process, lines), name="read-images", daemon=True).start()
    loading, deadline = Loading("prepare", 0, 0), time.monotonic() + SECONDS
    try:
        while time.monotonic() < deadline:
            yield loading
            try:
                line = lines.get(timeout=POLL_SECONDS)
            except queue.Empty:
                continue
            if line is None:
                break
            message = _parsed(line)
            if "done" in message:
                loading = Loading("prepare", int(message["done"]), int(message["total"]))
            elif sentences := message.get("error"):
                raise DataError(sentences[0], name, *sentences[1:], **message["details"])
            elif "encoding" in message:
                return str(message["encoding"])
    finally:
        process.kill()
        process.wait()
    raise DataError("images", name, "take too long or too much memory to read", "Use fewer or smaller images")


def read(path: Path, name: str, size: int, encoding: str) -> Generator[Loading, None, ImageSet]:
    """Yield progress; return the images of any folder or archive, in the order of training. Raises DataError."""
    folder = Path(tempfile.mkdtemp(prefix="gan_demo_images_"))
    try:
        used = yield from run(path, name, size, encoding, folder=folder)
        images = prepared.load(path, size, used, folder, mapped=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if images is None:  # the set was changed meanwhile
        raise DataError("images", name, "were not read to the end", "Try again")
    return images


def _started(wanted: dict[str, Any]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "gan_demo.data.images.worker", json.dumps(wanted)]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env=own_process.environment(),
    )


def _take_lines(process: subprocess.Popen[str], lines: queue.SimpleQueue[str | None]) -> None:
    """Put each line of the process into the queue, and None at its end."""
    assert process.stdout is not None
    with process.stdout as output:
        for line in output:
            lines.put(line)
    lines.put(None)


def _parsed(line: str) -> dict[str, Any]:
    try:
        return bounded_json.parse_object(line)
    except bounded_json.InvalidJsonError:  # such as a warning of a library
        return {}
