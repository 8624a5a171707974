"""Data sets as whole tensors in memory: images uint8 (N, C, H, W), points float32 (N, 2), labels int64 (N, F).

Two sets are embedded and work offline, the 2-D ones are drawn or a run's own points, the larger ones are downloaded at
first use.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from gan_demo import own_points
from gan_demo.config import NO_IMAGES, DataConfig, LabelField
from gan_demo.data.downloads import DOWNLOAD_MEGABYTES, Loading, on_disk, torchvision_set
from gan_demo.data.images import prepared, process, reading
from gan_demo.data.images.upload_folder import is_upload, shown
from gan_demo.data.points import POINT_COUNT, draw_points
from gan_demo.errors import DataError

T = TypeVar("T")
HERE = Path(__file__).parent
DIGIT = (LabelField("digit", tuple("0123456789")),)
FASHION = ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "trainer", "bag", "ankle boot")
CIFAR = ("airplane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
KUZUSHIJI = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
FACES = (
    LabelField("smile", ("no", "yes")),
    LabelField("glasses", ("none", "light", "dark")),
    LabelField("hat", ("no", "yes")),
    LabelField("beard", ("no", "yes")),
    LabelField("long_hair", ("no", "yes")),
    LabelField("hair_color", tuple(f"{n}" for n in range(11))),
    LabelField("skin_tone", tuple(f"{n}" for n in range(8))),
    LabelField("background", tuple(f"{n}" for n in range(5))),
)


@dataclass(frozen=True)
class Source:
    """Description of a data set; ``fallback`` names the embedded set to offer when it can't be downloaded."""

    name: str
    title: str
    kind: str  # "points" or "images"
    shape: tuple[int, ...]
    labels: tuple[LabelField, ...]
    count: int
    licence: str
    embedded: bool = False
    fallback: str = ""

    @property
    def megabytes(self) -> int:
        """Megabytes to download at first use; 0 for what is at hand."""
        return DOWNLOAD_MEGABYTES.get(self.name, 0)


def _gray(name: str, title: str, values: tuple[str, ...], count: int, licence: str, field: str = "class") -> Source:
    """Return the entry of a set of 28×28 gray images."""
    return Source(name, title, "images", (1, 28, 28), (LabelField(field, values),), count, licence, fallback="digits")


def _colour(name: str, title: str, values: tuple[str, ...], count: int, licence: str) -> Source:
    """Return the entry of a set of 32×32 colour images."""
    return Source(name, title, "images", (3, 32, 32), (LabelField("class", values),), count, licence, fallback="faces")


def _plane(name: str, title: str) -> Source:
    """Return the entry of a 2-D set."""
    return Source(name, title, "points", (2,), (), POINT_COUNT, "drawn by formula", embedded=True)


DATASETS: dict[str, Source] = {
    entry.name: entry
    for entry in (
        Source("digits", "MNIST digits (5,000)", "images", (1, 28, 28), DIGIT, 5_000, "CC BY-SA 3.0", embedded=True),
        Source("faces", "Pixel faces", "images", (3, 32, 32), FACES, 20_000, "CC0 1.0", embedded=True),
        _gray("mnist", "MNIST", DIGIT[0].values, 60_000, "CC BY-SA 3.0", "digit"),
        _gray("fashion", "Fashion-MNIST", FASHION, 60_000, "MIT"),
        _gray("kmnist", "Kuzushiji-MNIST", KUZUSHIJI, 60_000, "CC BY-SA 4.0"),
        _gray("emnist", "EMNIST letters", LETTERS, 124_800, "public domain (NIST)"),
        _colour("cifar10", "CIFAR-10", CIFAR, 50_000, "unstated by its authors; research use"),
        _colour("svhn", "Street View House Numbers", DIGIT[0].values, 73_257, "non-commercial use"),
        Source("images", "Your images", "images", (3, 32, 32), (), 0, "yours"),
        _plane("ring", "Ring of 8"),
        _plane("grid", "Grid of 25"),
        _plane("spiral", "Spiral"),
        _plane("moons", "Two moons"),
        _plane("gaussians", "Two Gaussians"),
        _plane("blobs", "Three blobs"),
        _plane("line", "Line"),
        Source(own_points.NAME, "Your points", "points", (2,), (), 0, "yours", embedded=True),
    )
}


@dataclass(frozen=True)
class Dataset:
    """Loaded set: samples uint8 (N, C, H, W) or float32 (N, 2); labels int64 (N, F), a column for each field."""

    name: str
    samples: Tensor
    labels: Tensor
    fields: tuple[LabelField, ...]
    refused: tuple[tuple[str, str], ...] = ()  # own images that can't be used: (file, reason)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of a sample: (C, H, W) or (2,)."""
        return tuple(self.samples.shape[1:])

    def to(self, device: str) -> Dataset:
        """Return the same set on another device."""
        tensors = self.samples.to(device), self.labels.to(device)
        return Dataset(self.name, *tensors, self.fields, self.refused)


def source(name: str) -> Source:
    """Return the entry of a set in ``DATASETS``. Raises DataError for an unknown name."""
    if name not in DATASETS:
        raise DataError("data", name, "is not known", "Known: {known}", known=", ".join(DATASETS))
    return DATASETS[name]


def load(config: DataConfig, seed: int = 0) -> Dataset:
    """Load a whole set into memory, without its progress; see ``loading``."""
    return _result(loading(config, seed))


def loading(config: DataConfig, seed: int = 0, bounded: bool = False) -> Generator[Loading, None, Dataset]:
    """Yield progress; return the set. 2-D sets are drawn from ``seed``, but own points.

    ``bounded``: own images are read in a process of its own, with limits, which closing the generator ends.

    Raises DataError for an unknown name, a download that fails (its details name a ``fallback``) and own images that
    can't be used.
    """
    entry = source(config.name)
    if entry.kind == "points":
        samples = _own_points(config) if config.name == own_points.NAME else draw_points(config.name, seed)
        labels = np.zeros((len(samples), 0), dtype=np.int64)
        return _finish(entry.name, config, samples, labels, entry.labels)
    if config.name == "images":
        return (yield from _own_images(config, bounded))
    if entry.embedded:
        images, labels = _embedded(config.name)
    else:
        images, labels = yield from torchvision_set(config.name, config.root, entry.fallback)
    return _finish(entry.name, config, images, labels, entry.labels)


def at_hand(config: DataConfig, seed: int = 0) -> Dataset | None:
    """Return the set if it needs no download, else None. Without MNIST on disk, its embedded part stands in."""
    if config.name not in DOWNLOAD_MEGABYTES:
        try:
            return _result(loading(config, seed, bounded=True))
        except DataError:  # the own images were moved or deleted
            return None
    arrays = on_disk(config.name, config.root)
    if arrays is None:
        return load(DataConfig("digits", limit=config.limit), seed) if config.name == "mnist" else None
    return _finish(config.name, config, *arrays, source(config.name).labels)


def batches(
    data: Dataset, size: int, rng: torch.Generator, flip: bool = False
) -> Iterator[tuple[Tensor, Tensor | None]]:
    """Yield without end (samples float (B, ...) in [-1, 1], labels multi-hot (B, K) or None), with replacement.

    Each batch is drawn by itself, so ``rng`` is the only state, and a run resumes bit-exact.
    """
    labels = multi_hot(data.labels, data.fields) if data.fields else None
    channels_last = data.samples.dim() == 4 and data.samples.is_contiguous(memory_format=torch.channels_last)
    samples = data.samples.permute(0, 2, 3, 1) if channels_last else data.samples  # as in memory: rows are copied whole
    while True:
        rows = torch.randint(len(samples), (size,), generator=rng, device=samples.device)
        batch = samples.index_select(0, rows)
        x = to_float(batch.permute(0, 3, 1, 2) if channels_last else batch)  # (B, C, H, W)
        if flip and x.dim() == 4:
            mirrored = torch.rand(size, generator=rng, device=x.device) < 0.5
            x = torch.where(mirrored[:, None, None, None], x.flip(3), x)
        yield x, None if labels is None else labels[rows]


def to_float(samples: Tensor) -> Tensor:
    """Turn uint8 0..255 into float32 in [-1, 1]; floats stay as they are."""
    return samples.float().sub_(127.5).div_(127.5) if samples.dtype == torch.uint8 else samples


def multi_hot(labels: Tensor, fields: tuple[LabelField, ...]) -> Tensor:
    """Turn values int64 (N, F) into float32 (N, K): one-hot of each field, side by side."""
    widths = [len(field.values) for field in fields]
    offsets = torch.tensor([0, *np.cumsum(widths)[:-1]], device=labels.device)
    hot = torch.zeros(len(labels), sum(widths), device=labels.device)
    return hot.scatter_(1, labels + offsets, 1.0)


def held_out(name: str, root: str = "") -> Dataset:
    """Return the test part of a torchvision set on disk ("digits": MNIST's), to benchmark and test metrics on."""
    name = "mnist" if name == "digits" else name
    images, labels = _result(torchvision_set(name, root, "", train=False))
    return _finish(name, DataConfig(name), images, labels, source(name).labels)


def _result(steps: Generator[Loading, None, T]) -> T:
    """Return the value that loading returns, without its progress."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            value: T = end.value
            return value


def _finish(
    name: str,
    config: DataConfig,
    samples: np.ndarray,
    labels: np.ndarray,
    fields: tuple[LabelField, ...],
    refused: tuple[tuple[str, str], ...] = (),
) -> Dataset:
    """Return the set of these arrays, cut to ``config.limit`` samples."""
    count = config.limit or len(samples)
    data = torch.from_numpy(samples[:count])
    is_colour = data.dtype == torch.uint8 and data.shape[1] == 3
    data = data.contiguous(memory_format=torch.channels_last) if is_colour else data.contiguous()
    return Dataset(name, data, torch.from_numpy(labels[:count]).long(), fields, refused)


def _embedded(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return images uint8 (N, C, H, W) and labels int64 (N, F) of "digits" or "faces"."""
    with np.load(HERE / ("digits_5k.npz" if name == "digits" else "pixel_faces_32.npz")) as file:
        columns = [file["labels"]] if name == "digits" else [file[field.name] for field in FACES]
        order = np.random.default_rng(0).permutation(len(columns[0]))  # so that ``limit`` takes every class
        return file["images"][order].transpose(0, 3, 1, 2), np.stack(columns, 1).astype(np.int64)[order]


def _own_points(config: DataConfig) -> np.ndarray:
    """Return the points float32 (N, 2) that the settings hold."""
    return np.frombuffer(own_points.unpack(config.points), "<f4").astype(np.float32).reshape(-1, 2)


def _own_images(config: DataConfig, bounded: bool) -> Generator[Loading, None, Dataset]:
    """Yield progress; return the set of the images in ``config.path``. Raises DataError."""
    if config.path == NO_IMAGES:
        raise DataError(
            "images",
            "",
            "are not in the run's file",
            "Upload them again on the run's page, or use --resume --set path=FILE on the command line",
        )
    path, size = Path(config.path).expanduser(), config.size or 32
    image_set = prepared.load(path, size, config.encoding) if is_upload(path) else None
    order: np.ndarray | slice = slice(None)  # prepared images have theirs
    if image_set is None and bounded:
        image_set = yield from process.read(path, shown(path), size, config.encoding)
    elif image_set is None:
        image_set = yield from reading.read(path, size, config.encoding)
        order = prepared.order(len(image_set.images))
    reading.check_enough(image_set, path)
    fields = (LabelField("class", image_set.names),) if len(image_set.names) > 1 else ()
    classes = image_set.classes[order]
    labels = classes[:, None] if fields else np.zeros((len(classes), 0), dtype=np.int64)
    return _finish("images", config, image_set.images[order].transpose(0, 3, 1, 2), labels, fields, image_set.refused)
