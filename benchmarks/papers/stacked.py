"""Stacked-MNIST (Metz et al. 2017): three random digits as the channels of an image, so 1,000 equally likely modes."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from benchmarks.papers.protocol import kl_from_uniform
from gan_demo.data.datasets import to_float
from gan_demo.gan.classifier import SURE, Classifier

MODES = 1_000
SAMPLES = 26_000  # generated images of a measurement
_CHUNK = 200  # images per pass of the classifier


class StackedMeasures(NamedTuple):
    """Measures of one set of images. Papers count every image; ``sure`` tells how far the classifier is to be trusted.

    ``sure_modes`` counts only images whose three digits are each read with a probability above ``classifier.SURE``.
    """

    modes: int
    kl: float  # nats, of the modes' shares from equal shares
    sure: float  # share of the images that pass this gate
    sure_modes: int


def stacked(digits: Tensor, count: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return ``count`` images uint8 (N, 3, H, W) and the rows (N, 3) of ``digits`` (M, 1, H, W) in their channels."""
    rows = torch.randint(len(digits), (count, 3), generator=rng)  # (N, 3)
    return digits[rows.flatten()].view(count, 3, *digits.shape[2:]), rows


def measure(images: Tensor, classifier: Classifier) -> StackedMeasures:
    """Measure ``images`` (N, 3, 28, 28), uint8 or in [-1, 1], each channel read by the digit classifier."""
    channels = images.reshape(-1, 1, *images.shape[2:])  # (3N, 1, 28, 28)
    readings = [classifier.read(to_float(chunk)) for chunk in torch.split(channels, _CHUNK)]
    digits = torch.cat([reading.values for reading in readings]).view(-1, 3)  # (N, 3)
    confidence = torch.cat([reading.confidence for reading in readings]).view(-1, 3)  # (N, 3)
    return of_digits(digits.cpu(), (confidence > SURE).all(1).cpu())


def of_digits(digits: Tensor, sure: Tensor) -> StackedMeasures:
    """Measure images by the ``digits`` int64 (N, 3) in them and whether these are ``sure``, bool (N,)."""
    mode = digits @ torch.tensor([100, 10, 1])  # (N,)
    counts, sure_counts = (torch.bincount(m, minlength=MODES) for m in (mode, mode[sure]))
    share = float(sure.double().mean())
    return StackedMeasures(int((counts > 0).sum()), kl_from_uniform(counts), share, int((sure_counts > 0).sum()))
