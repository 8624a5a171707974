"""Evaluation of a run's samples during training, limited to a small share of the training time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import torch
from torch import Tensor

from gan_demo.config import RunConfig
from gan_demo.data import datasets
from gan_demo.gan.metrics import Quality, points_quality, quality_for
from gan_demo.training.clock import round_for_log

EVALUATED = 500  # samples per evaluation
LIVE_REFERENCE = 3_000  # training samples that they are compared with; the evaluate command uses all
EVALUATION_SHARE = 0.015  # of the training time, at most
SEED = 7  # of the latents, the same in every evaluation
FIRST_COST_POINTS = 0.02  # seconds assumed for the first evaluation: it comes after about one second of training
FIRST_COST_IMAGES = 0.15  # likewise for images, after about ten seconds

Sampler = Callable[[Tensor, Tensor | None], Tensor]  # z (E, Z), y (E, K) or None -> samples (E, ...)


class Evaluator:
    """Evaluations of one training session. ``seconds`` is the time that all evaluations of the run have taken."""

    def __init__(self, data: datasets.Dataset, config: RunConfig, seconds: float) -> None:
        self.seconds = seconds
        self._data = data
        self._config = config
        self._is_points = config.model.arch == "points"
        self._cost = FIRST_COST_POINTS if self._is_points else FIRST_COST_IMAGES  # seconds the next one may take
        self._due = 0.0 if config.train.evaluate else math.inf  # in seconds of training; inf: never
        self._quality: Quality | None = None

    def is_due(self, training_seconds: float) -> bool:
        """Return whether to evaluate at ``training_seconds``; if so, postpone the next evaluation."""
        if training_seconds < self._due or self.seconds + self._cost > EVALUATION_SHARE * training_seconds:
            return False
        self._due = training_seconds + max(0.5, training_seconds / 400)
        return True

    def measure(self, sample: Sampler) -> dict[str, float | list[float]] | None:
        """Return the quality of the samples that ``sample`` draws, by metric; None if the data cannot be evaluated."""
        before = time.perf_counter()
        if self._due == math.inf:
            return None
        if not self._is_points:
            self._quality = self._quality or quality_for(self._data, LIVE_REFERENCE)
            if self._quality is None:  # no shipped classifier fits these images
                self._due = math.inf
                return None
        z = torch.randn(EVALUATED, self._config.model.z_dim, generator=torch.Generator().manual_seed(SEED))  # (E, Z)
        rows = torch.arange(EVALUATED) % len(self._data.labels)
        labels = self._data.labels[rows.to(self._data.labels.device)] if self._config.model.conditional else None
        samples = sample(z, None if labels is None else datasets.multi_hot(labels, self._data.fields))
        quality: dict[str, float | list[float]] = {}
        if self._is_points:
            quality = points_quality(samples.cpu(), self._config.data.name)
        elif self._quality is not None:
            quality = self._quality.measure(samples, labels)
        self._cost = time.perf_counter() - before
        self.seconds += self._cost
        quality["eval_seconds"] = round(self.seconds, 3)
        return {name: _rounded(value) for name, value in quality.items()}


def _rounded(value: float | list[float]) -> float | list[float]:
    return [round(number, 4) for number in value] if isinstance(value, list) else round_for_log(value)
