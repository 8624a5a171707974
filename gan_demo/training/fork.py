"""Forks: new runs that continue from a saved state of another run, possibly with other settings."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from gan_demo.runs import setting_changes
from gan_demo.runs.resuming import totals_at
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.training.state import adapted


def fork(run: RunDir, step: int, settings: Mapping[str, object], path: Path | str) -> RunDir:
    """Create a run in ``path`` that continues from ``step`` of ``run``, with training ``settings`` changed by name.

    All other settings are those in effect at that step: with none changed, the fork follows ``run`` bit for bit until
    its next live change. An optimiser of another kind starts without memory. The fork's rows begin at ``step``;
    ``info.parent`` is "RUN_ID@STEP". ``run`` is only read. Raises RunError (a step without a saved state; a folder in
    use), ConfigError (settings that cannot be changed or do not fit).
    """
    state = run.load_state_at(step)
    parent_config = run.config_at(step)
    config = setting_changes.forked(parent_config, settings, step)
    state = adapted(state, parent_config.train, config.train)
    prefix = "ema." if config.train.ema else "G."
    generator = {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}

    def fill(new: RunDir) -> None:
        new.save_state(step, state)
        new.keep_state(step)
        new.add_checkpoint(step, generator)
        new.set_info(
            dataclasses.replace(
                new.info,
                status=Status.STOPPED,
                step=step,
                state=step,
                checkpoints=(step,),
                device=run.info.device,
                parent=f"{run.id}@{step}",
                budget=0.0 if "steps" in settings else run.info.budget,
                plan=run.info.plan,
                **totals_at(run, step, parent_config),
            )
        )

    return RunDir.create(path, config, run.info.name, fill)
