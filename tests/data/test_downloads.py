"""Downloaded sets: progress, files that stay on disk, and a clear error without a network."""

from __future__ import annotations

import gzip
import hashlib
import struct
import threading
import urllib.request
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gan_demo.config import DataConfig
from gan_demo.data import datasets, downloads
from gan_demo.data.datasets import DATASETS
from gan_demo.data.downloads import Loading
from gan_demo.errors import DataError

DOWNLOADED = [name for name, each in DATASETS.items() if each.fallback]


def idx(array: np.ndarray) -> bytes:
    """Return a gzipped file in the format of MNIST: type 8 (bytes), the dimensions, the values."""
    head = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return gzip.compress(head + array.astype(np.uint8).tobytes())


def pictures(n: int) -> np.ndarray:
    return np.random.default_rng(n).integers(0, 256, (n, 28, 28)).astype(np.uint8)


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without log lines; waits for ``go`` before each, so that a test sees a download under way."""

    go = threading.Event()

    def do_GET(self) -> None:
        assert self.go.wait(20)
        super().do_GET()

    def log_message(self, *arguments: object) -> None:
        """Write no log line."""


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Quiet]]:
    """Serve a mirror of MNIST from this machine, with 40 training and 20 test images."""
    from torchvision.datasets import MNIST

    folder = tmp_path / "mirror"
    folder.mkdir()
    resources = []
    for part, n in (("train", 40), ("t10k", 20)):
        for kind, array in (("images-idx3", pictures(n)), ("labels-idx1", np.arange(n) % 10)):
            name = f"{part}-{kind}-ubyte.gz"
            (folder / name).write_bytes(idx(array))
            resources.append((name, hashlib.md5((folder / name).read_bytes()).hexdigest()))
    Quiet.go.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    monkeypatch.setattr(MNIST, "mirrors", [f"http://127.0.0.1:{server.server_port}/"])
    monkeypatch.setattr(MNIST, "resources", resources)
    monkeypatch.setattr(downloads, "POLL_SECONDS", 0.01)
    yield Quiet
    Quiet.go.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every request of torchvision fail at once, as without a network."""

    def refuse(*arguments: Any, **options: Any) -> None:
        raise urllib.error.URLError("no network here")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    monkeypatch.setattr(downloads, "POLL_SECONDS", 0.01)


def finish(steps: Any) -> tuple[list[Loading], Any]:
    """Return all progress, and the value at the end."""
    seen = []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return seen, end.value


@pytest.mark.parametrize("name", DOWNLOADED)
def test_without_a_network_the_fallback_is_named(name: str, offline: None, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        datasets.load(DataConfig(name, root=str(tmp_path)))
    assert (caught.value.field, caught.value.value) == ("data", name)
    assert caught.value.problem == "could not be downloaded ({megabytes} MB)"
    fallback = caught.value.details["fallback"]
    assert fallback == DATASETS[name].fallback
    assert f"use {fallback}" in str(caught.value)
    assert DATASETS[str(fallback)].embedded


@pytest.mark.parametrize("name", DOWNLOADED)
def test_a_set_that_was_never_downloaded_is_not_looked_for_by_torchvision(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(downloads, "_open", lambda name, *_: opened.append(name))
    assert downloads.on_disk(name, str(tmp_path)) is None
    assert opened == []


def test_the_folders_are_those_that_torchvision_makes() -> None:
    from torchvision import datasets as tv

    named_by_class = (tv.MNIST, tv.FashionMNIST, tv.KMNIST, tv.EMNIST)
    folders = {kind.__name__ for kind in named_by_class} | {tv.CIFAR10.base_folder, "SVHN"}  # the last one is ours
    assert set(downloads.FOLDERS.values()) == folders
    assert downloads.FOLDERS.keys() == downloads.DOWNLOAD_MEGABYTES.keys()


def test_a_mirror_that_refuses_connections_is_the_same_as_no_network(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from torchvision.datasets import MNIST

    taken = ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    taken.server_close()  # a port that nobody answers at
    monkeypatch.setattr(MNIST, "mirrors", [f"http://127.0.0.1:{taken.server_port}/"])
    monkeypatch.setattr(downloads, "POLL_SECONDS", 0.01)
    with pytest.raises(DataError) as caught:
        datasets.load(DataConfig("mnist", root=str(tmp_path)))
    assert caught.value.details["fallback"] == "digits"


def test_the_default_root_is_the_users_cache_or_the_environments(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GAN_DEMO_DATA", str(tmp_path))
    assert downloads.default_root() == tmp_path
    monkeypatch.delenv("GAN_DEMO_DATA")
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    assert downloads.default_root().is_relative_to(tmp_path / "user")


def test_a_download_shows_progress_and_is_kept(mirror: type[Quiet], tmp_path: Path) -> None:
    config = DataConfig("mnist", root=str(tmp_path / "data"))
    steps = datasets.loading(config)
    first = next(steps)  # the mirror has sent nothing yet
    assert (first.what, first.done, first.total) == ("download", 0, 12_000_000)
    mirror.go.set()
    seen, data = finish(steps)
    assert {each.what for each in seen} <= {"download", "read"}
    assert seen[-1] == Loading("read", 1, 1)
    assert [each.done for each in seen[:-1]] == sorted(each.done for each in seen[:-1])
    assert torch.equal(data.samples[:, 0], torch.from_numpy(pictures(40)))
    assert data.labels[:, 0].tolist() == [n % 10 for n in range(40)]

    mirror.go.clear()  # nothing is asked of the mirror again
    seen, again = finish(datasets.loading(config))
    assert seen == [Loading("read", 1, 1)]
    assert torch.equal(again.samples, data.samples)


def test_the_test_part_comes_with_the_same_download(mirror: type[Quiet], tmp_path: Path) -> None:
    mirror.go.set()
    held_out = datasets.held_out("mnist", str(tmp_path / "data"))
    assert torch.equal(held_out.samples[:, 0], torch.from_numpy(pictures(20)))


def test_a_download_that_stands_still_fails(
    mirror: type[Quiet], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(downloads, "PATIENCE_SECONDS", 0.02)
    with pytest.raises(DataError) as caught:
        datasets.load(DataConfig("mnist", root=str(tmp_path / "data")))
    assert isinstance(caught.value.__cause__, TimeoutError)


def test_a_damaged_download_is_refused(mirror: type[Quiet], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from torchvision.datasets import MNIST

    wrong = [(name, "0" * 32) for name, _ in MNIST.resources]
    monkeypatch.setattr(MNIST, "resources", wrong)
    mirror.go.set()
    with pytest.raises(DataError) as caught:
        datasets.load(DataConfig("mnist", root=str(tmp_path / "data")))
    assert caught.value.details["fallback"] == "digits"


@pytest.mark.parametrize("content", [b"", b"\0\0\x08\x03garbage", b"not an idx file at all"])
def test_damaged_files_on_disk_are_refused(offline: None, tmp_path: Path, content: bytes) -> None:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        (raw / f"{name}-ubyte").write_bytes(content)
    with pytest.raises(DataError) as caught:
        datasets.load(DataConfig("mnist", root=str(tmp_path)))
    assert caught.value.value == "mnist"


def test_a_root_that_cannot_be_written_is_refused(offline: None, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here")
    with pytest.raises(DataError):
        datasets.load(DataConfig("mnist", root=str(tmp_path / "file" / "data")))


# ---- how each of torchvision's sets becomes our tensors


def test_colour_sets_become_channels_first_tensors() -> None:
    class Found:
        data = np.arange(2 * 32 * 32 * 3, dtype=np.uint32).astype(np.uint8).reshape(2, 32, 32, 3)
        targets = (3, 9)

    images, labels = downloads._arrays("cifar10", Found())
    assert (images.shape, labels.tolist()) == ((2, 3, 32, 32), [[3], [9]])
    assert (images[1, 2] == Found.data[1, :, :, 2]).all()


def test_svhn_is_channels_first_already() -> None:
    class Found:
        data = np.zeros((2, 3, 32, 32), np.uint8)
        labels = np.array([0, 9], np.uint8)

    images, labels = downloads._arrays("svhn", Found())
    assert (images.shape, labels.tolist(), labels.dtype) == ((2, 3, 32, 32), [[0], [9]], np.int64)


def test_emnist_is_turned_upright_and_counted_from_zero() -> None:
    class Found:
        data = torch.arange(28 * 28).remainder(256).to(torch.uint8).view(1, 28, 28)
        targets = torch.tensor([1])

    images, labels = downloads._arrays("emnist", Found())
    assert (images[0, 0] == Found.data[0].numpy().T).all()
    assert labels.tolist() == [[0]]


def test_svhn_can_be_read_from_its_own_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from scipy.io import savemat
    from torchvision.datasets import SVHN

    folder = tmp_path / "SVHN"
    folder.mkdir()
    values = np.random.default_rng(0).integers(0, 256, (32, 32, 3, 4)).astype(np.uint8)
    savemat(folder / "train_32x32.mat", {"X": values, "y": np.array([[1], [10], [3], [9]], np.uint8)})
    checksum = hashlib.md5((folder / "train_32x32.mat").read_bytes()).hexdigest()
    monkeypatch.setitem(SVHN.split_list, "train", ["nowhere", "train_32x32.mat", checksum])
    data = datasets.load(DataConfig("svhn", root=str(tmp_path)))
    assert data.labels[:, 0].tolist() == [1, 0, 3, 9]  # 10 stands for the digit 0 in the file
    assert (data.samples[2].numpy() == values[:, :, :, 2].transpose(2, 0, 1)).all()
