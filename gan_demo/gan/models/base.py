"""Base classes of the generators and discriminators, and the hidden layers that several use."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from gan_demo.config import ModelConfig
from gan_demo.gan.models.mapping import SLOPE, Mapping

_ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "leaky_relu": lambda: nn.LeakyReLU(SLOPE, inplace=True),
    "relu": lambda: nn.ReLU(inplace=True),
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}


class Generator(nn.Module):
    """Base class of the generators: the mapping network, and the order ``map`` then ``synthesise``."""

    numbers_at_once = 2**22  # of all samples in a batch; 64-pixel colour images fill it with 341

    def __init__(self, model: ModelConfig) -> None:
        super().__init__()
        self.z_dim = model.z_dim
        self.shape = model.shape
        self.z_columns = list(range(model.z_dim))  # inputs of the first layer that are latents
        self.uniform = model.noise == "uniform"
        self.mapping = Mapping(model.z_dim, model.label_width, model.mapping)
        self.multiply_adds = 0  # of a sample; 0 until they are counted

    @property
    def onnx(self) -> bytes:
        """The network as ``onnx_export.generator_onnx`` makes it, where it came so and has no layers here; else b""."""
        return b""

    def map(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """Map latents (N, Z), normal whatever the noise, and labels (N, K) to w (N, W)."""
        z = torch.erf(z / math.sqrt(2)) if self.uniform else z  # 2Φ(z) - 1 is uniform from -1 to 1
        w: Tensor = self.mapping(z, y)
        return w

    def largest_batch(self) -> int:
        """Return how many samples may be drawn at once, so that their features fit into a common machine's memory."""
        return max(1, self.numbers_at_once // math.prod(self.shape))

    def mean_w(self) -> Tensor | None:
        """Return the mean w (1, W) that truncation moves towards, or None: the samples of each label give it."""
        return None

    def synthesise(self, w: Tensor) -> Tensor:
        """Draw samples from w (N, W): images (N, C, H, W) in [-1, 1], or points (N, 2)."""
        raise AssertionError("subclasses implement this")

    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """Draw samples from latents (N, Z) and labels (N, K): images (N, C, H, W) in [-1, 1], or points (N, 2)."""
        return self.synthesise(self.map(z, y))


class Discriminator(nn.Module):
    """Base class of the discriminators: a linear head on features, labels by projection (Miyato & Koyama 2018).

    With packing m (PacGAN, Lin et al. 2018) D judges m samples joined along their first dimension, as
    ``gan.step.packed`` joins them. Alone, a sample is judged beside m - 1 copies of itself.
    """

    def __init__(self, features: int, model: ModelConfig) -> None:
        super().__init__()
        label_width = model.label_width
        self.channels = model.shape[0]  # of a single sample
        self.packing = model.packing
        self.head = nn.Linear(features, 1)
        self.label = nn.Linear(label_width, features, bias=False) if label_width else None
        if self.label is not None:
            nn.init.zeros_(self.label.weight)  # D starts as an unconditional one and learns what labels add
        self.has_batch_norm = False  # if so, real and fake samples need forward passes of their own

    def features(self, x: Tensor) -> Tensor:
        """Compute features (N, features) of samples."""
        raise AssertionError("subclasses implement this")

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """Return the logits (N,) of samples with labels (N, K)."""
        if self.packing > 1 and x.shape[1] == self.channels:
            x = torch.cat([x] * self.packing, 1)  # (N, m·C, ...)
        h = self.features(x)  # (N, features)
        logits: Tensor = self.head(h).squeeze(1)  # (N,)
        if self.label is not None:
            assert y is not None
            logits = logits + (self.label(y) * h).sum(1)
        return logits


def hidden_layers(into: int, width: int, depth: int, activation: str) -> nn.Sequential:
    """Build ``depth`` fully connected layers of ``width`` units with an activation, for ``into`` inputs."""
    layers: list[nn.Module] = []
    for _ in range(depth):
        layers += [nn.Linear(into, width), _ACTIVATIONS[activation]()]
        into = width
    return nn.Sequential(*layers)
