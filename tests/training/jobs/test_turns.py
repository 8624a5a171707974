"""Turns on a shared device: fair by owner, newcomers at once, a class every other time."""

from __future__ import annotations

from collections import Counter

import pytest

from gan_demo.training.jobs.turns import CREDIT, LONGEST_TURN, ROUND, SHORTEST_TURN, Candidate, Turns, turn_seconds


def turns_of(*candidates: Candidate) -> Turns:
    turns = Turns()
    owners: list[str] = []
    for candidate in candidates:
        turns.enter(candidate.id, candidate.owner, owners)
        owners.append(candidate.owner)
    return turns


def seconds(turns: Turns, candidates: list[Candidate], rounds: int) -> Counter[str]:
    """Return how long each training had the device in so many turns of a second."""
    had: Counter[str] = Counter()
    for _ in range(rounds):
        chosen = turns.choose(candidates)
        assert chosen is not None
        turns.charge(chosen, 1.0)
        had[chosen.id] += 1
    return had


def test_nobody_has_a_turn_where_nobody_wants_one() -> None:
    assert Turns().choose([]) is None


def test_an_owner_of_five_has_as_much_as_an_owner_of_one() -> None:
    many = [Candidate(f"m{k}", "many") for k in range(5)]
    candidates = [*many, Candidate("one", "one")]
    had = seconds(turns_of(*candidates), candidates, 100)
    assert had["one"] == 50
    assert {had[candidate.id] for candidate in many} == {10}


def test_a_newcomer_is_next_and_then_one_of_all() -> None:
    old = [Candidate("a", "a"), Candidate("b", "b")]
    turns = turns_of(*old)
    seconds(turns, old, 20)
    turns.enter("new", "new", ["a", "b"])
    new = Candidate("new", "new", is_new=True)
    assert turns.choose([*old, new]) == new
    turns.charge(new, 0.3)
    begun = Candidate("new", "new")
    assert seconds(turns, [*old, begun], 30) == {"a": 10, "b": 10, "new": 10}


def test_who_was_away_has_saved_up_nothing() -> None:
    a, b = Candidate("a", "a"), Candidate("b", "b")
    turns = turns_of(a, b)
    seconds(turns, [a], 100)
    turns.forget("b", ["a"])
    turns.enter("b2", "b", ["a"])
    assert seconds(turns, [a, Candidate("b2", "b")], 20)["a"] == 10


def test_who_starts_again_and_again_is_not_always_next() -> None:
    patient = Candidate("p", "patient")
    turns = turns_of(patient)
    firsts = 0
    for k in range(100):
        turns.enter(f"n{k}", "greedy", ["patient"])
        new = Candidate(f"n{k}", "greedy", is_new=True)
        chosen = turns.choose([patient, new])
        assert chosen is not None
        turns.charge(chosen, 1.0)
        firsts += chosen is new
    assert firsts <= 50 + CREDIT


def test_a_single_step_of_a_paused_training_comes_at_once() -> None:
    a, paused = Candidate("a", "a"), Candidate("p", "p", is_ordered=True)
    turns = turns_of(a, paused)
    turns.charge(paused, CREDIT / 2)
    assert turns.choose([a, paused]) is paused


def test_a_class_has_every_other_turn_and_no_more() -> None:
    others = [Candidate(f"o{k}", f"o{k}") for k in range(9)]
    candidates = [*others, Candidate("class", "teacher", is_class=True)]
    had = seconds(turns_of(*candidates), candidates, 90)
    assert had["class"] == 45
    assert {had[other.id] for other in others} == {5}


@pytest.mark.parametrize(("owners", "expected"), [(1, LONGEST_TURN), (10, ROUND / 10), (30, SHORTEST_TURN)])
def test_the_more_share_the_shorter_is_a_turn(owners: int, expected: float) -> None:
    assert turn_seconds(owners) == expected
