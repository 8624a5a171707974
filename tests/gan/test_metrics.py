"""Metrics of features against closed forms and constructed sets."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from gan_demo.data import datasets
from gan_demo.data.datasets import Dataset
from gan_demo.gan import metrics
from gan_demo.gan.classifier import Reading
from gan_demo.gan.metrics import (
    Statistics,
    diversity,
    frechet_distance,
    nearest,
    novelty,
    precision_recall,
    spread,
)
from tests.gan.measured_sets import digits as digits
from tests.gan.measured_sets import rng


def gaussian(mean: list[float], covariance: list[list[float]]) -> Statistics:
    return Statistics(torch.tensor(mean).double(), torch.tensor(covariance).double())


def test_frechet_distance_of_commuting_gaussians_is_the_closed_form() -> None:
    a = gaussian([1.0, 2.0, 0.0], [[4.0, 0, 0], [0, 9.0, 0], [0, 0, 1.0]])
    b = gaussian([0.0, 0.0, 2.0], [[1.0, 0, 0], [0, 4.0, 0], [0, 0, 1.0]])
    assert frechet_distance(a, b) == pytest.approx(9 + (2 - 1) ** 2 + (3 - 2) ** 2 + 0)  # Σ (μ-μ')² + (σ-σ')²


def test_frechet_distance_of_gaussians_that_do_not_commute_is_the_closed_form() -> None:
    # In two dimensions tr(M^½)² = tr M + 2 √det M, with M = Σa Σb.
    a, b = torch.tensor([[2.0, 1.0], [1.0, 3.0]]).double(), torch.tensor([[5.0, -2.0], [-2.0, 1.0]]).double()
    assert not torch.allclose(a @ b, b @ a)
    shared = math.sqrt(float((a @ b).trace()) + 2 * math.sqrt(float(torch.det(a) * torch.det(b))))
    expected = 0.25 + 5 + 6 - 2 * shared
    distance = frechet_distance(gaussian([0.5, 0.0], a.tolist()), gaussian([0.0, 0.0], b.tolist()))
    assert distance == pytest.approx(expected)


def test_frechet_distance_is_symmetric_and_zero_for_the_same_features() -> None:
    mix = torch.randn(16, 16, generator=rng())
    sample_statistics = metrics.statistics(torch.randn(500, 16, generator=rng(1)) @ mix)
    others = metrics.statistics(torch.randn(300, 16, generator=rng(2)) + 1)
    assert frechet_distance(sample_statistics, sample_statistics) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(sample_statistics, others) == pytest.approx(frechet_distance(others, sample_statistics))


def test_frechet_distance_takes_singular_covariances() -> None:
    a = gaussian([0.0, 0.0], [[1.0, 0.0], [0.0, 0.0]])
    b = gaussian([0.0, 0.0], [[0.0, 0.0], [0.0, 4.0]])
    assert frechet_distance(a, b) == pytest.approx(1 + 4)


def test_frechet_distance_is_not_a_number_where_the_samples_are_not() -> None:
    broken = metrics.statistics(torch.full((10, 2), float("nan")))
    single = metrics.statistics(torch.ones(1, 2))
    fine = gaussian([0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]])
    assert math.isnan(frechet_distance(fine, broken))
    assert math.isnan(frechet_distance(fine, single))


def test_statistics_are_the_mean_and_the_unbiased_covariance() -> None:
    statistics = metrics.statistics(torch.tensor([[0.0, 0.0], [2.0, 4.0]]))
    assert statistics.mean.tolist() == [1, 2]
    assert statistics.covariance.tolist() == [[2, 4], [4, 8]]
    assert statistics.covariance.dtype == torch.float64


def blobs(centres: list[float], seed: int) -> Tensor:
    """200 points around each centre on the first axis of an 8-dimensional space."""
    points = torch.randn(200 * len(centres), 8, generator=rng(seed))
    points[:, 0] += torch.tensor(centres).repeat_interleave(200)
    return points


def test_precision_and_recall_of_a_set_with_itself_are_one() -> None:
    points = blobs([0, 50], 0)
    assert precision_recall(points, points) == (1.0, 1.0)


def test_precision_and_recall_of_sets_far_apart_are_zero() -> None:
    assert precision_recall(blobs([0], 0), blobs([1000], 1)) == (0.0, 0.0)


def test_a_dropped_mode_lowers_recall_and_not_precision() -> None:
    real, all_modes, one_mode = blobs([0, 50], 0), blobs([0, 50], 1), blobs([0], 2)
    precision, recall = precision_recall(real, all_modes)
    dropped_precision, dropped_recall = precision_recall(real, one_mode)
    assert dropped_precision == pytest.approx(precision, abs=0.1)
    assert dropped_recall == pytest.approx(recall / 2, abs=0.1)


def test_an_invented_mode_lowers_precision_and_not_recall() -> None:
    real, invented = blobs([0, 50], 0), blobs([0, 50, 500, 700], 1)
    precision, recall = precision_recall(real, blobs([0, 50], 1))
    invented_precision, invented_recall = precision_recall(real, invented)
    assert invented_precision == pytest.approx(precision / 2, abs=0.1)
    assert invented_recall == pytest.approx(recall, abs=0.1)


def test_precision_and_recall_of_too_few_samples_are_zero() -> None:
    assert precision_recall(blobs([0], 0), blobs([0], 1)[:3]) == (0.0, 0.0)


def test_nearest_finds_exact_copies_at_distance_zero(digits: Dataset) -> None:
    rows = torch.tensor([4_999, 0, 4_000, 17])  # in several chunks
    index, distance = nearest(digits.samples, datasets.to_float(digits.samples[rows]))
    assert index.tolist() == rows.tolist()
    assert distance.tolist() == [0, 0, 0, 0]


def test_nearest_measures_euclidean_distance_over_all_pixels() -> None:
    real = torch.tensor([[0.0, 0.0], [1.0, 1.0], [-1.0, 1.0]])
    index, distance = nearest(real, torch.tensor([[-1.0, 0.5], [0.3, -0.4]]))
    assert index.tolist() == [2, 0]
    assert distance.tolist() == pytest.approx([0.5, 0.5])


def line(*places: float) -> Tensor:
    """Points at these places of the first axis of a plane."""
    return torch.tensor([[position, 0.0] for position in places])


def test_spread_is_the_mean_distance_to_the_nearest_other() -> None:
    assert spread(line(0, 1, 4, 10)) == pytest.approx((1 + 1 + 3 + 6) / 4)
    assert spread(line(3)) == 0


def test_diversity_is_the_ratio_of_the_spreads() -> None:
    assert diversity(line(0, 2, 4, 6), line(0, 1, 2, 3)) == pytest.approx(0.5)
    assert diversity(line(0, 2, 4, 6), line(5, 5, 5, 5)) == 0
    assert diversity(line(0, 2, 4, 6), line(0, 200, 400, 600)) == pytest.approx(100)


def test_diversity_compares_as_many_fakes_as_there_are_real_ones() -> None:
    # In groups of two, 10 apart each, though the nearest of all four is 1 away.
    assert diversity(line(0, 5), line(0, 10, 1, 11)) == pytest.approx(2)
    assert diversity(line(0, 5, 6, 7), line(100, 110)) == pytest.approx(2)


def test_diversity_of_another_draw_of_the_same_is_about_one() -> None:
    draws = [torch.randn(1_000, 8, generator=rng(seed)) for seed in (0, 1)]
    assert diversity(*draws) == pytest.approx(1, abs=0.05)


def test_diversity_of_too_few_or_of_equal_points_is_zero() -> None:
    assert diversity(line(1), line(1, 2)) == 0
    assert diversity(line(1, 2), line(1)) == 0
    assert diversity(line(1, 1), line(1, 2)) == 0


def test_novelty_is_zero_for_copies_and_one_where_real_ones_would_be() -> None:
    real = line(0, 2, 4, 6)
    assert novelty(real, line(0, 4, 4)) == 0
    assert novelty(real, line(-2, 8)) == pytest.approx(1)
    assert novelty(real, line(1, 3)) == pytest.approx(0.5)
    assert novelty(real, line(1, 3), real_spread=1) == pytest.approx(1)


def test_novelty_of_another_draw_of_the_same_is_about_one() -> None:
    draws = [torch.randn(1_000, 8, generator=rng(seed)) for seed in (0, 1)]
    assert novelty(*draws) == pytest.approx(1, abs=0.05)


def test_novelty_where_the_data_do_not_vary_is_zero() -> None:
    assert novelty(line(1, 1), line(5)) == 0
    assert novelty(line(1), line(5)) == 0
    assert novelty(line(1, 2), torch.zeros(0, 2)) == 0


def reading(values: list[list[int]], confidence: list[list[float]]) -> Reading:
    return Reading(torch.zeros(len(values), 128), torch.tensor(values), torch.tensor(confidence))


def test_a_class_is_covered_by_confident_readings_alone() -> None:
    values = [[0]] * 50 + [[1]] * 40 + [[2]] * 10
    confidence = [[0.95]] * 50 + [[0.6]] * 40 + [[0.91]] * 10
    shares = metrics.class_shares(reading(values, confidence), [4])
    assert shares["classes"] == 2  # 0 and 2; nothing is sure to be a 1, nothing a 3
    assert shares["histogram"] == pytest.approx([0.5, 0.4, 0.1, 0])
    assert shares["confident"] == pytest.approx(0.6)


def test_one_percent_of_the_samples_covers_a_class_and_less_does_not() -> None:
    values = [[0]] * 985 + [[1]] * 10 + [[2]] * 5
    assert metrics.class_shares(reading(values, [[0.99]] * 1000), [3])["classes"] == 2


def test_fields_are_counted_side_by_side() -> None:
    values = [[0, 2], [1, 2], [0, 2], [1, 0]]
    confidence = [[0.99, 0.99], [0.99, 0.5], [0.99, 0.99], [0.99, 0.99]]
    shares = metrics.class_shares(reading(values, confidence), [2, 3])
    assert shares["histogram"] == pytest.approx([0.5, 0.5, 0.25, 0, 0.75])
    assert shares["classes"] == 4
    assert shares["confident"] == pytest.approx(7 / 8)
