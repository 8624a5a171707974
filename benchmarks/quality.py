"""Generators at given seconds of a training, and their quality, measured after it."""

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
from gan_demo.training import budget, recorder, trainer
from gan_demo.training.state import TrainState, new_state

Measures = dict[str, float | list[float]]


class Checkpoint(NamedTuple):
    """A generator at a moment of its training."""

    seconds: float
    images: int
    weights: dict[str, Tensor]


def ours(config: RunConfig, times: Sequence[float], folder: Path, seconds: float = 0.0) -> list[Checkpoint]:
    """Train with ``trainer.train`` in a fresh process; return the averaged generator at these seconds of training.

    ``seconds``: the time budget of the run, whose end stands for the last of ``times``; 0 is none.
    """
    common.in_process(_train_ours, config, times, folder, seconds)
    return _read(folder)


def tutorial(data_root: str, times: Sequence[float], folder: Path, seed: int) -> list[Checkpoint]:
    """Train the tutorial's loop in a fresh process; return its generator at these seconds of training."""
    common.in_process(_train_tutorial, data_root, times, folder, seed)
    return _read(folder)


def measure(config: RunConfig, weights: dict[str, Tensor], data: datasets.Dataset, n: int) -> Measures:
    """Measure ``n`` samples of our generator, drawn as by ``gan_demo evaluate``; see ``Quality.measure``."""
    fitted = config.fit(data.shape, data.fields)
    generator = build_generator(fitted.model)
    generator.load_state_dict(weights)
    generator.eval().requires_grad_(False)
    labels = data_labels(data, n, 1) if fitted.model.labels else None
    y = None if labels is None else datasets.multi_hot(labels, fitted.model.labels)
    return _quality(data).measure(latent.generate(generator, latent.sample_z(n, generator.z_dim, 1), y), labels)


@torch.no_grad()
def measure_tutorial(weights: dict[str, Tensor], data: datasets.Dataset, n: int) -> Measures:
    """Measure ``n`` samples of the tutorial's generator."""
    generator = loops.generator()
    generator.load_state_dict(weights)
    return _quality(data).measure(generator(latent.sample_z(n, loops.Z, 1)).view(n, *data.shape))


def _quality(data: datasets.Dataset) -> metrics.Quality:
    quality = metrics.quality_for(data)
    assert quality is not None
    return quality


def _train_ours(config: RunConfig, times: Sequence[float], folder: Path, seconds: float) -> None:
    states: list[TrainState] = []

    def remember_state(config: RunConfig, device: str) -> TrainState:
        states.append(new_state(config, device))
        return states[-1]

    checkpoints: list[Checkpoint] = []
    with mock.patch.object(recorder, "new_state", remember_state):  # no interface gives out the weights of each step
        run = budget.create(folder / "run", config, "benchmark", seconds)
        for progress in trainer.train(run, seconds=None if seconds else times[-1]):
            missing = len(checkpoints) < len(times)
            out_of_steps = progress.phase == "done"  # before the time was up
            if progress.step and missing and (out_of_steps or progress.seconds >= times[len(checkpoints)]):
                checkpoints.append(Checkpoint(progress.seconds, progress.images, _copy(states[-1].G_ema)))
    _write(checkpoints, folder)


def _train_tutorial(data_root: str, times: Sequence[float], folder: Path, seed: int) -> None:
    checkpoints: list[Checkpoint] = []
    steps = loops.tutorial(data_root, seed)
    _, images = next(steps)  # the first step loads the data, so its time does not count
    copying, begin = 0.0, time.perf_counter()  # seconds of copying weights do not count either
    for G, n in steps:
        images += n
        now = time.perf_counter()
        if now - begin - copying >= times[len(checkpoints)]:
            checkpoints.append(Checkpoint(now - begin - copying, images, _copy(G)))
            copying += time.perf_counter() - now
            if len(checkpoints) == len(times):
                break
    _write(checkpoints, folder)


def _copy(network: torch.nn.Module) -> dict[str, Tensor]:
    return {key: value.detach().clone() for key, value in network.state_dict().items()}


def _write(checkpoints: list[Checkpoint], folder: Path) -> None:
    torch.save([tuple(checkpoint) for checkpoint in checkpoints], folder / "checkpoints.pt")


def _read(folder: Path) -> list[Checkpoint]:
    return [Checkpoint(*fields) for fields in torch.load(folder / "checkpoints.pt", weights_only=True)]
