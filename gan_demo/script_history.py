"""Which settings a run had when, from its very beginning: through live changes, resumes and the runs it forks from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from gan_demo import changes, runs
from gan_demo.config import RunConfig, TrainConfig
from gan_demo.errors import RunError
from gan_demo.runs import RunDir

MOST_FORKS = 100  # more is a ring of runs that name each other


@dataclass(frozen=True)
class History:
    """``begins`` is the configuration of the first step; ``later`` what changed, as (step, training settings by name).

    ``forks`` are the steps at which a run forked from the one before; ``by_hand`` is the first step at which D or G
    was updated alone, which no script repeats, or None.
    """

    begins: RunConfig
    later: tuple[tuple[int, dict[str, Any]], ...]
    forks: tuple[int, ...]
    by_hand: int | None

    @property
    def stretches(self) -> list[TrainConfig]:
        """The training settings of each stretch between two changes, in order."""
        found = [self.begins]
        for _, now in self.later:
            found.append(found[-1].with_settings(now))
        return [config.train for config in found]


def history(run: RunDir) -> History:
    """Of a run, a shipped model or a fork. Raises RunError if a run that it forks from is gone."""
    chain = ancestry(run)
    begins = changes.reverted(chain[0][0].config, chain[0][0].changes(), -1)
    config = begins
    steps: dict[int, dict[str, Any]] = {}
    for place, (one, until) in enumerate(chain):
        if place:
            at = int(chain[place - 1][1])
            own = changes.reverted(one.config, one.changes(), -1)
            _add(steps, at, changes.difference(config, own)[1])
            config = own
        for change in one.changes():
            if change["step"] <= until:
                _add(steps, int(change["step"]), change["now"])
                config = config.with_settings(change["now"])
    forks = tuple(int(until) for _, until in chain[:-1])
    return History(begins, tuple(sorted(steps.items())), forks, _by_hand(chain))


def ancestry(run: RunDir) -> list[tuple[RunDir, float]]:
    """The runs that ``run`` goes back to and itself, oldest first, each with the step at which the next one forked."""
    chain = [(run, math.inf)]
    while chain[0][0].info.parent:
        if len(chain) > MOST_FORKS:
            raise RunError("run", run.id, "forks from itself")
        chain.insert(0, _parent(chain[0][0]))
    return chain


def _add(steps: dict[int, dict[str, Any]], step: int, now: dict[str, Any]) -> None:
    told = {key: value for key, value in now.items() if key != "evaluate"}
    if told:
        steps[step] = steps.get(step, {}) | told


def _parent(run: RunDir) -> tuple[RunDir, float]:
    """The run that ``run`` forks from, beside it or known by its id, and the step."""
    name, _, step = run.info.parent.rpartition("@")
    try:
        beside = run.path.parent / name
        found = RunDir(beside) if (beside / "run.json").is_file() else runs.find(name)
        return found, int(step)
    except (RunError, ValueError) as failure:
        raise RunError(
            "run", run.id, "forks from {parent}, which is not there any more, so its beginning is not known",
            "Put that run's folder beside this one, or export a run that is no fork", parent=name,
        ) from failure  # fmt: skip


def _by_hand(chain: list[tuple[RunDir, float]]) -> int | None:
    """D alone leaves a second row of losses at a step."""
    for run, until in chain:
        columns = run.metrics()
        losses = columns.get("d_loss", [])
        steps = [int(step) for step, loss in zip(columns.get("step", []), losses, strict=True) if math.isfinite(loss)]
        last = 0
        for step in steps:
            if step > until:
                break
            if step == last:
                return step
            last = step
    return _missing(chain[-1][0])


def _missing(run: RunDir) -> int | None:
    """G alone leaves fewer updates of D in a kept state than its steps had."""
    for step in run.states:
        counted, updates = (int(n) for n in run.load_state_at(step)["counts"])
        ends = sorted({int(change["step"]) for change in run.changes() if change["step"] < counted})
        begins = _began(run)
        if begins is None:
            return None
        at, done = begins
        for start, end in zip([at, *ends], [*ends, counted], strict=True):
            done += max(0, end - max(at, start)) * run.config_at(max(at, start)).train.d_steps
        if done != updates:
            return step
    return None


def _began(run: RunDir) -> tuple[int, int] | None:
    """(step, updates of D) at which the run began; None where a fork's first state is not kept any more."""
    if not run.info.parent:
        return 0, 0
    at = int(run.info.parent.rpartition("@")[2])
    return (at, int(run.load_state_at(at)["counts"][1])) if at in run.states else None
