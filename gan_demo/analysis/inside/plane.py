"""Real and generated samples as points of one plane: that of a classifier's features, or of a 2-D set itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gan_demo.analysis.inside import samples
from gan_demo.analysis.inside.outputs import threshold
from gan_demo.config import DATA_CLASSIFIERS
from gan_demo.data.datasets import Dataset
from gan_demo.gan.classifier import Reading, load_classifier
from gan_demo.gan.latent import signed
from gan_demo.gan.metrics import read
from gan_demo.pictures.images import POINTS_EXTENT
from gan_demo.runs import networks
from gan_demo.runs.run_dir import RunDir
from gan_demo.support.background_tasks import Report

COUNT = 500  # samples of each kind on show
FITTED = 2_000  # real samples that the plane of features is fitted to
GRID = 41  # points a side at which D's output over the plane is taken


@dataclass(frozen=True)
class Plane:
    """The plane of the two strongest principal components of some features."""

    mean: Tensor  # float64 (D,)
    axes: Tensor  # float64 (2, D), orthonormal
    explained: tuple[float, float]  # share of the total variance along each axis

    def coordinates(self, features: Tensor) -> Tensor:
        """Return the coordinates float64 (N, 2) of features (N, D)."""
        return (features.double() - self.mean) @ self.axes.T


def fitted_plane(features: Tensor) -> Plane:
    """Fit the plane to features (N, D), D at least 2, by the eigenvectors of their covariance."""
    features = features.double()
    mean = features.mean(0)
    centred = features - mean
    values, vectors = torch.linalg.eigh(centred.T @ centred / max(1, len(features) - 1))  # ascending
    values = values.clamp_min(0)
    total = float(values.sum()) or 1.0
    return Plane(mean, signed(vectors[:, -2:].flip(1).T), (float(values[-1]) / total, float(values[-2]) / total))


def compute(run: RunDir, step: int, data: Dataset, report: Report) -> dict[str, Any]:
    """Return ``real`` and ``fake`` points [[x, y], …] of a checkpoint, with what is known of each and of the plane.

    Of images: ``explained``, the axes' shares of the variance, and the classes that the classifier reads. Of 2-D sets:
    ``surface``, D's output over the plane, if D was saved.
    """
    return (_points if run.config.model.arch == "points" else _images)(run, step, data, report)


def _images(run: RunDir, step: int, data: Dataset, report: Report) -> dict[str, Any]:
    model = run.config.model
    classifier = load_classifier(model.shape)
    assert classifier is not None, "what needs a classifier is offered only where there is one"
    chosen = samples.real_rows(data, FITTED)
    real = read(classifier, samples.real_samples(data, chosen))
    report(0.5)
    plane = fitted_plane(real.features)
    shown = chosen[:COUNT]
    fakes = samples.generated(networks.generator(run, step), model, samples.labels(model, data, shown), len(shown))
    report(0.8)
    fake = read(classifier, fakes)
    knows = data.name in DATA_CLASSIFIERS and [len(field.values) for field in data.fields] == classifier.sizes
    return {
        "step": step,
        "explained": list(plane.explained),
        "real": _pairs(plane.coordinates(real.features[: len(shown)])),
        "fake": _pairs(plane.coordinates(fake.features)),
        "real_classes": _classes(real, len(shown)) if knows else [],
        "fake_classes": _classes(fake, len(shown)) if knows else [],
    }


def _classes(reading: Reading, count: int) -> list[list[int]]:
    """Return the index of each field's value, a list for each sample."""
    values: list[list[int]] = reading.values[:count].tolist()
    return values


def _pairs(points: Tensor) -> list[list[float]]:
    return [[round(x, 3), round(y, 3)] for x, y in points.tolist()]


def _points(run: RunDir, step: int, data: Dataset, report: Report) -> dict[str, Any]:
    model = run.config.model
    rows = samples.real_rows(data, COUNT)
    real = samples.real_samples(data, rows)  # (N, 2)
    fake = samples.generated(networks.generator(run, step), model, None, len(rows))
    report(0.5)
    values = {"step": step, "real": _pairs(real), "fake": _pairs(fake)}
    return values | ({"surface": surface(run, step, real, fake)} if step in run.intact_states else {})


def surface(run: RunDir, step: int, real: Tensor, fake: Tensor) -> dict[str, Any]:
    """Return D's output over the plane as shares, 0 surely generated to 1 surely real: ``axis``, and ``shares`` by row.

    Beside them the means at real and generated points, and the share of the plane that D takes for real.
    """
    D, loss = networks.discriminator(run, step), run.config_at(step).train.loss
    axis = torch.linspace(-POINTS_EXTENT, POINTS_EXTENT, GRID)
    grid = torch.cartesian_prod(axis, axis).flip(1)  # (GRID², 2): x varies fastest
    real_logits, fake_logits = samples.logits(D, real, None), samples.logits(D, fake, None)
    middle = threshold(loss, real_logits, fake_logits)

    def shares(values: Tensor) -> Tensor:
        return values.clamp(0, 1) if loss == "least_squares" else (values - middle).sigmoid()

    over = shares(samples.logits(D, grid, None))
    return {
        "axis": samples.rounded(axis),
        "shares": [samples.rounded(row, 3) for row in over.reshape(GRID, GRID)],
        "real_mean": float(shares(real_logits).mean()),
        "fake_mean": float(shares(fake_logits).mean()),
        "taken_for_real": float((over > 0.5).double().mean()),
    }
