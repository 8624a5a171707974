"""Signs of the right options in what a generator draws: norm statistics, a classifier's features, and smoothness."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_demo.config import DataConfig
from gan_demo.data import datasets
from gan_demo.errors import DataError
from gan_demo.gan import latent, metrics
from gan_demo.gan.metrics import Quality
from gan_demo.weights.recognised import Loaded, Recognised

_CLASSIFIED = {1: ("digits", 28), 3: ("faces", 32)}  # channels: (data set, pixels a side)
_REFERENCE = 2_000  # images of a data set whose statistics are compared with
_MOST_SAMPLES, _FEWEST_SAMPLES = 256, 8
_PIXELS = _MOST_SAMPLES * 32 * 32  # drawn for one judgement, if that is enough for _FEWEST_SAMPLES
_FAR = 4.0  # most that a channel counts, so that a few dead ones do not decide


@dataclass(frozen=True)
class Signs:
    """Measures of one choice of options: the smaller the likelier; NaN where there is nothing to measure."""

    norms: float  # how far running statistics of norms are from those of what the layers before give
    features: float  # Fréchet distance to digits or faces, in the features of the shipped classifiers
    roughness: float  # share of the variance between samples that lies between neighbouring pixels; 1 for noise


class Judge:
    """Measures of a recognised generator by its options, each computed once."""

    def __init__(self, recognised: Recognised) -> None:
        self.recognised = recognised
        self._signs: dict[tuple[tuple[str, str], ...], Signs] = {}

    def signs(self, options: Mapping[str, str]) -> Signs:
        """Return the measures of these options."""
        key = tuple(sorted(options.items()))
        if key not in self._signs:
            self._signs[key] = self._measured(options)
        return self._signs[key]

    @torch.no_grad()
    def _measured(self, options: Mapping[str, str]) -> Signs:
        try:
            loaded = self.recognised.build(options)
        except DataError:  # not finite with these options
            return Signs(math.inf, math.inf, math.inf)
        samples, norms = _drawn(loaded)
        return Signs(norms, _features(samples), roughness(samples))


def _drawn(loaded: Loaded) -> tuple[Tensor, float]:
    """Return samples (N, C, H, W), and how far the norms' running statistics are from those of their inputs."""
    mismatches: list[float] = []

    def compare(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d)
        mismatches.append(_mismatch(inputs[0], module.running_mean, module.running_var))

    norms = [m for m in loaded.generator.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
    hooks = [module.register_forward_pre_hook(compare) for module in norms]
    pixels = math.prod(loaded.config.shape[1:])
    count = max(_FEWEST_SAMPLES, min(_MOST_SAMPLES, _PIXELS // pixels))
    z = latent.sample_z(count, loaded.config.z_dim, seed=5)
    y = latent.random_labels(count, loaded.config.labels, seed=5) if loaded.config.labels else None
    samples = latent.generate(loaded.generator, z, y)
    for hook in hooks:
        hook.remove()
    return samples, sum(mismatches) / len(mismatches) if mismatches else math.nan


def _mismatch(x: Tensor, mean: Tensor | None, variance: Tensor | None) -> float:
    """Return the mean over channels of (Δμ)²/σ² + (Δ log σ)², between a norm's inputs and its running statistics."""
    if mean is None or variance is None:
        return math.nan
    dims = [k for k in range(x.dim()) if k != 1]
    variance = variance.clamp_min(1e-8)
    apart = (x.mean(dims) - mean).square() / variance
    spread = (x.var(dims, correction=0).clamp_min(1e-8) / variance).log().square() / 4
    return float((apart + spread).clamp(max=_FAR).mean())


def roughness(samples: Tensor) -> float:
    """Return the mean squared difference of neighbouring pixels over twice the variance, of what samples differ in."""
    centred = samples - samples.mean(0)
    variance = centred.square().mean()
    across, down = centred.diff(dim=3).square().mean(), centred.diff(dim=2).square().mean()
    return float((across + down) / (4 * variance)) if variance > 1e-6 else math.inf


def _features(samples: Tensor) -> float:
    """Return the Fréchet distance to the data set that a shipped classifier reads; NaN if none reads such images."""
    channels, size = samples.shape[1], samples.shape[2]
    if channels not in _CLASSIFIED or size > 64:
        return math.nan
    name, wanted = _CLASSIFIED[channels]
    if size != wanted:
        samples = F.interpolate(samples, (wanted, wanted), mode="bilinear", antialias=True, align_corners=False)
    quality = _quality(name)
    statistics = metrics.statistics(metrics.read(quality.classifier, samples).features)
    return metrics.frechet_distance(quality.reference, statistics)


@functools.lru_cache(maxsize=2)
def _quality(name: str) -> Quality:
    quality = metrics.quality_for(datasets.load(DataConfig(name)), _REFERENCE)
    assert quality is not None, "both have a classifier"
    return quality
