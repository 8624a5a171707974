"""Reading of an upload in a process of its own: python -m gan_demo.data.images.worker '{"path": …}'.

A process can be stopped at any moment, has its own limits of memory and processor time, and takes none of a
training's. It writes the prepared images beside the upload or into the "folder", and lines of JSON to standard output:
{"done": 5, "total": 60} while it reads, and at the end {"encoding": "gb18030"} or {"error": […]}.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from gan_demo.data.images import prepared, reading
from gan_demo.errors import DataError, GanDemoError
from gan_demo.support import own_process

MEMORY_BYTES = 3 * 2**29  # of address space: 1.5 GB
CPU_SECONDS = 90


def main() -> int:
    """Read the set that the argument names; return the exit code."""
    wanted = json.loads(sys.argv[1])
    own_process.limit(MEMORY_BYTES, CPU_SECONDS)
    path = Path(wanted["path"])
    try:
        folder = Path(wanted.get("folder", path.parent))
        encoding = _read(path, int(wanted["size"]), wanted["encoding"], wanted["language"], folder)
    except GanDemoError as failure:
        _say(_as_json(failure))
    except MemoryError:
        _say(_as_json(DataError("images", "", "take too much memory to read", "Use smaller images")))
    except OSError as failure:
        error = DataError("images", "", "cannot be read. {why}", "Free disk space", why=str(failure.strerror))
        _say(_as_json(error))
    else:
        _say({"encoding": encoding})
    return 0


def _read(path: Path, size: int, encoding: str, language: str, folder: Path) -> str:
    """Read the images and save them in ``folder``; return the encoding by which their names were read, "" for UTF-8."""
    steps = reading.read(path, size, encoding, language)
    while True:
        try:
            progress = next(steps)
        except StopIteration as end:
            images: reading.ImageSet = end.value
            break
        _say({"done": progress.done, "total": progress.total})
    likely = images.encodings[0] if images.encodings else "utf-8"
    used = encoding or ("" if likely == "utf-8" else likely)
    prepared.save(images, path, size, used, folder)
    return used


def _as_json(error: GanDemoError) -> dict[str, Any]:
    details = {key: value if isinstance(value, int) else str(value) for key, value in error.details.items()}
    return {"error": [error.field, error.problem, error.remedy], "details": details}


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
