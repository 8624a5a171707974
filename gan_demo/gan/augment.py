"""Differentiable augmentation (DiffAugment, Zhao et al. 2020, arXiv 2006.10738): D sees no sample as it is.

Real samples and fakes are changed alike before D judges them, in D's updates and in G's. The changes are
differentiable, so that G learns through them and does not learn to draw them. They keep D from learning a small data
set by heart.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

STRENGTHS = 7  # random numbers of a sample: brightness, saturation, contrast, shift (y, x), place of the hole (y, x)
SHIFT = 1 / 8  # of the image's side, the farthest that it is shifted
HOLE = 1 / 2  # of the image's side: the side of the square that is cut out


def draw(n: int, rng: torch.Generator) -> Tensor:
    """Draw the strengths of ``n`` samples (N, STRENGTHS), uniform in [0, 1), whatever the policy uses of them."""
    return torch.rand(n, STRENGTHS, generator=rng, device=rng.device)


def apply(x: Tensor, policy: str, strengths: Tensor) -> Tensor:
    """Change images ``x`` (N, C, H, W) in [-1, 1] by the parts that ``policy`` names; 0.5 is no colour and no shift."""
    parts = policy.split("-")
    if "color" in parts:
        x = color(x, strengths[:, :3])
    if "translation" in parts:
        x = translation(x, strengths[:, 3:5])
    if "cutout" in parts:
        x = cutout(x, strengths[:, 5:7])
    return x


def color(x: Tensor, strengths: Tensor) -> Tensor:
    """Change brightness by up to 0.5, saturation by a factor from 0 to 2, contrast by one from 0.5 to 1.5."""
    brightness, saturation, contrast = strengths[:, :, None, None, None].unbind(1)  # (N, 1, 1, 1) each
    x = x + (brightness - 0.5)
    gray = x.mean(1, keepdim=True)  # (N, 1, H, W)
    x = gray + 2 * saturation * (x - gray)
    mean = x.mean((1, 2, 3), keepdim=True)  # (N, 1, 1, 1)
    return mean + (0.5 + contrast) * (x - mean)


def translation(x: Tensor, strengths: Tensor) -> Tensor:
    """Shift by whole pixels, at most ``SHIFT`` of each side, with zeros where nothing comes in."""
    height, width = x.shape[2:]
    (down, high), (right, wide) = (_shift(size, strengths[:, k]) for k, size in enumerate((height, width)))
    rows = torch.arange(height, device=x.device) + (high - down)[:, None]  # (N, H), in the padded image
    columns = torch.arange(width, device=x.device) + (wide - right)[:, None]  # (N, W)
    pixels = rows[:, :, None] * (width + 2 * wide) + columns[:, None, :]  # (N, H, W)
    padded = functional.pad(x, (wide, wide, high, high)).flatten(2)
    return padded.gather(2, pixels.flatten(1)[:, None].expand(-1, x.shape[1], -1)).view(x.shape)


def _shift(size: int, strengths: Tensor) -> tuple[Tensor, int]:
    """Return shifts (N,) from -most to most pixels, each as likely, and the most."""
    most = round(size * SHIFT)
    return (strengths * (2 * most + 1)).long() - most, most


def cutout(x: Tensor, strengths: Tensor) -> Tensor:
    """Set a square of ``HOLE`` of each side to zero; its middle is anywhere in the image, so part may lie outside."""
    inside = [_hole(size, strengths[:, k]) for k, size in enumerate(x.shape[2:])]  # (N, H), (N, W)
    hole = inside[0][:, None, :, None] & inside[1][:, None, None, :]  # (N, 1, H, W)
    return x * ~hole


def _hole(size: int, strengths: Tensor) -> Tensor:
    """Return which of ``size`` places lie in the hole (N, size)."""
    side = round(size * HOLE)
    first = (strengths * size).long() - side // 2  # (N,)
    places = torch.arange(size, device=strengths.device)
    return (places >= first[:, None]) & (places < first[:, None] + side)
