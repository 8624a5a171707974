"""When a training is evaluated: seldom enough to cost little, often enough to be up to date."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from gan_demo.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from gan_demo.data import datasets
from gan_demo.gan.answers import answers
from gan_demo.gan.models import build
from gan_demo.runs.run_dir import RunDir
from gan_demo.training import evaluator
from gan_demo.training.control import Order, Uncontrolled
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
    assert all(later - earlier <= LONGEST_INTERVAL + 0.1 for earlier, later in pairwise([0, *times, 300]))
    assert len([time for time in times if time < 60]) >= 3, "while much still changes"
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


# ---- the effect of a single update


@dataclass(frozen=True)
class Single(Uncontrolled):
    """A training that is paused and takes single updates of one kind."""

    order: Order = "d"
    stepping: bool = True


@pytest.mark.parametrize("order", ["d", "g", "both"])
def test_a_single_update_says_what_it_changed(tmp_path: Path, order: Order) -> None:
    run = RunDir.create(tmp_path / "run", RING.with_settings({"evaluate": False}), "test")
    steps = train(run, control=Single(order))
    effect = next(progress.effect for progress in steps if progress.effect)
    steps.close()
    before, after = effect["before"], effect["after"]
    assert effect["order"] == order
    assert before.keys() == after.keys() == {"d_real", "d_fake", "d_loss", "g_loss"}
    assert (before["d_real"] == after["d_real"]) is (order == "g"), "D alone rates the real samples"
    assert (effect["moved"] == 0) is (order == "d"), "the samples are G's"
    assert before["d_fake"] != after["d_fake"]
    if order != "g":
        assert after["d_loss"] < before["d_loss"]


def test_a_training_that_goes_on_measures_no_update(tmp_path: Path) -> None:
    run = RunDir.create(tmp_path / "run", RING.with_settings({"evaluate": False}), "test")
    assert [progress.effect for progress in train(run) if progress.effect] == []


def test_asking_for_answers_changes_neither_network() -> None:
    config = RunConfig(DataConfig("digits"), ModelConfig("dcgan", 6, 4, 4, shape=(1, 28, 28)))
    G, D = build.build_generator(config.model), build.build_discriminator(config.model)
    states = [copy.deepcopy(network.state_dict()) for network in (G, D)]
    x, z = torch.zeros(4, 1, 28, 28), torch.randn(4, 6, generator=torch.Generator().manual_seed(0))
    numbers = answers(G, D, "hinge", x, None, z).numbers
    assert all(math.isfinite(value) for value in numbers.values())
    for network, state in zip((G, D), states, strict=True):
        assert network.training
        assert all(torch.equal(value, state[name]) for name, value in network.state_dict().items())
