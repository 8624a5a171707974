"""Looks at uploads before a run is made: each in a process of its own, beside trainings, stopped at once.

A page starts a ``Check`` and reads its ``progress``; ``found`` has the images as they will be trained on.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gan_demo
from gan_demo.data.images import prepared
from gan_demo.data.images.limits import MIN_IMAGES
from gan_demo.data.images.reading import ImageSet, check_enough
from gan_demo.errors import DataError, GanDemoError
from gan_demo.support import bounded_json

AT_ONCE = 2  # processes that read uploads; others wait
SECONDS = 600.0  # for one, on a busy machine too; ``worker`` limits its processor time
_slots = threading.BoundedSemaphore(AT_ONCE)
FEW, SOME, MANY = 100, 500, 2000  # images: fewer are learned by heart, give rough shapes, or want patience


@dataclass(frozen=True)
class Progress:
    """How far a check is: ``done`` of ``total`` files; total is 0 while it waits or lists them."""

    done: int = 0
    total: int = 0
    waits: bool = False


class Check:
    """A look at one upload at one size; ``wait`` for it, then ask ``found``."""

    def __init__(self, path: Path, name: str, size: int, encoding: str = "", language: str = "") -> None:
        """Begin to read the upload ``path``, which its owner calls ``name``."""
        self.path, self.name, self.size, self.encoding, self.language = path, name, size, encoding, language
        self.progress = Progress(waits=True)
        self._error: GanDemoError | None = None
        self._images: ImageSet | None = None
        self._over = threading.Event()
        self._stopped = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        threading.Thread(target=self._run, name="check-images", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Wait until the check is over; return False if it is not after so many seconds."""
        return self._over.wait(seconds)

    def stop(self) -> None:
        """End the check at once."""
        self._stopped.set()
        with self._lock:
            if self._process is not None:
                self._process.kill()

    @property
    def images(self) -> ImageSet | None:
        """All that was read, even if it is not enough; None if nothing was."""
        return self._images

    def found(self) -> ImageSet:
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
        wanted = {"path": str(self.path), "size": self.size, "encoding": self.encoding, "language": self.language}
        command = [sys.executable, "-m", "gan_demo.data.images.worker", json.dumps(wanted)]
        root = str(Path(gan_demo.__file__).parent.parent)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}
        with self._lock:
            if self._stopped.is_set():
                return
            self._process = process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, encoding="utf-8", env=environment
            )
        timer = threading.Timer(SECONDS, process.kill)
        timer.start()
        try:
            assert process.stdout is not None
            ended = False
            with process.stdout as lines:
                for line in lines:
                    ended = self._follow(line)
            process.wait()
        finally:
            timer.cancel()
        if not ended and not self._stopped.is_set():  # killed by a limit
            problem = "take too long or too much memory to read"
            self._error = DataError("images", self.name, problem, "Use fewer or smaller images")

    def _follow(self, line: str) -> bool:
        """Take a line of the process; return whether it is the last."""
        try:
            said: dict[str, Any] = bounded_json.parse_object(line)
        except bounded_json.InvalidJsonError:
            return False
        if "done" in said:
            self.progress = Progress(int(said["done"]), int(said["total"]))
            return False
        self.encoding = str(said.get("encoding", self.encoding))
        if sentences := said.get("error"):
            self._error = DataError(sentences[0], self.name, *sentences[1:], **said["details"])
        return True


def verdict(images: int) -> str:
    """Return what a number of images is enough for: "none", "few", "some", "many" or "plenty"."""
    limits = ((MIN_IMAGES, "none"), (FEW, "few"), (SOME, "some"), (MANY, "many"))
    return next((name for most, name in limits if images < most), "plenty")
