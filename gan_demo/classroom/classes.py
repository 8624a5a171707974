"""Classes: a teacher presents a run to followers, points at samples, and starts polls.

A class belongs to a run. Its code and its poll are saved in the run's folder and survive a restart; what the teacher
points at lives with the process. The teacher's browser proves itself by a key: an HMAC of the run's id and the
teacher's digest under a secret of this process; no other browser gets it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from gan_demo.classroom import polls, room
from gan_demo.classroom.polls import Option, Poll
from gan_demo.classroom.room import Pointing, Room
from gan_demo.classroom.rooms import Rooms
from gan_demo.errors import ConfigError, JobError, RunError
from gan_demo.runs import ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.support.rate_limit import RateLimit


class Classes:
    """The classes of all runs. Methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._secret = secrets.token_bytes(32)
        self._rooms = Rooms()
        # so that nobody finds a class by trying codes; a whole class may share one address
        self._wrong_codes_by_address = RateLimit(rate=1, burst=90)
        self._wrong_codes = RateLimit(rate=10, burst=600)

    # ---- the teacher

    def show(self, run: RunDir, owner: str) -> str:
        """Open the class of a run for its owner and return its code. Raises JobError for others, RunError."""
        ownership.check_owner(run, owner)
        with self._lock:
            this_room = self._rooms.get(run.id)
            if this_room.teacher and not ownership.has_digest(owner, this_room.teacher):
                raise JobError("run", run.id, "belongs to someone else", "You can watch it, or start one of your own")
            if this_room.open:
                return this_room.code
            this_room.code = this_room.code or self._rooms.new_code()
            this_room.teacher, this_room.open = ownership.digest(owner), True
            this_room.pointing, this_room.moved_to = Pointing(), ""
            self._rooms.register(this_room.code, run.id)
            try:
                room.save(run, this_room)
            except OSError as failure:
                this_room.open = False
                raise RunError("run", run.id, "cannot be written", "Choose a folder you may write to") from failure
            this_room.touch()
            return this_room.code

    def presenter_key(self, run: RunDir, owner: str) -> str | None:
        """Return the key that the teacher's browser sends with each request; None for others and without a class."""
        if not ownership.owns(run, owner):
            return None
        with self._lock:
            teacher = self._rooms.get(run.id).teacher
            return self._key(run.id, teacher) if teacher and ownership.has_digest(owner, teacher) else None

    def is_presenter(self, run_id: str, key: str) -> bool:
        """Return whether this is the key of the run's teacher."""
        with self._lock:
            teacher = self._rooms.get(run_id).teacher
            return bool(teacher) and hmac.compare_digest(self._key(run_id, teacher).encode(), key.encode())

    def point(self, run_id: str, changes: Mapping[str, Any]) -> None:
        """Change what the teacher points at: any of ``at``, ``highlight`` and ``by``."""
        with self._lock:
            this_room = self._rooms.get(run_id)
            before, this_room.pointing = this_room.pointing, replace(this_room.pointing, **changes)
            if this_room.pointing != before:
                this_room.touch()

    def set_open(self, run: RunDir, is_open: bool) -> None:
        """End the class, or reopen it under the same code."""
        with self._lock:
            this_room = self._rooms.get(run.id)
            if this_room.open != is_open and this_room.code:
                this_room.open, this_room.pointing = is_open, Pointing()
                room.try_to_save(run, this_room)
                this_room.touch()

    def move(self, run: RunDir, other: RunDir, owner: str) -> bool:
        """Move ``owner``'s class to another run, such as a fork, under the same code; return whether there was one."""
        with self._lock:
            old, new = self._rooms.get(run.id), self._rooms.get(other.id)
            may_move = old.open and ownership.has_digest(owner, old.teacher) and ownership.owns(other, owner)
            if not may_move or new.code:
                return False
            new.code, new.teacher, new.open = old.code, old.teacher, True
            old.code, old.open, old.poll, old.moved_to = "", False, None, other.id
            self._rooms.register(new.code, other.id)
            for changed_run, changed in ((other, new), (run, old)):
                room.try_to_save(changed_run, changed)
                changed.touch()
            return True

    def _key(self, run_id: str, teacher: str) -> str:
        return hmac.new(self._secret, f"{run_id}\0{teacher}".encode(), hashlib.sha256).hexdigest()

    # ---- polls

    def start_poll(self, run: RunDir, question: str, options: list[Option]) -> Poll:
        """Start a poll in place of any before and return it. Raises ConfigError."""
        poll = polls.new(question, options, run.config)
        self._change_poll(run, lambda old: poll)
        return poll

    def close_poll(self, run: RunDir, poll_id: str) -> None:
        """Close the poll to further votes. Raises ConfigError if it is not the current poll."""
        self._change_poll(run, lambda old: replace(_current(old, poll_id), open=False))

    def clear_poll(self, run: RunDir, poll_id: str) -> None:
        """Remove the poll. Raises ConfigError if it is not the current one."""
        self._change_poll(run, lambda old: None if _current(old, poll_id) else old)

    def vote(self, run: RunDir, poll_id: str, voter: str, choice: int) -> None:
        """Count ``voter``'s vote. Raises ConfigError unless it is for the current, open poll of an open class."""
        self._change_poll(run, lambda old: _current(old, poll_id).with_vote(voter, choice))

    def settings_of(self, run_id: str, index: int) -> Mapping[str, Any]:
        """Return the settings of an option of the current poll, for ``polls.resolved``; {} for an unknown index."""
        with self._lock:
            poll = self._rooms.get(run_id).poll
            return poll.options[index].settings if poll is not None and 0 <= index < len(poll.options) else {}

    def _change_poll(self, run: RunDir, change: Callable[[Poll | None], Poll | None]) -> None:
        with self._lock:
            this_room = self._rooms.get(run.id)
            if not this_room.open:
                raise ConfigError("vote", "", "is over")
            before, this_room.poll = this_room.poll, change(this_room.poll)
            if this_room.poll != before:
                room.try_to_save(run, this_room)
                this_room.touch()

    # ---- attendance

    def join(self, run_id: str, browser: str = "") -> None:
        """Count an event stream that the browser with this token opened; "" for a browser without a cookie."""
        with self._lock:
            this_room = self._rooms.get(run_id)
            this_room.attendance.join(_digest(browser))
            _touch_if_open(this_room)

    def leave(self, run_id: str, browser: str = "") -> None:
        """Count an event stream that this browser closed."""
        with self._lock:
            this_room = self._rooms.get(run_id)
            this_room.attendance.leave(_digest(browser))
            _touch_if_open(this_room)

    def note_polling(self, run_id: str, browser: str) -> None:
        """Note that a browser without an event stream polled for updates."""
        with self._lock:
            this_room = self._rooms.get(run_id)
            if this_room.attendance.note_polling(_digest(browser)):
                _touch_if_open(this_room)

    # ---- for viewers

    def version(self, run_id: str) -> int:
        """Return a version number that changes whenever ``state`` does."""
        with self._lock:
            this_room = self._rooms.get(run_id)
            if this_room.attendance.expire():
                _touch_if_open(this_room)
            return this_room.version

    def state(self, run_id: str) -> dict[str, Any]:
        """Return what all viewers of the run may know: what is pointed at, the poll, and the number of viewers."""
        with self._lock:
            this_room = self._rooms.get(run_id)
            if not this_room.open:
                return {"open": False, "moved": this_room.moved_to} if this_room.moved_to else {"open": False}
            return {
                "open": True,
                "code": this_room.code,
                "at": this_room.pointing.at,
                "highlight": this_room.pointing.highlight,
                "by": this_room.pointing.by,
                "watching": this_room.attendance.count(but=this_room.teacher),
                "vote": this_room.poll.shown() if this_room.poll else None,
            }

    def look_up(self, code: str, address: str) -> str:
        """Return the id of the run with this code, in any case and spacing.

        Raises RunError, or JobError if ``address`` sent too many wrong codes; right ones are never limited.
        """
        plain = "".join(sign for sign in code[:40].upper() if sign.isalnum())
        with self._lock:
            if not (self._wrong_codes_by_address.allows(address) and self._wrong_codes.allows("")):
                raise JobError(
                    "code", "", "was entered wrongly too often", "Wait a minute, or open the run's full link"
                )
            run_id = self._rooms.find(plain)
            if run_id is not None:
                return run_id
            self._wrong_codes_by_address.take(address)
            self._wrong_codes.take("")
        raise RunError("code", plain, "belongs to no class here", "Check it: it has six letters and digits")


def _current(poll: Poll | None, poll_id: str) -> Poll:
    """Return the poll if it has this id. Raises ConfigError."""
    if poll is None or poll.id != poll_id:
        raise ConfigError("vote", "", "is over")
    return poll


def _digest(browser: str) -> str:
    return ownership.digest(browser) if browser else ""


def _touch_if_open(this_room: Room) -> None:
    if this_room.open:
        this_room.touch()
