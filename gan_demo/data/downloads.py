"""Data sets that torchvision downloads at first use, with progress, and that stay on disk."""

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
from gan_demo.support import atomic_file
from gan_demo.support.user_folder import user_folder

# of each set, the folder in the root that torchvision makes
FOLDERS = {
    "mnist": "MNIST",
    "fashion": "FashionMNIST",
    "kmnist": "KMNIST",
    "emnist": "EMNIST",
    "cifar10": "cifar-10-batches-py",
    "svhn": "SVHN",
}
DOWNLOAD_MEGABYTES = {"mnist": 12, "fashion": 31, "kmnist": 21, "emnist": 562, "cifar10": 171, "svhn": 182}
PATIENCE_SECONDS = 60.0  # without a new byte, after which a download counts as failed
POLL_SECONDS = 0.2  # between two measurements of the size on disk


@dataclass(frozen=True)
class Loading:
    """Progress of loading: ``what`` is "download", "read" or "prepare"; ``done`` of ``total`` bytes or files."""

    what: str
    done: int
    total: int


def default_root() -> Path:
    """Return the folder of downloads: $GAN_DEMO_DATA, or a folder in the user's cache."""
    return user_folder("GAN_DEMO_DATA", "data")


def torchvision_set(
    name: str, root: str, fallback: str, train: bool = True
) -> Generator[Loading, None, tuple[np.ndarray, np.ndarray]]:
    """Yield progress; return images uint8 (N, C, H, W) and labels int64 (N, 1). Raises DataError if that fails."""
    if name not in DOWNLOAD_MEGABYTES:
        raise DataError("data", name, "is not a data set that torchvision downloads")
    folder = Path(root).expanduser() if root else default_root()
    try:
        dataset = _open(name, folder, train, download=False)
    except Exception:  # torchvision raises many kinds of errors for files that are missing or damaged
        dataset = yield from _download(name, folder, train, fallback)
    yield Loading("read", 1, 1)
    return _arrays(name, dataset)


def on_disk(name: str, root: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the training part of a set as ``torchvision_set`` does; None if it was not downloaded before."""
    folder = Path(root).expanduser() if root else default_root()
    if not (folder / FOLDERS[name]).is_dir():  # torchvision, which takes seconds to import, would find nothing
        return None
    try:
        return _arrays(name, _open(name, folder, True, download=False))
    except Exception:  # as above
        return None


def _open(name: str, folder: Path, train: bool, download: bool) -> Any:
    """Return torchvision's data set. Raises what torchvision raises."""
    # imported here, because it takes a second that users of embedded data need not wait for
    from torchvision import datasets as tv

    constructors: dict[str, Callable[[], Any]] = {
        "mnist": lambda: tv.MNIST(folder, train=train, download=download),
        "fashion": lambda: tv.FashionMNIST(folder, train=train, download=download),
        "kmnist": lambda: tv.KMNIST(folder, train=train, download=download),
        "emnist": lambda: tv.EMNIST(folder, split="letters", train=train, download=download),
        "cifar10": lambda: tv.CIFAR10(folder, train=train, download=download),
        "svhn": lambda: tv.SVHN(str(folder / "SVHN"), split="train" if train else "test", download=download),
    }
    return constructors[name]()


def _download(name: str, folder: Path, train: bool, fallback: str) -> Generator[Loading, None, Any]:
    """Download on a separate thread; progress is the number of bytes on disk. Raises DataError."""
    datasets: list[Any] = []  # holds the set when the thread is done
    failures: list[Exception] = []
    over = threading.Event()

    def fetch() -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _fetch(name, folder, train)
            datasets.append(_open(name, folder, train, download=False))
        except Exception as failure:  # any failure of any mirror means the same to the person who waits
            failures.append(failure)
        over.set()

    threading.Thread(target=fetch, name=f"download-{name}", daemon=True).start()
    before, done, quiet_seconds = _bytes_under(folder), 0, 0.0
    while not over.wait(POLL_SECONDS):
        previous, done = done, max(done, _bytes_under(folder) - before)  # a file that is being moved is nowhere
        quiet_seconds = quiet_seconds + POLL_SECONDS if done == previous else 0.0
        if quiet_seconds > PATIENCE_SECONDS:
            failures.append(TimeoutError())
            break
        yield Loading("download", min(done, DOWNLOAD_MEGABYTES[name] * 10**6), DOWNLOAD_MEGABYTES[name] * 10**6)
    if not datasets:
        raise DataError(
            "data",
            name,
            "could not be downloaded ({megabytes} MB)",
            "Connect to the internet, set the data root to a folder that has it, or use {fallback} (built in)",
            megabytes=DOWNLOAD_MEGABYTES[name],
            fallback=fallback,
        ) from failures[0]
    return datasets[0]


def _fetch(name: str, folder: Path, train: bool) -> None:
    """Download into a new folder, then move file by file into place: no partial file ever passes for a whole one."""
    with tempfile.TemporaryDirectory(prefix=".download-", dir=folder) as fresh:
        _open(name, Path(fresh), train, download=True)
        for file in [path for path in Path(fresh).rglob("*") if path.is_file()]:
            target = folder / file.relative_to(fresh)
            target.parent.mkdir(parents=True, exist_ok=True)
            atomic_file.move(file, target)


def _bytes_under(folder: Path) -> int:
    """Return the total size of all files in a folder that a download may change meanwhile."""
    total = 0
    for path, _, names in os.walk(folder):  # skips folders that vanish meanwhile
        for name in names:
            with contextlib.suppress(OSError):  # torchvision has just moved the file
                total += os.path.getsize(os.path.join(path, name))
    return total


def _arrays(name: str, dataset: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return images uint8 (N, C, H, W) and labels int64 (N, 1) of torchvision's data set."""
    if name == "svhn":
        return dataset.data, dataset.labels.astype(np.int64)[:, None]  # already (N, 3, 32, 32)
    if name == "cifar10":
        return dataset.data.transpose(0, 3, 1, 2), np.array(dataset.targets, dtype=np.int64)[:, None]
    images, labels = dataset.data.numpy()[:, None], dataset.targets.numpy().astype(np.int64)[:, None]
    if name == "emnist":  # stored transposed, letters counted from 1
        return images.transpose(0, 1, 3, 2), labels - 1
    return images, labels
