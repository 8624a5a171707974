"""Classes: one for each teacher, whatever they show; codes, keys, polls, voters, and what a restart leaves of them."""

from __future__ import annotations

import json
import secrets
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gan_demo.classroom import classes as classes_module
from gan_demo.classroom import room, rooms, voters
from gan_demo.classroom.classes import Classes
from gan_demo.classroom.place import Place
from gan_demo.classroom.polls import Option
from gan_demo.errors import ConfigError, JobError, RunError
from gan_demo.presets import PRESETS
from gan_demo.runs import library, ownership
from gan_demo.runs.run_dir import RunDir

TEACHER, PUPIL, OTHER = (secrets.token_urlsafe(32) for _ in range(3))
TWO = [Option("a"), Option("b")]
COMPARISON = Place("compare", {"runs": "digits,tutorial", "by": "images"})
EXPLORER = Place("explore", {"run": "digits", "step": "30000"}, "#z=AAAA&psi=1&tool=map")


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


# ---- one class for each teacher


def test_a_class_follows_its_teacher_under_one_code(classes: Classes, run: RunDir, home: Path) -> None:
    code, other = classes.show(run, TEACHER), new_run(home, "ring-2")
    ticket = classes.ticket_of(TEACHER)
    assert classes.show(other, TEACHER) == code, "the other training's button"
    assert classes.state(ticket)["place"] == {"page": "train", "query": {"run": other.id}, "hash": ""}
    for place in (COMPARISON, EXPLORER):
        classes.go_to(ticket, place)
        assert classes.state(ticket)["place"] == place.to_dict()
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
    classes.go_to(ticket, Place("explore", EXPLORER.query, "#z=BBBB"))
    assert classes.state(ticket)["at"] == 7, "the same place in another state"


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
    for place in (Place("train", {"run": theirs.id}), Place("train", {"run": "digits"}), COMPARISON):
        classes.go_to(ticket, place)
        assert classes.shown_with(run.id) == classes.shown_with(place.run_id) == ""
    classes.show(run, TEACHER)
    assert restarted(classes).shown_with(run.id) == ticket
    classes.set_open(ticket, False)
    assert classes.shown_with(run.id) == ""


# ---- codes


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


# ---- keys


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
    for told in (json.dumps(classes.state(ticket)), file.read_text()):
        assert TEACHER not in told
        assert (classes.presenter_key(ticket, TEACHER) or "?") not in told
    assert ticket not in json.dumps(classes.state(ticket)), "a code that was guessed is one way in, and not all"


# ---- versions


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
    assert (classes.version("nobody's"), classes.place("nobody's"), classes.exists("nobody's")) == (0, None, False)


# ---- polls and voters


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


# ---- files


def test_a_class_of_an_earlier_version_goes_on(classes: Classes, run: RunDir, home: Path) -> None:
    poll = {"id": "p", "question": "?", "options": [{"text": c, "settings": {}} for c in "ab"], "votes": {}}
    former = {"code": "PN4R66", "teacher": ownership.digest(TEACHER), "open": True, "poll": {**poll, "open": True}}
    (run.path / "class").write_text(json.dumps(former))
    ticket = classes.look_up("PN4R66", "a")
    assert classes.ticket_of(TEACHER) == ticket
    assert classes.state(ticket)["place"]["query"] == {"run": run.id}
    assert classes.state(ticket)["vote"]["question"] == "?"
    assert classes.show(run, TEACHER) == "PN4R66"
    classes.set_open(ticket, False)
    classes = restarted(classes)
    with pytest.raises(RunError):
        classes.look_up("PN4R66", "a")


DAMAGED = {
    "empty": b"",
    "no object": b"[1]",
    "null": b"null",
    "deeply nested": b"[" * 200_000,
    "not UTF-8": b"\xff\xfe\x00",
    "a long number": b'{"teacher": ' + b"9" * 5000 + b"}",
    "too long": b'{"code": "' + b"A" * (room.MAX_FILE_BYTES + 1) + b'"}',
    "other types": b'{"teacher": 1, "code": [], "ticket": {}, "secret": null, "place": 3, "open": 1, "poll": 3}',
}
CHANGES = [
    {"code": 7},
    {"code": "A" * 7},
    {"teacher": "x"},
    {"ticket": ""},
    {"secret": None},
    {"open": 1},
    {"ended": "gestern"},
    {"ended": float("nan")},
    {"ended": -1},
    {"place": None},
    {"place": {"page": "train", "query": {"run": "../.."}}},
    {"place": {"page": "https://evil.example", "query": {}}},
    {"poll": 3},
    {"poll": {}},
    {"poll": {"id": "p", "question": "?", "options": [1, 2], "votes": {}, "open": True}},
]


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_costs_its_own_class_only(
    classes: Classes, ticket: str, run: RunDir, home: Path, content: bytes
) -> None:
    theirs = new_run(home, "theirs", OTHER)
    code = classes.show(theirs, OTHER)
    classes.close()
    (library.home() / ".classes" / f"{ownership.digest(TEACHER)[:32]}.json").write_bytes(content)
    (run.path / "class").write_bytes(content)
    classes = Classes()
    assert classes.state(ticket) == {"open": False}
    assert classes.ticket_of(TEACHER) == ""
    assert classes.look_up(code, "a") == classes.ticket_of(OTHER)
    assert classes.show(run, TEACHER), "and a new one can begin"


@pytest.mark.parametrize("changes", CHANGES, ids=repr)
def test_a_file_with_a_wrong_value_holds_no_class(
    classes: Classes, ticket: str, run: RunDir, changes: dict[str, object]
) -> None:
    classes.close()
    (file,) = (library.home() / ".classes").iterdir()
    room.read(file)
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))
    with pytest.raises(room.DamagedClassError):
        room.read(file)
    assert Classes().state(ticket) == {"open": False}


def test_a_folder_or_a_missing_key_in_the_place_of_a_file_holds_no_class(
    classes: Classes, ticket: str, run: RunDir
) -> None:
    classes.close()
    (file,) = (library.home() / ".classes").iterdir()
    saved = json.loads(file.read_text())
    for key in saved.keys() - {"format"}:
        file.write_text(json.dumps({name: value for name, value in saved.items() if name != key}))
        with pytest.raises(room.DamagedClassError):
            room.read(file)
    file.unlink()
    file.mkdir()
    (run.path / "class").mkdir()
    assert Classes().state(ticket) == {"open": False}


def test_a_class_that_cannot_be_saved_does_not_begin(classes: Classes, run: RunDir, home: Path) -> None:
    (home / ".classes").write_text("in the way")
    with pytest.raises(RunError):
        classes.show(run, TEACHER)
    assert classes.ticket_of(TEACHER) == ""


def test_a_class_outlives_the_run_that_it_was_shown_first(classes: Classes, ticket: str, run: RunDir) -> None:
    classes.go_to(ticket, COMPARISON)
    shutil.rmtree(run.path)
    assert restarted(classes).state(ticket)["place"] == COMPARISON.to_dict()


def test_classes_are_bounded_and_those_with_people_in_them_stay(
    classes: Classes, ticket: str, run: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "MAX_ROOMS", 3)
    classes.join(ticket, "ann")
    (run.path / "owner").unlink()  # so that everybody may show it
    for n in range(5):
        classes.show(run, f"{n:0>32}")
    assert len(classes._rooms) == 3
    assert len([*(library.home() / ".classes").iterdir()]) == 3
    assert classes.state(ticket)["watching"] == 1
    assert classes.ticket_of(f"{4:0>32}")
