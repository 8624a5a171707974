"""Runs that end after some seconds of training, and runs that train on.

A time budget is turned into a number of steps once, by the trainer, from this run's own pace; until then the learning
rates don't depend on that number. So config.json alone gives the same training again.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from gan_demo.config import MAX_STEPS, RunConfig, TrainConfig
from gan_demo.runs import setting_changes
from gan_demo.runs.run_dir import RunDir
from gan_demo.schedule import open_ended, restarted


def create(path: Path | str, config: RunConfig, name: str, seconds: float = 0.0) -> RunDir:
    """Create a run of all steps of ``config``, or of ``seconds`` of training if that is less; 0 is no limit."""
    if not seconds:
        return RunDir.create(path, config, name)

    def fill(run: RunDir) -> None:
        run.set_info(dataclasses.replace(run.info, budget=seconds, plan=config.train.steps))

    return RunDir.create(path, dataclasses.replace(config, train=open_ended(config.train)), name, fill)


def train_on_for(run: RunDir, seconds: float, most_steps: int = MAX_STEPS) -> None:
    """Let a run that is not training go on for ``seconds``, up to ``most_steps`` in all. Raises RunError if it is."""
    with run.writing():
        info, train = run.info, run.config.train
        changed = open_ended(restarted(train, info.step, most_steps))
        _change(run, changed, ("restart",))  # the trainer decides the others later
        plan = info.plan or train.steps
        run.set_info(dataclasses.replace(info, budget=info.seconds + seconds, plan=plan))


def train_on_to(run: RunDir, steps: int) -> None:
    """Let a run that is not training go on to ``steps`` in all. Raises RunError if it is."""
    with run.writing():
        info = run.info
        changed = restarted(run.config.train, info.step, steps)
        _change(run, changed, ("restart", "steps"))
        run.set_info(dataclasses.replace(info, budget=0.0))


def _change(run: RunDir, train: TrainConfig, recorded: tuple[str, ...]) -> None:
    """Change the training settings as of the last step; of their new values record only those ``recorded``."""
    config = dataclasses.replace(run.config, train=train)
    before, after = setting_changes.difference(run.config, config)
    after = {name: value for name, value in after.items() if name in recorded}
    if after:
        run.add_change(run.info.step, run.info.seconds, before, after)
    run.set_config(config)
