"""Every preset trains, and every loss learns each kind of data with its settings."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from gan_demo.config import LOSS_NAMES, DataConfig, ModelConfig, RunConfig
from gan_demo.data import datasets
from gan_demo.data.datasets import DATASETS, Dataset
from gan_demo.data.downloads import Loading
from gan_demo.gan.metrics import points_quality, quality_for
from gan_demo.gan.models.base import Generator as Network
from gan_demo.presets import KINDS, LOSS_SETTINGS, PRESETS, own_images
from gan_demo.runs import networks
from gan_demo.runs.run_dir import RunDir
from gan_demo.training.state import new_state
from gan_demo.training.step import train_step
from gan_demo.training.trainer import train

PROMISED = {"digits", "faces", "tutorial", "fashion", "ring", "grid"}  # by the issue, by these names


def tiny_download(
    name: str, root: str, fallback: str, train: bool = True
) -> Generator[Loading, None, tuple[np.ndarray, np.ndarray]]:
    """32 random images in the place of a download."""
    yield Loading("download", 1, 1)
    rng = np.random.default_rng(0)
    known = DATASETS[name]
    labels = rng.integers(0, len(known.labels[0].values), (32, 1))
    return rng.integers(0, 256, (32, *known.shape)).astype(np.uint8), labels


def test_the_promised_presets_are_there_and_every_set_has_one() -> None:
    assert set(PRESETS) >= PROMISED
    assert {each.data.name for each in PRESETS.values()} >= set(DATASETS) - {"images", "own_points"}


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_trains_a_few_steps(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "torchvision_set", tiny_download)
    small = {"steps": 2, "batch": 8, "limit": 64, "evaluate": False}
    run = RunDir.create(tmp_path / "run", PRESETS[name].with_settings(small), name)
    last = list(train(run))[-1]
    assert (last.phase, last.step) == ("done", 2)
    assert RunDir(run.path).info.status == "done"
    assert all(torch.isfinite(value).all() for value in networks.generator(run).state_dict().values())


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_survives_json(name: str) -> None:
    assert RunConfig.from_dict(PRESETS[name].to_dict()) == PRESETS[name]


@pytest.mark.parametrize(("count", "augmented"), [(0, False), (1, True), (1_999, True), (2_000, False)])
def test_few_own_images_are_augmented(count: int, augmented: bool) -> None:
    assert bool(own_images("pets.zip", 32, count).train.augment) is augmented


# ---- losses


def test_every_loss_has_settings_for_each_kind_and_all_set_the_same_names() -> None:
    assert set(LOSS_SETTINGS) == set(itertools.product(LOSS_NAMES, KINDS))
    names = {frozenset(each) for each in LOSS_SETTINGS.values()}
    assert len(names) == 1
    assert names.pop() >= {
        "loss",
        "r1",
        "r2",
        "gp",
        "penalty_every",
        "d_steps",
        "g_lr",
        "d_lr",
        "beta1",
        "beta2",
        "optimizer",
        "label_smoothing",
    }
    assert all(settings["loss"] == loss for (loss, _), settings in LOSS_SETTINGS.items())


@pytest.mark.parametrize("kind", KINDS)
def test_from_any_loss_one_comes_to_the_same_settings_of_another(kind: str) -> None:
    usual = PRESETS["ring" if kind == "points" else "digits"]
    for before, after in itertools.permutations(LOSS_NAMES, 2):
        switched = usual.with_settings(LOSS_SETTINGS[before, kind]).with_settings(LOSS_SETTINGS[after, kind])
        assert switched == usual.with_settings(LOSS_SETTINGS[after, kind])


def learn(config: RunConfig, data: Dataset, steps: int) -> tuple[Network, Network]:
    """Return (the generator before, the saved one after) so many steps."""
    config = config.fit(data.shape, data.fields)
    state, untrained = new_state(config, "cpu"), new_state(config, "cpu")
    real = datasets.batches(data, config.train.batch, state.rng)
    if not config.model.conditional:
        real = ((x, None) for x, _ in real)
    for _ in range(steps):
        train_step(state, real, config.train)
    return untrained.G_ema.eval(), state.G_ema.eval()


@torch.no_grad()
def drawn(network: Network, n: int, y: Tensor | None = None) -> Tensor:
    samples: Tensor = network(torch.randn(n, network.z_dim, generator=torch.Generator().manual_seed(9)), y)
    return samples


@pytest.mark.parametrize(
    "loss",  # the cheapest of those with a bounded and an unbounded D; the others cost three times as much
    [pytest.param(loss, marks=() if loss in ("non_saturating", "hinge") else pytest.mark.soak) for loss in LOSS_NAMES],
)
def test_every_loss_covers_the_ring(loss: str) -> None:
    config = PRESETS["ring"].with_settings(LOSS_SETTINGS[loss, "points"] | {"batch": 128, "schedule": "constant"})
    before, after = learn(config, datasets.load(config.data), 300)
    assert points_quality(drawn(before, 2_000), "ring")["modes"] == 0
    quality = points_quality(drawn(after, 2_000), "ring")
    assert quality["modes"] == 8
    assert isinstance(quality["kl"], float)
    assert quality["kl"] < 0.1  # evenly
    assert isinstance(quality["high_quality"], float)
    assert quality["high_quality"] > 0.12  # about ten times what points spread over the plane would have


@pytest.mark.parametrize(
    "loss",  # that each of them learns, the ring shows
    [pytest.param(loss, marks=() if loss == "non_saturating" else pytest.mark.soak) for loss in LOSS_NAMES],
)
def test_every_loss_learns_digits(loss: str) -> None:
    config = dataclasses.replace(
        PRESETS["digits"], data=DataConfig("digits"), model=ModelConfig("dcgan", 32, 16, 16, conditional=True)
    ).with_settings(LOSS_SETTINGS[loss, "images"] | {"batch": 32, "ema": 0.95, "warmup": 0, "schedule": "constant"})
    data = datasets.load(config.data)
    quality = quality_for(data)
    assert quality is not None
    labels = data.labels[:300]
    y = datasets.multi_hot(labels, data.fields)
    fcd = [quality.measure(drawn(network, 300, y), labels)["fcd"] for network in learn(config, data, 150)]
    assert all(isinstance(value, float) for value in fcd)
    noise = torch.rand(300, 1, 28, 28, generator=torch.Generator().manual_seed(0)) * 2 - 1
    assert fcd[1] < 0.75 * fcd[0]  # type: ignore[operator]
    assert fcd[1] < 0.75 * quality.measure(noise, labels)["fcd"]  # type: ignore[operator]
