"""Files of classes: of earlier versions, damaged, missing, and bounded in number."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gan_demo.classroom import room, rooms
from gan_demo.classroom.classes import Classes
from gan_demo.errors import RunError
from gan_demo.runs import library, ownership
from gan_demo.runs.run_dir import RunDir
from tests.classroom.lessons import COMPARISON, OTHER, TEACHER, new_run, restarted
from tests.classroom.lessons import classes as classes
from tests.classroom.lessons import run as run
from tests.classroom.lessons import ticket as ticket


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
