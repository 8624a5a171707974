"""The real and generated samples that a look inside a run compares: the same ones at every call."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gan_demo.config import ModelConfig
from gan_demo.data import datasets
from gan_demo.data.datasets import Dataset, to_float
from gan_demo.gan import latent
from gan_demo.gan.models.base import Discriminator, Generator

CHUNK = 200  # samples per forward pass: the activations of more do not fit into the CPU's cache
_SEED = 7  # of the latents, those that the evaluation during training uses


def real_rows(data: Dataset, count: int) -> Tensor:
    """Return the indices int64 (count,) of the real samples, fewer if the set is smaller; all classes are mixed."""
    return torch.randperm(len(data.samples), generator=torch.Generator().manual_seed(0))[:count]


def real_samples(data: Dataset, rows: Tensor) -> Tensor:
    """Return real samples as float (N, ...) in [-1, 1]."""
    return to_float(data.samples[rows])


def labels(model: ModelConfig, data: Dataset, rows: Tensor) -> Tensor | None:
    """Return the labels (N, K) of real samples, with which as many are generated; None if unconditional."""
    return datasets.multi_hot(data.labels[rows], data.fields) if model.conditional else None


def latents(model: ModelConfig, count: int) -> Tensor:
    """Return the latents (count, Z) of the generated samples."""
    return torch.randn(count, model.z_dim, generator=torch.Generator().manual_seed(_SEED))  # (N, Z)


def generated(G: Generator, model: ModelConfig, y: Tensor | None, count: int, rows: Sequence[int] = ()) -> Tensor:
    """Return ``count`` generated samples, float (N, ...), with labels ``y`` (N, K); or only those of these ``rows``."""
    z = latents(model, count)
    if rows:
        z, y = z[list(rows)], None if y is None else y[list(rows)]
    return latent.generate(G, z, y, batch=CHUNK)


@torch.no_grad()
def logits(D: Discriminator, x: Tensor, y: Tensor | None) -> Tensor:
    """Return D's output (N,) for samples (N, ...) with labels (N, K)."""
    parts = [
        D(chunk, None if y is None else y[begin : begin + len(chunk)])
        for begin, chunk in zip(range(0, len(x), CHUNK), torch.split(x, CHUNK), strict=True)
    ]
    return torch.cat(parts)


def rounded(values: Tensor, digits: int = 4) -> list[float]:
    """Return the numbers of a vector for a JSON file."""
    return [round(value, digits) for value in values.double().tolist()]
