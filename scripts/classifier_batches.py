"""The batches of classifiers in training: moved, noisy and blurred images, and some that are no samples of the data."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class Settings:
    """Training settings of a classifier, saved in its card."""

    epochs: int
    batch: int = 128
    lr: float = 3e-3  # AdamW, one cycle
    weight_decay: float = 0.05
    ema: float = 0.998
    rotate: float = 0.0  # degrees either way
    scale: float = 0.0  # relative, either way
    shift: float = 0.0  # pixels either way
    noisy: float = 0.0  # share of images with noise of a standard deviation up to 0.3
    blurred: float = 0.0  # share of images blurred by up to a pixel
    not_samples: float = 0.08  # share of a batch that is noise or shuffled patches, half and half
    blends: float = 0.04  # share of a batch that is a blend of two images
    total_variance: float = 100.0  # features are scaled to this trace of their covariance over the training data
    seed: int = 0


def augment(images: Tensor, settings: Settings, rng: torch.Generator) -> Tensor:
    """Move each image (N, C, H, W) by its own random amount, then make some of them noisy or blurred."""
    images = _moved(images, settings, rng)
    n, side = len(images), images.shape[-1]
    sigma = 0.3 + 0.7 * torch.rand(n, generator=rng)  # pixels
    offsets = torch.arange(-2, 3).view(1, 5)
    kernel = torch.exp(-0.5 * (offsets / sigma[:, None]) ** 2)  # (N, 5)
    kernel = torch.where(torch.rand(n, 1, generator=rng) < settings.blurred, kernel, (offsets == 0).float())
    kernel = (kernel / kernel.sum(1, keepdim=True)).repeat_interleave(images.shape[1], dim=0)  # (N*C, 5)
    flat = F.pad(images.reshape(1, -1, side, side), (2, 2, 2, 2), mode="replicate")
    flat = F.conv2d(flat, kernel[:, None, None, :], groups=len(kernel))
    images = F.conv2d(flat, kernel[:, None, :, None], groups=len(kernel)).view(images.shape)
    strength = 0.3 * torch.rand(n, generator=rng) * (torch.rand(n, generator=rng) < settings.noisy)
    return (images + strength.view(n, 1, 1, 1) * torch.randn(images.shape, generator=rng)).clamp(-1, 1)


def _moved(images: Tensor, settings: Settings, rng: torch.Generator) -> Tensor:
    """Return the images turned, scaled and shifted at random; pixels beyond an edge repeat it."""
    n, side = len(images), images.shape[-1]
    if not (settings.rotate or settings.scale):  # whole pixels: pixel art stays sharp
        most = int(settings.shift)
        dy, dx = (torch.randint(-most, most + 1, (n, 1), generator=rng) for _ in "yx")
        rows = (torch.arange(side) + dy).clamp(0, side - 1)  # (N, H)
        columns = (torch.arange(side) + dx).clamp(0, side - 1)  # (N, W)
        index = torch.arange(n)
        return images[index[:, None, None], :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
    angle = math.radians(settings.rotate) * _symmetric(n, rng)
    size = 1 + settings.scale * _symmetric(n, rng)
    turn = torch.stack([angle.cos(), -angle.sin(), angle.sin(), angle.cos()], dim=1).view(n, 2, 2) / size.view(n, 1, 1)
    move = torch.stack([_symmetric(n, rng), _symmetric(n, rng)], dim=1) * settings.shift * 2 / side  # (N, 2)
    grid = F.affine_grid(torch.cat([turn, move[:, :, None]], dim=2), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="border", align_corners=False)


def spoil(images: Tensor, targets: Tensor, flat: Tensor, settings: Settings, rng: torch.Generator) -> None:
    """Replace the first images of a batch in place: noise and shuffled patches, whose target is ``flat``, and blends.

    ``targets`` (N, K) are probabilities, all fields side by side; ``flat`` (K,) is the same value for every class of a
    field.
    """
    half, blends = round(len(images) * settings.not_samples / 2), round(len(images) * settings.blends)
    images[:half] = noise_like(images[:half], rng)
    images[half : 2 * half] = shuffled(images[half : 2 * half], rng)
    targets[: 2 * half] = flat
    blended, others = slice(2 * half, 2 * half + blends), slice(len(images) - blends, len(images))
    weight = 0.5 + 0.2 * _symmetric(blends, rng)  # 0.3 to 0.7
    images[blended] = torch.lerp(images[blended], images[others], weight.view(-1, 1, 1, 1))
    targets[blended] = torch.lerp(targets[blended], targets[others], weight.view(-1, 1))


def noise_like(like: Tensor, rng: torch.Generator) -> Tensor:
    """Return noise of random coarseness, brightness and contrast, in [-1, 1] and of the shape of ``like``."""
    noise = torch.empty_like(like)
    for image in noise:
        halvings = int(torch.randint(0, 4, (), generator=rng))  # grains of 1, 2, 4 or 8 pixels
        channels, height, width = image.shape
        small = torch.randn(1, channels, height >> halvings, width >> halvings, generator=rng)
        image.copy_(F.interpolate(small, size=(height, width), mode="bilinear")[0])
    strength = 2 * torch.rand(len(like), 1, 1, 1, generator=rng)
    return (noise * strength + _symmetric(len(like), rng).view(-1, 1, 1, 1)).clamp(-1, 1)


def shuffled(images: Tensor, rng: torch.Generator) -> Tensor:
    """Return each image cut into 4 x 4 patches that are put together in random order."""
    n, _, side, _ = images.shape
    edge = side // 4
    patches = F.unfold(images, edge, stride=edge)  # (N, C*edge*edge, 16)
    order = torch.rand(n, 16, generator=rng).argsort(1)
    return F.fold(patches.gather(2, order[:, None].expand_as(patches)), (side, side), edge, stride=edge)


def _symmetric(n: int, rng: torch.Generator) -> Tensor:
    """Return ``n`` uniform numbers from -1 to 1."""
    return torch.rand(n, generator=rng) * 2 - 1
