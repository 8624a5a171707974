"""Gradients of each layer, computed again from the kept states on one fixed batch."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from gan_demo.analysis.inside import samples
from gan_demo.analysis.inside.architecture import weight_titles
from gan_demo.analysis.inside.layers import thinned
from gan_demo.analysis.inside.outputs import counts
from gan_demo.config import TrainConfig
from gan_demo.data.datasets import Dataset
from gan_demo.gan.models.base import Discriminator, Generator
from gan_demo.gan.models.build import build_discriminator, build_generator
from gan_demo.gan.step import discriminator_loss, generator_loss
from gan_demo.runs.run_dir import RunDir
from gan_demo.support.background_tasks import Report

MOST_SAMPLES = 64  # of the batch
EDGES = torch.linspace(-10, 2, 49, dtype=torch.float64)  # of log10 |gradient|: four bins a power of ten
SMALLEST = 1e-10  # what is smaller counts to the first bin


def compute(run: RunDir, step: int, data: Dataset, report: Report) -> dict[str, Any]:
    """Return a list of layers for each network, in forward order; ``step`` is not used.

    A layer: ``name``, ``title``, ``steps``, and by step its gradient's ``norm``, and the ``shares`` of its weights
    whose |gradient| lies in each bin of ``edges`` (powers of ten). The batch has the run's size, at most MOST_SAMPLES.
    """
    model, steps = run.config.model, run.intact_states
    G, D = build_generator(model), build_discriminator(model)
    rows = samples.real_rows(data, min(MOST_SAMPLES, run.config.train.batch))
    x, y = samples.real_samples(data, rows), samples.labels(model, data, rows)
    z = samples.latents(model, len(rows))
    pairs: list[tuple[dict[str, Tensor], dict[str, Tensor]]] = []
    for k, state_step in enumerate(steps):
        tensors = run.load_state_at(state_step)
        for network, prefix in ((G, "G."), (D, "D.")):
            network.load_state_dict({key[2:]: value for key, value in tensors.items() if key.startswith(prefix)})
        pairs.append(gradients(G, D, run.config_at(state_step).train, x, y, z))
        report((k + 1) / len(steps))
    return {
        "generator": _histories(G, steps, [pair[0] for pair in pairs]),
        "discriminator": _histories(D, steps, [pair[1] for pair in pairs]),
        "batch": len(rows),
    }


@torch.enable_grad()
def gradients(
    G: Generator, D: Discriminator, train: TrainConfig, x: Tensor, y: Tensor | None, z: Tensor
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Return the gradients of G's loss by G's parameters, and of D's loss with its penalties by D's.

    They are those of an update on this batch, but for lazy penalties, which are counted as if every update had them.
    """
    train = dataclasses.replace(train, penalty_every=1)
    fake = G(z, y)
    positions = torch.linspace(0, 1, len(x)) if train.gp else None  # fixed, as the whole batch is
    joint = train.gp == 0 and not D.has_batch_norm
    d_loss = discriminator_loss(D, train, x, fake.detach(), y, penalised=True, joint=joint, positions=positions)
    for_discriminator = _by_name(D, d_loss.total)
    return _by_name(G, generator_loss(D, train, x, fake, y)), for_discriminator


def _by_name(network: nn.Module, loss: Tensor) -> dict[str, Tensor]:
    """Return the gradient of ``loss`` by each parameter; zeros where it does not depend on it."""
    names, parameters = zip(*network.named_parameters(), strict=True)
    by_parameter = torch.autograd.grad(loss, parameters, allow_unused=True)
    return {
        name: torch.zeros_like(parameter) if gradient is None else gradient.detach()
        for name, parameter, gradient in zip(names, parameters, by_parameter, strict=True)
    }


def _histories(
    network: nn.Module, steps: Sequence[int], gradients_by_step: Sequence[Mapping[str, Tensor]]
) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "title": title,
            "steps": list(steps),
            "edges": EDGES.tolist(),
            "norm": [float(by_name[name].double().norm()) for by_name in gradients_by_step],
            "shares": [shares(by_name[name]) for by_name in gradients_by_step],
        }
        for name, title in weight_titles(network).items()
        if gradients_by_step
    ]


def shares(gradient: Tensor) -> list[float]:
    """Return the share of a gradient's numbers whose size is in each bin of ``EDGES``."""
    sizes = thinned(gradient.flatten()).double().abs().clamp_min(SMALLEST).log10()
    return [round(count / len(sizes), 5) for count in counts(sizes, EDGES)]
