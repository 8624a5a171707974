"""How good samples are: distances between sets of images in a classifier's features, and modes of 2-D points.

FCD ("Fréchet classifier distance") is the distance of Heusel et al. 2017 with the features of the small shipped
classifiers instead of Inception's. They are scaled so that a generator that always drew one image, of average features,
would read 100. A perfect one reads 0, but only with endless samples: see ``Quality``.
"""

from __future__ import annotations

import functools
import threading
import zlib
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from gan_demo import datasets
from gan_demo.classifier import SURE, Classifier, Reading, load_classifier
from gan_demo.config import READABLE, DataConfig
from gan_demo.datasets import SIGMA, Dataset, modes, to_float

NEIGHBOURS = 2_000  # real and generated samples that precision and recall look at
COVERED = 0.01  # a class counts as covered when this share of the samples is read as it with confidence
CURVE_PIECES = 16  # spiral, moons and line are cut into so many "modes"
_CHUNK = 200  # images at once: the activations of more fall out of the CPU's cache
_ROWS = 500  # of a table of distances at once


class Statistics(NamedTuple):
    """Of a set of feature vectors."""

    mean: Tensor  # float64 (D,)
    covariance: Tensor  # float64 (D, D), unbiased


def statistics(features: Tensor) -> Statistics:
    """Mean and covariance of features (N, D), on the CPU. Not a number where N is below 2."""
    features = features.cpu().double()
    mean = features.mean(0)
    centred = features - mean
    return Statistics(mean, centred.T @ centred / (len(features) - 1))


def frechet_distance(a: Statistics, b: Statistics) -> float:
    """|μa - μb|² + tr(Σa + Σb - 2 (Σa Σb)^½), the squared Fréchet distance of two Gaussians (Dowson & Landau 1982).

    Σa^½ Σb Σa^½ is symmetric and has the eigenvalues of Σa Σb, so no root of a general matrix is needed, and singular
    covariances do no harm. Not a number where the statistics are not.
    """
    if not all(bool(part.isfinite().all()) for part in (*a, *b)):
        return float("nan")
    values, vectors = torch.linalg.eigh(a.covariance)
    root = (vectors * values.clamp_min(0).sqrt()) @ vectors.T  # (D, D)
    shared = torch.linalg.eigvalsh(root @ b.covariance @ root).clamp_min(0).sqrt().sum()
    apart = (a.mean - b.mean).square().sum()
    return max(0.0, float(apart + a.covariance.trace() + b.covariance.trace() - 2 * shared))


def precision_recall(real: Tensor, fake: Tensor, k: int = 3) -> tuple[float, float]:
    """Shares of ``fake`` (M, D) within the manifold of ``real`` (N, D), and the other way round.

    A set's manifold is the union of balls around its members, each out to its k-th nearest neighbour (Kynkäänniemi et
    al. 2019). Both depend on how many there are, so compare like with like. 0 where a set has no k neighbours.
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
    """(N,): distance of each to its k-th nearest other."""
    rows = [torch.cdist(chunk, points).topk(k + 1, largest=False).values[:, -1] for chunk in torch.split(points, _ROWS)]
    return torch.cat(rows)  # k + 1: the nearest is the point itself


def nearest(real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    """For each of ``fake`` (M, ...) the nearest of ``real`` (N, ...): its index int64 (M,) and distance float32 (M,).

    Both are uint8 0..255 or float. Distances are Euclidean over all pixels in [-1, 1], and 0 for an exact copy.
    """
    wanted = to_float(fake).flatten(1)  # (M, D)
    best = wanted.new_full((len(wanted),), float("inf"))
    index = torch.zeros(len(wanted), dtype=torch.long, device=wanted.device)
    begin = 0
    for chunk in torch.split(real, 4_000):
        found = torch.cdist(wanted, to_float(chunk).flatten(1).to(wanted.device)).min(1)  # (M,)
        closer = found.values < best
        best = torch.where(closer, found.values, best)
        index = torch.where(closer, found.indices + begin, index)
        begin += len(chunk)
    chosen = to_float(real[index.to(real.device)]).flatten(1).to(wanted.device)
    return index, (chosen - wanted).norm(dim=1)  # afresh: the matrix product in cdist rounds


def spread(points: Tensor) -> float:
    """Mean Euclidean distance of each of ``points`` (N, D) to its nearest other; 0 where there is no other."""
    return float(_reach(points, 1).double().mean()) if len(points) > 1 else 0.0


def diversity(real: Tensor, fake: Tensor) -> float:
    """How varied ``fake`` (M, D) is, beside ``real`` (N, D): ``spread`` of the one over that of the other.

    1 is as varied as the data, 0 all the same; noise is above 1. A spread shrinks with the number of points, so both
    are taken of n = min(M, N) of them: of the first n real ones, and the mean over groups of n fakes. This is the test
    of Lopez-Paz & Oquab 2017 for generators that repeat themselves (a fake's nearest neighbour is a fake), as a ratio
    of distances so that it has no floor. 0 where either has fewer than two points, or the data do not vary.
    """
    count = min(len(real), len(fake))
    usual = spread(real[:count])
    if not usual > 0:
        return 0.0
    groups = [fake[begin : begin + count] for begin in range(0, len(fake) - count + 1, count)]
    return sum(spread(group) for group in groups) / len(groups) / usual


def novelty(real: Tensor, fake: Tensor, usual: float | None = None) -> float:
    """How far ``fake`` (M, D) keeps from ``real`` (N, D): mean distance to the nearest, over the data's ``spread``.

    1 is as far from the training data as these are from each other, which is where new samples of the same kind lie; 0
    are copies (the data-copying of Meehan et al. 2020, as a ratio of means in place of their rank test). Noise is far
    above 1. ``usual`` is ``spread(real)`` where it is known. 0 where the data do not vary.
    """
    usual = spread(real) if usual is None else usual
    if not usual > 0 or not len(fake):
        return 0.0
    closest = [torch.cdist(chunk, real).amin(1) for chunk in torch.split(fake, _ROWS)]
    return float(torch.cat(closest).double().mean()) / usual


def read(classifier: Classifier, samples: Tensor) -> Reading:
    """Features and readings of any number of samples (N, C, H, W): uint8 0..255, or float in [-1, 1]."""
    readings = [classifier.read(to_float(chunk)) for chunk in torch.split(samples, _CHUNK)]
    return Reading(*(torch.cat(parts) for parts in zip(*readings, strict=True)))


@dataclass(frozen=True, eq=False)
class Quality:
    """Measures generated samples against one set of data; made by ``quality_for``.

    FCD is too high with few samples: 1,000 real MNIST test digits read about 0.5 against the training set, all 10,000
    read 0.1. Compare figures of the same number of samples and the same data only.
    """

    classifier: Classifier
    reference: Statistics  # of the data's features
    neighbours: Tensor  # float32 (at most NEIGHBOURS, D): features of some of the data
    knows_classes: bool  # whether the classifier was trained on this kind of data
    apart: float  # spread of ``neighbours``

    def measure(self, samples: Tensor, labels: Tensor | None = None) -> dict[str, float | list[float]]:
        """Quality of ``samples``, float (N, C, H, W) in [-1, 1]; ``labels`` int64 (N, F) were asked for, if any.

        ``fcd``; ``precision`` and ``recall`` in 0..1, of as many real samples as generated ones, at most 2,000 each;
        ``diversity`` and ``novelty`` by the functions of these names, in features and beside ``neighbours``: a copy of
        an image beyond these 2,000 passes for new.
        For data that the classifier knows also, over its fields (one for digits, eight for faces):
        ``histogram``: share of each value, the fields side by side, each summing to 1;
        ``classes``: how many of these values are covered, of ``len(histogram)``; one is if at least 1 % of all samples
        are read as it with more than 0.9 confidence;
        ``confident``: share of readings (a sample has one for each field) with more than 0.9 confidence;
        ``label_accuracy``: share of readings that are what was asked for.
        """
        reading = read(self.classifier, samples.to(self.neighbours.device))
        count = min(len(samples), len(self.neighbours), NEIGHBOURS)
        precision, recall = precision_recall(self.neighbours[:count], reading.features[:count])
        distance = frechet_distance(self.reference, statistics(reading.features))
        found: dict[str, float | list[float]] = {"fcd": distance, "precision": precision, "recall": recall}
        found["diversity"] = diversity(self.neighbours, reading.features[:NEIGHBOURS])
        found["novelty"] = novelty(self.neighbours, reading.features[:NEIGHBOURS], self.apart)
        if self.knows_classes:
            found |= class_shares(reading, self.classifier.sizes)
            if labels is not None:
                agree = reading.values.cpu() == labels.cpu()
                found["label_accuracy"] = float(agree.double().mean())
        return found


def class_shares(reading: Reading, sizes: list[int]) -> dict[str, float | list[float]]:
    """``histogram``, ``classes`` and ``confident`` of readings of fields of these sizes; see ``Quality.measure``."""
    sure = (reading.confidence > SURE).cpu()  # (N, F)
    histogram: list[float] = []
    covered = 0
    for column, size in enumerate(sizes):
        values = reading.values[:, column].cpu()
        histogram += (torch.bincount(values, minlength=size).double() / len(values)).tolist()
        shares = torch.bincount(values[sure[:, column]], minlength=size).double() / len(values)
        covered += int((shares >= COVERED).sum())
    return {"histogram": histogram, "classes": float(covered), "confident": float(sure.double().mean())}


_built: dict[tuple[object, ...], Quality] = {}
_building = threading.Lock()


def quality_for(data: Dataset, limit: int = 0) -> Quality | None:
    """What measures samples of this data, or None where no shipped classifier fits their shape.

    The first call for a set reads all of it, or ``limit`` random samples: a second for every 15,000 on a CPU core.
    Later calls in this process return the same object, also for another copy of the data. Other data of a fitting
    shape (Fashion-MNIST, own images) has FCD, precision and recall only, and these compare only within that data.
    """
    device = str(data.samples.device)
    classifier = load_classifier(data.shape, device)
    if classifier is None or not len(data.samples):
        return None
    content = data.samples.cpu().permute(0, 2, 3, 1).contiguous().numpy()
    key = (data.name, data.shape, len(data.samples), zlib.crc32(content.data), device, limit)
    with _building:
        if key not in _built:
            _built[key] = _build(data, classifier, limit)
        return _built[key]


def _build(data: Dataset, classifier: Classifier, limit: int) -> Quality:
    order = torch.randperm(len(data.samples), generator=torch.Generator().manual_seed(0))
    chosen = order[:limit] if limit else order
    features = read(classifier, data.samples[chosen.to(data.samples.device)]).features
    fits = data.name in READABLE and [len(field.values) for field in data.fields] == classifier.sizes
    neighbours = features[:NEIGHBOURS].clone()
    return Quality(classifier, statistics(features), neighbours, fits, spread(neighbours))


def points_quality(points: Tensor, name: str) -> dict[str, float | list[float]]:
    """Quality of ``points`` (N, 2) as samples of the 2-D set ``name``.

    ``high_quality``: share within three standard deviations of a mode (real samples: 0.989) or of the curve (0.997).
    ``modes``: how many of the modes are covered, of ``len(histogram)``; one is if high-quality samples at it number at
    least a tenth of its fair share. Of spiral, moons and line 16 pieces of equal share stand for modes.
    ``histogram``: share of the samples nearest to each mode; ``kl``: its divergence from uniform in nats, at best 0.
    ``diversity``: see the function of this name, beside 2,000 other points of the set. There is no ``novelty``: of
    20,000 points in the plane, one is always near.
    """
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
    """(NEIGHBOURS, 2): points of a 2-D set."""
    return datasets.load(DataConfig(name, limit=NEIGHBOURS)).samples
