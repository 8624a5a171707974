"""The losses of a step in closed form: a linear discriminator D(x) = w·x + b has the gradient w everywhere."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor
from torch.func import functional_call
from torch.nn.functional import softplus

from gan_demo.config import LabelField, ModelConfig, TrainConfig
from gan_demo.gan.models.build import build_discriminator
from gan_demo.gan.step import discriminator_loss, generator_loss

W = torch.tensor([3.0, 4.0])  # |w| = 5
REAL = torch.tensor([[1.0, 0.0], [0.0, 1.0]])  # logits 3.5 and 4.5
FAKE = torch.tensor([[-1.0, 0.0], [0.0, 0.0]])  # logits -2.5 and 0.5
POSITIONS = torch.tensor([0.2, 0.7])


def linear(x: Tensor, y: Tensor | None = None) -> Tensor:
    return x @ W + 0.5


@pytest.mark.parametrize("joint", [True, False])
@pytest.mark.parametrize(
    ("settings", "penalties"),
    [
        ({}, []),
        ({"r1": 2.0}, [25.0]),  # r1/2 |w|²
        ({"r1": 2.0, "r2": 0.4, "penalty_every": 3}, [90.0]),
        ({"gp": 2.0}, [32.0]),  # gp (|w| - 1)²
        ({"r2": 2.0, "gp": 2.0, "penalty_every": 2}, [50.0, 64.0]),
    ],
    ids=str,
)
def test_penalties_of_a_linear_discriminator(joint: bool, settings: dict[str, float], penalties: list[float]) -> None:
    train = TrainConfig("wasserstein", **settings)  # type: ignore[arg-type]
    result = discriminator_loss(
        linear, train, REAL, FAKE, None, penalised=True, joint=joint, positions=POSITIONS
    ).detach()
    assert result.real_logits.tolist() == [3.5, 4.5]
    assert result.fake_logits.tolist() == [-2.5, 0.5]
    assert float(result.adversarial) == -5.0  # mean of the fakes' logits minus the real ones'
    assert [float(penalty) for penalty in result.penalties] == pytest.approx(penalties)
    assert float(result.total) == pytest.approx(-5.0 + sum(penalties))


def test_updates_in_between_have_no_penalties() -> None:
    train = TrainConfig("wasserstein", r1=1.0, gp=1.0, penalty_every=2)
    result = discriminator_loss(linear, train, REAL, FAKE, None, penalised=False, joint=False)
    assert (result.penalties, float(result.total)) == ((), -5.0)


def test_wgan_gp_takes_the_gradient_at_the_given_positions() -> None:
    seen: list[Tensor] = []

    def recorded(x: Tensor, y: Tensor | None) -> Tensor:
        seen.append(x.detach())
        return linear(x)

    train = TrainConfig("wasserstein", gp=1.0)
    discriminator_loss(recorded, train, REAL, FAKE, None, penalised=True, joint=True, positions=POSITIONS)
    assert torch.allclose(seen[-1], torch.tensor([[0.6, 0.0], [0.0, 0.3]]))


def test_penalties_can_be_differentiated_again() -> None:
    w = W.clone().requires_grad_()
    train = TrainConfig("wasserstein", r1=0.1)
    result = discriminator_loss(lambda x, y: x @ w, train, REAL, FAKE, None, penalised=True, joint=True)
    (gradient,) = torch.autograd.grad(result.total, w)
    assert torch.allclose(gradient, FAKE.mean(0) - REAL.mean(0) + 0.1 * W)
    assert not any(value.requires_grad for value in (*result.detach()[:3], *result.detach().penalties))


def test_label_smoothing_adds_its_share_of_the_mean_real_logit() -> None:
    plain, smooth = (
        discriminator_loss(
            linear, TrainConfig(label_smoothing=amount), REAL, FAKE, None, penalised=True, joint=True
        ).adversarial
        for amount in (0.0, 0.2)
    )
    assert float(smooth - plain) == pytest.approx(0.2 * 4.0)


@pytest.mark.parametrize(("joint", "sizes"), [(True, [4]), (False, [2, 2])])
def test_each_sample_is_judged_with_its_own_label(joint: bool, sizes: list[int]) -> None:
    seen: list[int] = []

    def labelled(x: Tensor, y: Tensor | None) -> Tensor:
        assert y is not None
        seen.append(len(x))
        return x.sum(1) + 10 * y[:, 0]

    y = torch.tensor([[1.0], [2.0]])
    result = discriminator_loss(labelled, TrainConfig(), REAL, FAKE, y, penalised=True, joint=joint)
    assert seen == sizes
    assert result.real_logits.tolist() == [11.0, 21.0]
    assert result.fake_logits.tolist() == [9.0, 20.0]


def test_nothing_handed_in_is_changed() -> None:
    inputs = (REAL.clone(), FAKE.clone())
    train = TrainConfig("relativistic", r1=1.0, r2=1.0)
    discriminator_loss(linear, train, *inputs, None, penalised=True, joint=True)
    assert not any(tensor.requires_grad for tensor in inputs)
    assert [tensor.tolist() for tensor in inputs] == [REAL.tolist(), FAKE.tolist()]


def test_it_takes_a_network_with_other_parameters() -> None:
    """As the compiled step calls it: the parameters are arguments, and the module keeps its own."""
    model = ModelConfig("points", 2, 8, 8, 2, shape=(2,), labels=(LabelField("side", ("a", "b")),), conditional=True)
    D, other = build_discriminator(model, 0), build_discriminator(model, 1)
    own, y, train = copy.deepcopy(D.state_dict()), torch.eye(2), TrainConfig(r1=1.0, r2=1.0)
    called = discriminator_loss(
        lambda x, y: functional_call(D, dict(other.named_parameters()), (x, y)),
        train,
        REAL,
        FAKE,
        y,
        penalised=True,
        joint=True,
    )
    wanted = discriminator_loss(other, train, REAL, FAKE, y, penalised=True, joint=True)
    assert torch.equal(called.total, wanted.total)
    assert all(torch.equal(value, own[key]) for key, value in D.state_dict().items())
    assert all(parameter.grad is None for parameter in (*D.parameters(), *other.parameters()))


def test_the_generators_loss_looks_at_real_samples_only_where_it_compares() -> None:
    unknown = torch.full_like(REAL, torch.nan)
    assert float(generator_loss(linear, TrainConfig("wasserstein"), unknown, FAKE, None)) == 1.0
    compared = generator_loss(linear, TrainConfig("relativistic"), REAL, FAKE, None)
    assert torch.allclose(compared, softplus(torch.tensor([6.0, 4.0])).mean())
