"""Classes: who shows a run to whom, which moment and which sample the teacher points at, and what the class votes.

A class belongs to a run. Its short code and its vote lie in the run's folder, in a file ``class``, and so survive a
restart; where the teacher points lives with the process. The owner's browser proves itself by a key made of a secret of
this process, the run and the owner's token; no other browser is ever given it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from gan_demo.classroom import polls
from gan_demo.classroom import room as classroom_room
from gan_demo.classroom.polls import Option, Poll
from gan_demo.classroom.room import Pointing, Room
from gan_demo.errors import ConfigError, JobError, RunError
from gan_demo.runs import library
from gan_demo.runs.ownership import digest
from gan_demo.runs.run_dir import RunDir
from gan_demo.support.rate_limit import Throttle

ALPHABET = "34679CDFHJKMNPQRTWXY"  # told apart from the last row, and spelling no words
CODE_LENGTH = 6  # 64 million codes
KEPT = 500  # classes in memory
RESCAN = 2.0  # seconds between two looks through all runs for an unknown code

_secret = secrets.token_bytes(32)
_lock = threading.RLock()
_MISSES, _ALL_MISSES = (1, 90), (10, 600)  # a second, and at once: of an address, behind which a class may sit; of all
_misses, _all_misses = Throttle(*_MISSES), Throttle(*_ALL_MISSES)  # nobody may try codes by the thousand
_rooms: dict[str, Room] = {}
_codes: dict[str, str] = {}
_scanned = float("-inf")


def forget() -> None:
    """Begin anew, as after a restart of the server."""
    global _secret, _scanned, _misses, _all_misses
    with _lock:
        _rooms.clear()
        _codes.clear()
        _secret, _scanned = secrets.token_bytes(32), float("-inf")
        _misses, _all_misses = Throttle(*_MISSES), Throttle(*_ALL_MISSES)


# ---- the owner


def show(run: RunDir, owner: str) -> str:
    """Open the class of a run, for its owner; returns its code. Raises JobError for others, RunError."""
    if run.path.parent != library.home():
        raise JobError("run", run.id, "belongs to someone else", "You can watch it, or start one of your own")
    with _lock:
        room = _room(run.id)
        if room.teacher and not hmac.compare_digest(room.teacher, digest(owner)):
            raise JobError("run", run.id, "belongs to someone else", "You can watch it, or start one of your own")
        if room.open:
            return room.code
        room.code = room.code or _new_code()
        room.teacher, room.open, room.pointing, room.moved = digest(owner), True, Pointing(), ""
        _codes[room.code] = run.id
        try:
            classroom_room.keep(run, room)
        except OSError as failure:
            room.open = False
            raise RunError("run", run.id, "cannot be written", "Choose a folder you may write to") from failure
        room.touch()
        return room.code


def presenter_key(run_id: str, owner: str) -> str | None:
    """What the owner's browser shows with each request; None for anyone else, or while there is no class."""
    with _lock:
        room = _room(run_id)
        if not room.teacher or not hmac.compare_digest(room.teacher, digest(owner)):
            return None
        return _key(run_id, room.teacher)


def is_presenter(run_id: str, key: str) -> bool:
    """Is this the key of the run's owner?"""
    with _lock:
        room = _room(run_id)
        return bool(room.teacher) and hmac.compare_digest(_key(run_id, room.teacher).encode(), key.encode())


def point(run_id: str, changes: Mapping[str, Any]) -> None:
    """Move where the teacher points, by some of ``at``, ``highlight``, ``by``."""
    with _lock:
        room = _room(run_id)
        before, room.pointing = room.pointing, replace(room.pointing, **changes)
        if room.pointing != before:
            room.touch()


def set_open(run: RunDir, is_open: bool) -> None:
    """End the class, or go on with it under the same code."""
    with _lock:
        room = _room(run.id)
        if room.open != is_open and room.code:
            room.open, room.pointing = is_open, Pointing()
            classroom_room.try_to_keep(run, room)
            room.touch()


def move(run: RunDir, other: RunDir, owner: str) -> bool:
    """Take the class along to another run, such as a fork, under the same code; False if there is none of ``owner``."""
    with _lock:
        room, new = _room(run.id), _room(other.id)
        mine = room.open and hmac.compare_digest(room.teacher, digest(owner))
        if not mine or new.code or other.path.parent != library.home():
            return False
        new.code, new.teacher, new.open = room.code, room.teacher, True
        room.code, room.open, room.poll, room.moved = "", False, None, other.id
        _codes[new.code] = other.id
        for one, changed in ((other, new), (run, room)):
            classroom_room.try_to_keep(one, changed)
            changed.touch()
        return True


# ---- votes


def start_poll(run: RunDir, question: str, options: list[Option]) -> Poll:
    """Begin a vote in place of any before. Raises ConfigError."""
    poll = polls.new(question, options, run.config)
    _set_poll(run, lambda old: poll)
    return poll


def close_poll(run: RunDir, poll_id: str) -> None:
    """No more voices. Raises ConfigError if it is not the present vote."""
    _set_poll(run, lambda old: replace(_present(old, poll_id), open=False))


def clear_poll(run: RunDir, poll_id: str) -> None:
    """Put the vote away. Raises ConfigError if it is not the present vote."""
    _set_poll(run, lambda old: None if _present(old, poll_id) else old)


def vote(run: RunDir, poll_id: str, voter: str, choice: int) -> None:
    """Count ``voter``'s voice. Raises ConfigError if that vote is closed, or not the present one of an open class."""
    _set_poll(run, lambda old: _present(old, poll_id).with_vote(voter, choice))


def chosen(run_id: str, index: int) -> Mapping[str, Any]:
    """The settings of one of the present vote's answers, for ``polls.settled``; {} if there is none of that number."""
    with _lock:
        poll = _room(run_id).poll
        return poll.options[index].settings if poll is not None and 0 <= index < len(poll.options) else {}


def _present(poll: Poll | None, poll_id: str) -> Poll:
    if poll is None or poll.id != poll_id:
        raise ConfigError("vote", "", "is over")
    return poll


def _set_poll(run: RunDir, change: Callable[[Poll | None], Poll | None]) -> None:
    with _lock:
        room = _room(run.id)
        if not room.open:
            raise ConfigError("vote", "", "is over")
        before, room.poll = room.poll, change(room.poll)
        if room.poll != before:
            classroom_room.try_to_keep(run, room)
            room.touch()


# ---- those who watch


def join(run_id: str, browser: str = "") -> None:
    """An event stream was opened, by the browser with that token."""
    with _lock:
        room = _room(run_id)
        room.there.join(_name(browser))
        _touch_if_open(room)


def leave(run_id: str, browser: str = "") -> None:
    """It was closed."""
    with _lock:
        room = _room(run_id)
        room.there.leave(_name(browser))
        _touch_if_open(room)


def seen(run_id: str, browser: str) -> None:
    """One that can't have a stream asked for what is new."""
    with _lock:
        room = _room(run_id)
        if room.there.ask(_name(browser)):
            _touch_if_open(room)


def _name(browser: str) -> str:
    return digest(browser) if browser else ""


# ---- what the board shows


def version(run_id: str) -> int:
    """Another number whenever ``state`` is another."""
    with _lock:
        room = _room(run_id)
        if room.there.expire():
            _touch_if_open(room)
        return room.version


def state(run_id: str) -> dict[str, Any]:
    """What all viewers of the run are told: where to look, the vote, and how many they are."""
    with _lock:
        room = _room(run_id)
        if not room.open:
            return {"open": False, "moved": room.moved} if room.moved else {"open": False}
        at, poll = room.pointing, room.poll
        return {
            "open": True, "code": room.code, "at": at.at, "highlight": at.highlight, "by": at.by,
            "watching": room.there.count(but=room.teacher), "vote": poll.shown() if poll else None,
        }  # fmt: skip


# ---- codes


def look_up(code: str, who: str) -> str:
    """The id of the run with that code, however it was typed. Raises RunError, or JobError if ``who`` tried too often.

    Only wrong codes count, so a class that types the right one is never held up.
    """
    clean = "".join(sign for sign in code[:40].upper() if sign.isalnum())
    with _lock:
        if not (_misses.free(who) and _all_misses.free("")):
            raise JobError("code", "", "was mistyped too often", "Wait a minute, or open the run's full link")
        run_id = _known(clean)
        if run_id is not None:
            return run_id
        _misses.take(who)
        _all_misses.take("")
    raise RunError("code", clean, "belongs to no class here", "Look at it again: it has six letters and digits")


def _known(code: str) -> str | None:
    global _scanned
    if len(code) != CODE_LENGTH or not set(code) <= set(ALPHABET):
        return None
    if code not in _codes and time.monotonic() - _scanned > RESCAN:  # after a restart nobody may have looked yet
        _scanned = time.monotonic()
        for path in library.home().glob(f"[!.]*/{classroom_room.FILE}"):
            _room(path.parent.name)
    run_id = _codes.get(code)
    if run_id is None or not (library.home() / run_id / "run.json").is_file():
        return None
    return run_id if _room(run_id).open else None


def _new_code() -> str:
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        if code not in _codes:
            return code


# ---- rooms, under the lock


def _room(run_id: str) -> Room:
    room = _rooms.get(run_id)
    if room is None:
        _make_place()
        room = _rooms[run_id] = classroom_room.read(run_id)
        if room.code:
            _codes[room.code] = run_id
    return room


def _make_place() -> None:
    idle = [run_id for run_id, room in _rooms.items() if not room.there.count()]
    for run_id in idle[: max(0, len(_rooms) - KEPT + 1)]:
        del _rooms[run_id]  # what matters of it is on disk


def _touch_if_open(room: Room) -> None:
    if room.open:
        room.touch()


def _key(run_id: str, teacher: str) -> str:
    return hmac.new(_secret, f"{run_id}\0{teacher}".encode(), hashlib.sha256).hexdigest()
