"""Generator of StyleGAN2 (Karras et al. 2020, arXiv 1912.04958), with StyleGAN2-ADA's labels (arXiv 2006.06676)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gan_demo.config import ModelConfig
from gan_demo.gan.models.stylegan.base import StyleGenerator
from gan_demo.gan.models.stylegan.layers import FILTER, StyledConvolution, StyleMapping, ToRGB, upsample


@dataclass(frozen=True)
class StyleGAN2Sizes:
    """Sizes of a StyleGAN2 generator, as the shapes of its weights give them."""

    mapping: tuple[int, ...]  # outputs of the mapping network's layers; the last is W
    embedding: int  # numbers that labels are embedded as
    channels: tuple[int, ...]  # of the blocks of 4, 8, 16 … pixels
    clamp: float | None = None  # limit of activations
    skips: bool = True  # colours at every size; without, only at the last


class Block(nn.Module):
    """Two styled convolutions at one size, the first of which doubles it, and colours. The first has a constant."""

    filter: Tensor | None  # (T,)

    def __init__(self, w_dim: int, into: int, out: int, size: int, colours: int, clamp: float | None) -> None:
        super().__init__()
        self.const = nn.Parameter(torch.empty(out, size, size)) if not into else None
        self.conv0 = StyledConvolution(w_dim, (into, out), size, True, clamp) if into else None
        self.conv1 = StyledConvolution(w_dim, (out, out), size, False, clamp)
        self.to_rgb = ToRGB(w_dim, out, colours, clamp) if colours else None
        self.register_buffer("filter", torch.empty(len(FILTER)) if into else None)

    @property
    def convolutions(self) -> list[StyledConvolution]:
        """The block's convolutions, each of which takes a style."""
        return [self.conv1] if self.conv0 is None else [self.conv0, self.conv1]

    def forward(self, x: Tensor | None, styles: Tensor, noise: list[Tensor]) -> Tensor:
        """Return features (N, O, size, size) from those of the block before and styles (N, 1 or 2, W)."""
        if self.const is not None:
            x = self.const.expand(styles.shape[0], -1, -1, -1)
        assert x is not None
        for index, convolution in enumerate(self.convolutions):
            x = convolution(x, styles[:, index], noise[index] if noise else None)
        return x

    def add_colours(self, image: Tensor | None, x: Tensor, w: Tensor) -> Tensor | None:
        """Return the image so far, enlarged, plus the colours of features x in the style w (N, W)."""
        if image is not None and self.filter is not None:
            image = upsample(image, self.filter)
        if self.to_rgb is None:
            return image
        colours: Tensor = self.to_rgb(x, w)
        return colours if image is None else image + colours


class StyleGAN2Generator(StyleGenerator):
    """StyleGAN2: a mapping network, a constant, blocks of styled convolutions whose colours are summed (config F)."""

    def __init__(self, model: ModelConfig, sizes: StyleGAN2Sizes) -> None:
        w_dim, blocks = sizes.mapping[-1], len(sizes.channels)
        super().__init__(model, 2 * blocks, w_dim)
        self.mapping = StyleMapping(  # type: ignore[assignment]
            model.z_dim, model.label_width, sizes.embedding, list(sizes.mapping)
        )
        before = (0, *sizes.channels)
        last = blocks - 1
        self.blocks = nn.ModuleList(
            Block(w_dim, before[k], out, 4 * 2**k, model.shape[0] if sizes.skips or k == last else 0, sizes.clamp)
            for k, out in enumerate(sizes.channels)
        )

    def draw(self, styles: Tensor, noise: list[Tensor]) -> Tensor:
        """Draw images (N, C, H, W) from styles (N, L, W)."""
        x, image = None, None
        for index in range(len(self.blocks)):
            x, image = self.draw_block(index, x, image, styles, noise)
        assert image is not None
        return image

    def draw_block(
        self, index: int, x: Tensor | None, image: Tensor | None, styles: Tensor, noise: list[Tensor]
    ) -> tuple[Tensor, Tensor | None]:
        """Return features and image of a block of 4·2^index pixels from those of the block before.

        The colours of a block take the style of the next block's first convolution, so L is 2 · blocks.
        """
        block, first = self.blocks[index], max(0, 2 * index - 1)
        assert isinstance(block, Block)
        count = len(block.convolutions)
        x = block(x, styles[:, first : first + count], noise[first : first + count])
        return x, block.add_colours(image, x, styles[:, first + count])

    @property
    def convolutions(self) -> list[StyledConvolution]:
        """All styled convolutions, from the smallest size to the largest."""
        return [module for module in self.blocks.modules() if isinstance(module, StyledConvolution)]

    def style_sizes(self) -> list[int]:
        """Return the size in pixels that each of the L styles acts at; the last draws colours alone."""
        sizes = [convolution.size for convolution in self.convolutions]
        return [*sizes, sizes[-1]]

    @property
    def sums_colours(self) -> bool:
        """Whether colours are drawn at every size, so that there is an image before the last block."""
        return all(block.to_rgb is not None for block in self.blocks)

    def noise_shapes(self) -> list[tuple[int, int]]:
        """Return the height and width of each noise map."""
        return [(convolution.size, convolution.size) for convolution in self.convolutions]

    def fixed_noise(self) -> list[Tensor]:
        """Return the noise maps (H, W) of the weights file."""
        return [convolution.noise for convolution in self.convolutions]
