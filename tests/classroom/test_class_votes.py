"""Polls and voters of a class: every vote counts once, and nobody votes for others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gan_demo.classroom import room, rooms, voters
from gan_demo.classroom.classes import Classes
from gan_demo.classroom.polls import Option
from gan_demo.errors import ConfigError
from gan_demo.runs import ownership
from gan_demo.runs.run_dir import RunDir
from tests.classroom.lessons import OTHER, PUPIL, TEACHER, TWO, new_run, restarted, vote
from tests.classroom.lessons import classes as classes
from tests.classroom.lessons import run as run
from tests.classroom.lessons import ticket as ticket


def test_a_poll_survives_a_restart_with_its_votes(classes: Classes, ticket: str, run: RunDir) -> None:
    options = [Option("×2", {"lr": {"times": 2}}), Option("same")]
    poll = classes.start_poll(ticket, "Which?", options, run.config)
    vote(classes, ticket, poll.id, "ann", 0)
    before = classes.state(ticket)["vote"]
    classes = restarted(classes)
    assert classes.state(ticket)["vote"] == before
    vote(classes, ticket, poll.id, "ann", 1)
    assert classes.state(ticket)["vote"]["counts"] == [0, 1]
    assert classes.settings_of(ticket, 0) == {"lr": {"times": 2}}
    assert classes.settings_of(ticket, 7) == classes.settings_of(ticket, -1) == {}


def test_votes_in_another_class_a_former_poll_or_a_closed_one_are_refused(
    classes: Classes, ticket: str, home: Path
) -> None:
    classes.show(new_run(home, "other", OTHER), OTHER)
    foreign = classes.start_poll(classes.ticket_of(OTHER), "?", TWO)
    former = classes.start_poll(ticket, "?", TWO)
    present = classes.start_poll(ticket, "?", TWO)
    for poll_id in (foreign.id, former.id, "", "nonsense"):
        with pytest.raises(ConfigError):
            vote(classes, ticket, poll_id, "ann", 0)
        with pytest.raises(ConfigError):
            classes.close_poll(ticket, poll_id)
    classes.close_poll(ticket, present.id)
    with pytest.raises(ConfigError):
        vote(classes, ticket, present.id, "ann", 0)
    assert classes.state(ticket)["vote"]["total"] == 0


def test_a_poll_needs_an_open_class(classes: Classes, ticket: str) -> None:
    poll = classes.start_poll(ticket, "?", TWO)
    classes.set_open(ticket, False)
    with pytest.raises(ConfigError):
        vote(classes, ticket, poll.id, "ann", 0)
    with pytest.raises(ConfigError):
        classes.start_poll(ticket, "?", TWO)


def test_a_thousand_votes_are_all_counted_and_written_in_few_writes(
    classes: Classes, ticket: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes: list[Path] = []
    write = room.write

    def counted(file: Path, content: bytes) -> None:
        if home in file.parents:  # other tests' classes are written, too
            writes.append(file)
        write(file, content)

    classes.close()
    monkeypatch.setattr(room, "write", counted)
    monkeypatch.setattr(rooms, "SAVE_INTERVAL", 60.0)
    poll = classes.start_poll(ticket, "?", TWO)
    for n in range(1000):
        classes.join(ticket, f"voter {n}", f"address {n}")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: classes.vote(ticket, poll.id, f"voter {n}", n % 2), range(1000)))
    assert classes.state(ticket)["vote"]["counts"] == [500, 500]
    assert writes == []
    assert restarted(classes).state(ticket)["vote"]["counts"] == [500, 500]
    assert len(writes) == 1


def test_a_voter_is_whom_the_class_gave_a_token(classes: Classes, ticket: str, home: Path) -> None:
    classes.show(new_run(home, "other", OTHER), OTHER)
    token = classes.voter_token(ticket, PUPIL, "school")
    name = classes.voter_name(ticket, token)
    assert name
    assert classes.voter_token(ticket, PUPIL, "home") == token, "one vote for each browser"
    assert classes.voter_name(classes.ticket_of(OTHER), token) is None
    for invented in ("", name, f"{name}.{'0' * 32}", token[:-1], token.upper(), "cookie", "ü.ü", f"{name}x.{token}"):
        assert classes.voter_name(ticket, invented) is None
    assert classes.voter_token(ticket, TEACHER, "school") == "", "the teacher asks, and does not vote"
    assert restarted(classes).voter_name(ticket, token) == name


def test_an_address_is_given_a_hall_full_of_tokens_and_those_who_have_one_keep_it(
    classes: Classes, ticket: str
) -> None:
    mine = classes.voter_token(ticket, PUPIL, "school")
    invented = [classes.voter_token(ticket, f"invented {n}", "school") for n in range(1200)]
    assert 299 <= len([token for token in invented if token]) <= 310
    assert classes.voter_token(ticket, PUPIL, "school") == mine
    assert classes.voter_token(ticket, "somebody", "elsewhere")


def test_whoever_is_not_connected_has_no_vote(classes: Classes, ticket: str) -> None:
    poll = classes.start_poll(ticket, "?", TWO)
    for n in range(1200):
        with pytest.raises(ConfigError, match="not connected"):
            classes.vote(ticket, poll.id, f"invented {n}", 0)
    assert classes.state(ticket)["vote"]["total"] == 0


def test_who_comes_again_and_again_adds_few_votes_and_takes_none_away(classes: Classes, ticket: str) -> None:
    poll = classes.start_poll(ticket, "?", TWO)
    pupils = [f"pupil {n}" for n in range(30)]
    for pupil in pupils:
        classes.join(ticket, pupil)
    for pupil in pupils[:29]:
        classes.vote(ticket, poll.id, pupil, 1)
    for pupil in pupils[:20]:
        classes.leave(ticket, pupil)  # their phones sleep
    for n in range(1200):
        vote(classes, ticket, poll.id, f"invented {n}", 0)
    assert classes.state(ticket)["vote"]["counts"] == [10, 29]
    classes.vote(ticket, poll.id, pupils[29], 1)
    assert classes.state(ticket)["vote"]["counts"] == [9, 30], (
        "the last of the class takes the place of an invented one"
    )
    again = restarted(classes)
    vote(again, ticket, poll.id, "late", 1)
    assert again.state(ticket)["vote"]["counts"] == [9, 31], "a restart loses no seats"


def test_a_class_whose_phones_sleep_in_between_keeps_its_votes(classes: Classes, ticket: str) -> None:
    poll = classes.start_poll(ticket, "?", TWO)
    for n in range(24):  # all look at the beginning
        classes.join(ticket, f"pupil {n}")
    for n in range(24):
        classes.leave(ticket, f"pupil {n}")
    for n in range(24):
        vote(classes, ticket, poll.id, f"pupil {n}", 1)
    assert classes.state(ticket)["vote"]["counts"] == [0, 24]


def test_the_names_of_voters_tell_nothing_of_their_browsers() -> None:
    token = voters.Issuer().issue("secret", PUPIL, "a")
    assert PUPIL not in token
    assert voters.name_of("secret", token) not in (None, ownership.digest(PUPIL)[:32])
