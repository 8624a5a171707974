"""Several seeds of one small training side by side: every layer is one batched matrix product over all of them.

Each seed has its own networks, real samples and latents, and learns what it would learn alone, to rounding; ten seeds
of a small network take about a third of the time of ten trainings. The step is that of ``training.step``.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

import torch
from torch import Tensor, nn

from benchmarks.papers.protocol import REAL_COUNT, Mixture, draw
from gan_demo.config import ModelConfig, RunConfig
from gan_demo.gan.models.base import Discriminator, Generator, hidden_layers
from gan_demo.gan.models.build import build_discriminator, build_generator
from gan_demo.gan.models.points import PointsDiscriminator, PointsGenerator
from gan_demo.training.state import TrainState
from gan_demo.training.step import Batch, train_step

_EPSILON = 1e-8  # Adam's


class ParallelLinear(nn.Linear):
    """Linear layers of S networks: x (S, N, in) -> (S, N, out)."""

    def __init__(self, layers: Sequence[nn.Linear]) -> None:
        super().__init__(layers[0].in_features, layers[0].out_features)
        self.weight = nn.Parameter(torch.stack([layer.weight.detach().T for layer in layers]))  # (S, in, out)
        self.bias = nn.Parameter(torch.stack([layer.bias.detach()[None] for layer in layers]))  # (S, 1, out)

    def forward(self, x: Tensor) -> Tensor:
        """Apply each network's layer to its own rows."""
        return torch.baddbmm(self.bias, x, self.weight)


class SlopedTanh(nn.Module):
    """Tanh of ``slope`` times its input; the slope is not learned."""

    def __init__(self) -> None:
        super().__init__()
        self.slope = 1.0

    def forward(self, x: Tensor) -> Tensor:
        """Return values of x's shape, from -1 to 1."""
        return torch.tanh(self.slope * x)


class ParallelGenerator(Generator):
    """Generators of S seeds. Rows are ordered by seed: (S·N, Z) -> (S·N, 2)."""

    def __init__(self, model: ModelConfig, seeds: Sequence[int], activation: nn.Module | None = None) -> None:
        """Build the networks; ``activation``: of the hidden layers, if it is not that of ``model``."""
        super().__init__(model)
        self.count = len(seeds)
        networks = [cast(PointsGenerator, build_generator(model, seed)).net for seed in seeds]
        self.net = _parallel(networks, activation or _activation(model))

    def synthesise(self, w: Tensor) -> Tensor:
        """Draw points (S·N, 2) from w (S·N, Z)."""
        x: Tensor = self.net(w.view(self.count, -1, w.shape[1]))  # (S, N, 2)
        return x.flatten(0, 1)


class ParallelDiscriminator(Discriminator):
    """Discriminators of S seeds, for one or several batches in a row: (B·S·N, C) -> logits (B·S·N,)."""

    def __init__(self, model: ModelConfig, seeds: Sequence[int], batch: int) -> None:
        super().__init__(1, model)
        self.count, self.rows = len(seeds), batch // model.packing
        alone = [cast(PointsDiscriminator, build_discriminator(model, seed)) for seed in seeds]
        self.head = ParallelLinear([network.head for network in alone])
        self.net = _parallel([network.net for network in alone], _activation(model))

    def forward(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """Return the logits of samples, packed as ``gan.step.packed`` does."""
        by_batch = x.view(-1, self.count, self.rows, x.shape[1])  # (B, S, N, C)
        by_seed = by_batch.transpose(0, 1).flatten(1, 2)  # (S, B·N, C)
        logits: Tensor = self.head(self.net(by_seed))  # (S, B·N, 1)
        return logits.view(self.count, -1, self.rows).transpose(0, 1).flatten()


def _activation(model: ModelConfig) -> nn.Module:
    return hidden_layers(1, 1, 1, model.activation)[1]


def _parallel(networks: Sequence[nn.Sequential], activation: nn.Module) -> nn.Sequential:
    """Return the hidden layers, and G's last one, of equal networks as one network."""
    layers = []
    for same in zip(*networks, strict=True):
        linear = [layer for layer in same if isinstance(layer, nn.Linear)]
        layers.append(ParallelLinear(linear) if linear else copy.deepcopy(activation))
    return nn.Sequential(*layers)


class Trainings:
    """Trainings of one configuration, of "points" networks with Adam, on a mixture's fixed real samples: one a seed."""

    def __init__(
        self,
        mixture: Mixture,
        config: RunConfig,
        seeds: Sequence[int],
        d_activation: str = "",
        spread: float = 1.0,
        slope: float = 1.0,
    ) -> None:
        """Build the networks.

        ``d_activation``: of D, if it is not G's. ``spread``: deviation of the data as the networks see them.
        ``slope``: G computes tanh(s·x) where s grows from 1 to this at the last step, each step by the same factor.
        """
        train = config.train
        assert slope == 1 or config.model.activation == "tanh", "only tanh has a slope that grows"
        assert config.model.arch == "points", "only these networks are built side by side"
        assert not config.model.mapping, "a mapping network is not built side by side"
        assert train.optimizer == "adam", "gradients are 1/S, which Adam alone divides out"
        self.mixture, self.train, self.seeds, self.slope = mixture, train, tuple(seeds), slope
        self.unit = mixture.scale / spread  # in the mixture's units, of what the networks see
        model = config.fit((2,), ()).model
        d_model = replace(model, activation=d_activation or model.activation)
        G = ParallelGenerator(model, seeds, SlopedTanh() if slope != 1 else None)
        D = ParallelDiscriminator(d_model, seeds, train.batch)
        average = copy.deepcopy(G).requires_grad_(False) if train.ema else G
        rng = torch.Generator().manual_seed(self.seeds[0])
        optimizers = (self._adam(G, train.g_lr), self._adam(D, train.d_lr))
        self.state = TrainState(G, D, average, *optimizers, rng)
        self.real = self._batches()

    def step(self) -> None:
        """Take one training step of every seed, then let G's slope grow."""
        train_step(self.state, self.real, self.train)
        for network in (self.state.G, self.state.G_ema):
            for module in network.modules():
                if isinstance(module, SlopedTanh):
                    module.slope = self.slope ** (self.state.step / self.train.steps)

    @torch.no_grad()
    def samples(self, n: int) -> Tensor:
        """Draw ``n`` points of each seed's averaged generator, in the mixture's units: (S, N, 2)."""
        shape = (len(self.seeds) * n, self.state.G.z_dim)
        z = torch.randn(shape, generator=torch.Generator().manual_seed(self.seeds[0] + 1_000_003))
        points: Tensor = self.state.G_ema(z)  # (S·N, 2)
        return self.unit * points.view(len(self.seeds), n, 2)

    def _adam(self, network: nn.Module, rate: float) -> torch.optim.Optimizer:
        """Return an Adam that steps as it would alone: losses are means over all seeds, so gradients are 1/S."""
        betas = (self.train.beta1, self.train.beta2)
        return torch.optim.Adam(network.parameters(), rate, betas, eps=_EPSILON / len(self.seeds), fused=True)

    def _batches(self) -> Iterator[Batch]:
        """Yield without end a batch of each seed's own real samples, in the networks' units: (S·N, 2)."""
        rngs = [torch.Generator().manual_seed(seed) for seed in self.seeds]
        points = torch.cat([draw(self.mixture, REAL_COUNT, rng) for rng in rngs]) / self.unit
        first = REAL_COUNT * torch.arange(len(self.seeds))[:, None]  # (S, 1): the row where a seed's samples begin
        while True:
            shape = (len(self.seeds), self.train.batch)
            rows = first + torch.randint(REAL_COUNT, shape, generator=self.state.rng)  # (S, N)
            yield points.index_select(0, rows.flatten()), None
