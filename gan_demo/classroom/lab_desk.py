"""The lab of all classes: what teachers hand out, and what their pupils offer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from gan_demo.classroom.offers import Offer, Offers
from gan_demo.classroom.page_location import PageLocation
from gan_demo.classroom.room import Room
from gan_demo.classroom.rooms import Rooms
from gan_demo.errors import ConfigError
from gan_demo.support.rate_limit import RateLimit

MAX_BYTES = 64 * 2**20  # of the offers of all classes


class LabDesk:
    """Handing out and offering labs. Methods may be called from any thread."""

    def __init__(self, rooms: Rooms, lock: threading.RLock) -> None:
        self._rooms = rooms
        self._lock = lock
        self._limit = RateLimit(rate=0.1, burst=3)  # by voter and class

    def hand_out(self, ticket: str, location: PageLocation) -> None:
        """Show the class this lab, which pupils with a lab of their own are asked to open. Raises ConfigError."""
        with self._lock:
            room = self._open_room(ticket)
            room.location = location
            room.offers.handouts += 1
            self._rooms.moved()
            self._rooms.changed(room)

    def offer(self, ticket: str, voter: str, offer: Offer) -> None:
        """Take a voter's offer in place of their last.

        Raises ConfigError: field "voter" unless it is connected, "pace" if it offers too often, "offer" if there is no
        space, or the teacher wants none.
        """
        with self._lock:
            room = self._open_room(ticket)
            room.attendance.check(voter)
            if not self._limit.take(f"{ticket} {voter}"):
                raise ConfigError("pace", "", "is too fast", "Wait for ten seconds")
            if sum(other.offers.size for other in self._rooms) + offer.size > MAX_BYTES:
                raise ConfigError("offer", "", "finds no space", "Ask the teacher to clear some")
            room.offers.add(voter, offer)
            room.touch()

    def change(self, ticket: str, change: Callable[[Offers], None]) -> None:
        """Let the teacher change the offers of their class. Raises ConfigError."""
        with self._lock:
            room = self._open_room(ticket)
            change(room.offers)
            room.touch()

    def offers(self, ticket: str, for_teacher: bool) -> dict[str, Any]:
        """Return {"offers": all, for the teacher alone; "shown": that on the board or None} as plain JSON types."""
        with self._lock:
            room = self._rooms.with_ticket(ticket)
            offers = room.offers if room is not None and room.open else Offers()
            shown = offers.shown.to_dict() if offers.shown is not None else None
            return {"offers": offers.for_teacher() if for_teacher else [], "shown": shown}

    def _open_room(self, ticket: str) -> Room:
        room = self._rooms.with_ticket(ticket)
        if room is None or not room.open:
            raise ConfigError("offer", "", "is for a class that goes on")
        return room
