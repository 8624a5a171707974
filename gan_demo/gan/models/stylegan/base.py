"""Base class of generators with a style for each layer: w, w+, noise."""

from __future__ import annotations

import torch
from torch import Tensor

from gan_demo.config import ModelConfig
from gan_demo.gan.models.base import Generator

NOISE_MODES = ("fixed", "random", "off")
GROUPS = 3  # of layers whose styles are mixed together: coarse, middle, fine
_COARSE, _MIDDLE = 8, 32  # largest sizes of the first two, in pixels (Karras et al. 2019, section 3.1)


class StyleGenerator(Generator):
    """Generator whose layers take styles: ``synthesise`` takes one w for all layers, or w+ with one for each.

    ``noise_mode`` is "fixed" (the file's own noise, so that a w has one image), "random" (from ``noise_seed``) or
    "off"; ``StyleGAN3`` has no noise and is the same in all three.
    """

    has_uniform_noise = False  # noise is normal, unless it is uniform from 0 to 1
    numbers_at_once = 2**20  # features have up to 20 times as many
    w_avg: Tensor  # (W,): mean of w that truncation moves towards

    def __init__(self, model: ModelConfig, layers: int, w_dim: int) -> None:
        super().__init__(model)
        self.num_ws = layers
        self.w_dim = w_dim
        self.noise_mode = "fixed"
        self.noise_seed = 0
        self.register_buffer("w_avg", torch.empty(w_dim))

    def mean_w(self) -> Tensor:
        """Return the mean w (1, W) that the weights file states, or that was measured when it was read."""
        return self.w_avg[None]

    def styles(self, w: Tensor) -> Tensor:
        """Return styles (N, L, W) of w, which is (N, W), (N, L·W) or (N, L, W)."""
        if w.dim() == 3:
            return w
        if w.shape[1] == self.w_dim:
            return w[:, None].expand(-1, self.num_ws, -1)
        return w.view(-1, self.num_ws, self.w_dim)

    def synthesise(self, w: Tensor) -> Tensor:
        """Draw images (N, C, H, W) from w (N, W), or from w+ as (N, L·W) or (N, L, W)."""
        return self.draw(self.styles(w), self.noise_maps(self.noise_mode, self.noise_seed))

    def draw(self, styles: Tensor, noise: list[Tensor]) -> Tensor:
        """Draw images (N, C, H, W) from styles (N, L, W) and noise: a map for each of ``noise_shapes``, or none."""
        raise AssertionError("subclasses implement this")

    def style_sizes(self) -> list[int]:
        """Return the size in pixels that each of the L styles acts at, or none where sizes do not part them."""
        return []

    def layer_groups(self) -> Tensor:
        """Return the group (L,) of each layer: 0 coarse, 1 middle, 2 fine; thirds where sizes do not part them."""
        sizes = self.style_sizes()
        if not sizes or sizes[-1] <= _MIDDLE:
            return torch.arange(self.num_ws) * GROUPS // self.num_ws
        return torch.tensor([(size > _COARSE) + (size > _MIDDLE) for size in sizes])

    def noise_shapes(self) -> list[tuple[int, int]]:
        """Return the height and width of each noise map; none of a network without noise."""
        return []

    def fixed_noise(self) -> list[Tensor]:
        """Return the noise maps (H, W) of the weights file."""
        return []

    def random_noise(self, rng: torch.Generator) -> list[Tensor]:
        """Draw noise maps (H, W) as the training did."""
        draw = torch.rand if self.has_uniform_noise else torch.randn
        return [draw(shape, generator=rng) for shape in self.noise_shapes()]

    def noise_maps(self, mode: str, seed: int = 0) -> list[Tensor]:
        """Return the noise (1, 1, H, W) of each layer by a mode of ``NOISE_MODES``; nothing without noise."""
        maps: list[Tensor] = []
        if mode == "fixed":
            maps = self.fixed_noise()
        elif mode == "random":
            maps = self.random_noise(torch.Generator().manual_seed(seed))
        return [noise[None, None].to(self.w_avg.device) for noise in maps]
