"""Resuming of a run: the state to go on from, and the deletion of what was recorded after it.

Where the newest state is damaged, the newest intact one of those that are kept for forks takes its place.
"""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

from gan_demo.config import RunConfig
from gan_demo.errors import RunError
from gan_demo.runs.metrics_log import read_rows, write_rows
from gan_demo.runs.parts.states import read_state
from gan_demo.runs.run_dir import RunDir

if TYPE_CHECKING:
    from torch import Tensor


def load_state(run: RunDir) -> dict[str, Tensor] | None:
    """Load the state to resume from, or None if none was saved; delete rows, grids and states of later steps.

    If it is damaged and an older one takes its place, ``run.info.set_back`` says so from then on. Raises RunError if
    no state can be read, or if the run's folder can't be written. For the run's writer.
    """
    try:
        return _load_state(run)
    except OSError as failure:  # such as a folder in the place of a file
        raise RunError("run", run.id, "cannot be written", "Choose a folder you may write to") from failure


def _load_state(run: RunDir) -> dict[str, Tensor] | None:
    step = run.info.state
    if step is None:
        _delete_after(run, -1)
        return None
    try:
        tensors = read_state(run.state_path(step), step)
    except RunError as damage:
        step, tensors = _set_back(run, step, damage)
    else:
        if run.info.set_back:
            run.set_info(dataclasses.replace(run.info, set_back=None))
    _delete_after(run, step)
    return tensors


def _set_back(run: RunDir, lost: int, damage: RunError) -> tuple[int, dict[str, Tensor]]:
    """Make the newest intact state up to step ``lost`` the one to resume from; return it. Raises ``damage`` if none."""
    for step in reversed([step for step in run.states if step <= lost]):
        try:
            tensors = run.load_state_at(step)
        except RunError:
            continue
        run.save_state(step, tensors)
        totals = totals_at(run, step, run.config_at(step))
        set_back = (lost, step) if step < lost else None
        run.set_info(dataclasses.replace(run.info, step=step, state=step, set_back=set_back, **totals))
        return step, tensors
    raise damage


def totals_at(run: RunDir, step: int, config: RunConfig) -> dict[str, Any]:
    """Return the images and seconds of ``run`` at ``step``: those of the last row before it, plus the steps since."""
    columns = run.metrics()
    rows = [row for row, row_step in enumerate(columns.get("step", [])) if row_step <= step]
    if not rows:
        return {"images": step * config.train.batch}
    last = rows[-1]
    since = step - int(columns["step"][last])
    return {
        "images": int(_newest(columns, "images", rows)) + since * config.train.batch,
        "seconds": _newest(columns, "seconds", rows),
        "evaluation_seconds": _newest(columns, "eval_seconds", rows),
    }


def _newest(columns: dict[str, list[Any]], name: str, rows: list[int]) -> float:
    """Return the last number of a column among ``rows``; 0 if it has none."""
    values = [float(columns[name][row]) for row in rows if name in columns]
    return next((value for value in reversed(values) if math.isfinite(value)), 0.0)


def _delete_after(run: RunDir, step: int) -> None:
    path = run.path / "metrics.jsonl"
    if write_rows(path, (row for row in read_rows(path) if row["step"] <= step)):
        run.metrics_log.restart()
    _delete_changes_after(run, step)
    run.delete_files_after(step)


def _delete_changes_after(run: RunDir, step: int) -> None:
    """Delete later changes, and a last one whose settings never reached config.json because of a kill."""
    recorded = run.changes()
    valid = [change for change in recorded if change["step"] <= step]
    train = dataclasses.asdict(run.config.train)
    if valid and valid[-1]["step"] == step and not valid[-1]["now"].items() <= train.items():
        valid.pop()
    if recorded:
        write_rows(run.path / "changes.jsonl", valid)
