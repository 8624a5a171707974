"""When a training is evaluated: seldom enough to cost little, often enough to be up to date."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.data import datasets
from gan_demo.runs.run_dir import RunDir
from gan_demo.training import evaluator
from gan_demo.training.evaluator import EVALUATION_SHARE, LONGEST_INTERVAL, Evaluator, last_evaluation
from gan_demo.training.trainer import train

RING = RunConfig(DataConfig("ring"), ModelConfig("points", 2, 8, 8, 2), TrainConfig(batch=8, steps=10))
DATA = datasets.load(RING.data)


def evaluated_at(cost: float, until: float, monkeypatch: pytest.MonkeyPatch) -> tuple[list[float], Evaluator]:
    """Return the seconds of a training at which it is evaluated, if each evaluation takes ``cost`` seconds."""
    now = 0.0

    def quality(*_: object) -> dict[str, float]:
        nonlocal now
        now += cost
        return {}

    monkeypatch.setattr(evaluator, "points_quality", quality)
    monkeypatch.setattr(evaluator, "time", SimpleNamespace(perf_counter=lambda: now))
    subject, times = Evaluator(DATA, RING, 0.0, 0.0), []
    for tenth in range(int(10 * until)):
        if subject.is_due(tenth / 10):
            times.append(tenth / 10)
            subject.measure(lambda z, _: torch.zeros(len(z), 2))
    return times, subject


def test_cheap_evaluations_take_their_share_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    times, subject = evaluated_at(0.1, 300, monkeypatch)
    assert len(times) == pytest.approx(300 * EVALUATION_SHARE / 0.1, abs=2)
    assert subject.seconds <= EVALUATION_SHARE * 300


def test_an_evaluation_is_never_older_than_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine it takes two seconds: its share of 1.5 % would come every two minutes."""
    times, subject = evaluated_at(2.0, 300, monkeypatch)
    assert all(later - earlier <= LONGEST_INTERVAL + 0.1 for earlier, later in pairwise([*times, 300]))
    assert subject.seconds < 0.1 * 300


def test_where_an_evaluation_takes_ten_seconds_it_is_a_tenth_of_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    times, _ = evaluated_at(10.0, 1000, monkeypatch)
    assert min(later - earlier for earlier, later in pairwise(times)) >= 100


def test_a_stop_evaluates_once_more_what_has_trained_for_some_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    times, subject = evaluated_at(2.0, 60, monkeypatch)
    assert not subject.is_due_at_stop(times[-1] + 1)
    assert not subject.is_due_at_stop(times[-1] + 19), "it would take more than a tenth"
    assert subject.is_due_at_stop(times[-1] + 21)


def test_a_run_without_evaluations_has_none_at_its_stop() -> None:
    config = RING.with_settings({"evaluate": False})
    assert not Evaluator(DATA, config, 0.0, 0.0).is_due_at_stop(1000.0)


def test_a_resumed_run_counts_from_its_last_evaluation() -> None:
    columns = {"seconds": [1.0, 7.5, 9.0], "eval_seconds": [math.nan, 0.1, math.nan]}
    assert last_evaluation(columns, 0.5) == 7.5
    assert last_evaluation({}, 0.5) == 0.5


def test_a_stopped_training_has_an_evaluation_of_its_last_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluator, "FIRST_COST_POINTS", 0.0)
    monkeypatch.setattr(evaluator, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(Evaluator, "is_due", lambda *_: False)
    run = RunDir.create(tmp_path / "run", RING, "test")
    steps = train(run)
    while next(steps).step < 5:
        pass
    steps.close()
    columns = run.metrics()
    assert (columns["step"][-1], run.info.status, math.isfinite(columns["modes"][-1])) == (5, "stopped", True)
