"""Votes, and how many are there: the parts of a class that need no server."""

from __future__ import annotations

import json

import pytest

from gan_demo.classroom import polls
from gan_demo.classroom.attendance import Attendance
from gan_demo.classroom.polls import MAX_VOTERS, Option, Poll, Texts, resolved
from gan_demo.config import RunConfig
from gan_demo.errors import ConfigError
from gan_demo.presets import PRESETS

CONFIG = PRESETS["digits"]


def poll(*texts: str) -> Poll:
    return polls.new("Which one?", [Option(text) for text in texts or ("a", "b", "c")], CONFIG)


# ---- voices


def test_a_voter_is_counted_once_and_may_change_the_choice() -> None:
    voted = poll().with_vote("ann", 0).with_vote("ben", 2).with_vote("ann", 2).with_vote("ann", 2)
    assert voted.counts == [0, 0, 2]
    assert voted.winners == [2]


def test_a_tie_has_several_winners_and_a_poll_without_votes_none() -> None:
    assert poll().winners == []
    assert poll().with_vote("ann", 0).with_vote("ben", 2).winners == [0, 2]


@pytest.mark.parametrize("choice", [-1, 3, 100])
def test_a_vote_for_an_unknown_option_is_refused(choice: int) -> None:
    with pytest.raises(ConfigError):
        poll().with_vote("ann", choice)


def test_a_closed_poll_accepts_no_votes() -> None:
    closed = Poll("1", "?", (Option("a"), Option("b")), open=False)
    with pytest.raises(ConfigError):
        closed.with_vote("ann", 0)


def test_a_full_poll_drops_the_vote_of_somebody_who_left_and_keeps_all_who_are_there() -> None:
    empty = Poll("1", "?", (Option("a"), Option("b")), {str(n): 0 for n in range(MAX_VOTERS - 2)})
    full = empty.with_vote("gone", 0).with_vote("ann", 0)
    assert full.with_vote("ann", 1).counts == [MAX_VOTERS - 1, 1], "who voted may still change"
    after = full.with_vote("ben", 1, present=["ann", "ben"])
    assert after.counts == [MAX_VOTERS - 1, 1]
    assert after.with_vote("ann", 1).counts == [MAX_VOTERS - 2, 2], "hers is still there"
    assert full.with_vote("gone", 1).counts == [MAX_VOTERS - 1, 1], "and this one was, before it made way"
    assert sum(after.with_vote("gone", 1, present=["ann", "ben"]).counts) == MAX_VOTERS


def test_a_poll_that_is_full_of_people_who_are_there_takes_no_more() -> None:
    everybody = [str(n) for n in range(MAX_VOTERS)]
    empty = Poll("1", "?", (Option("a"), Option("b")))
    full = Poll("1", "?", empty.options, {empty._name(voter): 0 for voter in everybody})
    with pytest.raises(ConfigError):
        full.with_vote("one more", 1, present=everybody)


def test_neither_what_viewers_see_nor_the_file_names_a_voter() -> None:
    voted = poll().with_vote("a-secret-token", 1)
    assert voted.shown()["total"] == 1
    assert "a-secret-token" not in json.dumps([voted.shown(), voted.to_dict()])
    assert not set(voted.votes) & set(json.dumps(voted.shown()).split('"'))
    other = Poll("another", "?", voted.options).with_vote("a-secret-token", 1)
    assert not set(voted.votes) & set(other.votes), "two votes of one browser can't be connected"


def test_a_poll_survives_a_round_trip_through_json() -> None:
    options, texts = [Option("×2", {"lr": {"times": 2}}), Option("b")], {"zh": Texts("？", ["两倍", "乙"])}
    voted = polls.new("?", options, CONFIG, texts).with_vote("ann", 1)
    assert Poll.from_dict(json.loads(json.dumps(voted.to_dict()))) == voted
    former = {key: value for key, value in voted.to_dict().items() if key != "texts"}
    assert Poll.from_dict(json.loads(json.dumps(former))).texts == {}


def test_settings_are_voted_on_with_a_training_only() -> None:
    assert polls.new("?", [Option("a"), Option("b")], None).options[0].text == "a"
    with pytest.raises(ConfigError):
        polls.new("?", [Option("a", {"lr": {"times": 2}}), Option("b")], None)


@pytest.mark.parametrize(
    "broken",
    [
        {"votes": {"x": 7}},
        {"votes": {"x": 1e400}},
        {"votes": [1]},
        {"votes": {str(n): 0 for n in range(MAX_VOTERS + 1)}},
        {"options": []},
        {"options": [{}, {}]},
        {"options": "ab"},
        {"texts": {"zh": {"question": "?", "options": ["a"]}}},
        {"texts": [1]},
    ],
    ids=lambda broken: repr(broken)[:40],
)
def test_a_damaged_poll_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError, OverflowError)):
        Poll.from_dict({**poll().to_dict(), **broken})


# ---- questions


@pytest.mark.parametrize("texts", [("a",), tuple("abcdefg"), ("a", "a"), ("a", " a "), ("a", " "), ("a", "x" * 61)])
def test_options_are_two_to_six_different_short_texts(texts: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError):
        poll(*texts)


@pytest.mark.parametrize("question", ["", "   ", "x" * 141, "\x00\x1b"])
def test_a_question_is_a_short_text(question: str) -> None:
    with pytest.raises(ConfigError):
        polls.new(question, [Option("a"), Option("b")], CONFIG)


def test_control_characters_and_lone_surrogates_are_removed() -> None:
    cleaned = polls.new("a\x00 b\n\u3000c \ud83d", [Option("👩\u200d🏫"), Option("\x1b[31mred")], CONFIG)
    assert cleaned.question == "a b c"
    assert [option.text for option in cleaned.options] == ["👩\u200d🏫", "[31mred"]


# ---- settings


def test_a_factor_multiplies_the_setting_in_effect_when_it_is_applied() -> None:
    faster = {"lr": {"times": 2}}
    assert resolved(faster, CONFIG) == {"g_lr": 2 * CONFIG.train.g_lr, "d_lr": 2 * CONFIG.train.d_lr}
    slower = CONFIG.with_settings({"g_lr": 0.25, "d_lr": 0.5})
    assert resolved(faster, slower) == {"g_lr": 0.5, "d_lr": 1.0}
    assert resolved({"lr": 0.5}, CONFIG) == {"g_lr": 0.5, "d_lr": 0.5}
    assert resolved({"loss": "hinge", "d_steps": 3}, CONFIG) == {"loss": "hinge", "d_steps": 3}


@pytest.mark.parametrize(
    "settings",
    [
        {"path": "/etc"},
        {"name": "faces"},
        {"__proto__": 1},
        {"train.lr": 1},
        {"lr": {"times": 0}},
        {"lr": {"times": -1}},
        {"lr": {"times": True}},
        {"lr": {"times": "2"}},
        {"lr": {"times": 2, "x": 1}},
        {"lr": {}},
        {"lr": {"times": 1e300}},
        {"loss": {"times": 2}},
        {"evaluate": {"times": 2}},
        {"lr": 0},
        {"lr": None},
        {"lr": [1]},
        {"loss": "cleverest"},
        {"batch": 10**400},
        {"d_steps": 1.5},
        {"lr": {"times": 1000}, "g_lr": 11},
    ],
)
def test_only_settings_of_the_training_that_fit_can_be_voted_on(settings: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        polls.new("?", [Option("a"), Option("b", settings)], RunConfig())


# ---- attendance


def test_an_address_has_so_many_voters_and_the_next_waits_for_one_to_leave() -> None:
    there = Attendance()
    for n in range(40):
        there.join(f"pupil {n}", "school", 40)
    for name in ("late", "later"):
        there.join(name, "school", 40)
    there.join("guest", "home", 40)
    assert len(there) == 41
    for name in ("pupil 39", "guest"):
        there.check(name)
    with pytest.raises(ConfigError, match="as many voters as one may have"):
        there.check("late")
    there.leave("guest")
    assert "late" not in there, "it was another address"
    there.leave("pupil 3")
    there.check("late")
    there.leave("later")
    there.leave("late")
    assert (len(there), there.seats) == (39, 41 + 10 + 2)


def test_a_voter_with_many_tabs_is_counted_once() -> None:
    there = Attendance()
    for voter in ("ann", "ann", "ben"):
        there.join(voter)
    assert (len(there), [*there]) == (2, ["ann", "ben"])
    there.leave("ben")
    there.leave("ann")
    assert [*there] == ["ann"]
    there.leave("ann")
    there.leave("ann")
    assert len(there) == 0, "one more goodbye than there were tabs changes nothing"
