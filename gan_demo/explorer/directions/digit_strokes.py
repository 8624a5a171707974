"""Measures of drawn digits from their pixels alone: samples (N, 1, H, W) in [-1, 1] -> (N,)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

Measure = Callable[[Tensor], Tensor]
_EMPTY = 1e-6  # lower bound of sums that are divided by, for blank images


def thickness(x: Tensor) -> Tensor:
    """Return the strokes' thickness in pixels: twice the ink divided by the length of its outline (total variation).

    This is exact for strokes much longer than thick, whose outline is two edges as long as the stroke.
    """
    ink = _ink(x)
    padded = F.pad(ink, (1, 1, 1, 1))
    right, down = padded[:, 1:, 1:] - padded[:, 1:, :-1], padded[:, 1:, 1:] - padded[:, :-1, 1:]
    outline = (right.square() + down.square()).sqrt().sum((1, 2))
    return 2 * ink.sum((1, 2)) / outline.clamp_min(_EMPTY)


def slant(x: Tensor) -> Tensor:
    """Return the slant to the right in degrees: of the regression line of the ink's x on its y."""
    _, height_variance, covariance = _moments(x)
    return torch.rad2deg(torch.atan(covariance / height_variance.clamp_min(_EMPTY)))


def size(x: Tensor) -> Tensor:
    """Return the root mean square distance of the ink from its centre, in pixels."""
    width_variance, height_variance, _ = _moments(x)
    return (width_variance + height_variance).clamp_min(0).sqrt()


MEASURES: dict[str, Measure] = {"thickness": thickness, "slant": slant, "size": size}


def _ink(x: Tensor) -> Tensor:
    """Convert samples (N, 1, H, W) in [-1, 1] to ink (N, H, W), 0 to 1."""
    return ((x[:, 0] + 1) / 2).clamp(0, 1)


def _moments(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the ink's variances to the right and upwards, and their covariance, (N,) each, in pixels²."""
    ink = _ink(x)
    rows, columns = ink.shape[1:]
    right = torch.arange(columns, dtype=ink.dtype) - (columns - 1) / 2  # (W,)
    up = (rows - 1) / 2 - torch.arange(rows, dtype=ink.dtype)  # (H,)
    total = ink.sum((1, 2)).clamp_min(_EMPTY)
    mean_x, mean_y = (ink.sum(1) @ right) / total, (ink.sum(2) @ up) / total
    width_variance = (ink.sum(1) @ right.square()) / total - mean_x.square()
    height_variance = (ink.sum(2) @ up.square()) / total - mean_y.square()
    covariance = torch.einsum("nij,i,j->n", ink, up, right) / total - mean_x * mean_y
    return width_variance, height_variance, covariance
