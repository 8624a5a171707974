"""Latent space, against closed forms and toy generators whose answers are known."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from gan_demo.config import LabelField, ModelConfig
from gan_demo.data.datasets import multi_hot
from gan_demo.gan import latent
from gan_demo.gan.models.base import Generator
from gan_demo.gan.models.build import build_generator

DIGIT = LabelField("digit", tuple("0123456789"))
HAT = LabelField("hat", ("no", "yes"))


pytestmark = pytest.mark.usefixtures("one_thread")


class Linear(Generator):
    """x = tanh-free A z, drawn as a (1, 4, P/4) image: its Jacobian is A everywhere."""

    def __init__(self, matrix: Tensor) -> None:
        super().__init__(ModelConfig(arch="mlp", z_dim=matrix.shape[1], shape=(1, 4, matrix.shape[0] // 4)))
        self.matrix = torch.nn.Parameter(matrix)
        self.eval().requires_grad_(False)

    def synthesise(self, w: Tensor) -> Tensor:
        return (w @ self.matrix.T).reshape(len(w), *self.shape)


def generator(**settings: object) -> Generator:
    config = {"arch": "mlp", "z_dim": 6, "width": 2, "shape": (1, 28, 28)} | settings
    return build_generator(ModelConfig(**config), seed=1).eval().requires_grad_(False)  # type: ignore[arg-type]


def test_latents_are_normal_and_decided_by_the_seed() -> None:
    z = latent.sample_z(2_000, 8, seed=3)
    assert torch.equal(z, latent.sample_z(2_000, 8, seed=3))
    assert not torch.equal(z, latent.sample_z(2_000, 8, seed=4))
    assert z.mean().item() == pytest.approx(0, abs=0.03)
    assert z.std().item() == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("z_dim", [2, 7, 64])
def test_more_latents_begin_with_the_same(z_dim: int) -> None:
    assert torch.equal(latent.sample_z(30, z_dim, 0)[:7], latent.sample_z(7, z_dim, 0))


def test_drawing_leaves_the_global_random_state_alone() -> None:
    before = torch.get_rng_state()
    latent.sample_z(5, 4, 0)
    latent.random_labels(5, (DIGIT,), 0)
    latent.pca_directions(generator(), n=2, samples=1)
    assert torch.equal(torch.get_rng_state(), before)


def test_batches_make_no_difference() -> None:
    g, z = generator(), latent.sample_z(10, 6, 0)
    assert torch.allclose(latent.generate(g, z, batch=3), latent.generate(g, z), atol=1e-6)
    assert latent.generate(g, z[:0]).shape == (0, 1, 28, 28)


def test_one_label_serves_all_latents() -> None:
    g, z = generator(labels=(DIGIT,)), latent.sample_z(5, 6, 0)
    y = multi_hot(torch.tensor([[3]]), (DIGIT,))
    assert torch.equal(latent.generate(g, z, y, batch=2), latent.generate(g, z, y.expand(5, -1), batch=2))


@pytest.mark.parametrize("mapping", [0, 2])
def test_psi_0_makes_one_image_of_all_latents(mapping: int) -> None:
    g, z = generator(mapping=mapping), latent.sample_z(6, 6, 0)
    x = latent.generate(g, z, psi=0.0)
    assert torch.allclose(x, x[:1].expand_as(x), atol=1e-6)
    assert latent.generate(g, z).std(0).max() > 0.001


@pytest.mark.parametrize("mapping", [0, 2])
def test_psi_0_still_tells_labels_apart(mapping: int) -> None:
    g, z = generator(mapping=mapping, labels=(DIGIT,)), latent.sample_z(4, 6, 0)
    y = multi_hot(torch.tensor([[1], [1], [7], [7]]), (DIGIT,))
    x = latent.generate(g, z, y, psi=0.0)
    assert torch.allclose(x[0], x[1], atol=1e-6)
    assert torch.allclose(x[2], x[3], atol=1e-6)
    assert (x[0] - x[2]).abs().max() > 1e-4


def test_psi_scales_w_towards_its_mean() -> None:
    g, z = generator(mapping=2), latent.sample_z(3, 6, 0)
    mean = g.map(latent.sample_z(latent.MEAN_SAMPLES, 6, 0)).mean(0)
    expected = g.synthesise(mean + 0.5 * (g.map(z) - mean))
    assert torch.allclose(latent.generate(g, z, psi=0.5), expected, atol=1e-5)


def test_psi_scales_z_where_there_is_no_mapping() -> None:
    g, z = generator(), latent.sample_z(3, 6, 0)
    assert torch.equal(latent.generate(g, z, psi=0.3), latent.generate(g, 0.3 * z))


def test_random_labels_have_one_value_a_field() -> None:
    y = latent.random_labels(200, (DIGIT, HAT), seed=0)
    assert (y[:, :10].sum(1) == 1).all()
    assert (y[:, 10:].sum(1) == 1).all()
    assert (y.sum(0) > 0).all()


def test_two_labels_mix_in_shares() -> None:
    first, second = multi_hot(torch.tensor([[1], [2]]), (DIGIT,)).split(1)
    assert latent.lerp(first, second, 0.25)[0, :4].tolist() == [0, 0.75, 0.25, 0]


def test_lerp_meets_the_middle() -> None:
    a, b = latent.sample_z(2, 5, 0)
    assert torch.allclose(latent.lerp(a, b, 0.5), (a + b) / 2)


def test_slerp_on_the_circle_turns_by_equal_angles() -> None:
    a, b = torch.tensor([2.0, 0.0]), torch.tensor([0.0, 2.0])
    for t in (0.0, 0.25, 1 / 3, 1.0):
        angle = t * math.pi / 2
        assert torch.allclose(
            latent.slerp(a, b, t), torch.tensor([2 * math.cos(angle), 2 * math.sin(angle)]), atol=1e-6
        )


def test_slerp_keeps_the_norm_where_lerp_loses_it() -> None:
    a, b = torch.nn.functional.normalize(latent.sample_z(2, 64, 0), dim=1) * 8
    assert latent.slerp(a, b, 0.5).norm().item() == pytest.approx(8, rel=1e-5)
    assert latent.lerp(a, b, 0.5).norm().item() < 7


def test_slerp_takes_each_row_at_its_own_t() -> None:
    a, b = latent.sample_z(3, 16, 0), latent.sample_z(3, 16, 1)
    t = torch.tensor([0.0, 0.5, 1.0])
    rows = latent.slerp(a, b, t)
    assert torch.allclose(rows[0], a[0], atol=1e-5)
    assert torch.allclose(rows[1], latent.slerp(a[1], b[1], 0.5), atol=1e-5)
    assert torch.allclose(rows[2], b[2], atol=1e-5)


@pytest.mark.parametrize("factor", [2.0, -1.0, 0.0])
def test_slerp_without_an_arc_is_lerp(factor: float) -> None:
    a = latent.sample_z(1, 16, 0)
    assert torch.allclose(latent.slerp(a, factor * a, 0.25), latent.lerp(a, factor * a, 0.25), atol=1e-5)


def planted(strengths: list[float], z_dim: int = 10) -> tuple[Linear, Tensor]:
    """Return a linear generator and its strongest directions as rows, with singular values ``strengths``."""
    rng = torch.Generator().manual_seed(5)
    rows = torch.linalg.qr(torch.randn(z_dim, z_dim, generator=rng))[0][: len(strengths)]
    pixels = torch.linalg.qr(torch.randn(16, len(strengths), generator=rng))[0]
    return Linear(pixels @ torch.diag(torch.tensor(strengths)) @ rows), rows


def test_pca_finds_planted_directions_in_their_order() -> None:
    toy, rows = planted([3.0, 2.0, 1.0])
    directions = latent.pca_directions(toy, n=4, seed=0, samples=4_000)
    assert torch.allclose((directions.directions[:3] * rows).sum(1).abs(), torch.ones(3), atol=0.01)
    assert torch.allclose(directions.explained, torch.tensor([9.0, 4.0, 1.0, 0.0]) / 14, atol=0.02)


def test_pca_directions_are_orthonormal_and_repeatable() -> None:
    g = generator(labels=(DIGIT,))
    y = latent.random_labels(8, (DIGIT,), 0)
    directions = latent.pca_directions(g, n=5, seed=2, samples=70, y=y)
    assert torch.allclose(directions.directions @ directions.directions.T, torch.eye(5), atol=1e-5)
    assert torch.equal(directions.directions, latent.pca_directions(g, n=5, seed=2, samples=70, y=y).directions)
    assert directions.explained.diff().max() <= 0
    assert directions.scales.tolist() == [1.0] * 5


def test_pca_directions_change_the_image_more_than_random_ones() -> None:
    toy, _ = planted([5.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    best = latent.pca_directions(toy, n=1).directions[0]
    others = torch.nn.functional.normalize(latent.sample_z(50, 10, 9), dim=1)

    def change(direction: Tensor) -> float:
        return (
            (latent.generate(toy, 2 * direction[None]) - latent.generate(toy, -2 * direction[None])).abs().mean().item()
        )

    assert change(best) > max(change(each) for each in others)
    assert change(best) > 2 * sum(change(each) for each in others) / 50


def test_a_generator_in_training_mode_is_our_own_mistake() -> None:
    with pytest.raises(AssertionError):
        latent.generate(generator().train(), latent.sample_z(1, 6, 0))
