"""Classes: one for each teacher, whatever they show; codes, keys and versions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gan_demo.classroom import classes as classes_module
from gan_demo.classroom import room, rooms
from gan_demo.classroom.classes import Classes
from gan_demo.classroom.page_location import PageLocation
from gan_demo.errors import JobError, RunError
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir
from tests.classroom.lessons import COMPARISON, OTHER, PUPIL, TEACHER, TWO, new_run, restarted, vote
from tests.classroom.lessons import classes as classes
from tests.classroom.lessons import run as run
from tests.classroom.lessons import ticket as ticket

EXPLORER = PageLocation("explore", {"run": "digits", "step": "30000"}, "#z=AAAA&psi=1&tool=map")


def test_a_class_follows_its_teacher_under_one_code(classes: Classes, run: RunDir, home: Path) -> None:
    code, other = classes.show(run, TEACHER), new_run(home, "ring-2")
    ticket = classes.ticket_of(TEACHER)
    assert classes.show(other, TEACHER) == code, "the other training's button"
    assert classes.state(ticket)["place"] == {"page": "train", "query": {"run": other.id}, "hash": ""}
    for location in (COMPARISON, EXPLORER):
        classes.go_to(ticket, location)
        assert classes.state(ticket)["place"] == location.to_dict()
        assert (classes.look_up(code, "a"), classes.look_up(ticket, "a")) == (ticket, ticket)
    assert restarted(classes).state(ticket)["place"] == EXPLORER.to_dict()
    classes.set_open(ticket, False)
    assert classes.state(ticket) == {"open": False}, "it ends once and everywhere"
    for gone in (code, ticket):
        with pytest.raises(RunError):
            classes.look_up(gone, "a")
    assert not classes.ticket_of(TEACHER)


def test_another_place_begins_at_its_newest_step(classes: Classes, ticket: str) -> None:
    classes.point(ticket, {"at": 500, "highlight": 3, "by": "tab1"})
    classes.go_to(ticket, EXPLORER)
    state = classes.state(ticket)
    assert (state["at"], state["highlight"], state["by"]) == (None, None, "tab1")
    classes.point(ticket, {"at": 7})
    classes.go_to(ticket, PageLocation("explore", EXPLORER.query, "#z=BBBB"))
    assert classes.state(ticket)["at"] == 7, "the same page in another state"


def test_teachers_have_classes_of_their_own(classes: Classes, ticket: str, home: Path) -> None:
    code = classes.show(new_run(home, "theirs", OTHER), OTHER)
    theirs = classes.ticket_of(OTHER)
    assert theirs != ticket
    assert classes.look_up(code, "a") == theirs
    classes.set_open(theirs, False)
    assert classes.state(ticket)["open"]


def test_only_the_owner_shows_a_run(classes: Classes, run: RunDir) -> None:
    for owner in (PUPIL, "", TEACHER[:-1]):
        with pytest.raises(JobError):
            classes.show(run, owner)
    with pytest.raises(JobError):
        classes.show(library.find("digits"), TEACHER)


def test_whoever_watches_a_run_is_offered_the_class_of_its_owner_alone(
    classes: Classes, ticket: str, run: RunDir, home: Path
) -> None:
    assert classes.shown_with(run.id) == ticket
    theirs = new_run(home, "theirs", OTHER)
    for location in (PageLocation("train", {"run": theirs.id}), PageLocation("train", {"run": "digits"}), COMPARISON):
        classes.go_to(ticket, location)
        assert classes.shown_with(run.id) == classes.shown_with(location.run_id) == ""
    classes.show(run, TEACHER)
    assert restarted(classes).shown_with(run.id) == ticket
    classes.set_open(ticket, False)
    assert classes.shown_with(run.id) == ""


def test_a_code_is_short_and_easily_read_and_a_ticket_cannot_be_guessed(classes: Classes, run: RunDir) -> None:
    code = classes.show(run, TEACHER)
    ticket = classes.ticket_of(TEACHER)
    assert len(code) == 6
    assert not set(code) & set("O0I1L2Z5S8BUVAEG"), "signs that look alike, or spell words"
    assert len(rooms.ALPHABET) ** len(code) > 50_000_000
    assert room.TICKET.fullmatch(ticket)
    assert rooms.TICKET_BYTES == 16
    for typed in (code, f" {code[:3].lower()}-{code[3:].lower()} ", ticket):
        assert classes.look_up(typed, "a") == ticket


@pytest.mark.parametrize("code", ["", "AAAAAA", "../../", "X" * 10_000, "A" * 22, "\x00", "中文中文中文", "%s%s%s"])
def test_an_unknown_code_is_an_error(classes: Classes, ticket: str, code: str) -> None:
    with pytest.raises(RunError):
        classes.look_up(code, "a")


def test_a_right_code_always_enters_and_wrong_ones_are_slow(classes: Classes, run: RunDir) -> None:
    code = classes.show(run, TEACHER)
    waits = [classes.wait_at_door("333333", "school") for _ in range(200)]
    assert max(waits[:90]) == 0, "thirty pupils behind one address may mistype it three times each"
    assert waits[-1] > 2
    assert 0 < classes.wait_at_door(code, "school") <= 3, "who guesses learns nothing sooner"
    assert classes.look_up(code, "school") == classes.ticket_of(TEACHER)
    assert classes.wait_at_door(classes.ticket_of(TEACHER), "school") == 0, "what nobody guesses never waits"
    assert classes.wait_at_door(code, "elsewhere") == 0


def test_invented_addresses_slow_everybody_and_lock_out_nobody(classes: Classes, run: RunDir) -> None:
    code = classes.show(run, TEACHER)
    assert classes.wait_at_door("333333", "10.0.0.0") == 0
    waits = [classes.wait_at_door("333333", f"10.0.{n // 250}.{n % 250}") for n in range(1200)]
    assert max(waits) == waits[-1] == 3
    assert classes.wait_at_door(code, "honest") <= 3
    assert classes.look_up(code, "honest") == classes.ticket_of(TEACHER)


def test_a_class_that_types_the_right_code_is_never_slowed(classes: Classes, run: RunDir) -> None:
    code = classes.show(run, TEACHER)
    for _ in range(1000):
        assert classes.wait_at_door(code, "school") == 0
        classes.look_up(code, "school")


def test_an_ended_class_keeps_its_code_for_the_day(
    classes: Classes, run: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = classes.show(run, TEACHER)
    ticket = classes.ticket_of(TEACHER)
    classes.set_open(ticket, False)
    classes = restarted(classes)
    assert classes.show(run, TEACHER) == code, "the link on the blackboard works again"
    classes.set_open(ticket, False)
    monkeypatch.setattr(classes_module, "REOPENS_FOR", 0.0)
    assert classes.show(run, TEACHER) != code, "the next lesson's class is another one"
    assert not classes.exists(ticket)


def test_only_the_teacher_is_given_a_key_that_fits(classes: Classes, ticket: str) -> None:
    key = classes.presenter_key(ticket, TEACHER)
    assert key is not None
    assert classes.is_presenter(ticket, key)
    for other in (PUPIL, "", TEACHER[:-1]):
        assert classes.presenter_key(ticket, other) is None
    assert classes.presenter_key("no such class", TEACHER) is None


def test_a_key_fits_one_class_and_one_process(classes: Classes, ticket: str, home: Path) -> None:
    key = classes.presenter_key(ticket, TEACHER) or ""
    classes.show(new_run(home, "theirs", OTHER), OTHER)
    theirs = classes.ticket_of(OTHER)
    assert not classes.is_presenter(theirs, key)
    assert not classes.is_presenter(ticket, classes.presenter_key(theirs, OTHER) or "")
    for wrong in ("", key[:-1], key.upper(), key + " ", "ü" * 64, "\x00"):
        assert not classes.is_presenter(ticket, wrong)
    classes = restarted(classes)
    assert not classes.is_presenter(ticket, key)
    assert classes.presenter_key(ticket, TEACHER) not in (None, key)


def test_state_and_file_hold_no_key_and_no_token_and_the_state_no_ticket(classes: Classes, ticket: str) -> None:
    classes.close()
    (file,) = (library.home() / ".classes").iterdir()
    for text in (json.dumps(classes.state(ticket)), file.read_text()):
        assert TEACHER not in text
        assert (classes.presenter_key(ticket, TEACHER) or "?") not in text
    assert ticket not in json.dumps(classes.state(ticket)), "a code that was guessed is one way in, and not all"


def test_the_version_changes_exactly_when_the_state_does(classes: Classes, ticket: str) -> None:
    seen = [(classes.version(ticket), classes.state(ticket))]

    def changed() -> bool:
        seen.append((classes.version(ticket), classes.state(ticket)))
        (before, told_before), (after, told_after) = seen[-2:]
        assert (before != after) == (told_before != told_after)
        return before != after

    assert not changed()
    for changes in ({"at": 500}, {"highlight": 3}, {"at": None}, {"by": "tab1"}):
        classes.point(ticket, changes)
        assert changed()
        classes.point(ticket, changes)
        assert not changed()
    classes.go_to(ticket, EXPLORER)
    assert changed()
    classes.go_to(ticket, EXPLORER)
    assert not changed()
    for _ in range(2):
        classes.join(ticket, "ann")
    assert changed()
    classes.leave(ticket, "ann")
    assert not changed(), "one of two tabs"
    poll = classes.start_poll(ticket, "?", TWO)
    assert changed()
    for is_new in (True, False):
        vote(classes, ticket, poll.id, "ann", 1)
        assert changed() == is_new
    classes.close_poll(ticket, poll.id)
    assert changed()
    classes.clear_poll(ticket, poll.id)
    assert changed()
    classes.set_open(ticket, False)
    assert changed()
    for act in (lambda: classes.point(ticket, {"at": 3}), lambda: classes.go_to(ticket, COMPARISON)):
        act()
        assert not changed(), "it is over"


def test_a_ticket_of_no_class_changes_nothing(classes: Classes) -> None:
    classes.join("nobody's", "ann")
    classes.point("nobody's", {"at": 3})
    classes.go_to("nobody's", COMPARISON)
    classes.set_open("nobody's", True)
    assert classes.state("nobody's") == {"open": False}
    assert (classes.version("nobody's"), classes.location("nobody's"), classes.exists("nobody's")) == (0, None, False)
