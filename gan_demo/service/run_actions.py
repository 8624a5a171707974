"""What the buttons do to runs: start, go on, stop, delete and bring back. No widgets here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gan_demo.classroom import classes
from gan_demo.config import RunConfig
from gan_demo.explorer import prepare
from gan_demo.runs import disk_space, library, ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import job_manager
from gan_demo.service.trash import empty_trash
from gan_demo.training.jobs import Job


def start(config: RunConfig, name: str, owner: str) -> str:
    """Make a run and queue it; returns its id. Raises GanDemoError."""
    check_room()
    run = RunDir.create(library.home() / library.new_id(name), config, name)
    ownership.claim(run, owner)
    _submit(run, name, owner)
    return run.id


def resume(run: RunDir, owner: str, more_steps: int = 0) -> None:
    """Go on with a run that is over, for ``more_steps`` beyond its plan. Raises GanDemoError."""
    ownership.check_owner(run, owner)
    disk_space.check_free(library.home())
    if more_steps:
        with run.writing():
            longer = run.config.with_settings({"steps": run.config.train.steps + more_steps})
            run.change_config(longer, run.info.step, run.info.seconds)
    _submit(run, run.info.name, owner)


def check_room() -> None:
    """Raise GanDemoError where there is no room for another run; what nobody can bring back any more goes first."""
    empty_trash()
    disk_space.check_new(library.home(), library.home())


def _submit(run: RunDir, name: str, owner: str) -> None:
    from gan_demo.training import (
        devices,
        trainer,  # torch comes with it; server.warm_up has most likely loaded it
    )

    device = devices.default_device()

    def train(job: Job) -> Iterator[Any]:
        try:
            yield from trainer.train(run, device=device, control=job)
        except GeneratorExit:  # stopped: all is saved by now
            prepare.prepare(run)
            raise
        prepare.prepare(run)

    job_manager.manager().submit(run.id, name, owner, device, train)


def again(run: RunDir, changes: Mapping[str, object], owner: str, name: str = "") -> str:
    """A new run with the settings of ``run`` and some changes, to which its class goes on; returns its id.

    Raises GanDemoError, as for a run on someone else's images.
    """
    if run.config.data.path:
        ownership.check_owner(run, owner)
    new = start(unfitted(run.config.with_settings(changes)), name or run.info.name, owner)
    classes.move(run, library.find(new), owner)
    return new


def fork(run: RunDir, step: int, settings: Mapping[str, object], owner: str) -> str:
    """A new run of this visitor's that goes on from a kept step with other training settings; returns its id.

    Anyone may fork what they may watch, except what was trained on someone else's images; a class goes on with its own
    teacher's fork. Raises GanDemoError.
    """
    if run.config.data.path:
        ownership.check_owner(run, owner)
    check_room()
    from gan_demo.training import fork as training_fork  # torch comes with it

    made = training_fork.fork(run, step, settings, library.home() / library.new_id(run.info.name))
    ownership.claim(made, owner)
    _submit(made, run.info.name, owner)
    classes.move(run, made, owner)
    return made.id


def unfitted(config: RunConfig) -> RunConfig:
    """The same settings without what followed from the data."""
    return replace(config, model=replace(config.model, shape=(), labels=()))


def calmer(config: RunConfig) -> dict[str, object]:
    """Changes after a divergence: a quarter of both learning rates, and some R1 if there is no penalty at all."""
    changes: dict[str, object] = {"g_lr": config.train.g_lr / 4, "d_lr": config.train.d_lr / 4}
    if not (config.train.r1 or config.train.gp):
        changes["r1"] = 0.1
    return changes


def on_built_in_data(config: RunConfig, fallback: str) -> RunConfig:
    """The same networks and training on an embedded set."""
    data = replace(config.data, name=fallback, path="", limit=0)
    return unfitted(replace(config, data=data))


def go_on_built_in(run: RunDir, fallback: str, owner: str) -> str:
    """Train on an embedded set what could not have its own; returns the run's id. Raises GanDemoError.

    A run of this visitor's that has learned something, as a fork has, goes on with it where the set is alike: MNIST's
    digits. Else a new one begins.
    """
    from gan_demo.data import datasets  # torch comes with it

    known, config = datasets.source(fallback), run.config
    alike = (known.shape, known.labels if config.model.conditional else ()) == (config.model.shape, config.model.labels)
    if not (run.info.state and alike and ownership.owns(run, owner)):
        return start(on_built_in_data(config, fallback), fallback, owner)
    with run.writing():
        run.set_config(replace(config, data=on_built_in_data(config, fallback).data))
    _submit(run, run.info.name, owner)
    return run.id
