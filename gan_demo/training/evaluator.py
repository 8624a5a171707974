"""Evaluation of a run's samples during training, limited to a small share of the training time.

Evaluations take 1.5 % of the training time. Where one takes so long that this would leave the last out of date, one
comes all the same, after half of the training so far or 30 seconds, and one at a stop, as long as neither takes more
than a tenth of the training since the last.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from gan_demo.config import RunConfig
from gan_demo.data import datasets
from gan_demo.gan.answers import answers, moved_share
from gan_demo.gan.metrics import Quality, points_quality, quality_for
from gan_demo.training.clock import round_for_log
from gan_demo.training.state import TrainState
from gan_demo.training.step import Batch

EVALUATED = 500  # samples per evaluation
LIVE_REFERENCE = 3_000  # training samples that they are compared with; the evaluate command uses all
EVALUATION_SHARE = 0.015  # of the training time, as a rule
LONGEST_INTERVAL = 30.0  # seconds of training after which the next comes, whatever they have taken so far
FRESH_SECONDS = 5.0  # of training: a stop needs no newer one, and none comes sooner after the last but within its share
HIGHEST_SHARE = 0.1  # of the training since the last evaluation, which neither of both may exceed
SEED = 7  # of the latents, the same in every evaluation
PROBED = 64  # samples on which the effect of a single update is measured
FIRST_COST_POINTS = 0.02  # seconds assumed for the first evaluation: it comes after about one second of training
FIRST_COST_IMAGES = 0.15  # likewise for images, after about ten seconds

Sampler = Callable[[Tensor, Tensor | None], Tensor]  # z (E, Z), y (E, K) or None -> samples (E, ...)


class Evaluator:
    """Evaluations of one training session. ``seconds`` is the time that all evaluations of the run have taken.

    ``last``: the seconds of training at which the run was evaluated last, or at which it began.
    """

    def __init__(self, data: datasets.Dataset, config: RunConfig, seconds: float, last: float) -> None:
        self.seconds = seconds
        self._last = last
        self._data = data
        self._config = config
        self._is_points = config.model.arch == "points"
        self._cost = FIRST_COST_POINTS if self._is_points else FIRST_COST_IMAGES  # seconds the next one may take
        self._due = 0.0 if config.train.evaluate else math.inf  # in seconds of training; inf: never
        self._quality: Quality | None = None

    def is_due(self, training_seconds: float) -> bool:
        """Return whether to evaluate at ``training_seconds``; if so, postpone the next evaluation."""
        if training_seconds < self._due:
            return False
        is_cheap = self.seconds + self._cost <= EVALUATION_SHARE * training_seconds
        longest = min(LONGEST_INTERVAL, max(FRESH_SECONDS, training_seconds / 2))  # shorter while much still changes
        if not is_cheap and not self._is_older(training_seconds, longest):
            return False
        self._last = training_seconds
        self._due = training_seconds + max(0.5, training_seconds / 400)
        return True

    def is_due_at_stop(self, training_seconds: float) -> bool:
        """Return whether to evaluate once more when the training stops at ``training_seconds``."""
        return self._due < math.inf and self._is_older(training_seconds, FRESH_SECONDS)

    def _is_older(self, training_seconds: float, age: float) -> bool:
        """Return whether the last evaluation is that old, and old enough for what the next will take."""
        return training_seconds - self._last >= max(age, self._cost / HIGHEST_SHARE)

    def measure(self, sample: Sampler) -> dict[str, float | list[float]] | None:
        """Return the quality of the samples that ``sample`` draws, by metric; None if the data cannot be evaluated."""
        if self._due == math.inf or not self._has_reference():
            return None
        before = time.perf_counter()
        z = torch.randn(EVALUATED, self._config.model.z_dim, generator=torch.Generator().manual_seed(SEED))  # (E, Z)
        rows = torch.arange(EVALUATED) % len(self._data.labels)
        labels = self._data.labels[rows.to(self._data.labels.device)] if self._config.model.conditional else None
        samples = sample(z, None if labels is None else datasets.multi_hot(labels, self._data.fields))
        quality: dict[str, float | list[float]] = {}
        if self._is_points:
            quality = points_quality(samples.cpu(), self._config.data.name, self._data.samples)
        elif self._quality is not None:
            quality = self._quality.measure(samples, labels)
        self._cost = time.perf_counter() - before
        self.seconds += self._cost
        quality["eval_seconds"] = round(self.seconds, 3)
        return {name: _rounded(value) for name, value in quality.items()}

    def _has_reference(self) -> bool:
        """Read the training samples, once; return False if no shipped classifier fits these images."""
        if self._is_points or self._quality is not None:
            return True
        before = time.perf_counter()
        self._quality = quality_for(self._data, LIVE_REFERENCE)
        self.seconds += time.perf_counter() - before  # but no evaluation after it takes that long
        if self._quality is None:
            self._due = math.inf
        return self._quality is not None


class UpdateProbe:
    """Effect of the last single update of a paused training: what both networks answer before and after it.

    ``effect``: {"order", "before": numbers, "after": numbers, "moved": share}, or None while it trains.
    """

    def __init__(self, data: datasets.Dataset, config: RunConfig) -> None:
        self.effect: dict[str, Any] | None = None
        data = data if config.model.conditional else replace(data, fields=())
        self._batches = datasets.batches(data, PROBED, torch.Generator(data.samples.device).manual_seed(SEED))
        self._z = torch.randn(PROBED, config.model.z_dim, generator=torch.Generator().manual_seed(SEED))  # (N, Z)
        self._batch: Batch | None = None

    @contextmanager
    def watching(self, is_on: bool, order: str, state: TrainState, loss: str) -> Iterator[None]:
        """Measure the effect of what is done within the block, if ``is_on``."""
        self.effect = None
        if not is_on:
            yield
            return
        self._batch = self._batch or next(self._batches)
        x, y = self._batch
        z = self._z.to(x.device)
        before = answers(state.G, state.D, loss, x, y, z)
        yield
        after = answers(state.G, state.D, loss, x, y, z)
        moved = moved_share(before.samples, after.samples, x)
        self.effect = {"order": order, "before": before.numbers, "after": after.numbers, "moved": moved}


def last_evaluation(columns: Mapping[str, Sequence[Any]], begin: float) -> float:
    """Return the seconds of training at the last evaluation in a run's rows, ``begin`` without one."""
    rows = zip(columns.get("seconds", ()), columns.get("eval_seconds", ()), strict=False)
    evaluated = (float(seconds) for seconds, spent in rows if isinstance(spent, (int, float)) and spent >= 0)
    return max(evaluated, default=begin)


def _rounded(value: float | list[float]) -> float | list[float]:
    return [round(number, 4) for number in value] if isinstance(value, list) else round_for_log(value)
