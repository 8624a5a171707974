"""Builders of the generators and discriminators by architecture. Images are (N, C, H, W) in [-1, 1], points (N, 2).

Every generator is ``G(z, y) = G.synthesise(G.map(z, y))``: ``map`` turns latents z and labels y into one vector w per
sample, through a mapping network if there is one; ``synthesise`` draws the samples. Labels are multi-hot (N, K), or any
mixture of labels. Discriminators return logits (N,).
"""

from __future__ import annotations

import threading

import torch
from torch import nn

from gan_demo.config import ModelConfig
from gan_demo.errors import ConfigError
from gan_demo.gan.models.base import Discriminator, Generator
from gan_demo.gan.models.dcgan import DCGANDiscriminator, DCGANGenerator, ExampleDiscriminator, ExampleGenerator
from gan_demo.gan.models.mlp import MLPDiscriminator, MLPGenerator
from gan_demo.gan.models.points import PointsDiscriminator, PointsGenerator
from gan_demo.gan.models.residual import ResidualDiscriminator, ResidualGenerator

MAX_PARAMETERS = 50_000_000  # of both networks; with moving average and Adam about 0.8 GB
_build_lock = threading.Lock()  # torch's layers draw from the global generator, so one network is built at a time
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


def check_network_size(model: ModelConfig, most: int = MAX_PARAMETERS) -> None:
    """Raise ConfigError if the networks are too large for a common machine's memory. Builds nothing."""
    with torch.device("meta"):
        count = sum(parameter_count(kinds[model.arch](model)) for kinds in (_GENERATORS, _DISCRIMINATORS))
    if count > most:
        raise ConfigError(
            "width",
            model.width,
            "makes networks with {count} million weights, more than {most} million",
            "Choose a smaller width, d_width or depth",
            count=count // 10**6,
            most=most // 10**6,
        )


def parameter_count(network: nn.Module) -> int:
    """Return the number of learned parameters."""
    return sum(p.numel() for p in network.parameters())


def _initialise(network: nn.Module, arch: str) -> None:
    """Draw the DCGANs' convolutions from N(0, 0.02²) (its section 3); other networks keep torch's initialisation."""
    for module in network.modules():
        if arch in ("dcgan", "dcgan64") and isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(module.weight, 0.0, 0.02)
