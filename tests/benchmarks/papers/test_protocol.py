"""The papers' protocol against closed forms, and against data that is perfect."""

from __future__ import annotations

import math

import pytest
import torch

from benchmarks.papers import protocol, stacked
from benchmarks.papers.methods import OURS
from benchmarks.papers.protocol import MIXTURES, kl_from_uniform, mean_and_error, measure
from gan_demo.config import DataConfig
from gan_demo.data import datasets
from gan_demo.gan.classifier import load_classifier


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_the_mixtures_are_the_papers() -> None:
    ring, grid = MIXTURES["ring"], MIXTURES["grid"]
    assert (len(ring.centres), ring.sigma, len(grid.centres), grid.sigma) == (8, 0.01, 25, 0.05)
    assert [math.hypot(*centre) for centre in ring.centres] == pytest.approx([1.0] * 8)
    assert set(grid.centres) == {(x, y) for x in (-4, -2, 0, 2, 4) for y in (-4, -2, 0, 2, 4)}
    assert (protocol.REAL_COUNT, protocol.SAMPLES, protocol.LATENT_DIM) == (100_000, 2_500, 2)


@pytest.mark.parametrize("name", MIXTURES)
def test_our_training_stays_within_a_tenth_of_the_papers(name: str) -> None:
    train = OURS[name].config.train
    assert train.steps <= 400_000 / 10
    assert train.steps * train.d_steps * train.batch <= 400_000 * 100 / 10  # real samples


@pytest.mark.parametrize(("name", "kl"), [("ring", 0.0014), ("grid", 0.0048)])
def test_perfect_data_reads_its_expected_values(name: str, kl: float) -> None:
    mixture = MIXTURES[name]
    results = [measure(mixture, protocol.draw(mixture, protocol.SAMPLES, rng(seed))) for seed in range(100)]
    assert {result.modes for result in results} == {len(mixture.centres)}
    quality, quality_error = mean_and_error([result.high_quality for result in results])
    divergence, kl_error = mean_and_error([result.kl for result in results])
    assert abs(quality - protocol.expected_high_quality()) < 4 * quality_error
    assert abs(divergence - kl) < 4 * kl_error + 5e-5  # the second: of rounding to four digits


@pytest.mark.parametrize(("name", "kl"), [("ring", 0.0014), ("grid", 0.0048)])
def test_expected_values_are_those_that_the_documentation_gives(name: str, kl: float) -> None:
    assert protocol.expected_high_quality() == pytest.approx(0.989, abs=5e-4)
    good = protocol.SAMPLES * protocol.expected_high_quality()
    assert protocol.expected_kl(len(MIXTURES[name].centres), good) == pytest.approx(kl, abs=1e-4)


@pytest.mark.parametrize("name", MIXTURES)
def test_scale_is_the_deviation_of_a_coordinate(name: str) -> None:
    points = protocol.draw(MIXTURES[name], protocol.REAL_COUNT, rng())
    assert float(points.square().mean().sqrt()) == pytest.approx(MIXTURES[name].scale, rel=0.01)


def test_high_quality_is_strictly_within_three_sigma() -> None:
    centre, sigma = (-4.0, -4.0), 0.05
    points = torch.tensor([[-4.0, -4.0 + k * sigma] for k in (0, 2.99, 3.01)], dtype=torch.float64)
    assert MIXTURES["grid"].centres[0] == centre
    result = measure(MIXTURES["grid"], points)
    assert (result.modes, result.high_quality) == (1, pytest.approx(2 / 3))
    at_the_limit = protocol.Mixture(((0.0, 0.0),), 1.0)
    assert measure(at_the_limit, torch.tensor([[3.0, 0.0]])).high_quality == 0


def test_a_mode_counts_with_one_sample_and_kl_leaves_low_quality_out() -> None:
    ring = MIXTURES["ring"]
    at_centres = torch.tensor(ring.centres)[[0, 0, 0, 1]]
    between = torch.tensor([[0.0, 0.0], [0.5, 0.5]])
    result = measure(ring, torch.cat([at_centres, between]))
    assert (result.modes, result.high_quality) == (2, pytest.approx(4 / 6))
    entropy = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    assert result.kl == pytest.approx(math.log(8) - entropy)


def test_kl_is_log_k_of_one_mode_and_zero_of_equal_ones() -> None:
    assert kl_from_uniform(torch.tensor([0, 9, 0, 0])) == pytest.approx(math.log(4))
    assert kl_from_uniform(torch.tensor([3, 3, 3])) == pytest.approx(0, abs=1e-12)
    assert math.isnan(kl_from_uniform(torch.tensor([0, 0])))


def test_points_that_are_not_finite_are_of_low_quality() -> None:
    points = torch.full((3, 2), math.nan)
    points[0] = torch.tensor([1.0, 0.0])
    points[1] = math.inf
    result = measure(MIXTURES["ring"], points)
    assert (result.modes, result.high_quality) == (1, pytest.approx(1 / 3))


def test_standard_error_is_the_deviation_over_the_root_of_the_count() -> None:
    assert mean_and_error([1.0, 2.0, 3.0, 4.0]) == (2.5, pytest.approx(math.sqrt(5 / 3) / 2))
    mean, error = mean_and_error([2.0])
    assert mean == 2
    assert math.isnan(error)
    assert all(math.isnan(value) for value in mean_and_error([0.1, math.nan, 0.2]))  # a seed without a good sample


def test_stacked_images_hold_their_three_digits_and_are_read_as_them() -> None:
    data = datasets.load(DataConfig("digits"))
    classifier = load_classifier((1, 28, 28))
    assert classifier is not None
    images, rows = stacked.stacked(data.samples, 400, rng())
    assert torch.equal(images[7, 2], data.samples[rows[7, 2], 0])
    expected = stacked.of_digits(data.labels[rows, 0], torch.ones(400, dtype=torch.bool))
    result = stacked.measure(images, classifier)
    assert abs(result.modes - expected.modes) <= 4  # the classifier misreads a digit in 240
    assert result.sure > 0.9


def test_stacked_modes_are_numbers_of_three_digits() -> None:
    everything = torch.cartesian_prod(*[torch.arange(10)] * 3)
    sure = torch.zeros(1000, dtype=torch.bool)
    sure[:5] = True
    result = stacked.of_digits(everything, sure)
    assert (result.modes, result.sure_modes, result.sure) == (1000, 5, pytest.approx(0.005))
    assert result.kl == pytest.approx(0, abs=1e-9)
    collapsed = stacked.of_digits(torch.tensor([[1, 2, 3]] * 9), torch.ones(9, dtype=torch.bool))
    assert (collapsed.modes, collapsed.kl) == (1, pytest.approx(math.log(1000)))
