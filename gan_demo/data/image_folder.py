"""Own images from a folder or a zip file: read within limits, never unpacked to disk; refused files have a reason."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image, ImageOps

from gan_demo.data.downloads import Loading
from gan_demo.errors import DataError
from gan_demo.support import bounded_zip

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
MAX_FILES = 50_000
MAX_FILE_BYTES = 20 * 2**20
MAX_TOTAL_BYTES = 2**30
MAX_PIXELS = 40_000_000
MIN_IMAGES = 16  # fewer are not enough to learn from

TOO_LARGE = "the file is larger than 20 MB"
TOO_MANY_PIXELS = "it has more than 40 million pixels"
NOT_AN_IMAGE = "it is not an image that can be read"
UNSAFE_PATH = "its path leads out of the archive"
TOTAL_REACHED = "the images before it already fill 1 GB"
COUNT_REACHED = "there are 50,000 images before it"
ENCRYPTED = "it is encrypted"
REASONS = (TOO_LARGE, TOO_MANY_PIXELS, NOT_AN_IMAGE, UNSAFE_PATH, TOTAL_REACHED, COUNT_REACHED, ENCRYPTED)


class UnusableImageError(Exception):
    """A file is left out; the argument is one of ``REASONS``."""


@dataclass(frozen=True)
class _Entry:
    """Image file of a folder or zip file, not read yet."""

    name: str  # with "/" between folders
    size: int  # bytes
    read: Callable[[], bytes]
    reason: str = ""  # why it is refused before it is read, or ""


def image_files(
    path: Path, size: int
) -> Generator[Loading, None, tuple[np.ndarray, np.ndarray, tuple[str, ...], tuple[tuple[str, str], ...]]]:
    """Yield progress; return images uint8 (N, 3, size, size), class indices (N,), class names, refused files.

    A refused file is (file, reason). Classes are the folders that images lie in, if there are 2 to 100 of
    them. Each image is cut to its central square. Raises DataError if the path is neither a folder nor a zip file, or
    if fewer than 16 images can be used.
    """
    with ExitStack() as open_files:
        return (yield from _read(path, sorted(_entries(path, open_files), key=lambda entry: entry.name), size))


def _read(
    path: Path, entries: list[_Entry], size: int
) -> Generator[Loading, None, tuple[np.ndarray, np.ndarray, tuple[str, ...], tuple[tuple[str, str], ...]]]:
    """Yield progress and return what ``image_files`` does. Raises DataError for fewer than 16 usable images."""
    images: list[np.ndarray] = []
    folders: list[str] = []
    refused: list[tuple[str, str]] = []
    total = 0
    for done, entry in enumerate(entries):
        try:
            total += entry.size
            images.append(_decode_entry(entry, total, len(images), size))
            folders.append(PurePosixPath(entry.name).parent.as_posix())
        except UnusableImageError as refusal:
            total -= entry.size
            refused.append((entry.name, str(refusal)))
        if done % 64 == 0:
            yield Loading("prepare", done, len(entries))
    if len(images) < MIN_IMAGES:
        raise DataError(
            "images",
            path.name,
            "has {usable} usable images among {files} files; at least {least} are needed. {why}",
            "Put PNG or JPEG files into one folder, or one folder per class",
            usable=len(images),
            files=len(entries),
            least=MIN_IMAGES,
            why="; ".join(f"{name}: {reason}" for name, reason in refused[:3]),
        )
    names = tuple(sorted(set(folders)))
    if not 2 <= len(names) <= 100:
        names = ("all",)
    index = {name: k for k, name in enumerate(names)}
    classes = np.array([index.get(folder, 0) for folder in folders], dtype=np.int64)
    return np.stack(images), classes, tuple(PurePosixPath(name).name or name for name in names), tuple(refused)


def _decode_entry(entry: _Entry, total: int, count: int, size: int) -> np.ndarray:
    """Return an image as uint8 (3, size, size). Raises UnusableImageError.

    ``count`` images came before it; ``total`` is the bytes of all of them, this one included.
    """
    if entry.reason:
        raise UnusableImageError(entry.reason)
    if entry.size > MAX_FILE_BYTES:
        raise UnusableImageError(TOO_LARGE)
    if total > MAX_TOTAL_BYTES:
        raise UnusableImageError(TOTAL_REACHED)
    if count >= MAX_FILES:
        raise UnusableImageError(COUNT_REACHED)
    try:
        return decode(entry.read(), size)
    except UnusableImageError:
        raise
    except Exception as failure:  # a damaged archive, or a file deleted meanwhile
        raise UnusableImageError(NOT_AN_IMAGE) from failure


def decode(data: bytes, size: int) -> np.ndarray:
    """Return the central square of an encoded image as uint8 (3, size, size). Raises UnusableImageError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own warning about large images; the limit here is lower
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
            if picture.width * picture.height > MAX_PIXELS:
                raise UnusableImageError(TOO_MANY_PIXELS)
            picture.draft("RGB", (2 * size, 2 * size))  # JPEG then decodes at a fraction of its size
            upright = ImageOps.exif_transpose(picture)
            if upright.mode.startswith("I"):  # 16-bit gray, which Pillow would turn white
                upright = Image.fromarray((np.asarray(upright) >> 8).astype(np.uint8))
            flat = Image.new("RGBA", upright.size, "white")
            flat.alpha_composite(upright.convert("RGBA"))
            fitted = ImageOps.fit(flat.convert("RGB"), (size, size), method=_filter(upright, size))
    except UnusableImageError:
        raise
    except Image.DecompressionBombError as failure:  # Pillow's own limit is higher, and checked first
        raise UnusableImageError(TOO_MANY_PIXELS) from failure
    except Exception as failure:  # Pillow's decoders raise nearly anything on damaged files
        raise UnusableImageError(NOT_AN_IMAGE) from failure
    return np.asarray(fitted).transpose(2, 0, 1)


def _filter(picture: Image.Image, size: int) -> Image.Resampling:
    """Return the filter that keeps pixel art sharp when enlarged, and averages photographs when shrunk."""
    return Image.Resampling.NEAREST if min(picture.size) < size else Image.Resampling.LANCZOS


def _entries(path: Path, open_files: ExitStack) -> Iterator[_Entry]:
    """Yield the image files of a folder or zip file, which ``open_files`` keeps open. Raises DataError."""
    if path.is_dir():
        for file in path.rglob("*"):
            if file.suffix.lower() in ENDINGS and file.is_file() and not file.is_symlink():
                yield _Entry(file.relative_to(path).as_posix(), file.stat().st_size, file.read_bytes)
        return
    if not path.is_file():
        raise DataError("path", path.name, "is neither a folder nor a file", "Give a folder of images or a zip file")
    try:
        archive = open_files.enter_context(bounded_zip.open_zip(path))
    except (zipfile.BadZipFile, OSError) as failure:
        raise DataError(
            "path", path.name, "is not a zip file, or a damaged one", "Zip the images once more"
        ) from failure
    infos = [info for info in archive.infolist() if not info.is_dir() and _is_image(info.filename)]
    if len(infos) > 2 * MAX_FILES:
        raise DataError("path", path.name, "has more than {most} images", "Split it into several", most=2 * MAX_FILES)
    for info in infos:
        yield _zip_entry(archive, info)


def _is_image(name: str) -> bool:
    """Return whether a file of this name is an image, and not one of those that macOS adds to zip files."""
    return name.lower().endswith(ENDINGS) and "__MACOSX" not in name


def _zip_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> _Entry:
    """Return the entry of a file in a zip file, with a reason if it is encrypted or its path leaves the archive."""
    parts = PurePosixPath(info.filename.replace("\\", "/")).parts
    reason = ""
    if ".." in parts or info.filename.startswith(("/", "\\")) or ":" in parts[0]:
        reason = UNSAFE_PATH
    elif bounded_zip.is_encrypted(info):
        reason = ENCRYPTED
    return _Entry(info.filename, info.file_size, lambda: _read_at_most(archive, info), reason)


def _read_at_most(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return the content of an image file in a zip file. Raises UnusableImageError.

    The zip directory may lie about the file's size.
    """
    try:
        return bounded_zip.read(archive, info, MAX_FILE_BYTES)
    except bounded_zip.EntryTooLargeError as failure:
        raise UnusableImageError(TOO_LARGE) from failure
