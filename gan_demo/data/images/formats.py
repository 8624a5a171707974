"""Kinds of image files by the endings of their names, and the decoders of Pillow that may read them.

Content decides, not the ending: a PNG called .jpg is read, and so is an image without any ending.
"""

from __future__ import annotations

import contextlib
import importlib
from functools import cache
from pathlib import PurePosixPath

from PIL import features

from gan_demo.data.images import limits

_TYPES = "png apng jpg jpeg jpe jfif jif pjpeg pjp bmp dib gif webp tif tiff avif heic heif hif ppm pgm pbm pnm"
ENDINGS = tuple(f".{ending}" for ending in _TYPES.split())
ARCHIVE_ENDINGS = (".zip", ".tar", ".tgz", ".tar.gz", ".tbz2", ".tar.bz2")
_ARCHIVES = frozenset((*ARCHIVE_ENDINGS, ".rar", ".7z", ".gz", ".bz2", ".xz", ".txz", ".zst", ".cab", ".iso"))
_HEIC = (".heic", ".heif", ".hif")
# Pictures, films and drawings of other kinds, so that their owner is told to convert them.
_OTHER_TYPES = (
    "svg pdf psd xcf ai eps ico icns tga jp2 j2k jxl exr hdr dds dcm nii raw dng cr2 cr3 nef arw orf rw2 raf pef srw"
    " mp4 mov m4v avi mkv webm npy npz mat h5 parquet tfrecord"
)
_OTHER_PICTURES = frozenset(f".{ending}" for ending in _OTHER_TYPES.split())

# Files and folders that macOS, Synology, QNAP, Windows and Linux add, in lower case.
SYSTEM = frozenset(
    ("__macosx", "@eadir", "#recycle", "@recycle", "$recycle.bin", "thumbs.db", "desktop.ini", "lost+found")
)


@cache
def pillow_formats() -> tuple[str, ...]:
    """Return the names of Pillow's decoders that are used: AVIF and HEIC are there where their libraries are."""
    names = ["PNG", "JPEG", "BMP", "DIB", "GIF", "WEBP", "TIFF", "PPM"]
    if features.check("avif"):
        names.append("AVIF")
    with contextlib.suppress(ImportError):
        importlib.import_module("pillow_heif").register_heif_opener()  # optional: pip install pillow-heif
        names.append("HEIF")
    return tuple(names)


def is_candidate(name: str) -> bool:
    """Return whether a file of this name may be an image: by its ending, or as it has none."""
    ending = PurePosixPath(name).suffix.lower()
    return not ending or ending in ENDINGS


def reason_not_read(name: str) -> str:
    """Return why a file of this name, which no decoder recognises, is left out."""
    ending = PurePosixPath(name).suffix.lower()
    if ending in _HEIC and "HEIF" not in pillow_formats():
        return limits.NO_HEIC
    if ending == ".avif" and "AVIF" not in pillow_formats():
        return limits.NO_AVIF
    if is_candidate(name):
        return limits.NOT_AN_IMAGE
    if ending in _ARCHIVES:
        return limits.ARCHIVE
    return limits.OTHER_FORMAT if ending in _OTHER_PICTURES else limits.NOT_A_PICTURE


def is_hidden(name: str) -> bool:
    """Return whether a file or a folder on its path is hidden, or was added by a system and not by a person."""
    parts = PurePosixPath(name).parts
    return any((part.startswith(".") and part != "..") or part.lower() in SYSTEM for part in parts)
