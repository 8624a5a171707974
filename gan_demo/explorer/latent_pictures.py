"""Pictures of latent points: samples of image models, and the plane of 2-D point models."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gan_demo.config import DataConfig, ModelConfig
from gan_demo.data import datasets
from gan_demo.data.points import SIGMA
from gan_demo.explorer.latent_point import LatentPoint
from gan_demo.gan import latent
from gan_demo.gan.latent import Directions
from gan_demo.gan.models.base import Generator
from gan_demo.pictures import images
from gan_demo.pictures.images import Picture
from gan_demo.support.threads import one_thread

CLOUD_POINTS = 2_000  # samples in the picture of a point model, and as many real points
STAGE_SIDE = 448  # pixels; a whole multiple of 28, 32 and 64
DIRECTION_SAMPLES = 24  # random latents whose neighbourhoods determine the strongest directions

# Colours of a marked point: a green path, and a white dot with a dark rim, beside amber samples and gray data.
PATH_COLOUR = (79.0, 227.0, 189.0)
DOT_COLOUR = (255.0, 255.0, 255.0)
RIM_COLOUR = (20.0, 20.0, 30.0)


def strongest_directions(generator: Generator, model: ModelConfig, count: int) -> Directions:
    """Return the directions of z that change the picture most, averaged over all labels alike."""
    y = latent.random_labels(32, model.labels, seed=0) if model.labels else None
    return latent.pca_directions(generator, min(count, model.z_dim), seed=0, samples=DIRECTION_SAMPLES, y=y)


def pictures(generator: Generator, latent_points: Sequence[LatentPoint]) -> Picture:
    """Return the images of an image model, uint8 (N, H, W, C)."""
    return images.to_uint8(_samples(generator, latent_points))


def points(generator: Generator, latent_points: Sequence[LatentPoint]) -> NDArray[np.floating]:
    """Return the points of a point model, float (N, 2)."""
    positions: NDArray[np.floating] = _samples(generator, latent_points).cpu().numpy()
    return positions


def cloud(generator: Generator, model: ModelConfig, psi: float, data: str) -> Picture:
    """Draw 2,000 random samples of a point model over as many real points, if ``data`` is a set drawn by formula."""
    z = latent.sample_z(CLOUD_POINTS, model.z_dim, seed=0)
    y = latent.random_labels(CLOUD_POINTS, model.labels, seed=0) if model.labels else None
    samples = latent.generate(generator, z, y, psi, batch=CLOUD_POINTS).cpu().numpy()
    known = data in SIGMA
    real = datasets.load(DataConfig(data, limit=CLOUD_POINTS)).samples.numpy() if known else None
    return images.points_picture(samples, real, size=STAGE_SIDE)


def mark(generator: Generator, base: Picture, point: LatentPoint, path: Sequence[LatentPoint]) -> Picture:
    """Draw onto a cloud: a line through the points of ``path``, and a dot at ``point``."""
    line, dot = points(generator, path), points(generator, [point])
    base = images.draw_dots(images.draw_line(base, line, PATH_COLOUR, 2.5), line[[0, -1]], PATH_COLOUR, 9)
    return images.draw_dots(images.draw_dots(base, dot, RIM_COLOUR, 17), dot, DOT_COLOUR, 12)


@one_thread()
def _samples(generator: Generator, latent_points: Sequence[LatentPoint]) -> Tensor:
    """Run the generator once for each group of latent points with the same truncation: (N, C, H, W) or (N, 2)."""
    parts = []
    for psi, group in groupby(latent_points, key=lambda point: point.psi):
        batch = list(group)
        z = torch.tensor([point.z for point in batch])  # (N, Z)
        rows = [[w for weights in point.labels for w in weights] for point in batch]
        parts.append(latent.generate(generator, z, torch.tensor(rows) if rows[0] else None, psi))
    return torch.cat(parts)
