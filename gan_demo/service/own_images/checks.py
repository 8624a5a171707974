"""Looks at uploads before a run is made: each in a process of its own, beside trainings, stopped at once.

A page starts a ``Check`` and reads its ``progress``; ``usable_images`` has the images as they will be trained on.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from gan_demo.data.images import prepared, process
from gan_demo.data.images.limits import MIN_IMAGES
from gan_demo.data.images.reading import ImageSet, check_enough
from gan_demo.errors import DataError, GanDemoError

AT_ONCE = 2  # processes that read uploads; others wait
_slots = threading.BoundedSemaphore(AT_ONCE)
FEW, SOME, MANY = 100, 500, 2000  # images: fewer are learned by heart, give rough shapes, or want patience


@dataclass(frozen=True)
class Progress:
    """How far a check is: ``done`` of ``total`` files; total is 0 while it waits or lists them."""

    done: int = 0
    total: int = 0
    waits: bool = False


class Check:
    """A look at one upload at one size; ``wait`` for it, then ask for ``usable_images``."""

    def __init__(self, path: Path, name: str, size: int, encoding: str = "", language: str = "") -> None:
        """Begin to read the upload ``path``, which its owner calls ``name``."""
        self.path, self.name, self.size, self.encoding, self.language = path, name, size, encoding, language
        self.progress = Progress(waits=True)
        self._error: GanDemoError | None = None
        self._images: ImageSet | None = None
        self._over = threading.Event()
        self._stopped = threading.Event()
        threading.Thread(target=self._run, name="check-images", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Wait until the check is over; return False if it is not after so many seconds."""
        return self._over.wait(seconds)

    def stop(self) -> None:
        """End the check at once."""
        self._stopped.set()

    @property
    def images(self) -> ImageSet | None:
        """All that was read, even if it is not enough; None if nothing was."""
        return self._images

    def usable_images(self) -> ImageSet:
        """Return the images. Raises GanDemoError if they cannot be used, with the name that their owner gave."""
        assert self._over.is_set(), "wait for the check first"
        if self._error is not None:
            raise self._error
        assert self._images is not None
        check_enough(self._images, Path(self.name))
        return self._images

    def _run(self) -> None:
        """Read the images in a process, on a thread of its own."""
        try:
            while not self._stopped.is_set() and not _slots.acquire(timeout=0.2):
                pass
            if self._stopped.is_set():
                return
            try:
                self._images = prepared.load(self.path, self.size, self.encoding)
                if self._images is None:
                    self._read()
                    self._images = prepared.load(self.path, self.size, self.encoding)
            finally:
                _slots.release()
        finally:
            if self._images is None and self._error is None:
                self._error = DataError("images", self.name, "were not read to the end", "Try again")
            self._over.set()

    def _read(self) -> None:
        self.progress = Progress()
        steps = process.run(self.path, self.name, self.size, self.encoding, self.language)
        try:
            while not self._stopped.is_set():
                loading = next(steps)
                self.progress = Progress(loading.done, loading.total)
        except StopIteration as end:
            self.encoding = str(end.value)
        except DataError as failure:
            self._error = failure
        finally:
            steps.close()


def verdict(images: int) -> str:
    """Return what a number of images is enough for: "none", "few", "some", "many" or "plenty"."""
    limits = ((MIN_IMAGES, "none"), (FEW, "few"), (SOME, "some"), (MANY, "many"))
    return next((name for most, name in limits if images < most), "plenty")
