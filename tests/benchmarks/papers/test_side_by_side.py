"""Trainings side by side learn what each seed would learn alone."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from benchmarks.papers.protocol import MIXTURES
from benchmarks.papers.side_by_side import SlopedTanh, Trainings
from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.training import step
from gan_demo.training.state import TrainState, new_state

STEPS, BATCH, SEEDS = 6, 8, (3, 4)
SMALL = RunConfig(
    DataConfig("ring"),
    ModelConfig(arch="points", z_dim=2, width=6, d_width=5, depth=2),
    TrainConfig(loss="relativistic", batch=BATCH, steps=STEPS, schedule="cosine", ema=0.9, g_lr=0.01, d_lr=0.02),
)


@pytest.mark.parametrize(
    "settings",
    [
        {"r1": 0.5, "r2": 0.3},
        {"loss": "non_saturating", "packing": 4, "ema": 0.0},
        {"loss": "minimax", "d_depth": 1, "activation": "tanh", "d_steps": 2},
    ],
)
def test_side_by_side_equals_alone(settings: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    config = SMALL.with_settings(settings)
    rng = torch.Generator().manual_seed(0)
    z, x = (torch.randn(STEPS, len(SEEDS), BATCH, 2, generator=rng) for _ in range(2))
    latents = {"now": z.flatten(1, 2)}  # (steps, N, 2) of the training that runs
    monkeypatch.setattr(step, "_latents", lambda state, _: latents["now"][state.step])

    def repeated(batches: Tensor) -> list[tuple[Tensor, None]]:
        return [(batch, None) for batch in batches for _ in range(config.train.d_steps)]

    together = Trainings(MIXTURES["ring"], config, SEEDS)
    together.real = iter(repeated(x.flatten(1, 2)))
    for _ in range(STEPS):
        together.step()
    results = []
    for index, seed in enumerate(SEEDS):
        latents["now"] = z[:, index]
        alone = new_state(config.with_settings({"seed": seed}).fit((2,), ()), "cpu")
        untrained = alone.G(z[0, 0]).detach()
        batches = iter(repeated(x[:, index]))
        for _ in range(STEPS):
            step.train_step(alone, batches, config.train)
        results.append(alone.G_ema(z[0, 0]))
        assert not torch.allclose(results[-1], untrained, atol=1e-2)  # it learned
    combined: TrainState = together.state
    assert torch.allclose(combined.G_ema(z[0, :1].repeat(1, 2, 1).view(-1, 2)), torch.cat(results), atol=1e-5)


def test_samples_are_in_the_mixtures_units_and_each_seed_has_its_own() -> None:
    trainings = Trainings(MIXTURES["grid"], SMALL, SEEDS)
    wider = Trainings(MIXTURES["grid"], SMALL, SEEDS, spread=2)
    points = trainings.samples(50)
    assert torch.allclose(wider.samples(50), points / 2)  # equal outputs of untrained networks mean half as much
    assert torch.equal(next(wider.real)[0], 2 * next(Trainings(MIXTURES["grid"], SMALL, SEEDS).real)[0])
    assert points.shape == (2, 50, 2)
    assert torch.equal(points, trainings.samples(50))  # repeatable
    x, _ = next(trainings.real)
    assert x.shape == (2 * BATCH, 2)
    assert not torch.equal(x[:BATCH], x[BATCH:])
    distances = torch.cdist(MIXTURES["grid"].scale * x, torch.tensor(MIXTURES["grid"].centres)).amin(1)
    assert float(distances.max()) < 6 * MIXTURES["grid"].sigma


def test_d_may_have_another_activation() -> None:
    state = Trainings(MIXTURES["ring"], SMALL.with_settings({"activation": "tanh"}), SEEDS, "relu").state
    for network, activation in ((state.G, torch.nn.Tanh), (state.D, torch.nn.ReLU)):
        kinds = {type(module) for module in network.modules() if "activation" in type(module).__module__}
        assert kinds == {activation}


def test_the_slope_of_g_and_of_its_average_grows_to_its_end() -> None:
    trainings = Trainings(MIXTURES["grid"], SMALL.with_settings({"activation": "tanh"}), SEEDS, slope=8.0)
    networks = (trainings.state.G, trainings.state.G_ema)
    slopes = []
    for index in range(STEPS + 1):
        slopes.append({module.slope for G in networks for module in G.modules() if isinstance(module, SlopedTanh)})
        if index < STEPS:
            trainings.step()
    assert [slope for (slope,) in slopes] == pytest.approx([8 ** (index / STEPS) for index in range(STEPS + 1)])
    x = torch.tensor([-0.5, 0.1])
    assert torch.allclose(next(m for m in networks[0].modules() if isinstance(m, SlopedTanh))(x), torch.tanh(8 * x))
