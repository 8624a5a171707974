"""A fork: a new run that goes on from a kept state of another, perhaps with other settings. The other is only read."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gan_demo import changes
from gan_demo.config import RunConfig
from gan_demo.runs import RunDir
from gan_demo.training_state import adapted


def fork(run: RunDir, step: int, settings: Mapping[str, object], path: Path | str) -> RunDir:
    """A new run in ``path`` that begins where ``run`` was at ``step``, with training ``settings`` changed by name.

    All others are those that were in effect there: without any, the fork follows ``run`` bit for bit until its next
    live change. Another optimiser starts anew. Its rows begin at ``step``; ``info.parent`` is "RUN_ID@STEP". Raises
    RunError (a step that is not kept; a folder in use), ConfigError (settings that can't change or don't fit).
    """
    state = run.load_state_at(step)
    before = run.config_at(step)
    config = changes.forked(before, settings, step)
    state = adapted(state, before.train, config.train)
    average = "ema." if config.train.ema else "G."
    generator = {key.removeprefix(average): value for key, value in state.items() if key.startswith(average)}

    def fill(new: RunDir) -> None:
        new.save_state(step, state)
        new.keep_state(step)
        new.add_checkpoint(step, generator)
        new.set_info(dataclasses.replace(
            new.info, status="stopped", step=step, state=step, checkpoints=(step,), device=run.info.device,
            parent=f"{run.id}@{step}", **_reached(run, step, before),
        ))  # fmt: skip

    return RunDir.create(path, config, run.info.name, fill)


def _reached(run: RunDir, step: int, config: RunConfig) -> dict[str, Any]:
    """Images seen and seconds taken when ``run`` was at ``step``: its last row before, and the steps since."""
    rows = run.metrics()
    places = [place for place, at in enumerate(rows.get("step", [])) if at <= step]
    if not places:
        return {"images": step * config.train.batch}
    last = places[-1]
    spent = [rows["eval_seconds"][place] for place in places if "eval_seconds" in rows]
    return {
        "images": int(rows["images"][last]) + (step - int(rows["step"][last])) * config.train.batch,
        "seconds": float(rows["seconds"][last]),
        "evaluation_seconds": max((one for one in spent if math.isfinite(one)), default=0.0),
    }
