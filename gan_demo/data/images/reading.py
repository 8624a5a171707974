"""Read a set of own images: every file that is an image, within limits, with a reason for each that is left out."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gan_demo.data.downloads import Loading
from gan_demo.data.images import formats, limits
from gan_demo.data.images.classes import ONE_CLASS, classes
from gan_demo.data.images.decode import decode
from gan_demo.data.images.entries import Entry, entries
from gan_demo.data.images.limits import UnusableImageError
from gan_demo.data.images.upload_folder import shown
from gan_demo.errors import DataError

YIELD_SECONDS = 0.1  # between two reports of progress; one image takes longer if it is large


@dataclass(frozen=True)
class ImageSet:
    """Images uint8 (N, size, size, 3) with class indices (N,), and what was left out.

    They are sorted by file name; those that ``prepared`` loads are in the order of training.
    """

    images: np.ndarray
    classes: np.ndarray
    names: tuple[str, ...]  # of the classes
    refused: tuple[tuple[str, str], ...]  # (file, reason)
    files: int  # of any kind, without hidden ones
    hidden: int  # files that are hidden or that a system added
    encodings: tuple[str, ...]  # which names of the archive may have, the likeliest first


def read(path: Path, size: int, encoding: str = "", language: str = "") -> Generator[Loading, None, ImageSet]:
    """Yield progress; return all images of a folder or archive, cut to their central squares.

    ``encoding`` is that of an archive's names; "" takes the likeliest, in doubt one of ``language``. The set may have
    any number of images: ``check_enough`` refuses too few. Raises DataError if the path is no folder or archive.
    """
    with ExitStack() as open_files:
        all_entries, encodings = entries(path, open_files, encoding, language)
        shown = [entry for entry in all_entries if not formats.is_hidden(entry.name)]
        reader = _Reader(shown, size)
        yield from reader.read()
    labels, names = classes(reader.files) if reader.files else ([], (ONE_CLASS,))
    order = sorted(range(len(reader.files)), key=reader.files.__getitem__)
    images = reader.images[: len(order)]
    if order != list(range(len(order))):  # a tar file is read in its own order
        images = images[order]
    return ImageSet(
        images,
        np.array([labels[k] for k in order], dtype=np.int64),
        names,
        tuple(sorted(reader.refused)),
        len(shown),
        len(all_entries) - len(shown),
        encodings,
    )


def check_enough(images: ImageSet, path: Path) -> None:
    """Raise DataError, with the commonest reason for which files were left out, if a set has too few images."""
    usable = len(images.images)
    if usable >= limits.MIN_IMAGES:
        return
    numbers = {"usable": usable, "files": images.files, "least": limits.MIN_IMAGES}
    remedy = "Add more pictures, in one folder or in one folder per class"
    if not images.refused:
        problem = "has too few images: {usable}, and at least {least} are needed"
        raise DataError("images", shown(path), problem, remedy, **numbers)
    ((why, count),) = Counter(reason for _, reason in images.refused).most_common(1)
    problem = (
        "has too few usable images: {usable} of {files}, and at least {least} are needed. Left out ({count}): {why}"
    )
    raise DataError("images", shown(path), problem, remedy, **numbers, count=count, why=why)


class _Reader:
    """Decodes entries one after another and counts what they take of the set's limits."""

    def __init__(self, listed: list[Entry], size: int) -> None:
        self.listed, self.size = listed, size
        self.capacity = min(limits.MAX_IMAGES, limits.MAX_SET_BYTES // (3 * size * size))
        candidates = sum(formats.is_candidate(entry.name) for entry in listed)
        self.images = np.empty((min(candidates, self.capacity), size, size, 3), np.uint8)
        self.files: list[str] = []  # of the images
        self.refused: list[tuple[str, str]] = []
        self.others = 0  # files of other kinds
        self.bytes, self.pixels = 0, 0  # of the images

    def read(self) -> Generator[Loading, None, None]:
        """Decode all entries; yields progress at the start and every YIELD_SECONDS."""
        due = 0.0
        for done, entry in enumerate(self.listed):
            if time.monotonic() >= due:
                yield Loading("prepare", done, len(self.listed))
                due = time.monotonic() + YIELD_SECONDS
            try:
                self.images[len(self.files)] = self._decode(entry)
                self.files.append(entry.name)
            except UnusableImageError as refusal:
                self._refuse(entry.name, str(refusal))

    def _refuse(self, name: str, reason: str) -> None:
        self.others += reason in (limits.NOT_A_PICTURE, limits.OTHER_FORMAT, limits.ARCHIVE)
        if self.others <= limits.MAX_LISTED or formats.is_candidate(name):
            self.refused.append((name, reason))

    def _decode(self, entry: Entry) -> np.ndarray:
        """Return an image as uint8 (size, size, 3). Raises UnusableImageError."""
        if entry.reason:
            raise UnusableImageError(entry.reason)
        if not formats.is_candidate(entry.name):
            raise UnusableImageError(formats.reason_not_read(entry.name))
        if entry.size > limits.MAX_FILE_BYTES:
            raise UnusableImageError(limits.TOO_LARGE)
        if self.bytes + entry.size > limits.MAX_TOTAL_BYTES:
            raise UnusableImageError(limits.TOTAL_REACHED)
        if len(self.files) >= self.capacity:
            full = self.capacity == limits.MAX_IMAGES
            raise UnusableImageError(limits.COUNT_REACHED if full else limits.MEMORY_REACHED)
        try:
            image, cost = decode(entry.read(), self.size, limits.MAX_SET_PIXELS - self.pixels)
        except UnusableImageError as refusal:
            raise UnusableImageError(str(refusal) or formats.reason_not_read(entry.name)) from refusal
        except Exception as failure:  # a damaged archive, or a file deleted meanwhile
            raise UnusableImageError(limits.NOT_AN_IMAGE) from failure
        self.bytes += entry.size
        self.pixels += cost
        return image
