"""A style-based generator as a module of tensors alone, for the explorer in the browser."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from gan_demo.config import ModelConfig
from gan_demo.gan.models.stylegan.base import GROUPS, StyleGenerator
from gan_demo.gan.models.stylegan.stylegan2 import StyleGAN2Generator

PREVIEW = 64  # pixels of a preview


class ExportedStyles(nn.Module):
    """``latent.generate`` with styles mixed by groups of layers, and with noise, as a module to export.

    ``style`` (N, 3·(Z + K + 1)) holds, for the coarse, the middle and the fine layers, other latents z, then other
    labels y, then the share (0 to 1) that their w has in place of the sample's own. ``noise`` (1, T) is added to
    ``fixed`` (1,) times the file's own. If ``full`` (1,) is 0, x has no rows and the preview alone is computed.
    """

    def __init__(self, generator: StyleGenerator, model: ModelConfig) -> None:
        super().__init__()
        self.generator = generator
        self.label_width = model.label_width
        self.has_preview = has_preview(generator)
        self.register_buffer("groups", generator.layer_groups())  # (L,): which group each layer belongs to

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs."""
        return ("x", "preview") if self.has_preview else ("x",)

    def inputs(self) -> dict[str, Tensor]:
        """Return an example of each input; those with two rows have N rows."""
        generator, width = self.generator, self.label_width
        count = noise_count(generator)
        labels = {"y": torch.zeros(2, width)} if width else {}
        noise = {"fixed": torch.ones(1), "noise": torch.zeros(1, count)} if count else {}
        full = {"full": torch.ones(1)} if self.has_preview else {}
        style = torch.zeros(2, style_width(generator.z_dim, width))
        return {"z": torch.zeros(2, generator.z_dim), **labels, "psi": torch.ones(1), "style": style} | noise | full

    def forward(self, *values: Tensor) -> tuple[Tensor, ...] | Tensor:
        """Return images (N, C, H, W), and previews where there are some, of the values of ``inputs``."""
        given = dict(zip(self.inputs(), values, strict=True))
        styles = self.styles(given)
        noise = self._noise(given)
        if self.has_preview:
            return self._with_preview(styles, noise, given["full"])
        return self.generator.draw(styles, noise)

    def styles(self, given: dict[str, Tensor]) -> Tensor:
        """Return the styles (N, L, W) of the inputs z, y, psi and style."""
        z_dim, width = self.generator.z_dim, self.label_width
        z, y, share = torch.split(given["style"], [GROUPS * z_dim, GROUPS * width, GROUPS], 1)
        own = self._mapped(given["z"], given.get("y"), given["psi"])  # (N, W)
        other = self._mapped(z.reshape(-1, z_dim), y.reshape(-1, width) if width else None, given["psi"])  # (N·3, W)
        w = torch.lerp(own[:, None], other.reshape(-1, GROUPS, self.generator.w_dim), share[:, :, None])  # (N, 3, W)
        return w[:, cast(Tensor, self.groups)]

    def _mapped(self, z: Tensor, y: Tensor | None, psi: Tensor) -> Tensor:
        mean = self.generator.mean_w()
        return mean + psi * (self.generator.map(z, y) - mean)

    def _noise(self, given: dict[str, Tensor]) -> list[Tensor]:
        """Return a map (1, 1, H, W) for each layer."""
        shapes = self.generator.noise_shapes()
        if not shapes:
            return []
        parts = torch.split(given["noise"], [height * width for height, width in shapes], 1)
        fixed = self.generator.fixed_noise()
        return [
            part.reshape(1, 1, *shape) + given["fixed"] * own
            for part, shape, own in zip(parts, shapes, fixed, strict=True)
        ]

    def _with_preview(self, styles: Tensor, noise: list[Tensor], full: Tensor) -> tuple[Tensor, Tensor]:
        """Return images (N or 0, C, H, W) and previews (N, C, 64, 64): the sum of colours so far."""
        generator = cast(StyleGAN2Generator, self.generator)
        x = image = preview = None
        for index in range(len(generator.blocks)):
            x, image = generator.draw_block(index, x, image, styles, noise)
            if 4 * 2**index == PREVIEW:
                assert image is not None
                preview = image
                rows = (full[0] > 0).long() * image.shape[0]  # no `if`: tracing would fix it
                x, image, styles = x[:rows], image[:rows], styles[:rows]
        assert image is not None
        assert preview is not None
        return image, preview


def style_width(z_dim: int, label_width: int) -> int:
    """Return how many numbers a row of the input "style" has."""
    return GROUPS * (z_dim + label_width + 1)


def noise_count(generator: StyleGenerator) -> int:
    """Return how many numbers all noise maps have."""
    return sum(height * width for height, width in generator.noise_shapes())


def has_preview(generator: StyleGenerator) -> bool:
    """Return whether a network sums up colours on its way to a larger size than a preview's."""
    return isinstance(generator, StyleGAN2Generator) and generator.shape[1] > PREVIEW and generator.sums_colours
