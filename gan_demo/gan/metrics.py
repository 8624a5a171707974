"""Quality of generated samples: distances between images in a classifier's features, and modes of 2-D points.

FCD ("Fréchet classifier distance") is the Fréchet distance of Heusel et al. 2017 with the features of the small shipped
classifiers instead of Inception's. The features are scaled so that a generator that always draws one image, of average
features, has an FCD of 100. A perfect one has 0, but only with infinitely many samples: see ``Quality``.
"""

from __future__ import annotations

import functools
import threading
import zlib
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from gan_demo.config import DATA_CLASSIFIERS, DataConfig
from gan_demo.data import datasets
from gan_demo.data.datasets import Dataset, to_float
from gan_demo.data.points import SIGMA, modes
from gan_demo.gan.classifier import SURE, Classifier, Reading, load_classifier

NEIGHBOURS = 2_000  # real and generated samples that precision and recall compare, at most
COVERED = 0.01  # share of samples confidently classified as a class from which the class counts as covered
CURVE_PIECES = 16  # "modes" that spiral, moons and line are cut into
_CHUNK = 200  # images per forward pass: the activations of more do not fit into the CPU's cache
_ROWS = 500  # rows of a distance matrix computed at a time


class Statistics(NamedTuple):
    """Mean and covariance of a set of feature vectors."""

    mean: Tensor  # float64 (D,)
    covariance: Tensor  # float64 (D, D), unbiased


def statistics(features: Tensor) -> Statistics:
    """Compute mean and covariance of features (N, D), on the CPU. NaN if N is below 2."""
    features = features.cpu().double()
    mean = features.mean(0)
    centred = features - mean
    return Statistics(mean, centred.T @ centred / (len(features) - 1))


def frechet_distance(a: Statistics, b: Statistics) -> float:
    """Compute the squared Fréchet distance of two Gaussians (Dowson & Landau 1982).

    |μa - μb|² + tr(Σa + Σb - 2 (Σa Σb)^½). Σa^½ Σb Σa^½ is symmetric and has the eigenvalues of Σa Σb, so no root of a
    general matrix is needed, and covariances may be singular. NaN if a value of the statistics is not finite.
    """
    if not all(bool(part.isfinite().all()) for part in (*a, *b)):
        return float("nan")
    values, vectors = torch.linalg.eigh(a.covariance)
    root = (vectors * values.clamp_min(0).sqrt()) @ vectors.T  # (D, D)
    shared = torch.linalg.eigvalsh(root @ b.covariance @ root).clamp_min(0).sqrt().sum()
    apart = (a.mean - b.mean).square().sum()
    return max(0.0, float(apart + a.covariance.trace() + b.covariance.trace() - 2 * shared))


def precision_recall(real: Tensor, fake: Tensor, k: int = 3) -> tuple[float, float]:
    """Compute the share of ``fake`` (M, D) within the manifold of ``real`` (N, D), and the share the other way round.

    A set's manifold is the union of balls around its members, each as far as its k-th nearest neighbour (Kynkäänniemi
    et al. 2019). Both depend on N and M, so compare only sets of the same sizes. 0 if a set has at most k members.
    """
    if min(len(real), len(fake)) <= k:
        return 0.0, 0.0
    centre = real.mean(0)  # keeps the rounding of cdist's matrix product small
    real, fake = real - centre, fake - centre
    real_reach, fake_reach = _reach(real, k), _reach(fake, k)
    precise = 0
    recalled = torch.zeros(len(real), dtype=torch.bool, device=real.device)
    for chunk, reach in zip(torch.split(fake, _ROWS), torch.split(fake_reach, _ROWS), strict=True):
        apart = torch.cdist(chunk, real)  # (m, N)
        precise += int((apart <= real_reach).any(1).sum())
        recalled |= (apart <= reach[:, None]).any(0)
    return precise / len(fake), float(recalled.cpu().double().mean())


def _reach(points: Tensor, k: int) -> Tensor:
    """Compute the distance (N,) of each of ``points`` (N, D) to its k-th nearest other."""
    rows = [torch.cdist(chunk, points).topk(k + 1, largest=False).values[:, -1] for chunk in torch.split(points, _ROWS)]
    return torch.cat(rows)  # k + 1: the nearest is the point itself


def nearest(real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    """Find the nearest of ``real`` (N, ...) for each of ``fake`` (M, ...): index int64 (M,), distance float32 (M,).

    Both sets are uint8 0..255 or float. Distances are Euclidean over all pixels in [-1, 1], and 0 for an exact copy.
    """
    fakes = to_float(fake).flatten(1)  # (M, D)
    best = fakes.new_full((len(fakes),), float("inf"))
    index = torch.zeros(len(fakes), dtype=torch.long, device=fakes.device)
    begin = 0
    for chunk in torch.split(real, 4_000):
        closest = torch.cdist(fakes, to_float(chunk).flatten(1).to(fakes.device)).min(1)  # (M,)
        closer = closest.values < best
        best = torch.where(closer, closest.values, best)
        index = torch.where(closer, closest.indices + begin, index)
        begin += len(chunk)
    chosen = to_float(real[index.to(real.device)]).flatten(1).to(fakes.device)
    return index, (chosen - fakes).norm(dim=1)  # computed again, because the matrix product in cdist rounds


def spread(points: Tensor) -> float:
    """Compute the mean Euclidean distance of ``points`` (N, D) to their nearest other; 0 if N is below 2."""
    return float(_reach(points, 1).double().mean()) if len(points) > 1 else 0.0


def diversity(real: Tensor, fake: Tensor) -> float:
    """Compute the ``spread`` of ``fake`` (M, D) relative to that of ``real`` (N, D).

    1: as varied as the data; 0: all samples are equal; noise is above 1. A spread shrinks with the number of points, so
    both are taken of n = min(M, N) points: the first n real ones, and the mean over groups of n fakes. This is the test
    of Lopez-Paz & Oquab 2017 for generators that repeat themselves (a fake's nearest neighbour is a fake), as a ratio
    of distances so that it has no floor. 0 if either has fewer than two points, or the data do not vary.
    """
    count = min(len(real), len(fake))
    real_spread = spread(real[:count])
    if not real_spread > 0:
        return 0.0
    groups = [fake[begin : begin + count] for begin in range(0, len(fake) - count + 1, count)]
    return sum(spread(group) for group in groups) / len(groups) / real_spread


def novelty(real: Tensor, fake: Tensor, real_spread: float | None = None) -> float:
    """Compute the mean distance of ``fake`` (M, D) to the nearest of ``real`` (N, D), relative to the ``spread`` there.

    1: as far from the training data as these are from each other, which is expected of new samples of the same kind; 0:
    copies (the data-copying of Meehan et al. 2020, as a ratio of means in place of their rank test). Noise is far above
    1. ``real_spread`` is ``spread(real)`` if the caller knows it. 0 if the data do not vary.
    """
    real_spread = spread(real) if real_spread is None else real_spread
    if not real_spread > 0 or not len(fake):
        return 0.0
    closest = [torch.cdist(chunk, real).amin(1) for chunk in torch.split(fake, _ROWS)]
    return float(torch.cat(closest).double().mean()) / real_spread


def read(classifier: Classifier, samples: Tensor) -> Reading:
    """Classify any number of samples (N, C, H, W), uint8 0..255 or float in [-1, 1]."""
    readings = [classifier.read(to_float(chunk)) for chunk in torch.split(samples, _CHUNK)]
    return Reading(*(torch.cat(parts) for parts in zip(*readings, strict=True)))


@dataclass(frozen=True, eq=False)
class Quality:
    """Metrics of generated samples against one set of data; built by ``quality_for``.

    FCD is too high with few samples: 1,000 real MNIST test digits have about 0.5 against the training set, all 10,000
    have 0.1. Compare only values of the same number of samples and the same data.
    """

    classifier: Classifier
    reference: Statistics  # of the data's features
    neighbours: Tensor  # float32 (at most NEIGHBOURS, D): features of some of the data
    knows_classes: bool  # whether the classifier was trained on this kind of data
    neighbour_spread: float  # spread of ``neighbours``

    def measure(self, samples: Tensor, labels: Tensor | None = None) -> dict[str, float | list[float]]:
        """Measure ``samples``, float (N, C, H, W) in [-1, 1], generated with ``labels`` int64 (N, F), if any.

        ``fcd``; ``precision`` and ``recall`` in 0..1, of as many real samples as generated ones, at most 2,000 each;
        ``diversity`` and ``novelty``: the functions of these names, in features and against ``neighbours``, so a copy
        of an image that is not among these 2,000 counts as new.
        For data that the classifier knows also, over its fields (one for digits, eight for faces):
        ``histogram``: share of each value, one field after the other, each summing to 1;
        ``classes``: number of covered values, of ``len(histogram)``; a value is covered if at least 1 % of all samples
        are classified as it with more than 0.9 confidence;
        ``confident``: share of predictions (one per sample and field) with more than 0.9 confidence;
        ``label_accuracy``: share of predictions that equal ``labels``.
        """
        reading = read(self.classifier, samples.to(self.neighbours.device))
        count = min(len(samples), len(self.neighbours), NEIGHBOURS)
        precision, recall = precision_recall(self.neighbours[:count], reading.features[:count])
        distance = frechet_distance(self.reference, statistics(reading.features))
        features = reading.features[:NEIGHBOURS]
        values: dict[str, float | list[float]] = {"fcd": distance, "precision": precision, "recall": recall}
        values["diversity"] = diversity(self.neighbours, features)
        values["novelty"] = novelty(self.neighbours, features, self.neighbour_spread)
        if self.knows_classes:
            values |= class_shares(reading, self.classifier.sizes)
            if labels is not None:
                agree = reading.values.cpu() == labels.cpu()
                values["label_accuracy"] = float(agree.double().mean())
        return values


def class_shares(reading: Reading, sizes: list[int]) -> dict[str, float | list[float]]:
    """Compute ``histogram``, ``classes`` and ``confident`` of ``Quality.measure`` for fields of these sizes."""
    sure = (reading.confidence > SURE).cpu()  # (N, F)
    histogram: list[float] = []
    covered = 0
    for column, size in enumerate(sizes):
        values = reading.values[:, column].cpu()
        histogram += (torch.bincount(values, minlength=size).double() / len(values)).tolist()
        shares = torch.bincount(values[sure[:, column]], minlength=size).double() / len(values)
        covered += int((shares >= COVERED).sum())
    return {"histogram": histogram, "classes": float(covered), "confident": float(sure.double().mean())}


_qualities: dict[tuple[object, ...], Quality] = {}
_qualities_lock = threading.Lock()


def quality_for(data: Dataset, limit: int = 0) -> Quality | None:
    """Return the ``Quality`` that measures samples of this data, or None if no shipped classifier fits their shape.

    The first call for a data set classifies all of it, or ``limit`` random samples: one second per 15,000 on a CPU
    core. Later calls in this process return the same object, also for another copy of the data. Other data of a fitting
    shape (Fashion-MNIST, own images) has FCD, precision and recall only, and these compare only within that data.
    """
    device = str(data.samples.device)
    classifier = load_classifier(data.shape, device)
    if classifier is None or not len(data.samples):
        return None
    content = data.samples.cpu().permute(0, 2, 3, 1).contiguous().numpy()
    key = (data.name, data.shape, len(data.samples), zlib.crc32(content.data), device, limit)
    with _qualities_lock:
        if key not in _qualities:
            _qualities[key] = _build(data, classifier, limit)
        return _qualities[key]


def _build(data: Dataset, classifier: Classifier, limit: int) -> Quality:
    order = torch.randperm(len(data.samples), generator=torch.Generator().manual_seed(0))
    chosen = order[:limit] if limit else order
    features = read(classifier, data.samples[chosen.to(data.samples.device)]).features
    knows_classes = data.name in DATA_CLASSIFIERS and [len(field.values) for field in data.fields] == classifier.sizes
    neighbours = features[:NEIGHBOURS].clone()
    return Quality(classifier, statistics(features), neighbours, knows_classes, spread(neighbours))


def points_quality(points: Tensor, name: str, real: Tensor | None = None) -> dict[str, float | list[float]]:
    """Measure ``points`` (N, 2) as samples of the 2-D set ``name``.

    Own points, ``real`` (M, 2), have no known modes: of them the diversity alone is measured.

    ``high_quality``: share within three standard deviations of a mode (real samples: 0.989) or of the curve (0.997).
    ``modes``: number of covered modes, of ``len(histogram)``; a mode is covered if it has at least a tenth of its fair
    share of the samples, counting those of high quality. Spiral, moons and line are cut into 16 "modes" of equal share.
    ``histogram``: share of the samples nearest to each mode; ``kl``: its divergence from uniform in nats, at best 0.
    ``diversity``: the function of this name, against 2,000 other points of the set. There is no ``novelty``: a point
    in the plane always has one of 20,000 near it.
    """
    if name not in SIGMA and real is not None:
        return {"diversity": diversity(real[:NEIGHBOURS].cpu(), points.cpu()[:NEIGHBOURS])}
    centres = modes(name).to(points)  # (C, 2)
    total = len(centres) if len(centres) <= 2 * CURVE_PIECES else CURVE_PIECES
    closest = torch.cdist(points, centres).min(1)
    mode = closest.indices * total // len(centres)  # (N,)
    good = closest.values <= 3 * SIGMA[name]
    shares = torch.bincount(mode, minlength=total).double() / len(points)
    least = max(1.0, len(points) / total / 10)
    covered = int((torch.bincount(mode[good], minlength=total) >= least).sum())
    kl = torch.special.xlogy(shares, shares * total).sum()
    return {
        "modes": float(covered),
        "high_quality": float(good.double().mean()),
        "kl": max(0.0, float(kl)),
        "histogram": shares.tolist(),
        "diversity": diversity(_real_points(name), points.cpu()[:NEIGHBOURS]),
    }


@functools.lru_cache(maxsize=8)
def _real_points(name: str) -> Tensor:
    """Return points (NEIGHBOURS, 2) of a 2-D set."""
    return datasets.load(DataConfig(name, limit=NEIGHBOURS)).samples
