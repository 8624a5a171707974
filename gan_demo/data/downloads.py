"""Sets that torchvision knows how to fetch: downloaded at first use with progress, then kept."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gan_demo.errors import DataError

MEGABYTES = {"mnist": 12, "fashion": 31, "kmnist": 21, "emnist": 562, "cifar10": 171, "svhn": 182}
PATIENCE = 60.0  # seconds without a new byte after which a download counts as failed
POLL = 0.2  # seconds between two looks at the size on disk


@dataclass(frozen=True)
class Loading:
    """How far loading is: ``what`` is "download", "read" or "prepare"; ``done`` of ``total`` bytes or files."""

    what: str
    done: int
    total: int


def default_root() -> Path:
    """Where downloads are kept: $GAN_DEMO_DATA, or a folder in the user's cache."""
    return Path(os.environ.get("GAN_DEMO_DATA", Path.home() / ".cache" / "gan_demo" / "data"))


def torchvision_set(
    name: str, root: str, fallback: str, train: bool = True
) -> Generator[Loading, None, tuple[np.ndarray, np.ndarray]]:
    """Yield progress, return uint8 (N, C, H, W) and int64 (N, 1). Raises DataError when it can't be had."""
    if name not in MEGABYTES:
        raise DataError("data", name, "is not a set that torchvision fetches")
    folder = Path(root).expanduser() if root else default_root()
    try:
        found = _open(name, folder, train, download=False)
    except Exception:  # torchvision says in many ways that files are missing or damaged
        found = yield from _download(name, folder, train, fallback)
    yield Loading("read", 1, 1)
    return _arrays(name, found)


def on_disk(name: str, root: str) -> tuple[np.ndarray, np.ndarray] | None:
    """The training part of a set that was fetched before, as ``torchvision_set`` returns it; None where it was not."""
    try:
        return _arrays(name, _open(name, Path(root).expanduser() if root else default_root(), True, download=False))
    except Exception:  # torchvision says in many ways that files are missing or damaged
        return None


def _open(name: str, folder: Path, train: bool, download: bool) -> Any:
    # imported here: it takes a second that nobody with embedded data shall wait
    from torchvision import datasets as tv

    makers: dict[str, Callable[[], Any]] = {
        "mnist": lambda: tv.MNIST(folder, train=train, download=download),
        "fashion": lambda: tv.FashionMNIST(folder, train=train, download=download),
        "kmnist": lambda: tv.KMNIST(folder, train=train, download=download),
        "emnist": lambda: tv.EMNIST(folder, split="letters", train=train, download=download),
        "cifar10": lambda: tv.CIFAR10(folder, train=train, download=download),
        "svhn": lambda: tv.SVHN(str(folder / "SVHN"), split="train" if train else "test", download=download),
    }
    return makers[name]()


def _download(name: str, folder: Path, train: bool, fallback: str) -> Generator[Loading, None, Any]:
    """torchvision downloads on a thread of its own; what lies on disk is the progress."""
    found: list[Any] = []
    failed: list[Exception] = []
    over = threading.Event()

    def fetch() -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _fetch(name, folder, train)
            found.append(_open(name, folder, train, download=False))
        except Exception as failure:  # any failure of any mirror is the same to the person waiting
            failed.append(failure)
        over.set()

    threading.Thread(target=fetch, name=f"download-{name}", daemon=True).start()
    before, size, quiet = _bytes_under(folder), 0, 0.0
    while not over.wait(POLL):
        now = _bytes_under(folder) - before
        quiet = quiet + POLL if now == size else 0.0
        size = now
        if quiet > PATIENCE:
            failed.append(TimeoutError())
            break
        yield Loading("download", min(size, MEGABYTES[name] * 10**6), MEGABYTES[name] * 10**6)
    if not found:
        raise DataError(
            "data", name, "could not be downloaded ({megabytes} MB)",
            "Connect to the internet, or name the folder that has it as data root, or use {fallback} (built in)",
            megabytes=MEGABYTES[name], fallback=fallback,
        ) from failed[0]  # fmt: skip
    return found[0]


def _fetch(name: str, folder: Path, train: bool) -> None:
    """Into a new folder, then file by file into place: nothing torn is ever taken for the whole."""
    with tempfile.TemporaryDirectory(prefix=".download-", dir=folder) as fresh:
        _open(name, Path(fresh), train, download=True)
        for file in [path for path in Path(fresh).rglob("*") if path.is_file()]:
            target = folder / file.relative_to(fresh)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(file, target)


def _bytes_under(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):  # which passes over folders that vanish meanwhile
        for name in names:
            with contextlib.suppress(OSError):  # torchvision moved it on between the two looks
                total += os.path.getsize(os.path.join(place, name))
    return total


def _arrays(name: str, found: Any) -> tuple[np.ndarray, np.ndarray]:
    if name == "svhn":
        return found.data, found.labels.astype(np.int64)[:, None]  # already (N, 3, 32, 32)
    if name == "cifar10":
        return found.data.transpose(0, 3, 1, 2), np.array(found.targets, dtype=np.int64)[:, None]
    images, labels = found.data.numpy()[:, None], found.targets.numpy().astype(np.int64)[:, None]
    if name == "emnist":  # stored lying on its side, letters counted from 1
        return images.transpose(0, 1, 3, 2), labels - 1
    return images, labels
