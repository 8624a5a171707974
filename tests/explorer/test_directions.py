"""Directions of z: what is found in generators whose directions are known."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from gan_demo.config import ModelConfig
from gan_demo.explorer.directions import digit_strokes, find
from gan_demo.explorer.directions.effects import SampleSet, residuals, variance_explained
from gan_demo.gan.models.build import build_generator
from tests.explorer.plain_generators import COLOURS, Plain, Z, assert_same_lines, known, plain, turned

pytestmark = pytest.mark.usefixtures("one_thread")


def test_sefa_finds_the_strongest_directions_of_a_linear_generator() -> None:
    weights, V = known((8.0, 4.0, 2.0, 1.0))
    assert_same_lines(find.sefa(Plain(weights), 4), V[:4])


def test_ganspace_finds_them_too_from_samples_alone() -> None:
    weights, V = known((8.0, 4.0, 2.0))
    assert_same_lines(find.ganspace(Plain(weights), plain(), 3), V[:3], 0.98)


def test_labels_turn_no_direction_of_z() -> None:
    weights, V = known((8.0, 4.0))
    loud = 50 * torch.randn(8, 3, generator=torch.Generator().manual_seed(0))
    generator = Plain(torch.cat([weights, loud], 1), COLOURS)
    assert_same_lines(find.sefa(generator, 2), V[:2])
    assert_same_lines(find.ganspace(generator, plain(COLOURS), 2), V[:2], 0.98)


def test_a_transposed_convolution_is_factorised_by_what_it_does_to_z() -> None:
    model = ModelConfig(arch="dcgan64", z_dim=Z, width=4, d_width=4, conditional=False, shape=(3, 64, 64))
    generator = build_generator(model)
    u = find.sefa(generator, 2)
    first = next(each for each in generator.modules() if isinstance(each, nn.ConvTranspose2d))
    moved = [first(each[None, :, None, None]).norm() for each in [*u, *turned(Z, 5)]]
    assert moved[0] >= max(moved)


def test_a_regression_finds_the_direction_under_noise_and_labels() -> None:
    rng = torch.Generator().manual_seed(0)
    z, y = torch.randn(2_000, Z, generator=rng), torch.eye(3)[torch.randint(3, (2_000,), generator=rng)]
    u = turned(Z, 3)[0]
    values = 2 * z @ u + y @ torch.tensor([0.0, 40.0, -30.0]) + torch.randn(2_000, generator=rng)
    direction = find.regression(z, values, y)
    assert float(direction @ u) > 0.995


def test_the_share_that_is_explained_is_that_of_the_variance() -> None:
    rng = torch.Generator().manual_seed(0)
    coordinate, noise = torch.randn(2, 50_000, generator=rng)
    y = torch.eye(3)[torch.randint(3, (50_000,), generator=rng)]
    values = 3 * coordinate + 4 * noise + 100 * y[:, 0]
    assert variance_explained(coordinate, values[:, None], y) == pytest.approx(9 / 25, abs=0.01)
    assert variance_explained(coordinate, torch.ones(50_000, 1), y) < 1e-9


def test_what_labels_explain_is_taken_out_and_nothing_else() -> None:
    y = torch.eye(3).repeat(4, 1)
    rest = torch.randn(12, 2, generator=torch.Generator().manual_seed(0))
    values = rest + y @ torch.tensor([[5.0, 1.0], [0.0, 2.0], [9.0, 3.0]])
    means = torch.stack([values[k::3].mean(0) for k in range(3)]).repeat(4, 1)
    torch.testing.assert_close(residuals(values, y), (values - means).double(), rtol=0, atol=1e-5)


def test_pixels_move_as_far_as_a_linear_generator_says() -> None:
    weights, V = known((8.0, 4.0))
    samples = SampleSet.draw(Plain(weights), plain(), 50)
    effect = samples.pixel_effect(V[0], 50)
    assert effect.measure == "pixels"
    step = 2 * 8 / math.sqrt(8) / 2  # two deviations, strength 8, over 8 "pixels", as a share of black to white
    assert effect.values == pytest.approx((step, 0, step), rel=1e-4)
    assert samples.pixel_effect(V[1], 50).r2 < effect.r2
    assert samples.pixel_effect(V[5], 50).values == pytest.approx((0, 0, 0), abs=1e-5)


def bar(width: float, lean: float = 0.0) -> Tensor:
    """(1, 1, 28, 28): an upright bar, which leans by so many pixels to the right over its 20 of height."""
    x, y = torch.arange(28.0), torch.arange(28.0)
    middle = 13.5 + lean * (13.5 - y[:, None]) / 20
    ink = (width / 2 + 0.5 - (x[None, :] - middle).abs()).clamp(0, 1) * ((y >= 4) & (y < 24))[:, None]
    return (2 * ink - 1)[None, None]


@pytest.mark.parametrize("width", [2.0, 3.0, 5.0])
def test_a_bar_is_as_thick_as_it_is(width: float) -> None:
    # the outline has two ends as well, so that thick bars come out a little thinner
    assert float(digit_strokes.thickness(bar(width))) == pytest.approx(width * 20 / (20 + width), rel=0.06)


@pytest.mark.parametrize("lean", [-8.0, 0.0, 8.0])
def test_a_bar_leans_as_it_leans(lean: float) -> None:
    wanted = math.degrees(math.atan(lean / 20))
    assert float(digit_strokes.slant(bar(3, lean))) == pytest.approx(wanted, abs=0.5)


def test_a_square_is_as_large_as_it_is_and_its_place_does_not_matter() -> None:
    x = -torch.ones(2, 1, 28, 28)
    x[0, 0, 4:14, 4:14] = 1
    x[1, 0, 12:22, 15:25] = 1
    wanted = math.sqrt(2 * (10**2 - 1) / 12)
    assert digit_strokes.size(x).tolist() == pytest.approx([wanted, wanted], rel=1e-4)
    assert digit_strokes.slant(x).tolist() == pytest.approx([0, 0], abs=1e-3)


@pytest.mark.parametrize("measure", digit_strokes.MEASURES.values(), ids=digit_strokes.MEASURES)
def test_a_blank_picture_has_a_measure_too(measure: digit_strokes.Measure) -> None:
    assert measure(-torch.ones(1, 1, 28, 28)).isfinite().all()
