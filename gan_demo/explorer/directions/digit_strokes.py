"""What can be measured of drawn digits by their pixels alone: samples (N, 1, H, W) in [-1, 1] -> (N,)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

Measure = Callable[[Tensor], Tensor]
_EMPTY = 1e-6  # ink of a blank picture


def thickness(x: Tensor) -> Tensor:
    """Of the strokes, in pixels: twice the ink by the length of its outline, which is the total variation.

    A stroke much longer than thick has two edges as long as itself, so that it comes out as thick as it is.
    """
    ink = _ink(x)
    padded = F.pad(ink, (1, 1, 1, 1))
    right, down = padded[:, 1:, 1:] - padded[:, 1:, :-1], padded[:, 1:, 1:] - padded[:, :-1, 1:]
    outline = (right.square() + down.square()).sqrt().sum((1, 2))
    return 2 * ink.sum((1, 2)) / outline.clamp_min(_EMPTY)


def slant(x: Tensor) -> Tensor:
    """Degrees by which the ink leans to the right: of the line that it follows from bottom to top."""
    _, across, up, both = _moments(x)
    del across
    return torch.rad2deg(torch.atan(both / up.clamp_min(_EMPTY)))


def size(x: Tensor) -> Tensor:
    """Root mean square distance of the ink from its centre, in pixels."""
    _, across, up, _ = _moments(x)
    return (across + up).clamp_min(0).sqrt()


MEASURES: dict[str, Measure] = {"thickness": thickness, "slant": slant, "size": size}


def _ink(x: Tensor) -> Tensor:
    """(N, 1, H, W) in [-1, 1] -> (N, H, W) in 0..1."""
    return ((x[:, 0] + 1) / 2).clamp(0, 1)


def _moments(x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """(N,) each: ink, its variance to the right and upwards, and their covariance, in pixels²."""
    ink = _ink(x)
    rows, columns = ink.shape[1:]
    right = torch.arange(columns, dtype=ink.dtype) - (columns - 1) / 2
    up = (rows - 1) / 2 - torch.arange(rows, dtype=ink.dtype)
    total = ink.sum((1, 2)).clamp_min(_EMPTY)
    at_x, at_y = (ink.sum(1) @ right) / total, (ink.sum(2) @ up) / total
    across = (ink.sum(1) @ right.square()) / total - at_x.square()
    along = (ink.sum(2) @ up.square()) / total - at_y.square()
    both = torch.einsum("nij,i,j->n", ink, up, right) / total - at_x * at_y
    return total, across, along, both
