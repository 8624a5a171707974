"""What a run's recorder needs: the sheet that every picture shows, the clock, the rate, and when numbers are broken."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gan_demo import datasets, images, sheets
from gan_demo.config import RunConfig
from gan_demo.errors import RunError

POINTS = 2_000  # samples in a picture of a 2-D set
DIVERGED = 1e7  # a loss beyond this is no longer one


@dataclass(frozen=True)
class Sheet:
    """What every picture of a run shows: the same latents (S, Z), labels (S, K) or None, in so many columns."""

    z: Tensor
    y: Tensor | None
    columns: int

    def picture(self, samples: Tensor, data: datasets.Dataset) -> images.Picture:
        """Samples side by side, or generated points over real ones."""
        if samples.dim() == 2:
            return images.points_picture(samples.cpu().numpy(), data.samples[:POINTS].cpu().numpy())
        return images.grid(images.to_uint8(samples), self.columns, gap=sheets.GAP)


def sheet_of(data: datasets.Dataset, config: RunConfig) -> Sheet:
    """Where there is one label of few values, a column is a class and neighbours share their latents."""
    fields = config.model.labels
    rng = torch.Generator().manual_seed(config.train.seed + 1_000_003)
    count = POINTS if config.model.arch == "points" else sheets.COUNT
    z = torch.randn(count, config.model.z_dim, generator=rng)
    columns, kept = sheets.arrangement(config.model)
    if not fields:
        return Sheet(z, None, columns)
    if len(fields) > 1:
        rows = torch.arange(count) % len(data.labels)
        return Sheet(z, datasets.multi_hot(data.labels.cpu()[rows], fields), columns)
    values = len(fields[0].values)
    labels = (torch.arange(count) % values)[:, None]
    if values > sheets.FEW:
        return Sheet(z, datasets.multi_hot(labels, fields), columns)
    shared = z.repeat_interleave(values, 0)[:kept]
    return Sheet(shared, datasets.multi_hot(labels[:kept], fields), columns)


def gradient_norm(network: nn.Module) -> float:
    grads = [p.grad for p in network.parameters() if p.grad is not None]
    return float(torch.nn.utils.get_total_norm(grads)) if grads else 0.0


def check_losses(row: Mapping[str, float], step: int) -> None:
    """Raises RunError if a loss of this row is no number, or beyond all measure."""
    for name in ("d_loss", "g_loss"):
        if not math.isfinite(row[name]):
            raise _not_a_number(name, row[name], step)
        if abs(row[name]) > DIVERGED:
            raise RunError(
                name, row[name], "diverged at step {step}",
                "Lower the learning rates, or add a gradient penalty; the last good checkpoint is kept", step=step,
            )  # fmt: skip


def check_weights(networks: Iterable[nn.Module], step: int) -> None:
    """Raises RunError if a weight is no number."""
    for network in networks:
        with torch.no_grad():
            norm = torch.nn.utils.get_total_norm(list(network.parameters()))
        if not math.isfinite(norm):
            raise _not_a_number("weights", "NaN", step)


def _not_a_number(what: str, value: object, step: int) -> RunError:
    return RunError(
        what, value, "became not a number at step {step}",
        "Lower the learning rates, or add an R1 penalty; the last good checkpoint is kept", step=step,
    )  # fmt: skip


def short(value: float) -> float:
    """Six significant digits are more than a curve shows."""
    return float(f"{value:.6g}")


class Rate:
    """Images a second over about the last two seconds: both sums fade at the same pace."""

    def __init__(self) -> None:
        self._images = 0.0
        self._seconds = 0.0

    @property
    def value(self) -> float:
        return self._images / self._seconds if self._seconds else 0.0

    def add(self, images: int, seconds: float) -> None:
        keep = math.exp(-seconds / 2)
        self._images = keep * self._images + images
        self._seconds = keep * self._seconds + seconds


class Clock:
    """Seconds of training: what passes between ``start`` and ``stop``, on top of earlier sessions."""

    def __init__(self, before: float) -> None:
        self._total = before
        self._since: float | None = None

    def start(self) -> None:
        self._since = time.perf_counter()

    def stop(self) -> None:
        self._total = self.now()
        self._since = None

    def now(self) -> float:
        return self._total + (time.perf_counter() - self._since if self._since is not None else 0.0)
