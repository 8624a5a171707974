"""Losses in closed form at known logits, and penalties of critics whose gradients are known."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from gan_demo.config import LOSS_NAMES
from gan_demo.gan.losses import LOSSES, RELATIVE, gradient_penalty, real_shares, smoothed, squared_gradients

REAL, FAKE = (2.0, -1.0, 0.5), (-3.0, 0.25, 1.0)


def logits(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def log_sigmoid(x: float) -> float:
    return -math.log(1 + math.exp(-x))


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


PAIRS = list(zip(REAL, FAKE, strict=True))
BCE_D = mean([-log_sigmoid(r) for r in REAL]) + mean([-log_sigmoid(-f) for f in FAKE])
CLOSED_FORMS = {
    # name: (D's loss, G's loss), written out from the papers' definitions with plain floats
    "minimax": (BCE_D, mean([log_sigmoid(-f) for f in FAKE])),
    "non_saturating": (BCE_D, mean([-log_sigmoid(f) for f in FAKE])),
    "least_squares": (
        0.5 * (mean([(r - 1) ** 2 for r in REAL]) + mean([f**2 for f in FAKE])),
        0.5 * mean([(f - 1) ** 2 for f in FAKE]),
    ),
    "hinge": (mean([max(0.0, 1 - r) for r in REAL]) + mean([max(0.0, 1 + f) for f in FAKE]), -mean([*FAKE])),
    "wasserstein": (mean([*FAKE]) - mean([*REAL]), -mean([*FAKE])),
    "relativistic": (mean([-log_sigmoid(r - f) for r, f in PAIRS]), mean([-log_sigmoid(f - r) for r, f in PAIRS])),
}


def test_every_loss_has_a_closed_form_here() -> None:
    assert set(CLOSED_FORMS) == set(LOSSES) == set(LOSS_NAMES)


@pytest.mark.parametrize("name", LOSS_NAMES)
def test_a_loss_has_its_closed_form(name: str) -> None:
    loss = LOSSES[name]
    assert float(loss.d(logits(*REAL), logits(*FAKE))) == pytest.approx(CLOSED_FORMS[name][0], rel=1e-12)
    assert float(loss.g(logits(*REAL), logits(*FAKE))) == pytest.approx(CLOSED_FORMS[name][1], rel=1e-12)


@pytest.mark.parametrize("name", LOSS_NAMES)
def test_only_the_relativistic_generator_looks_at_real_logits(name: str) -> None:
    loss = LOSSES[name]
    moved = float(loss.g(logits(5, 5, 5), logits(*FAKE))) != float(loss.g(logits(*REAL), logits(*FAKE)))
    assert moved is loss.g_needs_real


@pytest.mark.parametrize("name", LOSS_NAMES)
def test_d_gains_by_raising_real_and_lowering_fake_and_g_by_raising_fake(name: str) -> None:
    loss = LOSSES[name]
    real, fake = logits(*[0.4] * 4).requires_grad_(), logits(*[0.2] * 4).requires_grad_()
    loss.d(real, fake).backward()  # type: ignore[no-untyped-call]
    assert (real.grad < 0).all()  # type: ignore[operator]
    assert (fake.grad > 0).all()  # type: ignore[operator]
    fake = logits(*[0.2] * 4).requires_grad_()
    loss.g(real.detach(), fake).backward()  # type: ignore[no-untyped-call]
    assert (fake.grad < 0).all()  # type: ignore[operator]


def test_at_the_optimum_the_minimax_game_has_the_value_minus_log_4() -> None:
    """Goodfellow et al. 2014, theorem 1: where p_g = p_data, D* = 1/2, and V(D*, G) = -log 4."""
    half = logits(0, 0)
    assert -float(LOSSES["minimax"].d(half, half)) == pytest.approx(-math.log(4))
    assert float(LOSSES["minimax"].g(half, half)) == pytest.approx(-math.log(2))


def test_the_optimal_discriminator_is_the_share_of_the_real_density() -> None:
    """For densities p and q at a point, the minimax loss is least at D = p / (p + q) (proposition 1)."""
    p, q = 0.3, 0.9
    logit = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    best = math.log(p / q)
    weighted = p * LOSSES["minimax"].d(logit, logits(-50)) + q * LOSSES["minimax"].d(logits(50), logit)
    (slope,) = torch.autograd.grad(weighted, logit)
    assert float(slope) != pytest.approx(0, abs=1e-3)
    at_best = torch.full((1,), best, dtype=torch.float64, requires_grad=True)
    weighted = p * LOSSES["minimax"].d(at_best, logits(-50)) + q * LOSSES["minimax"].d(logits(50), at_best)
    (slope,) = torch.autograd.grad(weighted, at_best)
    assert float(slope) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("name", LOSS_NAMES)
def test_extreme_logits_give_finite_losses_and_gradients(name: str) -> None:
    for size in (1e3, -1e3):
        real, fake = logits(size, size).requires_grad_(), logits(-size, size).requires_grad_()
        (LOSSES[name].d(real, fake) + LOSSES[name].g(real, fake)).backward()  # type: ignore[no-untyped-call]
        assert torch.isfinite(real.grad).all()  # type: ignore[arg-type]
        assert torch.isfinite(fake.grad).all()  # type: ignore[arg-type]


def test_smoothing_makes_it_bce_against_a_smoothed_target() -> None:
    target = torch.full((3,), 0.9, dtype=torch.float64)
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    wanted = bce(logits(*REAL), target) + bce(logits(*FAKE), 0 * target)
    loss = LOSSES["minimax"].d(logits(*REAL), logits(*FAKE)) + smoothed(logits(*REAL), 0.1)
    assert torch.allclose(loss, wanted)


# ---- penalties


@pytest.mark.parametrize("shape", [(5, 2), (5, 1, 4, 4)])
def test_the_squared_gradients_of_a_linear_critic_are_its_squared_norm(shape: tuple[int, ...]) -> None:
    """So R1 and R2, γ/2 of their mean, are γ/2 ‖w‖²."""
    rng = torch.Generator().manual_seed(0)
    weight = torch.randn(shape[1:], generator=rng)
    x = torch.randn(shape, generator=rng).requires_grad_()
    squares = squared_gradients((x * weight).flatten(1).sum(1) + 3, x)
    assert torch.allclose(squares, weight.square().sum())


def test_the_penalty_can_be_learned_from() -> None:
    weight = torch.tensor([3.0, 4.0], requires_grad=True)
    x = torch.ones(7, 2, requires_grad=True)
    penalty = 0.5 * squared_gradients(x @ weight, x).mean()  # ‖w‖²/2, whose gradient is w
    penalty.backward()  # type: ignore[no-untyped-call]
    assert weight.grad is not None
    assert torch.allclose(weight.grad, torch.tensor([3.0, 4.0]))


@pytest.mark.parametrize(("norm", "penalty"), [(1.0, 0.0), (3.0, 4.0), (0.0, 1.0)])
@pytest.mark.parametrize("shape", [(6, 2), (6, 3, 4, 4)])
def test_the_gradient_penalty_of_a_linear_critic(norm: float, penalty: float, shape: tuple[int, ...]) -> None:
    rng = torch.Generator().manual_seed(1)
    direction = torch.randn(shape[1:], generator=rng)
    weight = norm * direction / direction.norm()
    real, fake = torch.randn(2, *shape, generator=rng)
    value = gradient_penalty(lambda x: (x * weight).flatten(1).sum(1), real, fake, torch.rand(6, generator=rng))
    assert float(value) == pytest.approx(penalty, abs=1e-5)


def test_the_gradient_penalty_of_a_flat_critic_has_a_finite_gradient() -> None:
    weight = torch.zeros(2, requires_grad=True)
    real, fake, positions = torch.ones(4, 2), torch.zeros(4, 2), torch.linspace(0, 1, 4)
    gradient_penalty(lambda x: x @ weight, real, fake, positions).backward()  # type: ignore[no-untyped-call]
    assert torch.isfinite(weight.grad).all()  # type: ignore[arg-type]


def test_the_gradient_penalty_looks_between_real_and_fake() -> None:
    seen: list[Tensor] = []

    def critic(x: Tensor) -> Tensor:
        seen.append(x.detach())
        return x.sum(1)

    real, fake = torch.full((3, 2), 1.0), torch.full((3, 2), 3.0)
    gradient_penalty(critic, real, fake, torch.tensor([0.0, 0.25, 1.0]))
    (points,) = seen
    assert points.tolist() == [[1.0, 1.0], [1.5, 1.5], [3.0, 3.0]]


def test_the_gradient_penalty_draws_no_random_numbers() -> None:
    before = torch.get_rng_state()
    real, fake, positions = torch.zeros(4, 2), torch.ones(4, 2), torch.linspace(0.1, 0.9, 4)
    first, second, other = (
        gradient_penalty(lambda x: x.square().sum(1), real, fake, t).item()
        for t in (positions, positions, positions / 2)
    )
    assert first == second != other
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("loss", ["minimax", "non_saturating", "hinge"])
def test_a_share_is_the_sigmoid_of_a_logit(loss: str) -> None:
    real, fake = real_shares(loss, logits(0.0, 2.0), logits(-math.log(3)))
    assert real.tolist() == pytest.approx([0.5, math.exp(log_sigmoid(2.0))])
    assert fake.tolist() == pytest.approx([0.25])


def test_least_squares_logits_are_shares_themselves() -> None:
    real, fake = real_shares("least_squares", logits(0.7, 1.3), logits(-0.2, 0.4))
    assert (real.tolist(), fake.tolist()) == ([0.7, 1.0], [0.0, 0.4])


@pytest.mark.parametrize("loss", RELATIVE)
def test_where_only_differences_count_shares_do_not_depend_on_what_is_added_to_all_logits(loss: str) -> None:
    real, fake = logits(3.0, 5.0), logits(1.0, -1.0)  # means 4 and 0, so the middle is 2
    shares = real_shares(loss, real, fake)
    assert shares[0].tolist() == pytest.approx([math.exp(log_sigmoid(1.0)), math.exp(log_sigmoid(3.0))])
    for before, after in zip(shares, real_shares(loss, real + 10, fake + 10), strict=True):
        assert torch.allclose(before, after)


@pytest.mark.parametrize("loss", LOSS_NAMES)
def test_relative_losses_are_those_that_an_added_number_leaves_alone(loss: str) -> None:
    real, fake = logits(*REAL), logits(*FAKE)
    unmoved = math.isclose(LOSSES[loss].d(real, fake), LOSSES[loss].d(real + 10, fake + 10))
    assert unmoved == (loss in RELATIVE)


def test_each_step_has_a_middle_of_its_own() -> None:
    real, fake = torch.stack([logits(1.0), logits(9.0)]), torch.stack([logits(-1.0), logits(7.0)])
    assert real_shares("relativistic", real, fake)[0].flatten().tolist() == pytest.approx(
        [math.exp(log_sigmoid(1.0))] * 2
    )


@pytest.mark.parametrize(
    ("loss", "fake", "real"),
    [
        ("hinge", [0.0], [0.0]),
        ("least_squares", [0.5, 0.5], [0.5]),
        ("wasserstein", [100.0], [100.0]),
        ("relativistic", [-3.0], [-3.0]),
    ],
)
def test_what_d_cannot_tell_apart_is_half_real(loss: str, fake: list[float], real: list[float]) -> None:
    for shares in real_shares(loss, torch.tensor(real), torch.tensor(fake)):
        assert shares.tolist() == pytest.approx([0.5] * len(shares))
