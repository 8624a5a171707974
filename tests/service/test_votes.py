"""What a class voted for is applied to its run: live, as a fork or as a new run."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import pytest

from gan_demo.classroom.classes import Classes
from gan_demo.classroom.polls import Option
from gan_demo.errors import GanDemoError
from gan_demo.presets import PRESETS
from gan_demo.runs import ownership
from gan_demo.runs.parts.step_files import StepFiles
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import app_state, run_actions, run_control, run_state, votes
from gan_demo.service.run_state import RunState

pytestmark = pytest.mark.usefixtures("fresh_state")

TEACHER, PUPIL = (secrets.token_urlsafe(32) for _ in range(2))
FASTER = [Option("faster", {"lr": {"times": 2}}), Option("as it is"), Option("hinge", {"loss": "hinge"})]


def classes() -> Classes:
    return app_state.current().classes


@pytest.fixture
def run(home: Path) -> RunDir:
    run = RunDir.create(home / "ring-1", PRESETS["ring"], "ring")
    ownership.claim(run, TEACHER)
    classes().show(run, TEACHER)
    return run


def ticket() -> str:
    return classes().ticket_of(TEACHER)


def voted(run: RunDir, *choices: int, closed: bool = True) -> str:
    """Return the id of a poll with these votes."""
    poll = classes().start_poll(ticket(), "What next?", FASTER, run.config)
    for voter, choice in enumerate(choices):
        classes().join(ticket(), str(voter))
        classes().vote(ticket(), poll.id, str(voter), choice)
    if closed:
        classes().close_poll(ticket(), poll.id)
    return poll.id


def with_states(monkeypatch: pytest.MonkeyPatch, steps: list[int]) -> None:
    """Let every run have intact training states at these steps."""
    monkeypatch.setattr(RunDir, "states", property(lambda self: steps))
    monkeypatch.setattr(StepFiles, "intact", lambda self, steps: [*steps])


@pytest.mark.parametrize(
    "choice", [None, {}, "faster", {"vote": "other", "index": 0}, {"index": 0}, {"index": True}, {"index": [0]}]
)
def test_a_malformed_choice_is_refused(run: RunDir, choice: Any) -> None:
    voted(run, 0, 0, 1)
    with pytest.raises(GanDemoError):
        votes.winning_settings(run, choice, TEACHER)


def test_only_a_winner_of_a_closed_poll_can_be_applied(run: RunDir) -> None:
    for poll, index in ((voted(run, 0, 0, 1), 1), (voted(run, 0, closed=False), 0), (voted(run), 0)):
        with pytest.raises(GanDemoError):
            votes.winning_settings(run, {"vote": poll, "index": index}, TEACHER)
    classes().clear_poll(ticket(), poll)
    with pytest.raises(GanDemoError):
        votes.winning_settings(run, {"vote": None, "index": 0}, TEACHER)


def test_after_a_tie_the_owner_may_choose_either_winner(run: RunDir) -> None:
    poll = voted(run, 0, 2)
    assert votes.winning_settings(run, {"vote": poll, "index": 2}, TEACHER) == {"loss": "hinge"}
    assert votes.winning_settings(run, {"vote": poll, "index": 0}, TEACHER) == {
        "g_lr": 2 * run.config.train.g_lr,
        "d_lr": 2 * run.config.train.d_lr,
    }


def test_nobody_but_the_owner_applies_a_vote(run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {run_control: ("change", "stop"), run_actions: ("fork", "start_again")}
    for module, names in changes.items():
        for name in names:
            monkeypatch.setattr(module, name, lambda *args: pytest.fail("something was done"))
    poll = voted(run, 0)
    for owner in (PUPIL, "", run.id):
        with pytest.raises(GanDemoError):
            votes.apply(run, {"vote": poll, "index": 0}, owner)


def test_a_running_training_is_changed_live(run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    changed: list[Any] = []
    monkeypatch.setattr(run_state, "state", lambda run: RunState(Status.RUNNING, None))
    monkeypatch.setattr(run_control, "current_settings", lambda run: run.config.with_settings({"lr": 0.125}))
    monkeypatch.setattr(run_control, "change", lambda run, settings, owner: changed.append((run.id, settings, owner)))
    assert votes.apply(run, {"vote": voted(run, 0), "index": 0}, TEACHER) == run.id
    assert changed == [(run.id, {"g_lr": 0.25, "d_lr": 0.25}, TEACHER)], "twice what is in effect now"
    assert classes().state(ticket())["open"]


@pytest.mark.parametrize("states", [[], [100, 200]])
def test_a_setting_that_cannot_change_live_leads_to_a_fork_of_the_newest_state_or_to_a_new_run(
    run: RunDir, monkeypatch: pytest.MonkeyPatch, states: list[int]
) -> None:
    done: list[Any] = []
    monkeypatch.setattr(run_state, "state", lambda run: RunState(Status.RUNNING, None))
    monkeypatch.setattr(run_control, "stop", lambda run_id, owner: done.append("stopped"))
    monkeypatch.setattr(run_actions, "fork", lambda run, *given: done.append(given) or "new")
    monkeypatch.setattr(run_actions, "start_again", lambda run, *given: done.append(given) or "new")
    with_states(monkeypatch, states)
    assert votes.apply(run, {"vote": voted(run, 2), "index": 2}, TEACHER) == "new"
    assert done == ["stopped", (*states[-1:], {"loss": "hinge"}, TEACHER)]


def test_a_vote_is_applied_to_the_training_that_the_class_is_shown_by_then(
    run: RunDir, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll, other = voted(run, 0), RunDir.create(home / "ring-2", PRESETS["ring"], "ring")
    ownership.claim(other, TEACHER)
    classes().show(other, TEACHER)
    monkeypatch.setattr(run_actions, "apply_settings", lambda run, settings, owner: run.id)
    assert votes.apply(other, {"vote": poll, "index": 0}, TEACHER) == other.id
    assert classes().state(ticket())["vote"] is None, "once"
    with pytest.raises(GanDemoError):
        votes.apply(other, {"vote": poll, "index": 0}, TEACHER)


def test_a_finished_training_is_forked_to_train_for_as_long_again(run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    steps, given = run.config.train.steps, []
    with_states(monkeypatch, [100, steps])
    monkeypatch.setattr(
        run_actions, "fork", lambda run, step, settings, owner: given.append((step, settings)) or run.id
    )
    votes.apply(run, {"vote": voted(run, 2), "index": 2}, TEACHER)
    assert given == [(steps, {"loss": "hinge", "steps": 2 * steps})]


def test_settings_that_a_fork_cannot_take_start_a_new_run(run: RunDir, monkeypatch: pytest.MonkeyPatch) -> None:
    with_states(monkeypatch, [100])
    monkeypatch.setattr(run_actions, "fork", lambda *given: pytest.fail("networks and data cannot change in a fork"))
    monkeypatch.setattr(run_actions, "start_again", lambda run, settings, owner: settings)
    assert run_actions.apply_settings(run, {"width": 16}, TEACHER) == {"width": 16}


def test_someone_elses_running_training_is_forked_and_neither_changed_nor_stopped(
    run: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_state, "state", lambda run: RunState(Status.RUNNING, None))
    with_states(monkeypatch, [100])
    for name in ("change", "stop_and_wait"):
        monkeypatch.setattr(run_control, name, lambda *given: pytest.fail("the training is someone else's"))
    monkeypatch.setattr(run_actions, "fork", lambda run, step, settings, owner: (step, settings, owner))
    assert run_actions.apply_settings(run, {"g_lr": 0.1}, PUPIL) == (100, {"g_lr": 0.1}, PUPIL)
