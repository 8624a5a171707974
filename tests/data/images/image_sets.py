"""Folders and zip files of images, as people have them, and what reading them returns or refuses."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_demo.data.images import reading
from gan_demo.data.images.limits import (
    MIN_IMAGES,
)
from gan_demo.data.images.reading import ImageSet


def encoded(colour: object = "red", size: tuple[int, int] = (32, 32), kind: str = "PNG", mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, colour).save(buffer, kind)  # type: ignore[arg-type]
    return buffer.getvalue()


def plenty(count: int = MIN_IMAGES) -> dict[str, bytes]:
    return {f"ok{k:02d}.png": encoded((k, 0, 0)) for k in range(count)}


def make_zip(path: Path, files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def make_folder(path: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return path


def make(kind: str, tmp_path: Path, files: Mapping[str, bytes]) -> Path:
    return make_zip(tmp_path / "own.zip", files) if kind == "zip" else make_folder(tmp_path / "own", files)


def read(path: Path, size: int = 32, encoding: str = "", language: str = "") -> ImageSet:
    steps = reading.read(path, size, encoding, language)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            value: ImageSet = end.value
            return value


def count(path: Path, **choices: str) -> dict[str, int]:
    """Return how many images of each class are read."""
    images = read(path, **choices)
    return dict(zip(images.names, np.bincount(images.classes, minlength=len(images.names)).tolist(), strict=True))


both = pytest.mark.parametrize("kind", ["zip", "folder"])
