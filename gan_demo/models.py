"""Generators and discriminators. Images are (N, C, H, W) in [-1, 1], points (N, 2), logits (N,).

Every generator is ``G(z, y) = G.synthesise(G.map(z, y))``: ``map`` turns latents z and labels y into one vector w per
sample, through a mapping network if there is one; ``synthesise`` draws the samples. Labels are multi-hot (N, K), or any
mixture of labels.
"""

from __future__ import annotations

import math
import threading
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_demo.config import ModelConfig
from gan_demo.errors import ConfigError

SLOPE = 0.2  # of every LeakyReLU
MAX_PARAMETERS = 50_000_000  # of both networks; with moving average and Adam about 0.8 GB
LABEL_GAIN = 3.0  # factor of labels beside latents; without it, 64 latents drown ten classes for long
_build_lock = threading.Lock()  # torch's layers draw from the global generator, so one network is built at a time


class Mapping(nn.Module):
    """Mapping network: z (N, Z), labels (N, K) -> w (N, W).

    With ``layers`` it is StyleGAN's (Karras et al. 2019, section 2) on normalised z, with W = Z; without layers, w is
    the concatenation of z and the labels, with W = Z + K.
    """

    def __init__(self, z_dim: int, label_width: int, layers: int) -> None:
        super().__init__()
        self.label_width = label_width
        self.w_dim = z_dim if layers else z_dim + label_width
        widths = [z_dim + label_width] + [z_dim] * layers
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))

    def forward(self, z: Tensor, y: Tensor | None) -> Tensor:
        if self.label_width and y is None:
            raise ConfigError("labels", None, "this generator needs labels", "Give one value for each label")
        if not self.layers:
            return z if y is None or not self.label_width else torch.cat([z, LABEL_GAIN * y], 1)  # (N, Z + K)
        w = z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        w = w if y is None or not self.label_width else torch.cat([w, LABEL_GAIN * y], 1)
        for layer in self.layers:
            w = F.leaky_relu(layer(w), SLOPE)
        return w  # (N, Z)


class Generator(nn.Module):
    """Base class of the generators: the mapping network, and the order ``map`` then ``synthesise``."""

    def __init__(self, model: ModelConfig) -> None:
        super().__init__()
        self.z_dim = model.z_dim
        self.shape = model.shape
        self.mapping = Mapping(model.z_dim, model.label_width, model.mapping)

    def map(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """Map latents (N, Z) and labels (N, K) to w (N, W)."""
        w: Tensor = self.mapping(z, y)
        return w

    def synthesise(self, w: Tensor) -> Tensor:
        """Draw samples from w (N, W): images (N, C, H, W) in [-1, 1], or points (N, 2)."""
        raise AssertionError("subclasses implement this")

    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        return self.synthesise(self.map(z, y))


class Discriminator(nn.Module):
    """Base class of the discriminators: a linear head on features, labels by projection (Miyato & Koyama 2018)."""

    def __init__(self, features: int, label_width: int) -> None:
        super().__init__()
        self.head = nn.Linear(features, 1)
        self.label = nn.Linear(label_width, features, bias=False) if label_width else None
        if self.label is not None:
            nn.init.zeros_(self.label.weight)  # D starts as an unconditional one and learns what labels add
        self.has_batch_norm = False  # if so, real and fake samples need forward passes of their own

    def features(self, x: Tensor) -> Tensor:
        """Compute features (N, features) of samples."""
        raise AssertionError("subclasses implement this")

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        h = self.features(x)  # (N, features)
        logits: Tensor = self.head(h).squeeze(1)  # (N,)
        if self.label is not None:
            assert y is not None
            logits = logits + (self.label(y) * h).sum(1)
        return logits


class MLPGenerator(Generator):
    """The tutorial's 100-256-512-784 generator: Linear and LeakyReLU, then Tanh. 16·width units in the last layer."""

    def __init__(self, model: ModelConfig) -> None:
        super().__init__(model)
        wide = model.width * 16
        self.net = nn.Sequential(
            nn.Linear(self.mapping.w_dim, wide // 2),
            nn.LeakyReLU(SLOPE, inplace=True),
            nn.Linear(wide // 2, wide),
            nn.LeakyReLU(SLOPE, inplace=True),
            nn.Linear(wide, math.prod(model.shape)),
            nn.Tanh(),
        )

    def synthesise(self, w: Tensor) -> Tensor:
        x: Tensor = self.net(w)  # (N, C·H·W)
        return x.view(w.shape[0], *self.shape)


class MLPDiscriminator(Discriminator):
    """The tutorial's 784-512-256-1 discriminator, with 16·d_width units in the first hidden layer."""

    def __init__(self, model: ModelConfig) -> None:
        wide = model.d_width * 16
        super().__init__(wide // 2, model.label_width)
        self.net = nn.Sequential(
            nn.Linear(math.prod(model.shape), wide),
            nn.LeakyReLU(SLOPE, inplace=True),
            nn.Linear(wide, wide // 2),
            nn.LeakyReLU(SLOPE, inplace=True),
        )

    def features(self, x: Tensor) -> Tensor:
        h: Tensor = self.net(x.flatten(1))  # (N, 256)
        return h


class PointsGenerator(Generator):
    """Generator of points in the plane: ``depth`` hidden layers of ``width`` units."""

    def __init__(self, model: ModelConfig) -> None:
        super().__init__(model)
        self.net = _hidden_layers(self.mapping.w_dim, model.width, model.depth)
        self.net.append(nn.Linear(model.width, 2))

    def synthesise(self, w: Tensor) -> Tensor:
        x: Tensor = self.net(w)  # (N, 2)
        return x


class PointsDiscriminator(Discriminator):
    """Discriminator of points in the plane: ``depth`` hidden layers of ``d_width`` units."""

    def __init__(self, model: ModelConfig) -> None:
        super().__init__(model.d_width, model.label_width)
        self.net = _hidden_layers(2, model.d_width, model.depth)

    def features(self, x: Tensor) -> Tensor:
        h: Tensor = self.net(x)
        return h


class DCGANGenerator(Generator):
    """Small DCGAN (Radford et al. 2016): a linear layer to a quarter of the size, then two transposed convolutions.

    For 28 pixels: W -> 7×7×2·width -> 14×14×width -> 28×28×C; 64 pixels take one more convolution.
    """

    def __init__(self, model: ModelConfig) -> None:
        super().__init__(model)
        channels, size, _ = model.shape
        steps = 3 if size >= 64 else 2
        self.start = size >> steps
        wide = model.width << (steps - 1)
        self.wide = wide
        self.linear = nn.Linear(self.mapping.w_dim, wide * self.start**2, bias=False)
        layers: list[nn.Module] = [nn.BatchNorm2d(wide), nn.ReLU(inplace=True)]
        for _ in range(steps - 1):
            layers += [nn.ConvTranspose2d(wide, wide // 2, 4, 2, 1, bias=False), nn.BatchNorm2d(wide // 2)]
            layers += [nn.ReLU(inplace=True)]
            wide //= 2
        self.net = nn.Sequential(*layers, nn.ConvTranspose2d(wide, channels, 4, 2, 1), nn.Tanh())

    def synthesise(self, w: Tensor) -> Tensor:
        h = self.linear(w).view(w.shape[0], self.wide, self.start, self.start)  # (N, 2·width, 7, 7)
        x: Tensor = self.net(h.contiguous(memory_format=torch.channels_last))  # (N, C, 28, 28)
        return x


class DCGANDiscriminator(Discriminator):
    """Strided convolutions down to a quarter of the size: C -> d_width -> 2·d_width; 64 pixels take one more."""

    def __init__(self, model: ModelConfig) -> None:
        channels, size, _ = model.shape
        steps = 3 if size >= 64 else 2
        wide = model.d_width << (steps - 1)
        super().__init__(wide * (size >> steps) ** 2, model.label_width)
        layers: list[nn.Module] = []
        for k in range(steps):
            layers += [nn.Conv2d(channels, model.d_width << k, 4, 2, 1), nn.LeakyReLU(SLOPE, inplace=True)]
            channels = model.d_width << k
        self.net = nn.Sequential(*layers)

    def features(self, x: Tensor) -> Tensor:
        h: Tensor = self.net(x.contiguous(memory_format=torch.channels_last))  # (N, 2·d_width, 7, 7)
        return h.flatten(1)


class ResidualBlock(nn.Module):
    """Two 3×3 convolutions beside a shortcut (He et al. 2016), scaled by 0 at first, as in R3GAN and Fixup."""

    def __init__(self, into: int, out: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(into, out, 3, padding=1)
        self.second = nn.Conv2d(out, out, 3, padding=1)
        self.shortcut = nn.Conv2d(into, out, 1, bias=False) if into != out else nn.Identity()
        self.scale = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        h = self.second(F.leaky_relu(self.first(F.leaky_relu(x, SLOPE)), SLOPE))
        y: Tensor = self.shortcut(x) + self.scale * h
        return y


class ResidualGenerator(Generator):
    """Residual generator: ``depth`` blocks per resolution, nearest-neighbour upsampling, no batch norm."""

    def __init__(self, model: ModelConfig) -> None:
        super().__init__(model)
        channels, size, _ = model.shape
        steps = 3 if size >= 64 else 2
        self.start = size >> steps
        self.wide = model.width << steps
        self.linear = nn.Linear(self.mapping.w_dim, self.wide * self.start**2)
        stages: list[nn.Module] = []
        wide = self.wide
        for k in range(steps + 1):
            narrower = max(model.width, wide // 2) if k else wide
            if k:
                stages.append(nn.Upsample(scale_factor=2.0, mode="nearest"))
            stages += [ResidualBlock(wide if i == 0 else narrower, narrower) for i in range(model.depth)]
            wide = narrower
        self.net = nn.Sequential(*stages, nn.LeakyReLU(SLOPE), nn.Conv2d(wide, channels, 3, padding=1), nn.Tanh())

    def synthesise(self, w: Tensor) -> Tensor:
        h = self.linear(w).view(w.shape[0], self.wide, self.start, self.start)
        x: Tensor = self.net(h.contiguous(memory_format=torch.channels_last))
        return x


class ResidualDiscriminator(Discriminator):
    """Residual discriminator: ``depth`` blocks per resolution, average pooling between the resolutions."""

    def __init__(self, model: ModelConfig) -> None:
        channels, size, _ = model.shape
        steps = 3 if size >= 64 else 2
        super().__init__((model.d_width << steps) * (size >> steps) ** 2, model.label_width)
        wide = model.d_width
        stages: list[nn.Module] = [nn.Conv2d(channels, wide, 3, padding=1)]
        for k in range(steps + 1):
            wider = model.d_width << k
            if k:
                stages.append(nn.AvgPool2d(2))
            stages += [ResidualBlock(wide if i == 0 else wider, wider) for i in range(model.depth)]
            wide = wider
        self.net = nn.Sequential(*stages, nn.LeakyReLU(SLOPE))

    def features(self, x: Tensor) -> Tensor:
        h: Tensor = self.net(x.contiguous(memory_format=torch.channels_last))
        return h.flatten(1)


class ExampleGenerator(Generator):
    """The generator of PyTorch's DCGAN example: five transposed convolutions from 1×1 to 64×64; ngf is ``width``."""

    def __init__(self, model: ModelConfig) -> None:
        super().__init__(model)
        ngf = model.width
        widths = [self.mapping.w_dim, ngf * 8, ngf * 4, ngf * 2, ngf]
        layers: list[nn.Module] = []
        for k, (into, out) in enumerate(pairwise(widths)):
            stride, padding = (1, 0) if k == 0 else (2, 1)
            layers += [nn.ConvTranspose2d(into, out, 4, stride, padding, bias=False), nn.BatchNorm2d(out)]
            layers += [nn.ReLU(inplace=True)]
        self.main = nn.Sequential(*layers, nn.ConvTranspose2d(ngf, model.shape[0], 4, 2, 1, bias=False), nn.Tanh())

    def synthesise(self, w: Tensor) -> Tensor:
        x: Tensor = self.main(w[:, :, None, None])  # (N, W, 1, 1) -> (N, C, 64, 64)
        return x


class ExampleDiscriminator(Discriminator):
    """The discriminator of PyTorch's DCGAN example, with a linear head instead of its last convolution."""

    def __init__(self, model: ModelConfig) -> None:
        ndf = model.d_width
        super().__init__(ndf * 8 * 16, model.label_width)
        layers: list[nn.Module] = [
            nn.Conv2d(model.shape[0], ndf, 4, 2, 1, bias=False),
            nn.LeakyReLU(SLOPE, inplace=True),
        ]
        for k in range(3):
            layers += [nn.Conv2d(ndf << k, ndf << (k + 1), 4, 2, 1, bias=False), nn.BatchNorm2d(ndf << (k + 1))]
            layers += [nn.LeakyReLU(SLOPE, inplace=True)]
        self.main = nn.Sequential(*layers)

    def features(self, x: Tensor) -> Tensor:
        h: Tensor = self.main(x)  # (N, 8·ndf, 4, 4)
        return h.flatten(1)


_GENERATORS = {
    "points": PointsGenerator,
    "mlp": MLPGenerator,
    "dcgan": DCGANGenerator,
    "resnet": ResidualGenerator,
    "dcgan64": ExampleGenerator,
}
_DISCRIMINATORS = {
    "points": PointsDiscriminator,
    "mlp": MLPDiscriminator,
    "dcgan": DCGANDiscriminator,
    "resnet": ResidualDiscriminator,
    "dcgan64": ExampleDiscriminator,
}


def build_generator(model: ModelConfig, seed: int = 0) -> Generator:
    """Build a generator on the CPU, initialised from ``seed`` alone. ``RunConfig.fit`` has set ``model.shape``."""
    with _build_lock, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        generator = _GENERATORS[model.arch](model)
        _initialise(generator, model.arch)
    return generator.to(memory_format=torch.channels_last) if model.arch in ("dcgan", "resnet") else generator


def outline_generator(model: ModelConfig) -> Generator:
    """Build the generator on the "meta" device: names and shapes of its weights, without memory for them."""
    with torch.device("meta"):
        return _GENERATORS[model.arch](model)


def outline_discriminator(model: ModelConfig) -> Discriminator:
    """Build the discriminator on the "meta" device."""
    with torch.device("meta"):
        return _DISCRIMINATORS[model.arch](model)


def build_discriminator(model: ModelConfig, seed: int = 0) -> Discriminator:
    """Build a discriminator on the CPU, initialised from ``seed`` alone."""
    with _build_lock, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed + 1)
        discriminator = _DISCRIMINATORS[model.arch](model)
        _initialise(discriminator, model.arch)
    norms = (isinstance(module, nn.modules.batchnorm._BatchNorm) for module in discriminator.modules())
    discriminator.has_batch_norm = any(norms)
    return discriminator.to(memory_format=torch.channels_last) if model.arch in ("dcgan", "resnet") else discriminator


def check_network_size(model: ModelConfig) -> None:
    """Raise ConfigError if the networks are too large for a common machine's memory. Builds nothing."""
    with torch.device("meta"):
        count = sum(parameter_count(kinds[model.arch](model)) for kinds in (_GENERATORS, _DISCRIMINATORS))
    if count > MAX_PARAMETERS:
        raise ConfigError(
            "width", model.width, "makes networks of {found} million weights, more than {most} million",
            "Choose a smaller width, d_width or depth", found=count // 10**6, most=MAX_PARAMETERS // 10**6,
        )  # fmt: skip


def parameter_count(network: nn.Module) -> int:
    """Return the number of learned parameters."""
    return sum(p.numel() for p in network.parameters())


def _initialise(network: nn.Module, arch: str) -> None:
    """Draw the DCGANs' convolutions from N(0, 0.02²) (its section 3); other networks keep torch's initialisation."""
    for module in network.modules():
        if arch in ("dcgan", "dcgan64") and isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(module.weight, 0.0, 0.02)


def _hidden_layers(into: int, width: int, depth: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for _ in range(depth):
        layers += [nn.Linear(into, width), nn.LeakyReLU(SLOPE, inplace=True)]
        into = width
    return nn.Sequential(*layers)
