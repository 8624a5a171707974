"""A class around a run: its teacher, its pupils, and a restart of the server."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from gan_demo.classroom.classes import Classes
from gan_demo.classroom.page_location import PageLocation
from gan_demo.classroom.polls import Option
from gan_demo.presets import PRESETS
from gan_demo.runs import ownership
from gan_demo.runs.run_dir import RunDir

TEACHER, PUPIL, OTHER = (secrets.token_urlsafe(32) for _ in range(3))
TWO = [Option("a"), Option("b")]
COMPARISON = PageLocation("compare", {"runs": "digits,tutorial", "by": "images"})


@pytest.fixture
def classes(home: Path) -> Classes:
    return Classes()


def new_run(home: Path, name: str, owner: str = TEACHER) -> RunDir:
    run = RunDir.create(home / name, PRESETS["ring"], "ring")
    ownership.claim(run, owner)
    return run


@pytest.fixture
def run(home: Path) -> RunDir:
    return new_run(home, "ring-1")


@pytest.fixture
def ticket(classes: Classes, run: RunDir) -> str:
    classes.show(run, TEACHER)
    return classes.ticket_of(TEACHER)


def vote(classes: Classes, ticket: str, poll_id: str, voter: str, choice: int) -> None:
    """Vote as somebody who is connected meanwhile."""
    classes.join(ticket, voter)
    try:
        classes.vote(ticket, poll_id, voter, choice)
    finally:
        classes.leave(ticket, voter)


def restarted(classes: Classes) -> Classes:
    """Return the classes of the next process."""
    classes.close()
    return Classes()
