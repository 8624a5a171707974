"""Directions of z that mean something, and what each does: for the sliders of the explorer.

``change``    those that change the picture most (``latent.pca_directions``)
``ganspace``  principal components of the generator's early activations, regressed back to z (Härkönen et al. 2020)
``sefa``      closed-form factorisation of the first layer's weights on z (Shen & Zhou 2021)
``learned``   along which a measured property rises fastest: strokes' thickness, slant and size of digits; what a
              classifier reads, as far as z decides it

Each is found with one set of samples and measured with another, along it: its effect is never only claimed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from gan_demo.config import DATA_CLASSIFIERS, ModelConfig
from gan_demo.explorer.directions.effects import AT, Effect, Probe, explained, meter, without
from gan_demo.explorer.directions.sample_budget import Counts
from gan_demo.gan import latent
from gan_demo.gan.classifier import Classifier, load_classifier
from gan_demo.gan.models.base import Generator
from gan_demo.gan.models.residual import ResidualBlock

CHANGES, COMPONENTS, FACTORS = 8, 6, 6  # of the first three families
OBSERVED = 600  # samples whose activations are decomposed; how many are drawn for the rest says ``effort``
R2, SHIFT, CHANCE = 0.02, 1.0, 0.05  # of learned ones: below such an r2, shift in deviations, or probability: dropped


@dataclass(frozen=True)
class Direction:
    """``u`` (Z,) is a unit vector of z; ``name`` says what a learned one is of: "slant", or "smile.yes"."""

    key: str
    family: str
    name: str
    u: Tensor
    effect: Effect


def found(generator: Generator, model: ModelConfig, data: str) -> list[dict[str, Any]]:
    """``directions`` as plain values, for JSON."""
    return [as_json(one) for one in directions(generator, model, data)]


def as_json(one: Direction) -> dict[str, Any]:
    """A direction as plain values, with as many digits as say something."""
    effect = one.effect
    return {
        "key": one.key, "family": one.family, "name": one.name, "u": [round(value, 6) for value in one.u.tolist()],
        "effect": {"measure": effect.measure, "at": list(AT), "values": [_short(value) for value in effect.values],
                   "r2": _short(effect.r2)},
    }  # fmt: skip


def directions(generator: Generator, model: ModelConfig, data: str) -> list[Direction]:
    """Family by family, the strongest first; ``data`` is a name of DATASETS, or "". A few seconds of one core."""
    counts = Counts.of(generator, model)
    probe = Probe.of(generator, model, counts.looked_at)
    y = latent.random_labels(32, model.labels, seed=0) if model.labels else None
    families = {
        "change": latent.pca_directions(
            generator, min(CHANGES, model.z_dim), seed=0, samples=counts.gradients, y=y
        ).directions,
        "ganspace": ganspace(generator, model, min(COMPONENTS, model.z_dim)),
        "sefa": sefa(generator, min(FACTORS, model.z_dim)),
    }
    made = [
        Direction(f"{family}-{k}", family, "", u, probe.pixels(u, counts.compared))
        for family, rows in families.items()
        for k, u in enumerate(rows, 1)
    ]
    return [*made, *learned(generator, model, data, counts)]


# ---- families that need no measure


@torch.no_grad()
def ganspace(generator: Generator, model: ModelConfig, count: int, samples: int = OBSERVED) -> Tensor:
    """(count, Z) unit rows: z regressed on the principal components of the first activations, labels left out.

    With a mapping network the activations are w, as the paper does for StyleGAN.
    """
    z = latent.sample_z(samples, model.z_dim, seed=3)
    y = latent.random_labels(samples, model.labels, seed=3) if model.labels else None
    seen = without(_activations(generator, z, y), y)  # (N, A)
    scores = torch.linalg.eigh(seen @ seen.T).eigenvectors.flip(1)[:, :count]  # (N, k), of unit length
    return _lines(scores.T @ without(z, y))


def sefa(generator: Generator, count: int) -> Tensor:
    """(count, Z) unit rows: the strongest eigenvectors of AᵀA, A (O, Z) the first layer's weights on z."""
    weights = _first_weights(generator)
    return latent.signed(torch.linalg.svd(weights.double(), full_matrices=False).Vh[:count].float())


class _Seen(Exception):
    """The activations are there, and no picture is wanted: those of all samples at once would fill the memory."""


def _activations(generator: Generator, z: Tensor, y: Tensor | None) -> Tensor:
    """(N, A): after the first non-linearity, or the first residual block."""
    if len(generator.mapping.layers):
        return generator.map(z, y)
    first = next(one for one in generator.modules() if isinstance(one, nn.ReLU | nn.LeakyReLU | ResidualBlock))
    caught: list[Tensor] = []

    def see(module: nn.Module, inputs: object, output: Tensor) -> None:
        caught.append(output.flatten(1))
        raise _Seen

    hook = first.register_forward_hook(see)
    try:
        with contextlib.suppress(_Seen):
            latent.generate(generator, z, y, batch=len(z))
    finally:
        hook.remove()
    return caught[0]


def _first_weights(generator: Generator) -> Tensor:
    """(O, Z): of the first layer, its columns on z; labels come after z."""
    layer = next(one for one in generator.modules() if isinstance(one, nn.Linear | nn.ConvTranspose2d))
    rows = layer.weight if isinstance(layer, nn.Linear) else layer.weight.flatten(1).T  # a transposed one is (in, out)
    return rows.detach()[:, : generator.z_dim]


# ---- the learned ones


def learned(generator: Generator, model: ModelConfig, data: str, counts: Counts | None = None) -> Iterator[Direction]:
    """Those whose effect is worth a slider. Classes are held fixed, as told or, where there are no labels, as read."""
    counts = counts or Counts.of(generator, model)
    reader = load_classifier(model.shape) if data in DATA_CLASSIFIERS else None
    if reader is None:
        return
    digits = DATA_CLASSIFIERS[data] == "digits"
    z = latent.sample_z(counts.fitted, model.z_dim, seed=2)
    y = latent.random_labels(counts.fitted, model.labels, seed=2) if model.labels else None
    x, probe = latent.generate(generator, z, y), Probe.of(generator, model, counts.tested)
    show = meter(model, reader, digits)
    fitted, tested = show.read(x), show.read(probe.x)  # (N, M)
    for place, name in enumerate(show.names):
        by_class = digits and y is None and show.measures[place] != "probability"
        held, held_there = (_read_classes(x, reader), _read_classes(probe.x, reader)) if by_class else (y, probe.y)
        u = regression(z, show.linear(fitted)[:, place], held)
        r2 = explained(probe.z @ u, show.linear(tested)[:, [place]], held_there)
        if r2 < R2:
            continue
        effect = probe.measured(show, place, u, counts.measured, r2)
        if worth(effect, float(without(tested[:, [place]], held_there).square().mean().sqrt())):
            yield Direction(f"learned-{name}", "learned", name, u, effect)


def regression(z: Tensor, values: Tensor, labels: Tensor | None) -> Tensor:
    """(Z,): the unit direction of the linear regression of ``values`` (N,) on z (N, Z), labels (N, K) held fixed."""
    rest, by = without(values[:, None], labels), without(z, labels)
    return _lines(torch.linalg.lstsq(by, rest).solution.T, signed=False)[0]


def worth(effect: Effect, deviation: float) -> bool:
    """Is the change more than negligible, against the property's ``deviation`` among samples of a kind?"""
    change = abs(effect.values[-1] - effect.values[0])
    return change >= (CHANCE if effect.measure == "probability" else SHIFT * deviation)


def _read_classes(x: Tensor, reader: Classifier) -> Tensor:
    """One-hot (N, K) of what the classifier sees."""
    return nn.functional.one_hot(reader.read(x).values[:, 0], reader.sizes[0]).float()


def _lines(rows: Tensor, signed: bool = True) -> Tensor:
    """Unit rows; ``signed`` where their sense has no meaning yet."""
    unit = (rows / rows.norm(dim=1, keepdim=True).clamp_min(1e-12)).float()
    return latent.signed(unit) if signed else unit


def _short(value: float) -> float:
    return float(f"{value:.5g}")
