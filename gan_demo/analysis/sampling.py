"""Samples of a generator with their labels, and the quality of a run's samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gan_demo.config import LabelField
from gan_demo.data import datasets
from gan_demo.errors import ConfigError
from gan_demo.gan import latent
from gan_demo.gan.metrics import nearest, points_quality, quality_for
from gan_demo.gan.models.base import Generator
from gan_demo.pictures import images
from gan_demo.runs import networks
from gan_demo.runs.run_dir import RunDir

MAX_SAMPLES = 100_000  # at once
NEAREST_SAMPLES = 500  # whose nearest training image is searched; each is compared with all images


@dataclass(frozen=True)
class Samples:
    """Samples uint8 (N, H, W, C) or float32 (N, 2); labels int64 (N,), (N, F) for several fields, or None."""

    samples: np.ndarray
    labels: np.ndarray | None


def check(n: int, seed: int) -> None:
    """Raise ConfigError for an ``n`` below 1 or above 100,000, and for a seed that torch does not take."""
    if not 1 <= n <= MAX_SAMPLES:
        raise ConfigError("n", n, "must be between {low} and {high}", low=1, high=MAX_SAMPLES)
    if not 0 <= seed < 2**63:
        raise ConfigError("seed", seed, "must be between {low} and {high}", low=0, high=2**63 - 1)


def draw(
    generator: Generator, fields: tuple[LabelField, ...], n: int, seed: int, labels: Tensor | None = None
) -> Samples:
    """Return ``n`` samples from ``seed`` with ``labels`` (N, F), by default those of ``balanced_labels``.

    Raises ConfigError where ``check`` does.
    """
    check(n, seed)
    if fields and labels is None:
        labels = balanced_labels(fields, n, seed)
    y = datasets.multi_hot(labels, fields) if fields and labels is not None else None
    samples = latent.generate(generator, latent.sample_z(n, generator.z_dim, seed), y)
    array = samples.numpy().astype(np.float32) if samples.dim() == 2 else images.to_uint8(samples)
    columns = labels.numpy() if y is not None and labels is not None else None
    return Samples(array, columns[:, 0] if columns is not None and columns.shape[1] == 1 else columns)


def balanced_labels(fields: tuple[LabelField, ...], n: int, seed: int) -> Tensor:
    """Return labels (N, F): of one field its values in turn, of several fields independent uniform values."""
    if len(fields) == 1:
        return (torch.arange(n) % len(fields[0].values))[:, None]
    return latent.random_values(n, fields, seed)


def data_labels(data: datasets.Dataset, n: int, seed: int) -> Tensor:
    """Return labels (N, F) of random training samples: their combinations are as frequent as in the data."""
    rng = torch.Generator().manual_seed(seed)
    return data.labels[torch.randint(len(data.labels), (n,), generator=rng)]


def parse_labels(text: str, fields: tuple[LabelField, ...], n: int, otherwise: Tensor) -> Tensor:
    """Return labels (N, F) for a text such as ``3``, ``sandal`` or ``smile=yes,hat=no``.

    Fields that are not named keep their values of ``otherwise`` (N, F). Raises ConfigError for a name that is not
    known, and where the model has no labels.
    """
    if not fields:
        raise ConfigError("label", text, "this model has no labels", "Leave it out")
    labels = otherwise.clone()
    for part in text.split(","):
        name, equals, value = part.strip().rpartition("=")
        name = name if equals else fields[0].name
        column = next((k for k, field in enumerate(fields) if field.name == name), None)
        if column is None or (not equals and len(fields) > 1):
            known = ", ".join(field.name for field in fields)
            raise ConfigError(
                "label", part, "is not a label of this model", "Write field=value; fields: {known}", known=known
            )
        values = fields[column].values
        if value not in values:
            raise ConfigError(
                "label", value, "is not a value of {label}", "Known: {known}", label=name, known=", ".join(values)
            )
        labels[:, column] = values.index(value)
    return labels[:n]


def evaluate(run: RunDir, step: int | None = None, n: int = 10_000, root: str | None = None) -> dict[str, object]:
    """Return the metrics of the checkpoint at ``step`` (by default the newest) over ``n`` samples, by name.

    Needs the training data; ``root`` replaces its folder. Raises DataError, RunError, or ConfigError for images that no
    shipped classifier fits.
    """
    config = run.config if root is None else run.config.with_settings({"data.root": root})
    data = datasets.load(config.data, config.train.seed)
    generator = networks.generator(run, step)
    labels = data_labels(data, n, 1) if config.model.labels else None
    y = None if labels is None else datasets.multi_hot(labels, config.model.labels)
    samples = latent.generate(generator, latent.sample_z(n, generator.z_dim, 1), y)
    subject: dict[str, object] = {"step": run.newest_checkpoint() if step is None else step, "samples": n}
    if config.model.arch == "points":
        return subject | points_quality(samples, config.data.name, data.samples)
    quality = quality_for(data)
    if quality is None:
        raise ConfigError(
            "run", run.id, "has images that no shipped classifier can read", "Only digits and faces can be measured"
        )
    _, distances = nearest(data.samples, samples[:NEAREST_SAMPLES])
    return subject | quality.measure(samples, labels) | {"nearest_distance": float(distances.median())}
