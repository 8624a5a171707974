"""Trainings that go from the browser to a run and back, as files."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gan_demo import own_points
from gan_demo.config import RunConfig
from gan_demo.data import datasets
from gan_demo.errors import ConfigError, DataError, GanDemoError, RunError
from gan_demo.gan.compiled.layout import StateLayout
from gan_demo.lab import browser_runs, training_file
from gan_demo.lab.handover import to_vectors
from gan_demo.lab.training_file import SavedTraining
from gan_demo.presets import PRESETS, own_images
from gan_demo.runs import networks
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.training import budget
from gan_demo.training.fork import fork
from gan_demo.training.state import TrainState, new_state
from gan_demo.training.step import train_step
from gan_demo.training.trainer import train

TINY = {"width": 6, "d_width": 5, "depth": 1, "z_dim": 3, "batch": 8, "steps": 40, "evaluate": False}
ROWS = ({"step": 1.0, "seconds": 0.25, "d_loss": 0.7}, {"step": 3.0, "seconds": 0.5, "d_loss": 0.6, "g_loss": 0.8})


def trained(steps: int = 3, **settings: object) -> tuple[RunConfig, TrainState]:
    """Return a training after some steps."""
    config = PRESETS["ring"].with_settings(TINY | settings).fit((2,), ())
    state = new_state(config, "cpu")
    real = datasets.batches(datasets.load(config.data), config.train.batch, state.rng)
    for _ in range(steps):
        train_step(state, real, config.train)
    return config, state


def saved(config: RunConfig, state: TrainState) -> SavedTraining:
    return SavedTraining(config, to_vectors(state, StateLayout.of(config.model)), 2.5, ROWS)


def changed(file: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """Return a file whose JSON was changed."""
    (length,) = struct.unpack("<I", file[:4])
    head = json.loads(file[4 : 4 + length])
    change(head)
    text = json.dumps(head).encode()
    return struct.pack("<I", len(text)) + text + file[4 + length :]


@pytest.fixture(scope="module")
def file() -> bytes:
    return training_file.write(saved(*trained()), seed=1)


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "rmsprop"])
def test_a_training_in_the_browser_becomes_a_run_that_resumes_where_it_was(tmp_path: Path, optimizer: str) -> None:
    config, state = trained(optimizer=optimizer, beta1=0.5)
    file = training_file.write(saved(config, state), seed=1)
    run = browser_runs.create(training_file.read(file), tmp_path / "run", "ring")
    assert (run.info.status, run.info.step, run.info.seconds) == (Status.STOPPED, 3, 2.5)
    loaded = run.load_state_at(3)
    wanted = state.tensors()
    assert loaded.keys() == wanted.keys()
    assert all(torch.equal(loaded[name], wanted[name]) for name in wanted if name != "rng")
    assert list(run.metrics()["step"]) == [1, 3]
    assert list(run.metrics()["images"]) == [8, 24]
    *_, last = train(run)
    assert (last.step, run.info.status) == (40, Status.DONE)
    assert run.metrics()["step"][-1] == 40


def test_it_forks_and_its_generator_draws(tmp_path: Path, file: bytes) -> None:
    run = browser_runs.create(training_file.read(file), tmp_path / "run", "ring")
    child = fork(run, 3, {"g_lr": 0.01, "steps": 5}, tmp_path / "child")
    *_, last = train(child)
    assert last.step == 5
    assert networks.generator(run, 3)(torch.zeros(4, 3)).shape == (4, 2)


def test_its_random_numbers_begin_at_a_seed_that_is_stated(tmp_path: Path, file: bytes) -> None:
    run = browser_runs.create(training_file.read(file), tmp_path / "run", "ring")
    rng = torch.Generator().manual_seed(browser_runs.random_seed(run.config.train.seed, 3))
    assert torch.equal(run.load_state_at(3)["rng"], rng.get_state())


def test_a_run_gives_its_training_back_at_any_saved_state(tmp_path: Path, file: bytes) -> None:
    run = browser_runs.create(training_file.read(file), tmp_path / "run", "ring")
    first = training_file.read(file)
    for step in (None, 3):
        again = training_file.read(browser_runs.training_of(run, step))
        assert again.config == first.config
        assert np.array_equal(again.vectors.g, first.vectors.g)
        assert np.array_equal(again.vectors.d, first.vectors.d)
        assert again.vectors[2:] == first.vectors[2:] == (3, 3, 3, 3)
    with pytest.raises(RunError, match="not saved"):
        browser_runs.training_of(run, 2)


def test_a_training_on_own_points_brings_them_along(tmp_path: Path) -> None:
    values = torch.randn(40, 2, generator=torch.Generator().manual_seed(0)).numpy().astype("<f4")
    config, state = trained(name="own_points", points=own_points.pack(values.tobytes()))
    file = training_file.write(saved(config, state), seed=1)
    unnamed = changed(file, lambda head: head["config"].update(name="drawn"))  # as the lab calls them
    run = browser_runs.create(training_file.read(unnamed), tmp_path / "run", "own_points")
    assert run.config.data == config.data
    assert training_file.read(browser_runs.training_of(run)).config == run.config
    assert run.grids == [3]
    child = fork(run, 3, {"g_lr": 0.01, "steps": 5, "evaluate": True}, tmp_path / "child")
    *_, last = train(child)
    assert (last.step, child.config.data.points) == (5, config.data.points)
    assert "modes" not in child.metrics()


def test_an_optimiser_that_began_later_counts_its_own_steps(tmp_path: Path) -> None:
    config, state = trained()
    vectors = to_vectors(state, StateLayout.of(config.model))._replace(g_optimizer_steps=1)
    file = training_file.write(SavedTraining(config, vectors), seed=1)
    run = browser_runs.create(training_file.read(file), tmp_path / "run", "ring")
    again = training_file.read(browser_runs.training_of(run)).vectors
    assert (again.g_updates, again.g_optimizer_steps, again.d_optimizer_steps) == (3, 1, 3)


def test_a_training_that_is_over_gets_more_steps() -> None:
    config, state = trained(5)
    short = replace(config, train=replace(config.train, steps=5))
    file = training_file.write(SavedTraining(short, to_vectors(state, StateLayout.of(config.model))), seed=1)
    assert training_file.read(file).config.train.steps > 1000


def test_a_training_whose_time_is_over_is_a_run_that_is_done_and_can_train_on_to_its_plan(tmp_path: Path) -> None:
    config, state = trained(5)
    short = replace(config, train=replace(config.train, steps=5))
    over = SavedTraining(short, to_vectors(state, StateLayout.of(config.model)), plan=40)
    run = browser_runs.create(training_file.read(training_file.write(over, seed=1)), tmp_path / "run", "ring")
    assert (run.info.status, run.info.plan, run.config.train.steps) == (Status.DONE, 40, 5)
    assert training_file.read(browser_runs.training_of(run)).plan == 40
    budget.train_on_to(run, run.info.plan)
    *_, last = train(run)
    assert last.step == 40


def test_runs_with_other_networks_and_data_stay_on_the_server(tmp_path: Path) -> None:
    others = [PRESETS["faces"].with_settings(change) for change in ({"arch": "resnet"}, {"augment": "color"})]
    for k, config in enumerate((PRESETS["cifar10"], own_images("x", 28), *others)):
        run = RunDir.create(tmp_path / str(k), config, "run")
        with pytest.raises(RunError, match="cannot be trained in a browser"):
            browser_runs.training_of(run)


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        (lambda head: head.update(kind="zip"), DataError, "is not a training"),
        (lambda head: head.update(version=2), DataError, "newer"),
        (lambda head: head["config"].update(width=7), DataError, "damaged"),
        (lambda head: head["config"].update(path="/etc"), DataError, "not known"),
        (lambda head: head["config"].update(name="images"), ConfigError, "own images"),
        (lambda head: head["config"].update(name="mnist", arch="mlp"), DataError, "not shipped"),
        (lambda head: head["config"].update(g_lr=-1), ConfigError, "g_lr"),
        (lambda head: head["config"].update(width=1024, depth=8), ConfigError, "million"),
        (lambda head: head.update(gUpdates=-1), DataError, "damaged"),
        (lambda head: head.update(dUpdates=True), DataError, "damaged"),
        (lambda head: head.update(seconds="1"), DataError, "damaged"),
        (lambda head: head.update(points=2**20), DataError, "damaged"),
        (lambda head: head.update(points=4), ConfigError, "points"),
        (lambda head: head["rows"]["step"].append(9), DataError, "damaged"),
        (lambda head: head["rows"].update(step=[3, 1]), DataError, "damaged"),
        (lambda head: head.update(rows=[]), DataError, "damaged"),
    ],
)
def test_what_does_not_fit_is_refused(
    file: bytes, change: Callable[[dict[str, Any]], object], kind: type[GanDemoError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        training_file.read(changed(file, change))


def test_what_is_no_file_of_a_training_is_refused(file: bytes) -> None:
    for content in (b"", b"PK\x03\x04 and so on", file[:60], struct.pack("<I", 2**31) + file[4:]):
        with pytest.raises(DataError, match="is not a training"):
            training_file.read(content)
    for content in (file[:-4], file[:-1], file[:-4] + struct.pack("<f", float("nan"))):
        with pytest.raises(DataError, match="damaged"):
            training_file.read(content)
