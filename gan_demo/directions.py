"""Directions of z that mean something, and what each does: for the sliders of the explorer.

``change``: those that change the picture most (``latent.pca_directions``). What a direction does is measured on
samples, along it: never only claimed by the way it was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import Tensor

from gan_demo import latent
from gan_demo.config import ModelConfig
from gan_demo.models import Generator

AT = (-2.0, 0.0, 2.0)  # standard deviations of z along a direction at which its effect is measured
MEASURED = 256  # samples
CHANGES = 8
_DIGITS = 5  # significant ones that are written


@dataclass(frozen=True)
class Effect:
    """What happens along a direction. ``r2`` is the share of the measure's variance over samples that it explains.

    Of the measure "pixels", ``values`` are distances from the samples at 0: root mean squares over pixels, as a share
    of black to white.
    """

    measure: str
    at: tuple[float, ...]
    values: tuple[float, ...]
    r2: float


@dataclass(frozen=True)
class Direction:
    """``u`` (Z,) is a unit vector of z."""

    key: str
    family: str
    name: str
    u: Tensor
    effect: Effect


def found(generator: Generator, model: ModelConfig, data: str) -> list[dict[str, Any]]:
    """All directions of a generator as plain values, for JSON."""
    return [as_json(one) for one in directions(generator, model, data)]


def as_json(one: Direction) -> dict[str, Any]:
    """A direction as plain values."""
    effect = {
        "measure": one.effect.measure, "at": list(one.effect.at), "values": [_short(v) for v in one.effect.values],
        "r2": _short(one.effect.r2),
    }  # fmt: skip
    u = [round(value, 6) for value in one.u.tolist()]
    return {"key": one.key, "family": one.family, "name": one.name, "u": u, "effect": effect}


def directions(generator: Generator, model: ModelConfig, data: str) -> list[Direction]:
    """Family by family, the strongest of each first."""
    y = latent.random_labels(32, model.labels, seed=0) if model.labels else None
    strongest = latent.pca_directions(generator, min(CHANGES, model.z_dim), seed=0, samples=64, y=y).directions
    probe = Probe.of(generator, model)
    return [
        Direction(f"change-{k}", "change", "", u, probe.pixels(generator, u)) for k, u in enumerate(strongest, 1)
    ]  # fmt: skip


@dataclass(frozen=True)
class Probe:
    """Random samples on which effects are measured: z (N, Z), labels y (N, K) or None, pictures x (N, P)."""

    z: Tensor
    y: Tensor | None
    x: Tensor

    @staticmethod
    def of(generator: Generator, model: ModelConfig, n: int = MEASURED) -> Probe:
        """``n`` of them."""
        z = latent.sample_z(n, model.z_dim, seed=1)
        y = latent.random_labels(n, model.labels, seed=1) if model.labels else None
        return Probe(z, y, latent.generate(generator, z, y).flatten(1))

    def along(self, generator: Generator, u: Tensor, t: float) -> Tensor:
        """The samples with their coordinate along ``u`` set to ``t`` -> (N, P)."""
        moved = self.z + (t - self.z @ u)[:, None] * u
        return latent.generate(generator, moved, self.y).flatten(1)

    def pixels(self, generator: Generator, u: Tensor) -> Effect:
        """How far the pictures change."""
        low, middle, high = (self.along(generator, u, t) for t in AT)
        apart = [float((one - middle).square().mean().sqrt() / 2) for one in (low, middle, high)]
        coordinate, x = self.z @ u, self.x - self.x.mean(0)  # (N,), (N, P)
        coordinate = coordinate - coordinate.mean()
        explained = (coordinate @ x).square().sum() / coordinate.square().sum()
        return Effect("pixels", AT, tuple(apart), float(explained / x.square().sum().clamp_min(1e-12)))


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
