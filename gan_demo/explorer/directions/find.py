"""Interpretable directions of z and their measured effects, for the sliders of the explorer.

``change``    the directions that change the image most (``latent.pca_directions``)
``ganspace``  principal components of the generator's early activations, regressed back to z (Härkönen et al. 2020)
``sefa``      closed-form factorisation of the first layer's weights on z (Shen & Zhou 2021)
``learned``   the directions along which an attribute rises fastest: thickness, slant and size of digits' strokes, and
              what a classifier reads, as far as z decides it

Each direction is found with one set of samples, and its effect measured with another.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from gan_demo.config import DATA_CLASSIFIERS, ModelConfig
from gan_demo.explorer.directions.effects import (
    COORDINATES,
    Effect,
    SampleSet,
    attributes,
    residuals,
    variance_explained,
)
from gan_demo.explorer.directions.sample_budget import HEAVY_WORK, SampleBudget, multiply_adds
from gan_demo.gan import latent
from gan_demo.gan.classifier import Classifier, load_classifier
from gan_demo.gan.models.base import Generator
from gan_demo.gan.models.residual import ResidualBlock
from gan_demo.gan.models.stylegan.base import StyleGenerator
from gan_demo.gan.models.stylegan.r3gan import R3GANGenerator

CHANGE_COUNT, GANSPACE_COUNT, SEFA_COUNT = 8, 6, 6  # directions of the first three families, at most
GANSPACE_SAMPLES = 600  # latents whose activations are decomposed; sample_budget sets all other numbers of samples

# Learned directions below these limits are dropped.
MIN_R2 = 0.02
MIN_SHIFT = 1.0  # change of a stroke measure from -2 to 2, in standard deviations among samples
MIN_PROBABILITY_CHANGE = 0.05  # change of a class's probability from -2 to 2


@dataclass(frozen=True)
class Direction:
    """``u`` (Z,) is a unit vector of z; ``name`` is the attribute of a learned direction: "slant" or "smile.yes".

    ``effect`` is None of networks whose samples take too long.
    """

    key: str
    family: str
    name: str
    u: Tensor
    effect: Effect | None


def directions_as_json(generator: Generator, model: ModelConfig, data: str) -> list[dict[str, Any]]:
    """Return ``directions`` as plain values for space.json."""
    return [as_json(direction) for direction in directions(generator, model, data)]


def as_json(direction: Direction) -> dict[str, Any]:
    """Return a direction as plain values, rounded to the digits that matter."""
    return {
        "key": direction.key,
        "family": direction.family,
        "name": direction.name,
        "u": [round(value, 6) for value in direction.u.tolist()],
        "effect": None if direction.effect is None else _effect_as_json(direction.effect),
    }


def _effect_as_json(effect: Effect) -> dict[str, Any]:
    return {
        "measure": effect.measure,
        "at": list(COORDINATES),
        "values": [_rounded(value) for value in effect.values],
        "r2": _rounded(effect.r2),
    }


def directions(generator: Generator, model: ModelConfig, data: str) -> list[Direction]:
    """Find all directions, family by family, the strongest first; takes a few seconds of one core.

    ``data`` is a name of DATASETS, or "" if unknown. Of networks as large as StyleGAN's no sample is drawn.
    """
    work = multiply_adds(generator, model)
    if work > HEAVY_WORK and not generator.onnx:  # whose images are all that it has
        rows = _of_weights(generator, model)
        return [
            Direction(f"{family}-{k}", family, "", u, None) for family in rows for k, u in enumerate(rows[family], 1)
        ]
    budget = SampleBudget.for_work(work, model)
    samples = SampleSet.draw(generator, model, budget.variance)
    unsupervised = [
        Direction(f"{family}-{k}", family, "", u, samples.pixel_effect(u, budget.pixel_effect))
        for family, rows in _unsupervised(generator, model, budget).items()
        for k, u in enumerate(rows, 1)
    ]
    return [*unsupervised, *learned(generator, model, data, budget)]


# ---- unsupervised families


def _unsupervised(generator: Generator, model: ModelConfig, budget: SampleBudget) -> dict[str, Tensor]:
    """Return directions (k, Z) by family. A generator without layers here has those that images alone can tell."""
    if generator.onnx:
        return {"ganspace": ganspace(generator, model, min(GANSPACE_COUNT, model.z_dim), budget.fit)}
    y = latent.random_labels(32, model.labels, seed=0) if model.labels else None
    change_count = min(CHANGE_COUNT, model.z_dim)
    change = latent.pca_directions(generator, change_count, seed=0, samples=budget.gradients, y=y).directions
    return {"change": change} | _of_weights(generator, model)


def _of_weights(generator: Generator, model: ModelConfig) -> dict[str, Tensor]:
    """Return the directions (count, Z) of the families that need no sample; style-based networks have no SeFa on z."""
    families: dict[str, Tensor] = {}
    if not isinstance(generator, R3GANGenerator):  # whose first activations are those of z times a basis
        families["ganspace"] = ganspace(generator, model, min(GANSPACE_COUNT, model.z_dim))
    if not isinstance(generator, StyleGenerator):  # whose first weights act on normalised latents
        families["sefa"] = sefa(generator, min(SEFA_COUNT, model.z_dim))
    return families


@torch.no_grad()
def ganspace(generator: Generator, model: ModelConfig, count: int, samples: int = GANSPACE_SAMPLES) -> Tensor:
    """Return (count, Z) unit rows: z regressed on the principal components of the first activations, labels held fixed.

    With a mapping network the activations are w, as in the paper for StyleGAN.
    """
    z = latent.sample_z(samples, model.z_dim, seed=3)
    y = latent.random_labels(samples, model.labels, seed=3) if model.labels else None
    activations = residuals(_activations(generator, z, y), y)  # (N, A)
    scores = torch.linalg.eigh(activations @ activations.T).eigenvectors.flip(1)[:, :count]  # (N, count), unit length
    return _unit_rows(scores.T @ residuals(z, y))


def sefa(generator: Generator, count: int) -> Tensor:
    """Return (count, Z) unit rows: the strongest eigenvectors of AᵀA, A (O, Z) the first layer's weights on z."""
    weights = _first_weights(generator)
    return latent.signed(torch.linalg.svd(weights.double(), full_matrices=False).Vh[:count].float())


_AT_ONCE = 16  # images of a generator that has no layers here
_NON_LINEAR = (
    nn.ReLU,
    nn.LeakyReLU,
    nn.PReLU,
    nn.Tanh,
    nn.Sigmoid,
    nn.ELU,
    nn.SELU,
    nn.GELU,
    nn.SiLU,
    ResidualBlock,
)


class _ActivationsCaptured(Exception):  # noqa: N818 (a signal, as StopIteration is)
    """Ends the forward pass once the activations are captured: images of all samples at once would fill the memory."""


def _activations(generator: Generator, z: Tensor, y: Tensor | None) -> Tensor:
    """Return (N, A): w with a mapping network, else the output of the first non-linearity or residual block.

    Of a generator without layers here it is the images, at most 16 pixels wide and high.
    """
    if generator.onnx:
        parts = [slice(start, start + _AT_ONCE) for start in range(0, len(z), _AT_ONCE)]
        return torch.cat([_thumbnails(generator, z[part], None if y is None else y[part]) for part in parts])
    if len(generator.mapping.layers):
        return generator.map(z, y)
    layer = next((m for m in generator.modules() if isinstance(m, _NON_LINEAR)), None)
    if layer is None:
        return latent.generate(generator, z, y, batch=len(z)).flatten(1)
    captured: list[Tensor] = []

    def capture(module: nn.Module, inputs: object, output: Tensor) -> None:
        captured.append(output.flatten(1))
        raise _ActivationsCaptured

    hook = layer.register_forward_hook(capture)
    try:
        with contextlib.suppress(_ActivationsCaptured):
            latent.generate(generator, z, y, batch=len(z))
    finally:
        hook.remove()
    return captured[0]


def _thumbnails(generator: Generator, z: Tensor, y: Tensor | None) -> Tensor:
    """Return (N, A): images whose sides are averaged to at most 16 pixels."""
    x = latent.generate(generator, z, y)
    return nn.functional.adaptive_avg_pool2d(x, (min(16, x.shape[2]), min(16, x.shape[3]))).flatten(1)


def _first_weights(generator: Generator) -> Tensor:
    """Return (O, Z): the first layer's weights on z; those on the labels are left out."""
    layers = {name: m for name, m in generator.named_modules() if isinstance(m, nn.Linear | nn.ConvTranspose2d)}
    layer = next(m for name, m in layers.items() if not name.endswith("embed"))
    rows = (
        layer.weight if isinstance(layer, nn.Linear) else layer.weight.flatten(1).T
    )  # a transposed convolution is (in, out)
    return rows.detach()[:, generator.z_columns]


# ---- learned directions


def learned(
    generator: Generator, model: ModelConfig, data: str, budget: SampleBudget | None = None
) -> Iterator[Direction]:
    """Yield a direction for each attribute with a noticeable effect; nothing if no classifier reads this data.

    Classes are held fixed: those of the labels or, for a model without labels, those that the classifier reads.
    """
    budget = budget or SampleBudget.of(generator, model)
    classifier = load_classifier(model.shape) if data in DATA_CLASSIFIERS else None
    if classifier is None:
        return
    is_digits = DATA_CLASSIFIERS[data] == "digits"
    z = latent.sample_z(budget.fit, model.z_dim, seed=2)
    y = latent.random_labels(budget.fit, model.labels, seed=2) if model.labels else None
    x, test = latent.generate(generator, z, y), SampleSet.draw(generator, model, budget.test)
    measured = attributes(model, classifier, is_digits)
    fit_values, test_values = measured.measure(x), measured.measure(test.x)  # (N, A)
    reads_classes = is_digits and y is None
    classes: list[Tensor | None]
    classes = [_read_classes(images, classifier) for images in (x, test.x)] if reads_classes else [y, test.y]
    for column, name in enumerate(measured.names):
        by_class = measured.measures[column] != "probability"
        fit_labels, test_labels = classes if by_class else (y, test.y)
        u = regression(z, measured.to_linear(fit_values)[:, column], fit_labels)
        r2 = variance_explained(test.z @ u, measured.to_linear(test_values)[:, [column]], test_labels)
        if r2 < MIN_R2:
            continue
        effect = test.attribute_effect(measured, column, u, budget.attribute_effect, r2)
        deviation = float(residuals(test_values[:, [column]], test_labels).square().mean().sqrt())
        if is_noticeable(effect, deviation):
            yield Direction(f"learned-{name}", "learned", name, u, effect)


def regression(z: Tensor, values: Tensor, labels: Tensor | None) -> Tensor:
    """Return the unit direction (Z,) of a linear regression of ``values`` (N,) on z (N, Z), labels (N, K) fixed."""
    targets, inputs = residuals(values[:, None], labels), residuals(z, labels)
    return _unit_rows(torch.linalg.lstsq(inputs, targets).solution.T, signed=False)[0]


def is_noticeable(effect: Effect, deviation: float) -> bool:
    """Return whether the change is large enough for a slider; ``deviation`` is the attribute's among samples."""
    change = abs(effect.values[-1] - effect.values[0])
    return change >= (MIN_PROBABILITY_CHANGE if effect.measure == "probability" else MIN_SHIFT * deviation)


def _read_classes(x: Tensor, classifier: Classifier) -> Tensor:
    """Return the classes that the classifier reads, one-hot (N, K)."""
    return nn.functional.one_hot(classifier.read(x).values[:, 0], classifier.sizes[0]).float()


def _unit_rows(rows: Tensor, signed: bool = True) -> Tensor:
    """Scale rows to unit length; ``signed`` also chooses their sign, for rows whose sign has no meaning."""
    unit = (rows / rows.norm(dim=1, keepdim=True).clamp_min(1e-12)).float()
    return latent.signed(unit) if signed else unit


def _rounded(value: float) -> float:
    return float(f"{value:.5g}")
