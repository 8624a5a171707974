"""Apply the settings that a class voted for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gan_demo.classroom import polls
from gan_demo.errors import JobError
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import app_state, run_actions, run_control


def apply(run: RunDir, choice: object, owner: str) -> str:
    """Apply a winning option of a class's closed poll to a run and clear the poll; return the id of the run with it.

    ``choice`` is what the board sends: {"vote": poll id, "index": option}. Raises GanDemoError.
    """
    settings = winning_settings(run, choice, owner)
    classes = app_state.current().classes
    ticket = classes.ticket_of(owner)
    classes.clear_poll(ticket, (classes.state(ticket).get("vote") or {}).get("id", ""))  # so that it is applied once
    return run_actions.apply_settings(run, settings, owner)


def winning_settings(run: RunDir, choice: object, owner: str) -> dict[str, object]:
    """Return the settings of a winning option for a run, with factors applied to those in effect.

    Raises GanDemoError unless ``choice`` names the closed poll of ``owner``'s class and one of its winners.
    """
    classes = app_state.current().classes
    ticket = classes.ticket_of(owner)
    poll = classes.state(ticket).get("vote") or {}
    answer = choice if isinstance(choice, Mapping) else {}
    index: Any = answer.get("index")
    is_winner = isinstance(index, int) and index in poll.get("winners", ())
    if not is_winner or answer.get("vote") != poll["id"] or poll["open"]:
        raise JobError("vote", "", "is over")
    return polls.resolved(classes.settings_of(ticket, index), run_control.current_settings(run))
