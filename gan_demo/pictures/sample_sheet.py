"""Sample sheet of a run: the fixed latents and labels that every picture of its training shows."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gan_demo.config import RunConfig
from gan_demo.data import datasets
from gan_demo.pictures import images, sheet_layout

SEED_OFFSET = 1_000_003  # added to the run's seed, so that the sheet's latents are not those of the training


@dataclass(frozen=True)
class Sheet:
    """Latents z (S, Z) and labels y (S, K) or None of the samples on a sheet, and its number of columns."""

    z: Tensor
    y: Tensor | None
    columns: int

    def picture(self, samples: Tensor, data: datasets.Dataset) -> images.Picture:
        """Draw images (S, C, H, W) as a grid, or generated points (S, 2) over real ones."""
        if samples.dim() == 2:
            return images.points_picture(samples.cpu().numpy(), data.samples[: sheet_layout.POINTS_SHOWN].cpu().numpy())
        return images.grid(images.to_uint8(samples), self.columns, gap=sheet_layout.GAP_PIXELS)


def sheet_of(data: datasets.Dataset, config: RunConfig) -> Sheet:
    """Return the sample sheet of a run with this data and these settings.

    With one label field of at most ``sheet_layout.MAX_CLASS_COLUMNS`` values, a column is a class, and the samples of
    different classes beside each other share their latent.
    """
    fields = config.model.labels
    rng = torch.Generator().manual_seed(config.train.seed + SEED_OFFSET)
    count = sheet_layout.POINTS_SHOWN if config.model.arch == "points" else sheet_layout.MAX_SAMPLES
    z = torch.randn(count, config.model.z_dim, generator=rng)  # (S, Z)
    columns, shown = sheet_layout.arrangement(config.model)
    if not fields:
        return Sheet(z, None, columns)
    if len(fields) > 1:
        rows = torch.arange(count) % len(data.labels)
        return Sheet(z, datasets.multi_hot(data.labels.cpu()[rows], fields), columns)
    values = len(fields[0].values)
    labels = (torch.arange(count) % values)[:, None]  # (S, 1)
    if values > sheet_layout.MAX_CLASS_COLUMNS:
        return Sheet(z, datasets.multi_hot(labels, fields), columns)
    shared = z.repeat_interleave(values, 0)[:shown]
    return Sheet(shared, datasets.multi_hot(labels[:shown], fields), columns)
