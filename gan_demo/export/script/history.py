"""Check whether a run's last settings reproduce it from its first step, through resumes and forks."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from gan_demo.config import TrainConfig
from gan_demo.errors import RunError
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir

MAX_FORKS = 100  # a longer chain is a ring of runs that name each other


@dataclass(frozen=True)
class History:
    """Past of a run, as far as it matters to a script that trains from the first step with the last settings.

    ``forks`` are the steps at which a run was forked from the one before. ``complete`` is False if one of these
    ancestors was deleted; ``changed`` is True if any step was trained with other settings than the last;
    ``manual_update`` is the first step at which D or G was updated alone, which no script repeats, or None.
    """

    forks: tuple[int, ...] = ()
    complete: bool = True
    changed: bool = False
    manual_update: int | None = None

    @property
    def repeatable(self) -> bool:
        """Whether the last settings alone reproduce the run's losses, except for manual updates."""
        return self.complete and not self.changed


def history(run: RunDir) -> History:
    """Return the history of a run, a shipped model or a fork."""
    chain, complete = _ancestry(run)
    forks = tuple(ancestor.info.forked_at for ancestor, _ in chain if ancestor.info.forked_at is not None)
    last = _decisive(run.config.train)
    changed = any(_decisive(train) != last for ancestor, end in chain for train in _settings(ancestor, end))
    repeatable = complete and not changed
    return History(forks, complete, changed, _manual_update(chain) if repeatable else None)


def _ancestry(run: RunDir) -> tuple[list[tuple[RunDir, float]], bool]:
    """Return the run and its ancestors, oldest first, each with the step at which the next one was forked.

    Second: whether the chain reaches a run that is no fork.
    """
    chain = [(run, math.inf)]
    while chain[0][0].info.parent and len(chain) <= MAX_FORKS:
        name, _, step = chain[0][0].info.parent.rpartition("@")
        beside = chain[0][0].path.parent / name
        try:
            chain.insert(0, (RunDir(beside) if (beside / "run.json").is_file() else library.find(name), int(step)))
        except (RunError, ValueError):
            break
    return chain, not chain[0][0].info.parent


def _settings(run: RunDir, end: float) -> list[TrainConfig]:
    """Return the training settings that ``run`` had from its first step to ``end``, in order."""
    start = run.info.forked_at or 0
    changes = {int(change["step"]) for change in run.changes() if start < change["step"] < end}
    return [run.config_at(step).train for step in sorted({start, *changes})]


def _decisive(train: TrainConfig) -> TrainConfig:
    """Return ``train`` without settings that do not affect weights: evaluation, and the end of a constant schedule."""
    train = dataclasses.replace(train, evaluate=True)
    is_constant = train.schedule == "constant"
    return dataclasses.replace(train, steps=1, schedule_from=0, final_factor=0.0, restart=0) if is_constant else train


def _manual_update(chain: list[tuple[RunDir, float]]) -> int | None:
    """Return the first step with an update of D or G alone, of runs whose settings never changed."""
    for run, end in chain:
        columns = run.metrics()
        losses = zip(columns.get("step", []), columns.get("d_loss", []), strict=True)
        steps = [int(step) for step, loss in losses if math.isfinite(loss) and step <= end]
        for before, step in zip([run.info.forked_at or 0, *steps], steps, strict=False):
            if before == step:  # an update of D alone adds a second row of losses to its step
                return step
    run = chain[-1][0]
    for step in run.states:
        counted, d_updates = (int(count) for count in run.load_state_at(step)["counts"])
        if d_updates != counted * run.config.train.d_steps:  # G alone took a step without D's updates
            return step
    return None
