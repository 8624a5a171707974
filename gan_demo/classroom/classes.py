"""Classes: a teacher shows what they look at to followers, points at samples, and starts polls.

A class belongs to its teacher, who has one. It follows the teacher from training to training, to comparisons and to the
explorer. It is saved in a file of its own and survives a restart; what the teacher points at lives with the process.
The teacher's browser proves itself by a key: an HMAC of the class's ticket and the teacher's digest under a secret of
this process; no other browser gets it.
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

from gan_demo.classroom import door, page_location, polls, room, voters
from gan_demo.classroom.attendance import PER_ADDRESS, Attendance
from gan_demo.classroom.door import Door
from gan_demo.classroom.lab_desk import LabDesk
from gan_demo.classroom.offers import Offers
from gan_demo.classroom.page_location import PageLocation
from gan_demo.classroom.polls import Option, Poll, Texts
from gan_demo.classroom.room import Pointing, Room
from gan_demo.classroom.rooms import Rooms
from gan_demo.classroom.voters import Issuer
from gan_demo.config import RunConfig
from gan_demo.errors import ConfigError, RunError
from gan_demo.runs import ownership
from gan_demo.runs.run_dir import RunDir

REOPENS_FOR = 12 * 3600.0  # seconds for which an ended class keeps its code: what is on the blackboard works again


class Classes:
    """The classes of all teachers. Methods may be called from any thread; tickets of no class change nothing."""

    def __init__(self, per_address: int = PER_ADDRESS) -> None:
        """Begin without classes; at most ``per_address`` voters of one address count in a class at once."""
        self._per_address = per_address
        self._lock = threading.RLock()
        self._secret = secrets.token_bytes(32)
        self._rooms = Rooms(self._lock)
        self.lab = LabDesk(self._rooms, self._lock)
        self._door = Door()
        self._voters = Issuer()

    def close(self) -> None:
        """Write what has not been written yet."""
        self._rooms.save()

    # ---- the teacher

    def show(self, run: RunDir, owner: str) -> str:
        """Show a run to its owner's class, which is opened if it is not, and return the class's code.

        Raises JobError for others, RunError if the class can't be saved.
        """
        ownership.check_owner(run, owner)
        return self.show_location(page_location.training(run.id), owner)

    def show_location(self, location: PageLocation, owner: str) -> str:
        """Show something that belongs to nobody to the teacher's class, which is opened if it is not; return its code.

        Raises RunError if the class can't be saved.
        """
        with self._lock:
            teacher = ownership.digest(owner)
            this_room = self._rooms.of_teacher(teacher)
            if this_room is None or not (this_room.open or time.time() - this_room.ended < REOPENS_FOR):
                this_room = self._rooms.new(teacher, location)
            self._open(this_room)
            if location.hash or not location.is_same_page(this_room.location):
                self._go_to(this_room, location)
            return this_room.code

    def ticket_of(self, owner: str) -> str:
        """Return the ticket of the open class of the teacher with this token, or ""."""
        with self._lock:
            this_room = self._rooms.of_teacher(ownership.digest(owner))
            return this_room.ticket if this_room is not None and this_room.open else ""

    def presenter_key(self, ticket: str, owner: str) -> str | None:
        """Return the key that the teacher's browser sends with each request; None for others and without a class."""
        with self._lock:
            this_room = self._rooms.with_ticket(ticket)
            is_teacher = this_room is not None and ownership.has_digest(owner, this_room.teacher)
            return self._key(this_room) if this_room is not None and is_teacher else None

    def is_presenter(self, ticket: str, key: str) -> bool:
        """Return whether this is the key of the class's teacher."""
        with self._lock:
            this_room = self._rooms.with_ticket(ticket)
            return this_room is not None and hmac.compare_digest(self._key(this_room).encode(), key.encode())

    def point(self, ticket: str, changes: Mapping[str, Any]) -> None:
        """Change what the teacher points at: any of ``at``, ``highlight`` and ``by``."""
        with self._lock:
            this_room = self._rooms.with_ticket(ticket)
            if this_room is not None and this_room.open:
                before, this_room.pointing = this_room.pointing, replace(this_room.pointing, **changes)
                if this_room.pointing != before:
                    this_room.touch()

    def go_to(self, ticket: str, location: PageLocation) -> None:
        """Show the class something else."""
        with self._lock:
            this_room = self._rooms.with_ticket(ticket)
            if this_room is not None and this_room.open:
                self._go_to(this_room, location)

    def set_open(self, ticket: str, is_open: bool) -> None:
        """End the class, or reopen it under the same code."""
        with self._lock:
            this_room = self._rooms.with_ticket(ticket)
            if this_room is None or this_room.open == is_open:
                return
            if is_open:
                self._open(this_room)
                return
            this_room.open, this_room.ended, this_room.offers = False, time.time(), Offers()
            self._rooms.moved()
            self._rooms.changed(this_room)

    def _open(self, this_room: Room) -> None:
        if not this_room.open:
            this_room.open, this_room.pointing = True, Pointing()
            self._rooms.moved()
            self._rooms.changed(this_room)

    def _go_to(self, this_room: Room, location: PageLocation) -> None:
        if location == this_room.location:
            return
        if not location.is_same_page(this_room.location):
            this_room.pointing = Pointing(by=this_room.pointing.by)
            this_room.offers.handouts += location.page == "lab"
        this_room.location = location
        self._rooms.moved()
        self._rooms.changed(this_room)

    def _key(self, this_room: Room) -> str:
        signed = f"{this_room.ticket}\0{this_room.teacher}".encode()
        return hmac.new(self._secret, signed, hashlib.sha256).hexdigest()

    # ---- polls

    def start_poll(
        self,
        ticket: str,
        question: str,
        options: list[Option],
        config: RunConfig | None = None,
        texts: Mapping[str, Texts] | None = None,
    ) -> Poll:
        """Start a poll, in place of any before, and return it. Raises ConfigError.

        ``config`` is that of the training that its answers may change; ``texts`` are a ready-made poll's, by language.
        """
        poll = polls.new(question, options, config, texts)
        self._change_poll(ticket, lambda old: poll)
        return poll

    def close_poll(self, ticket: str, poll_id: str) -> None:
        """Close the poll to further votes. Raises ConfigError if it is not the current poll."""
        self._change_poll(ticket, lambda old: replace(polls.current(old, poll_id), open=False))

    def clear_poll(self, ticket: str, poll_id: str) -> None:
        """Remove the poll. Raises ConfigError if it is not the current one."""
        self._change_poll(ticket, lambda old: None if polls.current(old, poll_id) else old)

    def vote(self, ticket: str, poll_id: str, voter: str, choice: int) -> None:
        """Count a vote of a name in ``voter_name``. Raises ConfigError unless it is connected and the poll is open."""
        with self._lock:
            this_room = self._rooms.with_ticket(ticket)
            attendance = this_room.attendance if this_room is not None else Attendance()
            attendance.check(voter)
            self._change_poll(
                ticket,
                lambda old: polls.current(old, poll_id).with_vote(voter, choice, [*attendance], attendance.seats),
            )

    def settings_of(self, ticket: str, index: int) -> Mapping[str, Any]:
        """Return the settings of an option of the current poll, for ``polls.resolved``; {} for an unknown index."""
        with self._lock:
            this_room = self._rooms.with_ticket(ticket)
            poll = this_room.poll if this_room is not None else None
            return poll.options[index].settings if poll is not None and 0 <= index < len(poll.options) else {}

    def _change_poll(self, ticket: str, change: Callable[[Poll | None], Poll | None]) -> None:
        with self._lock:
            this_room = self._rooms.with_ticket(ticket)
            if this_room is None or not this_room.open:
                raise ConfigError("vote", "", "is over")
            before, this_room.poll = this_room.poll, change(this_room.poll)
            if this_room.poll != before:
                self._rooms.changed(this_room)

    # ---- voters

    def voter_token(self, ticket: str, browser: str, address: str) -> str:
        """Return the token with which a browser, known by its owner token, votes and is counted as present.

        "" for the teacher, without such a class, and while ``address`` asks for too many: the page asks again.
        """
        with self._lock:
            this_room = self._rooms.with_ticket(ticket)
            if this_room is None or ownership.has_digest(browser, this_room.teacher):
                return ""
            return self._voters.issue(this_room.secret, browser, address)

    def voter_name(self, ticket: str, token: str) -> str | None:
        """Return the name of the voter with this token, or None if this class did not issue it."""
        with self._lock:
            this_room = self._rooms.with_ticket(ticket)
            return voters.name_of(this_room.secret, token) if this_room is not None else None

    def join(self, ticket: str, voter: str, address: str = "") -> None:
        """Count a connection that the voter of this name opened from this address."""
        self._count(ticket, lambda attendance: attendance.join(voter, address, self._per_address))

    def leave(self, ticket: str, voter: str) -> None:
        """Count a connection that this voter closed."""
        self._count(ticket, lambda attendance: attendance.leave(voter))

    def _count(self, ticket: str, change: Callable[[Any], None]) -> None:
        with self._lock:
            this_room = self._rooms.with_ticket(ticket)
            if this_room is None:
                return
            before = len(this_room.attendance)
            change(this_room.attendance)
            if len(this_room.attendance) != before and this_room.open:
                this_room.touch()

    # ---- for viewers

    def exists(self, ticket: str) -> bool:
        """Return whether a class has this ticket, open or not."""
        with self._lock:
            return self._rooms.with_ticket(ticket) is not None

    def location(self, ticket: str) -> PageLocation | None:
        """Return what the open class is shown."""
        with self._lock:
            this_room = self._rooms.with_ticket(ticket)
            return this_room.location if this_room is not None and this_room.open else None

    def shown_with(self, run_id: str) -> str:
        """Return the ticket of the open class that its teacher shows this training of theirs, or ""."""
        with self._lock:
            this_room = self._rooms.shown(run_id)
            return this_room.ticket if this_room is not None else ""

    def version(self, ticket: str) -> int:
        """Return a version number that changes whenever ``state`` does; 0 for no class."""
        with self._lock:
            this_room = self._rooms.with_ticket(ticket)
            return this_room.version if this_room is not None else 0

    def state(self, ticket: str) -> dict[str, Any]:
        """Return what all viewers may know: what they are shown, the poll, and how many they are."""
        with self._lock:
            this_room = self._rooms.with_ticket(ticket)
            if this_room is None or not this_room.open:
                return {"open": False}
            return {
                "open": True,
                "code": this_room.code,
                "place": this_room.location.to_dict(),
                "at": this_room.pointing.at,
                "highlight": this_room.pointing.highlight,
                "by": this_room.pointing.by,
                "watching": len(this_room.attendance),
                "vote": this_room.poll.shown() if this_room.poll else None,
                "lab": this_room.offers.state(),
            }

    # ---- the door

    def wait_at_door(self, code: str, address: str) -> float:
        """Return the seconds to wait before ``look_up`` with a code that came from this address."""
        return 0.0 if room.is_ticket(code) else self._door.wait(address)

    def look_up(self, code: str, address: str) -> str:
        """Return the ticket of the open class with this ticket or with this code, in any case and spacing.

        Raises RunError. Call ``wait_at_door`` first, and wait as long.
        """
        with self._lock:
            this_room = self._rooms.with_code(code if room.is_ticket(code) else door.plain(code))
        if this_room is None:
            remedy = "Check it: it has six letters and digits"
            raise RunError("code", door.plain(code), "belongs to no class here", remedy)
        if not room.is_ticket(code):
            self._door.was_right(address)
        return this_room.ticket
