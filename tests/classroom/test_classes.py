"""Classes: codes, keys, where the teacher points, votes, who is there, and what a restart leaves of them."""

from __future__ import annotations

import json
import secrets
import shutil
from pathlib import Path

import pytest

from gan_demo.classroom import rooms
from gan_demo.classroom.classes import Classes
from gan_demo.classroom.polls import Option
from gan_demo.errors import ConfigError, JobError, RunError
from gan_demo.presets import PRESETS
from gan_demo.runs.run_dir import RunDir
from gan_demo.support.rate_limit import RateLimit

TEACHER, PUPIL, OTHER = (secrets.token_urlsafe(32) for _ in range(3))


@pytest.fixture
def classes(home: Path) -> Classes:
    return Classes()


@pytest.fixture
def run(home: Path) -> RunDir:
    return RunDir.create(home / "ring-1", PRESETS["ring"], "ring")


@pytest.fixture
def shown(classes: Classes, run: RunDir) -> RunDir:
    classes.show(run, TEACHER)
    return run


# ---- codes


def test_a_code_is_short_easily_read_and_leads_to_the_run(classes: Classes, run: RunDir) -> None:
    code = classes.show(run, TEACHER)
    assert len(code) == 6
    assert not set(code) & set("O0I1L2Z5S8BUVAEG"), "signs that look alike, or spell words"
    assert classes.look_up(code, "a") == run.id
    assert classes.look_up(f" {code[:3].lower()}-{code[3:].lower()} ", "a") == run.id


def test_there_are_too_many_codes_to_try() -> None:
    assert len(rooms.ALPHABET) ** rooms.CODE_LENGTH > 50_000_000


def test_a_run_keeps_its_code_and_two_runs_have_different_ones(classes: Classes, shown: RunDir, home: Path) -> None:
    other = RunDir.create(home / "ring-2", PRESETS["ring"], "ring")
    first = classes.show(shown, TEACHER)
    assert classes.show(shown, TEACHER) == first
    assert classes.show(other, TEACHER) != first


@pytest.mark.parametrize("code", ["", "AAAAAA", "../../", "X" * 10_000, "\x00", "中文中文中文", "%s%s%s"])
def test_an_unknown_code_is_an_error(classes: Classes, shown: RunDir, code: str) -> None:
    with pytest.raises(RunError):
        classes.look_up(code, "a")


def test_wrong_codes_are_limited_for_each_address_and_right_ones_are_not(
    classes: Classes, shown: RunDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classes, "_wrong_codes_by_address", RateLimit(rate=0, burst=30))
    code = classes.show(shown, TEACHER)
    for _ in range(100):
        assert classes.look_up(code, "class") == shown.id
    for _ in range(30):
        with pytest.raises(RunError):
            classes.look_up("333333", "thief")
    with pytest.raises(JobError):
        classes.look_up(code, "thief")
    assert classes.look_up(code, "class") == shown.id


def test_thirty_browsers_behind_one_address_may_each_mistype_the_code_three_times(
    classes: Classes, shown: RunDir
) -> None:
    code = classes.show(shown, TEACHER)
    for _ in range(3 * 30 - 1):
        with pytest.raises(RunError):
            classes.look_up("333333", "the proxy")
    for _ in range(30):
        assert classes.look_up(code, "the proxy") == shown.id


def test_a_code_survives_a_restart(classes: Classes, shown: RunDir) -> None:
    code = classes.show(shown, TEACHER)
    classes = Classes()
    assert classes.look_up(code, "a") == shown.id
    assert classes.state(shown.id)["code"] == code


def test_the_code_of_an_ended_class_or_a_deleted_run_is_unknown(classes: Classes, shown: RunDir) -> None:
    code = classes.show(shown, TEACHER)
    classes.set_open(shown, False)
    with pytest.raises(RunError):
        classes.look_up(code, "a")
    assert classes.show(shown, TEACHER) == code, "the link on the blackboard works again"
    shutil.rmtree(shown.path)
    with pytest.raises(RunError):
        classes.look_up(code, "a")


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"code": 1}', '{"code": "A", "teacher": "", "open": true, "poll": 3}']
)
def test_a_damaged_file_means_no_class(classes: Classes, shown: RunDir, text: str) -> None:
    (shown.path / "class").write_text(text)
    classes = Classes()
    assert classes.state(shown.id) == {"open": False}
    assert classes.show(shown, TEACHER), "and a new one can begin"


# ---- keys


def test_only_the_owner_is_given_a_key_that_fits(classes: Classes, shown: RunDir) -> None:
    key = classes.presenter_key(shown, TEACHER)
    assert key is not None
    assert classes.is_presenter(shown.id, key)
    for other in (PUPIL, "", TEACHER[:-1]):
        assert classes.presenter_key(shown, other) is None


def test_no_key_fits_a_run_without_a_class(classes: Classes, run: RunDir) -> None:
    assert classes.presenter_key(run, TEACHER) is None
    assert classes.presenter_key(run, "") is None
    for key in ("", classes._key(run.id, "")):
        assert not classes.is_presenter(run.id, key)


def test_a_key_fits_one_run_one_owner_and_one_process(classes: Classes, shown: RunDir, home: Path) -> None:
    key = classes.presenter_key(shown, TEACHER) or ""
    mine = RunDir.create(home / "mine", PRESETS["ring"], "ring")
    theirs = RunDir.create(home / "theirs", PRESETS["ring"], "ring")
    classes.show(mine, TEACHER)
    classes.show(theirs, OTHER)
    assert not classes.is_presenter(mine.id, key)
    assert not classes.is_presenter(theirs.id, key)
    assert not classes.is_presenter(shown.id, classes.presenter_key(theirs, OTHER) or "")
    for wrong in ("", key[:-1], key.upper(), key + " ", "ü" * 64, "\x00"):
        assert not classes.is_presenter(shown.id, wrong)
    classes = Classes()
    assert not classes.is_presenter(shown.id, key)
    assert classes.presenter_key(shown, TEACHER) not in (None, key)


def test_the_state_and_the_file_hold_no_key_and_no_token(classes: Classes, shown: RunDir) -> None:
    said = json.dumps(classes.state(shown.id)) + (shown.path / "class").read_text()
    assert TEACHER not in said
    assert (classes.presenter_key(shown, TEACHER) or "?") not in said


def test_another_cannot_take_a_class_over(classes: Classes, shown: RunDir) -> None:
    with pytest.raises(JobError):
        classes.show(shown, PUPIL)
    assert classes.presenter_key(shown, PUPIL) is None


def test_a_shipped_model_has_no_class(classes: Classes) -> None:
    from gan_demo.runs import library

    with pytest.raises(JobError):
        classes.show(library.find("digits"), TEACHER)
    assert not (library.PRETRAINED / "digits" / "class").exists()


# ---- where the teacher points


def test_the_version_changes_exactly_when_the_state_does(classes: Classes, shown: RunDir) -> None:
    seen = [(classes.version(shown.id), classes.state(shown.id))]

    def changed() -> bool:
        seen.append((classes.version(shown.id), classes.state(shown.id)))
        (before, told_before), (after, told_after) = seen[-2:]
        assert (before != after) == (told_before != told_after)
        return before != after

    assert not changed()
    for changes in ({"at": 500}, {"highlight": 3}, {"at": None}, {"by": "tab1"}):
        classes.point(shown.id, changes)
        assert changed()
        classes.point(shown.id, changes)
        assert not changed()
    classes.join(shown.id, PUPIL)
    assert changed()
    poll = classes.start_poll(shown, "?", [Option("a"), Option("b")])
    assert changed()
    classes.vote(shown, poll.id, "ann", 1)
    assert changed()
    classes.vote(shown, poll.id, "ann", 1)
    assert not changed()
    classes.close_poll(shown, poll.id)
    assert changed()
    classes.clear_poll(shown, poll.id)
    assert changed()
    classes.set_open(shown, False)
    assert changed()


def test_a_run_without_a_class_says_so_and_nothing_else(classes: Classes, run: RunDir) -> None:
    classes.join(run.id, PUPIL)
    classes.point(run.id, {"at": 3})
    assert classes.state(run.id) == {"open": False}


def test_a_reopened_class_points_at_the_newest_step(classes: Classes, shown: RunDir) -> None:
    classes.point(shown.id, {"at": 500, "highlight": 2})
    classes.set_open(shown, False)
    classes.show(shown, TEACHER)
    assert classes.state(shown.id)["at"] is None
    assert classes.state(shown.id)["highlight"] is None


# ---- going on with another run


def test_a_class_goes_on_with_a_fork_under_the_same_code(classes: Classes, shown: RunDir, home: Path) -> None:
    fork = RunDir.create(home / "fork", PRESETS["ring"], "ring")
    code = classes.show(shown, TEACHER)
    classes.start_poll(shown, "?", [Option("a"), Option("b")])
    assert classes.move(shown, fork, TEACHER)
    for _ in range(2):
        assert classes.look_up(code, "a") == fork.id
        assert classes.state(shown.id) == {"open": False, "moved": fork.id}
        assert (classes.state(fork.id)["open"], classes.state(fork.id)["code"]) == (True, code)
        assert classes.state(fork.id)["vote"] is None
        assert classes.presenter_key(fork, TEACHER) is not None
        classes = Classes()  # and after a restart the same
    classes.set_open(shown, True)
    assert not classes.state(shown.id)["open"], "an empty room can't be opened but by showing the run again"
    assert classes.show(shown, TEACHER) != code
    assert "moved" not in classes.state(shown.id)


def test_only_the_teacher_moves_an_open_class_to_a_fork(classes: Classes, shown: RunDir, home: Path) -> None:
    fork = RunDir.create(home / "fork", PRESETS["ring"], "ring")
    before = classes.state(shown.id)
    assert not classes.move(shown, fork, PUPIL)
    assert not classes.move(fork, shown, TEACHER), "there is no class there"
    classes.show(fork, OTHER)
    assert not classes.move(shown, fork, TEACHER), "there is another class there"
    assert classes.state(shown.id) == before
    assert classes.presenter_key(fork, TEACHER) is None
    classes.set_open(shown, False)
    third = RunDir.create(home / "third", PRESETS["ring"], "ring")
    assert not classes.move(shown, third, TEACHER), "it is over"


# ---- votes


def test_a_poll_survives_a_restart_with_its_votes(classes: Classes, shown: RunDir) -> None:
    poll = classes.start_poll(shown, "Which?", [Option("×2", {"lr": {"times": 2}}), Option("same")])
    classes.vote(shown, poll.id, "ann", 0)
    before = classes.state(shown.id)["vote"]
    classes = Classes()
    assert classes.state(shown.id)["vote"] == before
    classes.vote(shown, poll.id, "ann", 1)
    assert classes.state(shown.id)["vote"]["counts"] == [0, 1]
    assert classes.settings_of(shown.id, 0) == {"lr": {"times": 2}}
    assert classes.settings_of(shown.id, 7) == classes.settings_of(shown.id, -1) == {}


def test_votes_in_another_runs_poll_a_former_one_or_a_closed_one_are_refused(
    classes: Classes, shown: RunDir, home: Path
) -> None:
    other = RunDir.create(home / "other", PRESETS["ring"], "ring")
    classes.show(other, OTHER)
    foreign = classes.start_poll(other, "?", [Option("a"), Option("b")])
    former = classes.start_poll(shown, "?", [Option("a"), Option("b")])
    present = classes.start_poll(shown, "?", [Option("a"), Option("b")])
    for poll_id in (foreign.id, former.id, "", "nonsense"):
        with pytest.raises(ConfigError):
            classes.vote(shown, poll_id, "ann", 0)
        with pytest.raises(ConfigError):
            classes.close_poll(shown, poll_id)
    classes.close_poll(shown, present.id)
    with pytest.raises(ConfigError):
        classes.vote(shown, present.id, "ann", 0)
    assert classes.state(shown.id)["vote"]["total"] == 0


def test_a_poll_needs_an_open_class(classes: Classes, shown: RunDir) -> None:
    poll = classes.start_poll(shown, "?", [Option("a"), Option("b")])
    classes.set_open(shown, False)
    with pytest.raises(ConfigError):
        classes.vote(shown, poll.id, "ann", 0)
    with pytest.raises(ConfigError):
        classes.start_poll(shown, "?", [Option("a"), Option("b")])


def test_concurrent_votes_are_all_counted(classes: Classes, shown: RunDir) -> None:
    from concurrent.futures import ThreadPoolExecutor

    poll = classes.start_poll(shown, "?", [Option("a"), Option("b")])
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: classes.vote(shown, poll.id, f"voter {n}", n % 2), range(100)))
    assert classes.state(shown.id)["vote"]["counts"] == [50, 50]


# ---- who is there


def test_followers_are_counted_and_the_teacher_is_not(classes: Classes, shown: RunDir) -> None:
    for browser in (TEACHER, PUPIL, PUPIL, OTHER):
        classes.join(shown.id, browser)
    assert classes.state(shown.id)["watching"] == 2
    classes.leave(shown.id, OTHER)
    classes.leave(shown.id, PUPIL)
    assert classes.state(shown.id)["watching"] == 1
    classes.note_polling(shown.id, OTHER)
    assert classes.state(shown.id)["watching"] == 2


def test_memory_is_bounded_however_many_runs_are_asked_for(classes: Classes, shown: RunDir) -> None:
    classes.join(shown.id, PUPIL)
    for n in range(rooms.MAX_ROOMS + 50):
        classes.version(f"run-{n}")
    assert len(classes._rooms) <= rooms.MAX_ROOMS
    assert classes.state(shown.id)["watching"] == 1, "a class with people in it is kept"
