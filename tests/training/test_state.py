"""One step of training: schedules, penalties, the moving average, optimisers, and a state that loads bit for bit."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.data import datasets
from gan_demo.errors import RunError
from gan_demo.gan import step as gan_step
from gan_demo.schedule import rate_factor
from gan_demo.training import step as training_step
from gan_demo.training.state import TrainState, new_state
from gan_demo.training.step import Batch, summary, train_step

POINTS = ModelConfig("points", 2, 8, 8, 2, shape=(2,))


def settings(**changes: object) -> RunConfig:
    train = dataclasses.replace(TrainConfig(batch=8, steps=100), **changes)  # type: ignore[arg-type]
    return RunConfig(DataConfig("ring"), POINTS, train)


def real(state: TrainState, config: RunConfig) -> Iterator[Batch]:
    data = datasets.load(DataConfig("ring", limit=500))
    return ((x, None) for x, _ in datasets.batches(data, config.train.batch, state.rng))


def trained(config: RunConfig, steps: int) -> TrainState:
    state = new_state(config, "cpu")
    batches = real(state, config)
    for _ in range(steps):
        train_step(state, batches, config.train)
    return state


def differing(a: dict[str, Tensor], b: dict[str, Tensor]) -> list[str]:
    """Names of what is not the same bit for bit."""
    assert a.keys() == b.keys()
    return [key for key in a if a[key].dtype != b[key].dtype or not torch.equal(a[key], b[key])]


# ---- schedules


def test_a_constant_rate_stays() -> None:
    assert {rate_factor(TrainConfig(steps=10), step) for step in range(12)} == {1.0}


def test_a_linear_rate_falls_evenly_to_zero() -> None:
    train = TrainConfig(steps=10, schedule="linear")
    assert [rate_factor(train, step) for step in range(11)] == pytest.approx([1 - k / 10 for k in range(11)])
    assert rate_factor(train, 15) == 0


def test_a_cosine_rate_is_half_at_the_middle() -> None:
    train = TrainConfig(steps=100, schedule="cosine")
    assert [rate_factor(train, step) for step in (0, 25, 50, 100)] == pytest.approx(
        [1, (1 + math.sqrt(0.5)) / 2, 0.5, 0], abs=1e-12
    )


@pytest.mark.parametrize("name", ["constant", "linear"])
def test_warming_up_climbs_to_the_schedule(name: str) -> None:
    train, plain = (TrainConfig(steps=100, schedule=name, warmup=n) for n in (4, 0))
    factors = [rate_factor(train, step) / rate_factor(plain, step) for step in range(6)]
    assert factors == pytest.approx([0.25, 0.5, 0.75, 1, 1, 1])


def test_the_schedule_reaches_both_optimisers() -> None:
    config = settings(schedule="linear", steps=4, g_lr=0.1, d_lr=0.2)
    state = trained(config, 3)
    assert state.g_optimizer.param_groups[0]["lr"] == pytest.approx(0.05)
    assert state.d_optimizer.param_groups[0]["lr"] == pytest.approx(0.1)


# ---- a step


def test_a_step_reports_its_numbers() -> None:
    config = settings(r1=1.0)
    state = new_state(config, "cpu")
    report = train_step(state, real(state, config), config.train)
    assert not any(number.requires_grad for number in report if number is not None)
    row = summary([report], config.train.loss)
    assert row["d_loss"] == pytest.approx(2 * math.log(2), abs=0.5)
    assert 0 < row["d_real"] < 1
    assert 0 < row["d_fake"] < 1
    assert row["penalty"] > 0


@pytest.mark.parametrize("d_steps", [1, 3])
def test_d_is_updated_so_often_for_each_update_of_g(d_steps: int) -> None:
    config = settings(d_steps=d_steps)
    state = trained(config, 4)
    assert (state.step, state.d_updates) == (4, 4 * d_steps)
    counts = {int(each["step"]) for each in state.d_optimizer.state.values()}
    assert counts == {4 * d_steps}
    assert {int(each["step"]) for each in state.g_optimizer.state.values()} == {4}


@pytest.mark.parametrize(("every", "counted"), [(1, 7), (2, 4), (4, 2), (100, 1)])
def test_lazy_penalties_come_every_so_many_updates(monkeypatch: pytest.MonkeyPatch, every: int, counted: int) -> None:
    calls: list[int] = []
    penalty = gan_step.squared_gradients

    def counting(logits: Tensor, x: Tensor) -> Tensor:
        calls.append(len(x))
        return penalty(logits, x)

    monkeypatch.setattr(gan_step, "squared_gradients", counting)
    config = settings(r1=1.0, r2=1.0, penalty_every=every)
    trained(config, 7)
    assert calls == [2 * config.train.batch] * counted


def test_lazy_penalties_weigh_as_much_more() -> None:
    """Under SGD, what the penalty adds to one update of D is so many times as far."""
    moved = []
    for every in (1, 4):
        config = settings(r1=1.0, penalty_every=every, optimizer="sgd", beta1=0.0, loss="wasserstein", d_lr=1e-3)
        plain = settings(optimizer="sgd", beta1=0.0, loss="wasserstein", d_lr=1e-3)
        with_penalty, without = trained(config, 1).D, trained(plain, 1).D
        moved.append([a - b for a, b in zip(with_penalty.parameters(), without.parameters(), strict=True)])
    assert any(a.abs().max() > 0 for a in moved[0])
    assert all(torch.allclose(4 * a, b, atol=1e-6) for a, b in zip(*moved, strict=True))


def test_one_penalty_at_real_and_one_at_fake_samples_add_up() -> None:
    penalties = []
    for r1, r2 in ((2.0, 0.0), (0.0, 2.0), (2.0, 2.0)):
        config = settings(r1=r1, r2=r2)
        state = new_state(config, "cpu")
        report = train_step(state, real(state, config), config.train)
        penalties.append(summary([report], config.train.loss)["penalty"])
    assert penalties[0] + penalties[1] == pytest.approx(penalties[2], rel=1e-5)
    assert penalties[0] != penalties[1]


def test_augmentation_of_both_sides_costs_random_numbers_and_changes_what_is_learned() -> None:
    model = ModelConfig("mlp", 4, 2, 2, shape=(1, 28, 28))
    states = []
    for policy in ("", "cutout"):
        config = RunConfig(DataConfig("digits"), model, TrainConfig(batch=8, steps=100, augment=policy))
        state = new_state(config, "cpu")
        images = torch.ones(8, 1, 28, 28)
        train_step(state, iter([(images, None)]), config.train)
        states.append(state)
    plain, augmented = states
    for network in ("G", "D"):
        weights = [torch.cat([p.flatten() for p in getattr(state, network).parameters()]) for state in states]
        assert not torch.equal(*weights)
    torch.rand(3, 8, 7, generator=plain.rng)  # of real samples and fakes for D, of fakes for G
    assert torch.equal(plain.rng.get_state(), augmented.rng.get_state())


def test_label_smoothing_changes_what_d_is_taught_and_not_g() -> None:
    plain, smooth = settings(), settings(label_smoothing=0.2)
    numbers = []
    for config in (plain, smooth):
        state = new_state(config, "cpu")
        numbers.append(train_step(state, real(state, config), config.train))
    state = new_state(plain, "cpu")
    x, _ = next(real(state, plain))
    assert float(numbers[1].d_loss - numbers[0].d_loss) == pytest.approx(
        0.2 * float(state.D(x).mean().detach()), abs=1e-6
    )


def test_d_learns_nothing_from_gs_update() -> None:
    config = settings()
    state = new_state(config, "cpu")
    train_step(state, real(state, config), config.train)
    assert all(p.requires_grad for p in state.D.parameters())
    before = [p.grad.clone() for p in state.D.parameters() if p.grad is not None]
    fake = state.G(torch.zeros(4, 2))
    training_step._update_generator(state, config.train, fake.detach(), fake, None)
    after = [p.grad for p in state.D.parameters() if p.grad is not None]
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))


def test_a_step_draws_from_its_own_generator_alone() -> None:
    torch.manual_seed(0)
    before = torch.get_rng_state()
    trained(settings(gp=1.0, d_steps=2), 3)
    assert torch.equal(torch.get_rng_state(), before)


# ---- the moving average


def test_the_average_follows_its_formula() -> None:
    config = settings(ema=0.5, g_lr=0.1)
    state = new_state(config, "cpu")
    batches = real(state, config)
    wanted = [p.clone() for p in state.G.parameters()]
    for step in range(8):
        train_step(state, batches, config.train)
        decay = min(0.5, (1 + step) / (10 + step))
        wanted = [decay * a + (1 - decay) * p for a, p in zip(wanted, state.G.parameters(), strict=True)]
    assert all(torch.allclose(a, p, atol=1e-6) for a, p in zip(wanted, state.G_ema.parameters(), strict=True))
    assert any(not torch.equal(a, p) for a, p in zip(state.G.parameters(), state.G_ema.parameters(), strict=True))


def test_without_an_average_it_is_the_generator_itself() -> None:
    assert (state := new_state(settings(), "cpu")).G_ema is state.G


def test_the_average_takes_batch_statistics_along() -> None:
    model = ModelConfig("dcgan", 4, 2, 2, shape=(1, 28, 28))
    config = RunConfig(DataConfig("digits", limit=64), model, TrainConfig(batch=8, ema=0.9))
    state = new_state(config, "cpu")
    data = datasets.load(config.data)
    batches = ((x, None) for x, _ in datasets.batches(data, 8, state.rng))
    for _ in range(3):
        train_step(state, batches, config.train)
    means = {key: value for key, value in state.G_ema.named_buffers() if key.endswith("running_mean")}
    assert means
    assert all(value.abs().max() > 0 for value in means.values())


# ---- keeping and loading


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"ema": 0.9},
        {"optimizer": "sgd"},
        {"optimizer": "sgd", "beta1": 0.0},
        {"optimizer": "rmsprop"},
        {"optimizer": "rmsprop", "beta1": 0.0},
        {"loss": "wasserstein", "gp": 1.0, "d_steps": 2, "penalty_every": 3},
    ],
    ids=str,
)
def test_a_loaded_state_goes_on_bit_for_bit(changes: dict[str, object]) -> None:
    config = settings(**changes)
    straight = trained(config, 9)
    tensors = {key: value.clone() for key, value in trained(config, 5).tensors().items()}
    resumed = new_state(config, "cpu")
    resumed.load(tensors)
    assert differing(resumed.tensors(), tensors) == []
    batches = real(resumed, config)
    for _ in range(4):
        train_step(resumed, batches, config.train)
    assert differing(resumed.tensors(), straight.tensors()) == []


def test_a_state_that_never_stepped_loads() -> None:
    state = new_state(settings(), "cpu")
    state.load(new_state(settings(), "cpu").tensors())
    assert state.step == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"optimizer": "rmsprop"}),
        ({"optimizer": "sgd"}, {}),
        ({"optimizer": "rmsprop"}, {}),
        ({}, {"optimizer": "sgd"}),
        ({"optimizer": "rmsprop", "beta1": 0.0}, {"optimizer": "rmsprop", "beta1": 0.9}),
        ({}, {"ema": 0.9}),
    ],
    ids=str,
)
def test_a_state_of_other_settings_is_refused(before: dict[str, object], after: dict[str, object]) -> None:
    tensors = trained(settings(**before), 2).tensors()
    with pytest.raises(RunError) as caught:
        new_state(settings(**after), "cpu").load(tensors)
    assert caught.value.problem == "does not fit the settings"


@pytest.mark.parametrize("missing", ["rng", "counts", "G.net.0.weight", "d_optimizer.0.exp_avg"])
def test_a_state_with_a_part_missing_is_refused(missing: str) -> None:
    tensors = trained(settings(), 2).tensors()
    del tensors[missing]
    with pytest.raises(RunError):
        new_state(settings(), "cpu").load(tensors)
