"""Generator of the package stylegan2_pytorch (github.com/lucidrains/stylegan2-pytorch), which departs from StyleGAN2.

Features are enlarged bilinearly, styles are added to 1, one noise image serves all layers, leaky ReLUs have no gain,
and colours are 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_demo.config import ModelConfig
from gan_demo.gan.models.mapping import SLOPE
from gan_demo.gan.models.stylegan.attention import AttentionBlock
from gan_demo.gan.models.stylegan.base import StyleGenerator
from gan_demo.gan.models.stylegan.layers import (
    ModulatedLayer,
    StyleMapping,
    convolve_rows_and_columns,
    demodulation,
    modulated_convolution,
)

BLUR = (0.25, 0.5, 0.25)


@dataclass(frozen=True)
class LucidrainsSizes:
    """Sizes of a lucidrains generator, as the shapes of its weights give them."""

    w_dim: int
    mapping_layers: int
    channels: tuple[int, ...]  # before the first block, then after each: 4, 8, 16 … pixels
    attention: tuple[int, ...] = ()  # indices of the blocks with linear attention in front
    const: bool = True  # the 4×4 input is learned; without, it is a transposed convolution of the mean style


class UnitMapping(StyleMapping):
    """Mapping network whose latents are scaled to length 1."""

    def forward(self, z: Tensor, y: Tensor | None) -> Tensor:
        """Map latents (N, Z) to w (N, W)."""
        w = F.normalize(z, dim=1)
        for layer in self.layers:
            w = F.leaky_relu(layer(w), SLOPE)
        return w


class ModulatedConvolution(ModulatedLayer):
    """Modulated convolution by 1 + a style; demodulated unless it draws colours."""

    energy: Tensor | None  # (I, O)

    def __init__(self, w_dim: int, into: int, out: int, kernel: int) -> None:
        super().__init__()
        self.affine = nn.Linear(w_dim, into)
        self.weight = nn.Parameter(torch.empty(out, into, kernel, kernel))
        self.register_buffer("energy", torch.empty(into, out) if kernel > 1 else None)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """Return (N, O, H, W) for x (N, I, H, W) and w (N, W)."""
        style = 1 + self.affine(w)
        x = modulated_convolution(x, self.weight, style)
        return x if self.energy is None else x * demodulation(self.energy, style)[:, :, None, None]


class Block(nn.Module):
    """Two modulated convolutions with noise, and colours."""

    def __init__(self, w_dim: int, into: int, out: int, colours: int) -> None:
        super().__init__()
        self.conv1 = ModulatedConvolution(w_dim, into, out, 3)
        self.conv2 = ModulatedConvolution(w_dim, out, out, 3)
        self.noise1, self.noise2 = nn.Linear(1, out), nn.Linear(1, out)
        self.to_rgb = ModulatedConvolution(w_dim, out, colours, 1)

    def forward(self, x: Tensor, w: Tensor, noise: Tensor | None) -> Tensor:
        """Return features (N, O, H, W); noise is (N or 1, 1, H, W)."""
        for convolution, scale in ((self.conv1, self.noise1), (self.conv2, self.noise2)):
            x = convolution(x, w) + scale.bias[:, None, None]
            x = x if noise is None else x + scale.weight[:, :, None] * noise
            x = F.leaky_relu(x, SLOPE)
        return x


class LucidrainsGenerator(StyleGenerator):
    """The generator of stylegan2_pytorch; its single style a block makes L the number of blocks."""

    has_uniform_noise = True
    blur: Tensor  # (T,)
    noise: Tensor  # (H, W)

    def __init__(self, model: ModelConfig, sizes: LucidrainsSizes) -> None:
        w_dim, blocks = sizes.w_dim, len(sizes.channels) - 1
        super().__init__(model, blocks, w_dim)
        self.mapping = UnitMapping(w_dim, 0, 0, [w_dim] * sizes.mapping_layers)  # type: ignore[assignment]
        first = sizes.channels[0]
        self.const = nn.Parameter(torch.empty(first, 4, 4)) if sizes.const else None
        self.start = None if sizes.const else nn.ConvTranspose2d(w_dim, first, 4, bias=False)
        self.first = nn.Conv2d(first, first, 3, padding=1)
        pairs = zip(sizes.channels[:-1], sizes.channels[1:], strict=True)
        self.blocks = nn.ModuleList(Block(w_dim, a, b, model.shape[0]) for a, b in pairs)
        self.attention = nn.ModuleDict({str(k): AttentionBlock(sizes.channels[k]) for k in sizes.attention})
        self.register_buffer("blur", torch.empty(len(BLUR)))
        self.register_buffer("noise", torch.empty(model.shape[1:]))

    def draw(self, styles: Tensor, noise: list[Tensor]) -> Tensor:
        """Draw images (N, C, H, W) from styles (N, L, W) and one noise image (N or 1, 1, H, W)."""
        x = self._input(styles)
        image: Tensor | None = None
        for index, block in enumerate(self.blocks):
            x = self.attention[str(index)](x) if str(index) in self.attention else x
            x = _enlarged(x) if index else x
            size = 4 * 2**index
            x = block(x, styles[:, index], noise[0][:, :, :size, :size] if noise else None)
            colours = block.to_rgb(x, styles[:, index])  # type: ignore[operator]
            image = colours if image is None else image + colours
            image = self._blurred(_enlarged(image)) if index < len(self.blocks) - 1 else image
        assert image is not None
        return 2 * image.clamp(0, 1) - 1

    def _input(self, styles: Tensor) -> Tensor:
        """Return the features (N, C, 4, 4) that the blocks begin with."""
        if self.const is not None:
            x = self.const.expand(styles.shape[0], -1, -1, -1)
        else:
            assert self.start is not None
            x = self.start(styles.mean(1)[:, :, None, None])
        features: Tensor = self.first(x)
        return features

    def _blurred(self, image: Tensor) -> Tensor:
        return convolve_rows_and_columns(F.pad(image, (1, 1, 1, 1), mode="reflect"), self.blur)

    def style_sizes(self) -> list[int]:
        """Return the size in pixels of each block."""
        return [4 * 2**index for index in range(self.num_ws)]

    def noise_shapes(self) -> list[tuple[int, int]]:
        """Return the height and width of the noise image."""
        return [(self.shape[1], self.shape[2])]

    def fixed_noise(self) -> list[Tensor]:
        """Return the noise image (H, W) that counts as the weights' own."""
        return [self.noise]


def _enlarged(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
