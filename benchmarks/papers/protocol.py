"""Protocol of the papers' mode-collapse tables: PacGAN's 2-D mixtures (Lin et al. 2018, arXiv 1712.04086).

A ring of 8 Gaussians at radius 1 with σ 0.01, and a grid of 25 on {-4, -2, 0, 2, 4}² with σ 0.05. A training sees
REAL_COUNT fixed real samples and latents from N(0, I₂); SAMPLES generated points are measured.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

REAL_COUNT = 100_000  # fixed real samples of a training
SAMPLES = 2_500  # generated points of a measurement
LATENT_DIM = 2
NEAR = 3.0  # a sample is of high quality strictly within so many σ of its nearest mode


@dataclass(frozen=True)
class Mixture:
    """Equal isotropic Gaussians at ``centres``, with standard deviation ``sigma``."""

    centres: tuple[tuple[float, float], ...]
    sigma: float

    @property
    def scale(self) -> float:
        """Standard deviation of a coordinate, by which a training may divide the data."""
        return math.sqrt(sum(x * x + y * y for x, y in self.centres) / (2 * len(self.centres)) + self.sigma**2)


MIXTURES: dict[str, Mixture] = {
    "ring": Mixture(tuple((math.cos(k * math.pi / 4), math.sin(k * math.pi / 4)) for k in range(8)), 0.01),
    "grid": Mixture(tuple((float(x), float(y)) for y in range(-4, 5, 2) for x in range(-4, 5, 2)), 0.05),
}


class Measures(NamedTuple):
    """Measures of one set of samples."""

    modes: int  # with at least one sample of high quality
    high_quality: float  # share of the samples
    kl: float  # nats, from the modes' shares of the high-quality samples to equal shares; NaN without such samples


def draw(mixture: Mixture, n: int, rng: torch.Generator) -> Tensor:
    """Draw ``n`` points (N, 2) of a mixture."""
    centres = torch.tensor(mixture.centres)  # (K, 2)
    chosen = torch.randint(len(centres), (n,), generator=rng)
    return centres[chosen] + mixture.sigma * torch.randn(n, 2, generator=rng)


def measure(mixture: Mixture, points: Tensor) -> Measures:
    """Measure ``points`` (N, 2) against a mixture. Points that are not finite are of low quality."""
    centres = torch.tensor(mixture.centres, dtype=torch.float64)  # (K, 2)
    nearest = torch.cdist(points.double().cpu(), centres).min(1)
    good = nearest.values < NEAR * mixture.sigma  # (N,); False for NaN
    counts = torch.bincount(nearest.indices[good], minlength=len(centres))  # (K,)
    return Measures(int((counts > 0).sum()), float(good.double().mean()), kl_from_uniform(counts))


def kl_from_uniform(counts: Tensor) -> float:
    """Return KL(p‖uniform) = log K - H(p) in nats of the shares p in ``counts`` (K,); NaN if all are 0."""
    total = int(counts.sum())
    if not total:
        return math.nan
    shares = counts.double() / total
    return max(0.0, math.log(len(counts)) + float(torch.special.xlogy(shares, shares).sum()))


def expected_high_quality() -> float:
    """Return the share of high quality of perfect data: a 2-D Gaussian's mass within NEAR standard deviations."""
    return 1 - math.exp(-(NEAR**2) / 2)


def expected_kl(modes: int, samples: float) -> float:
    """Return the KL that ``samples`` perfect samples of equal ``modes`` read on average, to first order.

    2·N·KL is asymptotically χ² with K - 1 degrees of freedom, so finite samples never read 0.
    """
    return (modes - 1) / (2 * samples)


def mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean and its standard error; NaN for values that are not all finite, the error also for one value."""
    if not all(math.isfinite(value) for value in values):
        return math.nan, math.nan
    error = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan
    return statistics.fmean(values), error
