"""Weights kept by training time while a loop runs, and their quality, measured when it is over."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import torch
from torch import Tensor

from benchmarks import common, loops
from gan_demo.analysis.sampling import data_labels
from gan_demo.config import RunConfig
from gan_demo.data import datasets
from gan_demo.gan import latent, metrics
from gan_demo.gan.models.build import build_generator
from gan_demo.runs.run_dir import RunDir
from gan_demo.training import recorder, trainer
from gan_demo.training.state import TrainState, new_state

Found = dict[str, float | list[float]]


class Kept(NamedTuple):
    """A generator after so many seconds of training."""

    seconds: float
    images: int
    weights: dict[str, Tensor]


def ours(config: RunConfig, times: Sequence[float], folder: Path) -> list[Kept]:
    """Train with ``trainer.train`` in a fresh process; the averaged generator at these seconds of training."""
    common.in_process(_train_ours, config, times, folder)
    return _read(folder)


def tutorial(data_root: str, times: Sequence[float], folder: Path, seed: int) -> list[Kept]:
    """The same of the tutorial's loop."""
    common.in_process(_train_tutorial, data_root, times, folder, seed)
    return _read(folder)


def measure(config: RunConfig, weights: dict[str, Tensor], data: datasets.Dataset, n: int) -> Found:
    """``Quality.measure`` of ``n`` samples of our generator, as ``gan_demo evaluate`` draws them."""
    fitted = config.fit(data.shape, data.fields)
    generator = build_generator(fitted.model)
    generator.load_state_dict(weights)
    generator.eval().requires_grad_(False)
    labels = data_labels(data, n, 1) if fitted.model.labels else None
    y = None if labels is None else datasets.multi_hot(labels, fitted.model.labels)
    return _quality(data).measure(latent.generate(generator, latent.sample_z(n, generator.z_dim, 1), y), labels)


@torch.no_grad()
def measure_tutorial(weights: dict[str, Tensor], data: datasets.Dataset, n: int) -> Found:
    """The same of the tutorial's generator, from the same latents where the sizes agree."""
    generator = loops.generator()
    generator.load_state_dict(weights)
    return _quality(data).measure(generator(latent.sample_z(n, loops.Z, 1)).view(n, *data.shape))


def _quality(data: datasets.Dataset) -> metrics.Quality:
    quality = metrics.quality_for(data)
    assert quality is not None
    return quality


def _train_ours(config: RunConfig, times: Sequence[float], folder: Path) -> None:
    states: list[TrainState] = []

    def noted(config: RunConfig, device: str) -> TrainState:
        states.append(new_state(config, device))
        return states[-1]

    kept: list[Kept] = []
    with mock.patch.object(recorder, "new_state", noted):  # the one look into it: no page or command needs the weights
        for now in trainer.train(RunDir.create(folder / "run", config, "benchmark"), seconds=times[-1]):
            ended = now.phase == "done" and len(kept) < len(times)  # out of steps before the time was up
            if now.step and (ended or (len(kept) < len(times) and now.seconds >= times[len(kept)])):
                kept.append(Kept(now.seconds, now.images, _copy(states[-1].G_ema)))
    _write(kept, folder)


def _train_tutorial(data_root: str, times: Sequence[float], folder: Path, seed: int) -> None:
    kept: list[Kept] = []
    steps = loops.tutorial(data_root, seed)
    _, images = next(steps)  # data is loaded with it; so that this step costs the tutorial nothing
    taken_out, begin = 0.0, time.perf_counter()
    for G, n in steps:
        images += n
        now = time.perf_counter()
        if now - begin - taken_out >= times[len(kept)]:
            kept.append(Kept(now - begin - taken_out, images, _copy(G)))
            taken_out += time.perf_counter() - now
            if len(kept) == len(times):
                break
    _write(kept, folder)


def _copy(network: torch.nn.Module) -> dict[str, Tensor]:
    return {key: value.detach().clone() for key, value in network.state_dict().items()}


def _write(kept: list[Kept], folder: Path) -> None:
    torch.save([tuple(one) for one in kept], folder / "kept.pt")


def _read(folder: Path) -> list[Kept]:
    return [Kept(*one) for one in torch.load(folder / "kept.pt", weights_only=True)]
