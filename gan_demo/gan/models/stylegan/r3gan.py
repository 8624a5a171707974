"""Generator of R3GAN (Huang et al. 2024, arXiv 2501.05441): residual blocks with grouped convolutions, no styles."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_demo.config import ModelConfig
from gan_demo.errors import ConfigError
from gan_demo.gan.models.base import Generator
from gan_demo.gan.models.mapping import SLOPE
from gan_demo.gan.models.stylegan.layers import FILTER, upsample


@dataclass(frozen=True)
class R3GANSizes:
    """Sizes of an R3GAN generator, as the shapes of its weights give them."""

    embedding: int  # numbers that labels are embedded as
    channels: tuple[int, ...]  # of the stages of 4, 8, 16 … pixels
    expanded: tuple[tuple[int, ...], ...]  # channels inside each stage's residual blocks
    groups: tuple[tuple[int, ...], ...]  # of their 3×3 convolutions
    kernel: int = 3


class LabelEmbedding(nn.Module):
    """The latents with an embedding of labels beside them, in the place of a mapping network."""

    def __init__(self, z_dim: int, label_width: int, embedding: int) -> None:
        super().__init__()
        self.label_width = label_width
        self.w_dim = z_dim + (embedding if label_width else 0)
        self.layers = nn.ModuleList()
        self.embed = nn.Linear(label_width, embedding, bias=False) if label_width else None

    def forward(self, z: Tensor, y: Tensor | None) -> Tensor:
        """Return w (N, W) of latents (N, Z) and labels (N, K). Raises ConfigError if labels are missing."""
        if self.embed is None:
            return z
        if y is None:
            raise ConfigError("labels", None, "this generator needs labels", "Give one value for each label")
        return torch.cat([z, self.embed(y)], 1)


class ResidualBlock(nn.Module):
    """Bottleneck turned inside out: 1×1 to more channels, grouped k×k, 1×1 back; a bias before each leaky ReLU."""

    def __init__(self, channels: int, expanded: int, groups: int, kernel: int) -> None:
        super().__init__()
        self.widen = nn.Conv2d(channels, expanded, 1)
        self.grouped = nn.Conv2d(expanded, expanded, kernel, padding=kernel // 2, groups=groups)
        self.narrow = nn.Conv2d(expanded, channels, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, C, H, W) of the same shape."""
        y = F.leaky_relu(self.widen(x), SLOPE)
        y = F.leaky_relu(self.grouped(y), SLOPE)
        change: Tensor = self.narrow(y)
        return x + change


class Stage(nn.Module):
    """Residual blocks at one size. The first stage begins with a basis weighted by w, the others by up-sampling."""

    filter: Tensor | None  # (T,)

    def __init__(self, into: int, out: int, blocks: list[ResidualBlock], first: bool) -> None:
        super().__init__()
        self.basis = nn.Parameter(torch.empty(out, 4, 4)) if first else None
        self.weights = nn.Linear(into, out, bias=False) if first else None
        self.change = nn.Conv2d(into, out, 1, bias=False) if not first and into != out else None
        self.register_buffer("filter", None if first else torch.empty(len(FILTER)))
        self.blocks = nn.Sequential(*blocks)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, O, H, W) of w (N, W), or of twice the size of x (N, I, H, W)."""
        if self.basis is not None and self.weights is not None:
            x = self.basis * self.weights(x)[:, :, None, None]
        elif self.filter is not None:
            x = upsample(x if self.change is None else self.change(x), self.filter)
        y: Tensor = self.blocks(x)
        return y


class R3GANGenerator(Generator):
    """R3GAN: latents weight a 4×4 basis; stages of residual blocks; a 1×1 convolution to colours."""

    def __init__(self, model: ModelConfig, sizes: R3GANSizes) -> None:
        super().__init__(model)
        self.mapping = LabelEmbedding(model.z_dim, model.label_width, sizes.embedding)  # type: ignore[assignment]
        widths = (self.mapping.w_dim, *sizes.channels)
        self.stages = nn.Sequential(
            *(Stage(widths[k], out, self._blocks(sizes, k), first=k == 0) for k, out in enumerate(sizes.channels))
        )
        self.to_rgb = nn.Conv2d(sizes.channels[-1], model.shape[0], 1, bias=False)

    @staticmethod
    def _blocks(sizes: R3GANSizes, stage: int) -> list[ResidualBlock]:
        shapes = zip(sizes.expanded[stage], sizes.groups[stage], strict=True)
        return [ResidualBlock(sizes.channels[stage], expanded, groups, sizes.kernel) for expanded, groups in shapes]

    def synthesise(self, w: Tensor) -> Tensor:
        """Draw images (N, C, H, W) from w (N, W)."""
        images: Tensor = self.to_rgb(self.stages(w))
        return images
