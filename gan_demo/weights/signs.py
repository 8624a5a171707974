"""Signs of the right options in what a generator draws: norm statistics, a classifier's features, and smoothness."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_demo.config import DataConfig
from gan_demo.data import datasets
from gan_demo.errors import DataError
from gan_demo.gan import latent, metrics
from gan_demo.gan.metrics import Quality
from gan_demo.gan.models import size
from gan_demo.weights.recognised import Loaded, Recognised

_CLASSIFIED = {1: ("digits", 28), 3: ("faces", 32)}  # channels: (data set, pixels a side)
_REFERENCE = 2_000  # images of a data set whose statistics are compared with
_PRODUCTS = 2e9  # multiplications of one measurement, if that is enough for _FEWEST samples
_MOST, _FEWEST = 512, 4
_PICTURES = 192  # samples that a Fréchet distance needs; larger networks than these products allow are not measured so
_MOST_PRODUCTS = 3e10
_MOST_FOR_ONE = 1e9  # multiplications for a sample, beyond which nothing is measured
_FAR = 4.0  # most that a channel counts, so that a few dead ones do not decide


class Judge:
    """Measures of a recognised generator by its options, each computed once: the smaller the likelier.

    ``norms``: how far running statistics of norms are from those of what the layers before give; ``features``: Fréchet
    distance to digits or faces in the features of the shipped classifiers; ``roughness``: share of the variance between
    samples that lies between neighbouring pixels, 1 for noise. Infinite where there is nothing to measure.
    """

    def __init__(self, recognised: Recognised) -> None:
        self.recognised = recognised
        self._values: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}

    @torch.no_grad()
    def can_measure(self) -> bool:
        """Return whether the network is made of layers here, and small enough for dozens of measurements."""
        try:
            loaded = self.recognised.build()
        except DataError:  # with the default options; others may be finite
            return True
        if loaded.generator.onnx:
            return False
        z, y = _latents(loaded, 1)
        return size.products(loaded.generator, *([z] if y is None else [z, y])) <= _MOST_FOR_ONE

    def measure(self, name: str, options: Mapping[str, str]) -> float:
        """Return a measure of these options by its name."""
        key = name, tuple(sorted(options.items()))
        if key not in self._values:
            value = self._measured(name, options)
            self._values[key] = math.inf if math.isnan(value) else value
        return self._values[key]

    @torch.no_grad()
    def _measured(self, name: str, options: Mapping[str, str]) -> float:
        try:
            loaded = self.recognised.build(options)
        except DataError:  # not finite with these options
            return math.inf
        z, y = _latents(loaded, 1)
        cost = size.products(loaded.generator, *([z] if y is None else [z, y]))
        count = int(max(_FEWEST, min(_MOST, _PRODUCTS / max(1, cost))))
        if name == "norms":
            return _norms(loaded, count)
        if _PICTURES * cost > _MOST_PRODUCTS:
            return math.inf
        samples = latent.generate(loaded.generator, *_latents(loaded, _PICTURES))
        return _features(samples) if name == "features" else roughness(samples)


def _latents(loaded: Loaded, count: int) -> tuple[Tensor, Tensor | None]:
    z = latent.sample_z(count, loaded.config.z_dim, seed=5)
    return z, latent.random_labels(count, loaded.config.labels, seed=5) if loaded.config.labels else None


def _norms(loaded: Loaded, count: int) -> float:
    """Return how far the norms' running statistics are from those of their inputs, as a mean over all; NaN without."""
    mismatches: list[float] = []

    def compare(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d)
        mismatches.append(_mismatch(inputs[0], module.running_mean, module.running_var))

    norms = [m for m in loaded.generator.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
    hooks = [module.register_forward_pre_hook(compare) for module in norms]
    if norms:
        latent.generate(loaded.generator, *_latents(loaded, count))
    for hook in hooks:
        hook.remove()
    return sum(mismatches) / len(mismatches) if mismatches else math.nan


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
    channels, pixels = samples.shape[1], samples.shape[2]
    if channels not in _CLASSIFIED or pixels > 64:
        return math.nan
    name, wanted = _CLASSIFIED[channels]
    if pixels != wanted:
        samples = F.interpolate(samples, (wanted, wanted), mode="bilinear", antialias=True, align_corners=False)
    quality = _quality(name)
    statistics = metrics.statistics(metrics.read(quality.classifier, samples).features)
    return metrics.frechet_distance(quality.reference, statistics)


@functools.lru_cache(maxsize=2)
def _quality(name: str) -> Quality:
    quality = metrics.quality_for(datasets.load(DataConfig(name)), _REFERENCE)
    assert quality is not None, "both have a classifier"
    return quality
