"""What happens to the samples along a direction of z: their pixels, or a property that can be measured of them."""

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

AT = (-2.0, 0.0, 2.0)  # standard deviations of z along a direction at which its effect is measured
_NEARLY = 1e-4  # of 0 or 1: probabilities beyond are as good as certain


@dataclass(frozen=True)
class Effect:
    """``values``: means over samples at ``AT``; ``r2``: the share of the measure's variance that z along u explains.

    Of "pixels" the values are distances from the samples at 0: root mean squares, as a share of black to white. Of
    "probability" r2 is that of the log odds.
    """

    measure: str
    values: tuple[float, ...]
    r2: float


@dataclass(frozen=True)
class Meter:
    """Properties of samples: ``read`` (N, C, H, W) -> (N, M), a column for each of ``names``.

    ``measures`` has what kind of property each is: "thickness", "slant", "size" or "probability".
    """

    names: tuple[str, ...]
    measures: tuple[str, ...]
    read: Callable[[Tensor], Tensor]

    def linear(self, values: Tensor) -> Tensor:
        """The same (N, M) on scales on which they add up: probabilities as log odds."""
        chances = torch.tensor([one == "probability" for one in self.measures])
        return torch.where(chances, torch.logit(values, _NEARLY), values)


def meter(model: ModelConfig, reader: Classifier, digits: bool) -> Meter:
    """What shows of samples: digits' strokes, and their class where no label decides it; else all that is read."""
    strokes = digit_strokes.MEASURES if digits else {}
    fields = () if digits and model.labels else tuple(zip(reader.fields, reader.sizes, strict=True))
    read = [(f"{one.name}.{value}", begin + k) for one, begin in _begins(fields) for k, value in _values(one)]
    places = [place for _, place in read]

    @torch.no_grad()
    def values(x: Tensor) -> Tensor:
        columns = [one(x) for one in strokes.values()]
        if places:
            chances = torch.cat([one.softmax(1) for one in reader(x).split(reader.sizes, dim=1)], 1)
            columns += list(chances[:, places].unbind(1))
        return torch.stack(columns, 1)

    names = (*strokes, *(name for name, _ in read))
    return Meter(names, (*strokes, *("probability" for _ in read)), values)


def _begins(fields: Sequence[tuple[LabelField, int]]) -> list[tuple[LabelField, int]]:
    """Each field with the column its values begin at."""
    ends = list(accumulate(size for _, size in fields))
    return [(one, end - size) for (one, size), end in zip(fields, ends, strict=True)]


def _values(field: LabelField) -> list[tuple[int, str]]:
    """Places and names of its values; of two, the second, as the first is its opposite."""
    return list(enumerate(field.values))[len(field.values) == 2 :]


@dataclass(frozen=True)
class Probe:
    """Random samples on which effects are measured: z (N, Z), labels y (N, K) or None, x as the generator draws."""

    generator: Generator
    z: Tensor
    y: Tensor | None
    x: Tensor

    @staticmethod
    def of(generator: Generator, model: ModelConfig, n: int) -> Probe:
        """``n`` samples; all labels are as probable."""
        z = latent.sample_z(n, model.z_dim, seed=1)
        y = latent.random_labels(n, model.labels, seed=1) if model.labels else None
        return Probe(generator, z, y, latent.generate(generator, z, y))

    def along(self, u: Tensor, t: float) -> Tensor:
        """The samples with their coordinate along ``u`` (Z,) set to ``t``."""
        return latent.generate(self.generator, self.z + (t - self.z @ u)[:, None] * u, self.y)

    def first(self, count: int) -> Probe:
        """The first ``count`` of them."""
        return replace(self, z=self.z[:count], y=None if self.y is None else self.y[:count], x=self.x[:count])

    def pixels(self, u: Tensor, count: int) -> Effect:
        """How far the samples move, by the first ``count`` of them."""
        low, middle, high = (self.first(count).along(u, t) for t in AT)
        apart = tuple(float((one - middle).square().mean().sqrt() / 2) for one in (low, middle, high))
        return Effect("pixels", apart, explained(self.z @ u, self.x.flatten(1), self.y))

    def measured(self, meter: Meter, place: int, u: Tensor, count: int, r2: float) -> Effect:
        """How the property at ``place`` changes, by the first ``count`` samples."""
        few = self.first(count)
        values = tuple(float(meter.read(few.along(u, t))[:, place].mean()) for t in AT)
        return Effect(meter.measures[place], values, r2)


def explained(coordinate: Tensor, values: Tensor, labels: Tensor | None) -> float:
    """The share 0..1 of the variance of ``values`` (N, D) that is linear in ``coordinate`` (N,), labels held fixed."""
    along, values = without(coordinate[:, None], labels)[:, 0], without(values, labels)
    shared = (along @ values).square().sum() / along.square().sum().clamp_min(1e-12)
    return min(1.0, float(shared / values.square().sum().clamp_min(1e-12)))


def without(values: Tensor, labels: Tensor | None) -> Tensor:
    """``values`` (N, D) in float64 less what their mean and a linear function of the labels (N, K) explain."""
    values = values.double()
    if labels is None:
        return values - values.mean(0)
    told = torch.cat([torch.ones(len(labels), 1), labels], 1).double()
    rest: Tensor = values - told @ (torch.linalg.pinv(told) @ values)
    return rest
