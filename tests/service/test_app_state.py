"""The state that the process shares: which training a class follows, as the device's turns need it."""

from __future__ import annotations

import gc
import secrets
from pathlib import Path

import pytest

from gan_demo.presets import PRESETS
from gan_demo.runs import ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import app_state

TEACHER = secrets.token_urlsafe(32)


@pytest.mark.usefixtures("fresh_state")
def test_a_run_is_followed_while_somebody_watches_the_class_that_is_shown_it(home: Path) -> None:
    state = app_state.current()
    run = RunDir.create(home / "ring", PRESETS["ring"], "ring")
    ownership.claim(run, TEACHER)
    is_followed = state.jobs.is_class
    assert not is_followed("ring")
    state.classes.show(run, TEACHER)
    ticket = state.classes.ticket_of(TEACHER)
    assert not is_followed("ring"), "nobody is there yet"
    state.classes.join(ticket, "pupil")
    assert is_followed("ring")
    state.classes.set_open(ticket, False)
    assert not is_followed("ring")


def test_what_the_first_training_loads_is_not_searched_for_garbage_after_every_page() -> None:
    gc.unfreeze()
    warmed = app_state.current().warm_up()
    warmed.join()
    assert gc.get_freeze_count() > 100_000  # objects: torch's modules among them
