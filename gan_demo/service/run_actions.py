"""Start runs: new ones, resumed ones, forks, and the run that settings lead to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gan_demo.config import MAX_STEPS, RunConfig
from gan_demo.presets import FAILURES, time_budget
from gan_demo.runs import disk_space, library, ownership, setting_changes
from gan_demo.runs.parts import about
from gan_demo.runs.parts.about import About
from gan_demo.runs.run_dir import RunDir
from gan_demo.schedule import without_restart
from gan_demo.service import app_state, limits, run_control, run_state
from gan_demo.service.trash import empty_trash
from gan_demo.training import budget
from gan_demo.training.jobs.job import Job

if TYPE_CHECKING:
    from gan_demo.data.datasets import Dataset
    from gan_demo.training.from_weights import Beginning


def start(config: RunConfig, name: str, owner: str, seconds: float = 0.0, begin: Beginning | None = None) -> str:
    """Create a run, queue its training and return its id. Raises GanDemoError.

    It trains for ``seconds``, or for all of its steps if they take less; 0 is no limit. ``begin`` is a generator that
    it begins from.
    """
    limits.check_steps(config.train.steps)
    check_space(owner)
    run = _created(config, name, seconds, begin)
    ownership.claim(run, owner)
    _submit(run, name, owner)
    return run.id


def _created(config: RunConfig, name: str, seconds: float, begin: Beginning | None) -> RunDir:
    path = library.home() / library.new_id(name)
    if begin is None:
        return budget.create(path, config, name, seconds)
    from gan_demo.training import from_weights  # loads torch

    return from_weights.create(path, config, name, begin, seconds)


def resume(run: RunDir, owner: str) -> None:
    """Resume a run that is over, to its last step. Raises GanDemoError."""
    ownership.check_owner(run, owner)
    _check_resources(owner)
    limits.check_steps(run.config.train.steps - run.info.step)
    _submit(run, run.info.name, owner)


def train_on(run: RunDir, owner: str, seconds: float = 0.0) -> None:
    """Let a run that is done train on for ``seconds``, or to the end of its plan. Raises GanDemoError."""
    ownership.check_owner(run, owner)
    _check_resources(owner)
    if seconds:
        budget.train_on_for(run, seconds, min(MAX_STEPS, run.info.step + limits.most_steps()))
    else:
        limits.check_steps(end_of_plan(run) - run.info.step)
        budget.train_on_to(run, end_of_plan(run))
    _submit(run, run.info.name, owner)


def end_of_plan(run: RunDir) -> int:
    """Return the last step of a run's whole plan; after that, of the plan once more."""
    info = run.info
    plan = info.plan or run.config.train.steps
    return plan if info.step < plan else info.step + plan


def start_again(run: RunDir, changes: Mapping[str, object], owner: str, name: str = "") -> str:
    """Start a new run with the settings of ``run`` and ``changes``; return its id.

    Raises GanDemoError, for instance for a run on someone else's images.
    """
    config = unfitted(run.config.with_settings(changes))
    if config.data.path:
        ownership.check_may_see_images(run, owner)
    check_space(owner)
    name = name or derived_name(run, config)
    seconds = time_budget(name) if run.info.plan and "steps" not in changes else 0.0
    if seconds:  # the new run turns its time into steps by its own pace
        config = config.with_settings({"steps": run.info.plan, "schedule_from": 0, "final_factor": 0.0})
    new = _created(config, name, seconds, _beginning(run))
    ownership.claim(new, owner)
    _note_changes(new, run.config)
    _submit(new, name, owner)
    return new.id


def _beginning(run: RunDir) -> Beginning | None:
    """Return the generator that a run began from, None for random weights. Raises RunError if it is gone."""
    if not run.config.train.start:
        return None
    from gan_demo.training import from_weights  # loads torch

    return from_weights.beginning_of(run)


def fork(run: RunDir, step: int, settings: Mapping[str, object], owner: str) -> str:
    """Fork a run from its saved state at ``step`` with other training settings; return the fork's id.

    Anyone may fork a run they can watch, unless it was trained on someone else's images. Raises GanDemoError.
    """
    ownership.check_may_see_images(run, owner)
    limits.check_steps(int(str(settings.get("steps", step))) - step)
    check_space(owner)
    from gan_demo.training import fork as training_fork  # loads torch

    was = run.config_at(step)
    name = derived_name(run, was.with_settings(settings))
    new = training_fork.fork(run, step, settings, library.home() / library.new_id(name))
    new.set_info(replace(new.info, name=name))
    ownership.claim(new, owner)
    _note_changes(new, was)
    _submit(new, name, owner)
    return new.id


def apply_settings(run: RunDir, settings: Mapping[str, object], owner: str, before: int | None = None) -> str:
    """Apply settings with the least interruption and return the id of the run that has them.

    The owner's running training is changed live where the settings allow it. Otherwise it is stopped, and its newest
    state is forked, to train for as long again if it has reached the end of its plan. A new run starts where there is
    no state, or where the settings change networks or data. With ``before`` the state is the last one up to that step,
    and nothing is changed live. Raises GanDemoError.
    """
    if run_state.state(run).is_alive and ownership.owns(run, owner):
        if before is None and set(settings) <= set(setting_changes.LIVE):
            run_control.change(run, settings, owner)
            return run.id
        run_control.stop_and_wait(run, owner)
    step = run.newest_state() if before is None else run.newest_state(before)
    if step is None or not set(settings) <= set(setting_changes.FORKED):
        return start_again(run, settings, owner)
    if step >= run.config.with_settings(settings).train.steps:
        settings = {**settings, "steps": step + run.config.train.steps}
    return fork(run, step, settings, owner)


def start_on_built_in(run: RunDir, name: str, owner: str) -> str:
    """Train on the embedded data set ``name`` in place of data that a run could not load; return the run's id.

    The owner's run itself goes on if it has a training state, as a fork has, and the data set has the same shape and
    labels; otherwise a new run starts. Raises GanDemoError.
    """
    from gan_demo.data import datasets  # loads torch

    source, config = datasets.source(name), run.config
    labels = source.labels if config.model.conditional else ()
    is_alike = (source.shape, labels) == (config.model.shape, config.model.labels)
    if not (run.info.state and is_alike and ownership.owns(run, owner)):
        return start_again(run, {"data.name": name, "path": "", "limit": 0}, owner, name)
    with run.writing():
        run.set_config(replace(config, data=on_built_in_data(config, name).data))
    _submit(run, run.info.name, owner)
    return run.id


def derived_name(run: RunDir, config: RunConfig) -> str:
    """Return the name of a run that changes settings of ``run``: not that of the fault which the change cures."""
    is_changed = setting_changes.comparable(config) != setting_changes.comparable(run.config)
    return config.data.name if run.info.name in FAILURES and is_changed else run.info.name


def _note_changes(new: RunDir, parent_config: RunConfig) -> None:
    """Note in a new run which settings it changes, beside the number of steps; its title says them."""
    before, after = setting_changes.comparable(parent_config), setting_changes.comparable(new.config)
    changed = {name: value for name, value in after.items() if before[name] != value}
    if changed:
        about.write(new.path, About(before={name: before[name] for name in changed}, after=changed))


def annotate(run: RunDir, title: str, note: str, owner: str) -> None:
    """Give a run its owner's name and note, shortened to their limits; "" removes them. Raises JobError for others."""
    ownership.check_owner(run, owner)
    title, note = about.tidy(title, about.MAX_TITLE), about.tidy(note, about.MAX_NOTE, lines=True)
    about.write(run.path, replace(about.read(run.path), title=title, note=note))


def check_space(owner: str = "") -> None:
    """Empty the trash and check the disk, and the trainings of ``owner``, for another run. Raises GanDemoError."""
    empty_trash()
    disk_space.check_new(library.home(), library.home())
    if owner:
        app_state.current().jobs.check_owner(owner)


def _check_resources(owner: str) -> None:
    """Check what a run needs to go on: the disk, and that the visitor has not too many others. Raises GanDemoError."""
    disk_space.check_free(library.home())
    app_state.current().jobs.check_owner(owner)


def _submit(run: RunDir, name: str, owner: str) -> None:
    """Queue a run's training; when it ends, compute the files that the explorer needs."""
    from gan_demo.training import devices, trainer  # loads torch, unless AppState.warm_up did
    from gan_demo.training.clock import Timing

    state, device, timing = app_state.current(), devices.default_device(), Timing()
    data = run.config.data
    key = run.id if data.path else (data, run.config.train.seed)

    def keep(loaded: Dataset) -> None:
        state.datasets.get_or_make(key, lambda: loaded)

    def train(job: Job) -> Iterator[Any]:
        in_memory = state.datasets.get(key)
        try:
            yield from trainer.train(
                run, device=device, data=in_memory, control=job, timing=timing, keep=keep, bounded=True
            )
        except GeneratorExit:  # stopped, and saved
            state.explorer.prepare(run)
            raise
        state.explorer.prepare(run)

    state.jobs.submit(run.id, name, owner, device, train)


# ---- settings


def unfitted(config: RunConfig) -> RunConfig:
    """Return the settings for a new run: without image shape and labels, which follow from the data, or a restart."""
    model = replace(config.model, shape=(), labels=())
    return replace(config, model=model, train=without_restart(config.train))


def calmer_settings(config: RunConfig) -> dict[str, object]:
    """Return changes against divergence: both learning rates divided by 4, and R1 if there is no gradient penalty."""
    changes: dict[str, object] = {"g_lr": config.train.g_lr / 4, "d_lr": config.train.d_lr / 4}
    if not (config.train.r1 or config.train.gp):
        changes["r1"] = 0.1
    return changes


def on_built_in_data(config: RunConfig, name: str) -> RunConfig:
    """Return the settings with the embedded data set ``name`` as their data."""
    data = replace(config.data, name=name, path="", limit=0)
    return unfitted(replace(config, data=data))
