"""Samples from runs and weights files, with labels; and how good they are, over as many as one likes."""

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
from gan_demo.runs.run_dir import RunDir

MOST = 100_000  # samples at once
NEAREST = 500  # samples whose nearest training image is looked up; each is compared with all of them


@dataclass(frozen=True)
class Samples:
    """``samples`` uint8 (N, H, W, C) or float32 (N, 2); ``labels`` int64 (N,), (N, F) for several fields, or None."""

    samples: np.ndarray
    labels: np.ndarray | None


def check(n: int, seed: int) -> None:
    """Raises ConfigError for an ``n`` below 1 or above 100,000 and for a seed that torch does not take."""
    if not 1 <= n <= MOST:
        raise ConfigError("n", n, "must be between {low} and {high}", low=1, high=MOST)
    if not 0 <= seed < 2**63:
        raise ConfigError("seed", seed, "must be between {low} and {high}", low=0, high=2**63 - 1)


def draw(
    generator: Generator, fields: tuple[LabelField, ...], n: int, seed: int, labels: Tensor | None = None
) -> Samples:
    """``n`` samples from ``seed``; ``labels`` (N, F) or, by default, each class as often as the next.

    Raises ConfigError where ``check`` does.
    """
    check(n, seed)
    if fields and labels is None:
        labels = balanced_labels(fields, n, seed)
    y = datasets.multi_hot(labels, fields) if fields and labels is not None else None
    made = latent.generate(generator, latent.sample_z(n, generator.z_dim, seed), y)
    pixels = made.numpy().astype(np.float32) if made.dim() == 2 else images.to_uint8(made)
    told = labels.numpy() if y is not None and labels is not None else None
    return Samples(pixels, told[:, 0] if told is not None and told.shape[1] == 1 else told)


def balanced_labels(fields: tuple[LabelField, ...], n: int, seed: int) -> Tensor:
    """(N, F): the classes in turn where there is one field, independent uniform values where there are several."""
    if len(fields) == 1:
        return (torch.arange(n) % len(fields[0].values))[:, None]
    return latent.random_values(n, fields, seed)


def data_labels(data: datasets.Dataset, n: int, seed: int) -> Tensor:
    """(N, F): labels of training samples drawn at random, so that their combinations are as frequent as in the data."""
    rng = torch.Generator().manual_seed(seed)
    return data.labels[torch.randint(len(data.labels), (n,), generator=rng)]


def parse_labels(text: str, fields: tuple[LabelField, ...], n: int, otherwise: Tensor) -> Tensor:
    """(N, F) from ``3``, ``sandal`` or ``smile=yes,hat=no``; fields not named keep their values of ``otherwise``.

    Raises ConfigError for a name that is not known, and where the model has no labels.
    """
    if not fields:
        raise ConfigError("label", text, "this model has no labels", "Leave it out")
    labels = otherwise.clone()
    for part in text.split(","):
        name, equals, value = part.strip().rpartition("=")
        name = name if equals else fields[0].name
        column = next((k for k, one in enumerate(fields) if one.name == name), None)
        if column is None or (not equals and len(fields) > 1):
            known = ", ".join(one.name for one in fields)
            raise ConfigError(
                "label", part, "names no label of this model", "Write field=value; fields: {known}", known=known
            )
        values = fields[column].values
        if value not in values:
            raise ConfigError(
                "label", value, "is no value of {label}", "Known: {known}", label=name, known=", ".join(values)
            )
        labels[:, column] = values.index(value)
    return labels[:n]


def evaluate(run: RunDir, step: int | None = None, n: int = 10_000, root: str | None = None) -> dict[str, object]:
    """Quality of a kept step over ``n`` samples; 2-D runs and those without a fitting classifier have fewer entries.

    Needs the training data (``root`` replaces its folder). Raises DataError or RunError.
    """
    config = run.config if root is None else run.config.with_settings({"data.root": root})
    data = datasets.load(config.data, config.train.seed)
    generator = run.generator(step)
    labels = data_labels(data, n, 1) if config.model.labels else None
    y = None if labels is None else datasets.multi_hot(labels, config.model.labels)
    made = latent.generate(generator, latent.sample_z(n, generator.z_dim, 1), y)
    where: dict[str, object] = {"step": run.checkpoints[-1] if step is None else step, "samples": n}
    if config.model.arch == "points":
        return where | points_quality(made, config.data.name)
    quality = quality_for(data)
    if quality is None:
        raise ConfigError(
            "run", run.id, "has images that no shipped classifier fits", "Digits and faces can be measured"
        )
    _, distances = nearest(data.samples, made[:NEAREST])
    return where | quality.measure(made, labels) | {"nearest_distance": float(distances.median())}
