"""Linear generators whose directions are known."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gan_demo.config import LabelField, ModelConfig
from gan_demo.gan.models.base import Generator

COLOURS = (LabelField("colour", ("red", "green", "blue")),)
Z = 6


class Plain(Generator):
    """x = W·[z, 3y], through an activation that changes nothing."""

    def __init__(self, weights: Tensor, labels: tuple[LabelField, ...] = ()) -> None:
        super().__init__(plain(labels))
        layer = nn.Linear(weights.shape[1], len(weights), bias=False)
        layer.weight = nn.Parameter(weights)
        self.net = nn.Sequential(layer, nn.LeakyReLU(1.0))
        self.eval().requires_grad_(False)

    def synthesise(self, w: Tensor) -> Tensor:
        x: Tensor = self.net(w)
        return x


def plain(labels: tuple[LabelField, ...] = ()) -> ModelConfig:
    return ModelConfig(arch="points", z_dim=Z, conditional=bool(labels), shape=(2,), labels=labels)


def turned(n: int, seed: int) -> Tensor:
    """(n, n), orthogonal."""
    q: Tensor = torch.linalg.qr(torch.randn(n, n, generator=torch.Generator().manual_seed(seed))).Q
    return q


def known(strengths: tuple[float, ...]) -> tuple[Tensor, Tensor]:
    """Weights (8, Z) of known strengths, and the directions of z that they belong to (Z, Z), the strongest first."""
    V = turned(Z, 1)
    scaled = torch.tensor([*strengths, *[0.0] * (Z - len(strengths))])
    return turned(8, 2)[:, :Z] @ torch.diag(scaled) @ V, V


def assert_same_lines(directions: Tensor, wanted: Tensor, least: float = 0.99999) -> None:
    assert (directions * wanted).sum(1).abs().min() > least
    torch.testing.assert_close(directions.norm(dim=1), torch.ones(len(directions)))
