"""Images of an upload as they are trained on, kept beside it, so that no training has to decode them.

uploads/ID/FLOWERS.zip        what was uploaded, under its name
uploads/ID/upload.json        marks the folder; the name as it was given
uploads/ID/images-32.bin      uint8 (N, 32, 32, 3), in the order in which training takes them
uploads/ID/images-32.json     classes, files that were left out, and what it was read from; written last
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from gan_demo.data.images.reading import ImageSet
from gan_demo.support import atomic_file, bounded_json

VERSION = 1  # of the rules by which images are read: prepared images of others are ignored
_ROWS = 256  # images that are copied at once


def order(count: int) -> np.ndarray:
    """Return the order in which training takes sorted images: shuffled, so that the first ones have all classes."""
    return np.random.default_rng(0).permutation(count)


def save(images: ImageSet, path: Path, size: int, encoding: str, folder: Path | None = None) -> None:
    """Write the images of ``path`` into ``folder``, or else beside the upload that it is. Raises OSError."""
    shuffled = order(len(images.images))
    rows = (images.images[shuffled[k : k + _ROWS]] for k in range(0, len(shuffled), _ROWS))
    pixels, values = _files(folder or path.parent, size)
    _write(pixels, rows)
    content = {
        **_source(path, encoding),
        "count": len(shuffled),
        "classes": images.classes[shuffled].tolist(),
        "names": images.names,
        "refused": images.refused,
        "files": images.files,
        "hidden": images.hidden,
        "encodings": images.encodings,
    }
    atomic_file.replace_file(values, json.dumps(content).encode())


def load(path: Path, size: int, encoding: str, folder: Path | None = None, mapped: bool = True) -> ImageSet | None:
    """Return the prepared images of ``path``, in the order of training; None if there are none like this.

    They lie in ``folder``, or else beside the upload that it is, and are ``mapped`` or read into memory.
    """
    pixels, values = _files(folder or path.parent, size)
    try:
        content = bounded_json.parse_object(values.read_bytes())
        wanted = _source(path, encoding)
        if {key: content.get(key) for key in wanted} != wanted or pixels.stat().st_size != _bytes(content, size):
            return None
        shape = (content["count"], size, size, 3)
        # mapped: trainings share the pages of the file; "c" as torch wants tensors that could be written to
        images = np.memmap(pixels, np.uint8, "c", shape=shape) if content["count"] else np.empty(shape, np.uint8)
        images = images if mapped else np.array(images)
        return ImageSet(
            np.asarray(images),
            np.array(content["classes"], dtype=np.int64),
            tuple(content["names"]),
            tuple((str(file), str(why)) for file, why in content["refused"]),
            int(content["files"]),
            int(content["hidden"]),
            tuple(content["encodings"]),
        )
    except (OSError, bounded_json.InvalidJsonError, KeyError, TypeError, ValueError):
        return None


def _files(folder: Path, size: int) -> tuple[Path, Path]:
    return folder / f"images-{size}.bin", folder / f"images-{size}.json"


def _source(path: Path, encoding: str) -> dict[str, Any]:
    """Return what decides the images: another archive, encoding or version of the rules has others."""
    info = path.stat()
    return {"version": VERSION, "name": path.name, "bytes": info.st_size, "encoding": encoding}


def _bytes(content: dict[str, Any], size: int) -> int:
    return int(content["count"]) * size * size * 3


def _write(path: Path, rows: Iterable[np.ndarray]) -> None:
    atomic_file.replace_file(path, (np.ascontiguousarray(part).data for part in rows), sync=False)
