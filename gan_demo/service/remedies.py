"""The one-click way on from a finding: a fork from before it began, with the settings that cure it."""

from __future__ import annotations

from collections.abc import Mapping

from gan_demo.analysis import diagnosis
from gan_demo.analysis.findings import Finding
from gan_demo.errors import RunError
from gan_demo.runs import ownership, setting_changes
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import run_actions, run_control, run_state


def findings(run: RunDir) -> list[Finding]:
    """What the run's curves say now."""
    info = run.info
    return diagnosis.findings(run.metrics(), run.config, info.error.field if info.error else "")


def apply(run: RunDir, key: str, owner: str) -> str:
    """Stop the run if it is this visitor's and still goes on, and start the cure; returns the new run's id.

    It is a fork from the last state before the trouble; where there is none, or the remedy changes the networks, it
    begins anew. Raises GanDemoError.
    """
    chosen = next((one for one in findings(run) if one.key == key and one.remedy), None)
    if chosen is None:
        raise RunError("finding", key, "does not hold any more", "Look at the board again")
    if run_state.state(run).alive and ownership.owns(run, owner):
        run_control.stop_and_wait(run, owner)
    step = start_of(chosen, run.states)
    if step is None or not _may_fork(chosen.remedy):
        return run_actions.again(run, chosen.remedy, owner)
    return run_actions.fork(run, step, chosen.remedy, owner)


def start_of(finding: Finding, states: list[int]) -> int | None:
    """The last kept step before the evidence begins, or None."""
    before = [step for step in states if step <= min(finding.step, finding.begin)]
    return before[-1] if before else None


def _may_fork(settings: Mapping[str, object]) -> bool:
    """Networks and data stay as they are in a fork."""
    return set(settings) <= set(setting_changes.FORKED)
