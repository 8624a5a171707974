"""Measured effects of directions of z on samples: on their pixels, and on attributes such as thickness."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import torch
from torch import Tensor

from gan_demo.config import LabelField, ModelConfig
from gan_demo.explorer.directions import digit_strokes
from gan_demo.gan import latent
from gan_demo.gan.classifier import Classifier
from gan_demo.gan.models.base import Generator

COORDINATES = (-2.0, 0.0, 2.0)  # where effects are measured, standard deviations of z along the direction
_LOGIT_EPS = 1e-4  # probabilities are clamped to this distance from 0 and 1


@dataclass(frozen=True)
class Effect:
    """The effect of a direction: ``values`` are means over samples at ``COORDINATES``.

    ``measure`` is "pixels", "thickness", "slant", "size" or "probability". For "pixels" the values are root mean square
    distances from the samples at coordinate 0, as a share of the distance from black to white. ``r2`` is the share of
    the measure's variance explained linearly by z along the direction; for "probability", of the log odds' variance.
    """

    measure: str
    values: tuple[float, ...]
    r2: float


@dataclass(frozen=True)
class Attributes:
    """Attributes that can be measured: ``measure`` maps samples (N, C, H, W) to (N, A), a column per name.

    ``measures`` says what each column is: "thickness", "slant", "size" or "probability".
    """

    names: tuple[str, ...]
    measures: tuple[str, ...]
    measure: Callable[[Tensor], Tensor]

    def to_linear(self, values: Tensor) -> Tensor:
        """Convert probabilities among the values (N, A) to log odds, on which effects add up; the others stay."""
        is_probability = torch.tensor([measure == "probability" for measure in self.measures])
        return torch.where(is_probability, torch.logit(values, _LOGIT_EPS), values)


def attributes(model: ModelConfig, classifier: Classifier, is_digits: bool) -> Attributes:
    """Return the attributes of a model's samples that can be measured.

    For digits these are the strokes, and the class unless labels decide it; otherwise all that the classifier reads.
    """
    strokes = digit_strokes.MEASURES if is_digits else {}
    fields = () if is_digits and model.labels else tuple(zip(classifier.fields, classifier.sizes, strict=True))
    classes = [(f"{field.name}.{value}", begin + k) for field, begin in _begins(fields) for k, value in _values(field)]
    columns = [column for _, column in classes]

    @torch.no_grad()
    def measure(x: Tensor) -> Tensor:
        values = [stroke(x) for stroke in strokes.values()]
        if columns:
            logits = classifier(x).split(classifier.sizes, dim=1)
            probabilities = torch.cat([part.softmax(1) for part in logits], 1)
            values += list(probabilities[:, columns].unbind(1))
        return torch.stack(values, 1)  # (N, A)

    names = (*strokes, *(name for name, _ in classes))
    return Attributes(names, (*strokes, *("probability" for _ in classes)), measure)


def _begins(fields: Sequence[tuple[LabelField, int]]) -> list[tuple[LabelField, int]]:
    """Return each field with the classifier's column at which its values begin."""
    ends = list(accumulate(size for _, size in fields))
    return [(field, end - size) for (field, size), end in zip(fields, ends, strict=True)]


def _values(field: LabelField) -> list[tuple[int, str]]:
    """Return index and name of a field's values; of two, only the second, as the first is its opposite."""
    return list(enumerate(field.values))[len(field.values) == 2 :]


@dataclass(frozen=True)
class SampleSet:
    """Random samples on which effects are measured: z (N, Z), labels y (N, K) or None, and their images x.

    Samples along a direction keep their other coordinates and labels.
    """

    generator: Generator
    z: Tensor
    y: Tensor | None
    x: Tensor

    @staticmethod
    def draw(generator: Generator, model: ModelConfig, n: int) -> SampleSet:
        """Draw ``n`` samples, with all labels equally probable."""
        z = latent.sample_z(n, model.z_dim, seed=1)
        y = latent.random_labels(n, model.labels, seed=1) if model.labels else None
        return SampleSet(generator, z, y, latent.generate(generator, z, y))

    def at(self, u: Tensor, coordinate: float) -> Tensor:
        """Generate the samples with their coordinate along the unit vector ``u`` (Z,) set to this value."""
        return latent.generate(self.generator, self.z + (coordinate - self.z @ u)[:, None] * u, self.y)

    def first(self, count: int) -> SampleSet:
        """Return the first ``count`` samples."""
        return replace(self, z=self.z[:count], y=None if self.y is None else self.y[:count], x=self.x[:count])

    def pixel_effect(self, u: Tensor, count: int) -> Effect:
        """Measure how far the pixels of the first ``count`` samples move along ``u``."""
        low, middle, high = (self.first(count).at(u, coordinate) for coordinate in COORDINATES)
        distances = tuple(float((x - middle).square().mean().sqrt() / 2) for x in (low, middle, high))
        return Effect("pixels", distances, variance_explained(self.z @ u, self.x.flatten(1), self.y))

    def attribute_effect(self, attributes: Attributes, column: int, u: Tensor, count: int, r2: float) -> Effect:
        """Measure how an attribute of the first ``count`` samples changes along ``u``."""
        samples = self.first(count)
        values = tuple(float(attributes.measure(samples.at(u, t))[:, column].mean()) for t in COORDINATES)
        return Effect(attributes.measures[column], values, r2)


def variance_explained(coordinate: Tensor, values: Tensor, labels: Tensor | None) -> float:
    """Return the share 0 to 1 of the variance of ``values`` (N, D) linear in ``coordinate`` (N,), labels held fixed."""
    coordinate, values = residuals(coordinate[:, None], labels)[:, 0], residuals(values, labels)
    explained = (coordinate @ values).square().sum() / coordinate.square().sum().clamp_min(1e-12)
    return min(1.0, float(explained / values.square().sum().clamp_min(1e-12)))


def residuals(values: Tensor, labels: Tensor | None) -> Tensor:
    """Return ``values`` (N, D) in float64 less what their mean and a linear function of the labels (N, K) explain."""
    values = values.double()
    if labels is None:
        return values - values.mean(0)
    predictors = torch.cat([torch.ones(len(labels), 1), labels], 1).double()  # (N, 1 + K)
    rest: Tensor = values - predictors @ (torch.linalg.pinv(predictors) @ values)
    return rest
