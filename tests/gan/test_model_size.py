"""The multiplications of networks, counted by hand."""

from __future__ import annotations

import pytest

from gan_demo.config import ModelConfig, TrainConfig
from gan_demo.gan.models import size

POINTS = ModelConfig("points", z_dim=2, width=8, d_width=4, depth=2, shape=(2,))


def test_a_fully_connected_network_multiplies_once_for_each_weight() -> None:
    generator, discriminator = size.network_sizes(POINTS)
    assert generator == (2 * 8 + 8 + 8 * 8 + 8 + 8 * 2 + 2, 2 * 8 + 8 * 8 + 8 * 2)
    assert discriminator == (2 * 4 + 4 + 4 * 4 + 4 + 4 * 1 + 1, 2 * 4 + 4 * 4 + 4 * 1)


def test_a_convolution_multiplies_once_for_each_weight_and_place() -> None:
    model = ModelConfig("dcgan", z_dim=3, width=2, d_width=2, shape=(1, 28, 28))
    (_, generator), (_, discriminator) = size.network_sizes(model)
    wide = 4 * 7 * 7
    assert generator == 3 * wide + (4 * 2 * 16) * 7 * 7 + (2 * 1 * 16) * 14 * 14
    assert discriminator == (1 * 2 * 16) * 14 * 14 + (2 * 4 * 16) * 7 * 7 + wide


@pytest.mark.parametrize("settings", [{"r1": 0.1}, {"gp": 1.0}, {"d_steps": 2}, {"loss": "relativistic"}])
def test_what_makes_a_step_slower_counts(settings: dict[str, float]) -> None:
    plain = size.step_products(POINTS, TrainConfig(batch=8))
    assert size.step_products(POINTS, TrainConfig(batch=8, **settings)) > plain  # type: ignore[arg-type]
    assert size.step_products(POINTS, TrainConfig(batch=16)) == 2 * plain


def test_lazy_penalties_cost_less() -> None:
    every, rare = TrainConfig(r1=0.1), TrainConfig(r1=0.1, penalty_every=16)
    assert size.step_products(POINTS, rare) < size.step_products(POINTS, every)
