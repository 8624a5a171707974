"""Histograms of the weights of each layer over the kept checkpoints (the generator) and states (the discriminator)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from gan_demo.analysis.inside.architecture import weight_titles
from gan_demo.analysis.inside.outputs import counts
from gan_demo.data.datasets import Dataset
from gan_demo.gan.models.build import outline_discriminator, outline_generator
from gan_demo.runs.run_dir import RunDir
from gan_demo.support.background_tasks import Report

BINS = 48
REACH = 4.0  # standard deviations to each side of the mean that the bins span; what is beyond is in the outer bins
Tensors = Mapping[str, Tensor]


def compute(run: RunDir, step: int, data: Dataset | None, report: Report) -> dict[str, Any]:
    """Return a list of layers for each network, in forward order; ``step`` and ``data`` are of no concern.

    A layer: ``name``, ``title``, ``steps``, ``edges`` of the bins, ``shares`` of the weights in each bin by step, and
    by step the ``spread``, their standard deviation.
    """
    model, checkpoints, states = run.config.model, run.intact_checkpoints, run.intact_states
    generator, discriminator = outline_generator(model), outline_discriminator(model)
    read_all = len(checkpoints) + len(states)
    done = 0

    def counted(load: Callable[[int], Tensors]) -> Callable[[int], Tensors]:
        def loaded(step: int) -> Tensors:
            nonlocal done
            done += 1
            report(done / read_all)
            return load(step)

        return loaded

    def of_discriminator(step: int) -> Tensors:
        return {key[2:]: value for key, value in run.load_state_at(step).items() if key.startswith("D.")}

    return {
        "generator": histories(generator, checkpoints, counted(run.load_checkpoint)),
        "discriminator": histories(discriminator, states, counted(of_discriminator)),
    }


def histories(network: nn.Module, steps: Sequence[int], load: Callable[[int], Tensors]) -> list[dict[str, Any]]:
    """Return the layers' histograms at ``steps``; ``load(step)`` returns the weights by name, and is called once."""
    titles = weight_titles(network)
    samples: dict[str, list[Tensor]] = {name: [] for name in titles}
    for step in steps:
        tensors = load(step)
        for name, values in samples.items():
            values.append(thinned(tensors[name].float().flatten()))
    return [_history(name, titles[name], steps, values) for name, values in samples.items() if values]


def thinned(values: Tensor, most: int = 50_000) -> Tensor:
    """Return a vector's evenly spaced members, at most ``most``, for layers of millions of weights."""
    return values[:: math.ceil(len(values) / most)].clone() if len(values) > most else values


def _history(name: str, title: str, steps: Sequence[int], values: Sequence[Tensor]) -> dict[str, Any]:
    edges = spanning_edges(values)
    return {
        "name": name,
        "title": title,
        "steps": list(steps),
        "edges": [round(edge, 6) for edge in edges.tolist()],
        "shares": [[round(count / len(each), 5) for count in counts(each, edges)] for each in values],
        "spread": [float(each.double().std(correction=0)) for each in values],
    }


def spanning_edges(values: Sequence[Tensor]) -> Tensor:
    """Return ``BINS + 1`` even edges that span ``REACH`` standard deviations around the mean of each vector."""
    means = torch.stack([each.double().mean() for each in values])
    reach = REACH * torch.stack([each.double().std(correction=0) for each in values])
    low, high = float((means - reach).min()), float((means + reach).max())
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    return torch.linspace(low, high, BINS + 1, dtype=torch.float64)
