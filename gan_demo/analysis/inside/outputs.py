"""Histograms of the discriminator's output on real and on generated samples of one step."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gan_demo.analysis.inside import samples
from gan_demo.data.datasets import Dataset
from gan_demo.gan.losses import RELATIVE
from gan_demo.runs import networks
from gan_demo.runs.run_dir import RunDir
from gan_demo.support.background_tasks import Report

COUNT = 1_000  # samples of each kind
BINS = 40


def compute(run: RunDir, step: int, data: Dataset, report: Report) -> dict[str, Any]:
    """Return D's output at the saved state of ``step``: ``edges``, counts, means, and how well D tells them apart.

    ``separation`` is that of ``separation()``; ``threshold`` the output at which D is undecided. The generated samples
    are those of the checkpoint, which are the run's pictures. Raises RunError if the step has no state.
    """
    model, train = run.config.model, run.config_at(step).train
    rows = samples.real_rows(data, COUNT)
    y = samples.labels(model, data, rows)
    D = networks.discriminator(run, step)
    report(0.2)
    real = samples.logits(D, samples.real_samples(data, rows), y)
    report(0.5)
    fakes = samples.generated(networks.generator(run, step), model, y, len(rows))
    report(0.8)
    fake = samples.logits(D, fakes, y)
    edges = shared_edges(real, fake, BINS)
    return {
        "step": step,
        "loss": train.loss,
        "edges": samples.rounded(edges, 6),
        "real": counts(real, edges),
        "fake": counts(fake, edges),
        "real_mean": float(real.mean()),
        "fake_mean": float(fake.mean()),
        "threshold": threshold(train.loss, real, fake),
        "separation": separation(real, fake),
    }


def threshold(loss: str, real: Tensor, fake: Tensor) -> float:
    """Return the output at which D is undecided: 0.5 of least squares, else 0, or midway between relative means."""
    if loss in RELATIVE:
        return float(0.5 * (real.mean() + fake.mean()))
    return 0.5 if loss == "least_squares" else 0.0


def shared_edges(a: Tensor, b: Tensor, bins: int) -> Tensor:
    """Return ``bins + 1`` evenly spaced edges from the least to the greatest of both sets; at least 1e-6 apart."""
    both = torch.cat([a, b]).double()
    low, high = float(both.min()), float(both.max())
    if high - low < bins * 1e-6:
        low, high = low - 0.5, high + 0.5
    return torch.linspace(low, high, bins + 1, dtype=torch.float64)


def counts(values: Tensor, edges: Tensor) -> list[int]:
    """Return how many ``values`` lie between each two ``edges``; those beyond count to the first and last bin."""
    index = torch.bucketize(values.double(), edges[1:-1], right=True)
    return [int(count) for count in torch.bincount(index, minlength=len(edges) - 1).tolist()]


def separation(real: Tensor, fake: Tensor) -> float:
    """Return the share of pairs in which D rates the real sample above the generated one; ties count half.

    0.5: D cannot tell them apart. 1: it always can. It is the area under the ROC curve.
    """
    ordered = fake.double().sort().values
    below = torch.searchsorted(ordered, real.double(), right=False)
    up_to = torch.searchsorted(ordered, real.double(), right=True)
    return float((below + up_to).double().mean()) / 2 / len(fake)
