"""A run's quality, measured on the side: only so often that it stays within its share of the training time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import torch
from torch import Tensor

from gan_demo import datasets
from gan_demo.config import RunConfig
from gan_demo.metrics import Quality, points_quality, quality_for
from gan_demo.recording import short

EVALUATED = 500  # samples a live evaluation looks at
LIVE_REFERENCE = 3_000  # training samples it is compared with; the evaluate command takes all
EVALUATION_SHARE = 0.015  # of the training time, at most

Sampler = Callable[[Tensor, Tensor | None], Tensor]


class Evaluator:
    """Of one training session. ``seconds`` is what all of the run's evaluations have taken."""

    def __init__(self, data: datasets.Dataset, config: RunConfig, seconds: float) -> None:
        self.seconds = seconds
        self._data = data
        self._config = config
        guess = 0.02 if config.model.arch == "points" else 0.15
        self._cost = guess  # seconds the next one may take: at first it puts images off for ten seconds, points for one
        self._due = 0.0 if config.train.evaluate else math.inf
        self._quality: Quality | None = None

    def is_due(self, now: float) -> bool:
        """At ``now`` seconds of training; True at most once a while."""
        if now < self._due or self.seconds + self._cost > EVALUATION_SHARE * now:
            return False
        self._due = now + max(0.5, now / 400)
        return True

    def measure(self, sample: Sampler) -> dict[str, float | list[float]] | None:
        """What ``sample(z (E, Z), y (E, K) or None) -> (E, ...)`` is worth, by name; None where nothing can tell."""
        before = time.perf_counter()
        is_points = self._config.model.arch == "points"
        if self._due == math.inf:
            return None
        if not is_points:
            self._quality = self._quality or quality_for(self._data, LIVE_REFERENCE)
            if self._quality is None:  # images that no shipped classifier fits
                self._due = math.inf
                return None
        z = torch.randn(EVALUATED, self._config.model.z_dim, generator=torch.Generator().manual_seed(7))  # (E, Z)
        rows = torch.arange(EVALUATED) % len(self._data.labels)
        labels = self._data.labels[rows.to(self._data.labels.device)] if self._config.model.conditional else None
        y = None if labels is None else datasets.multi_hot(labels, self._data.fields)
        samples = sample(z, y)
        found: dict[str, float | list[float]] = {}
        if is_points:
            found = points_quality(samples.cpu(), self._config.data.name)
        elif self._quality is not None:
            found = self._quality.measure(samples, labels)
        self._cost = time.perf_counter() - before
        self.seconds += self._cost
        found["eval_seconds"] = round(self.seconds, 3)
        return {k: [round(n, 4) for n in v] if isinstance(v, list) else short(v) for k, v in found.items()}
