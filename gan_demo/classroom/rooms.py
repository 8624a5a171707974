"""Rooms in memory by run and by class code, read from the runs' folders when needed."""

from __future__ import annotations

import secrets
import time

from gan_demo.classroom import room
from gan_demo.classroom.room import Room
from gan_demo.runs import library

ALPHABET = "34679CDFHJKMNPQRTWXY"  # legible from the last row, and spells no words
CODE_LENGTH = 6  # 64 million codes
MAX_ROOMS = 500  # in memory, beyond those with viewers
RESCAN_INTERVAL = 2.0  # seconds between two scans of all runs because of an unknown code


class Rooms:
    """Rooms by run id, and run ids by code. The caller holds the lock."""

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}
        self._run_ids: dict[str, str] = {}  # code -> run id
        self._scanned = float("-inf")

    def __len__(self) -> int:
        return len(self._rooms)

    def get(self, run_id: str) -> Room:
        """Return the run's room, an empty one if it has no class."""
        if run_id not in self._rooms:
            self._drop_idle()
            self._rooms[run_id] = room.read(run_id)
            if self._rooms[run_id].code:
                self.register(self._rooms[run_id].code, run_id)
        return self._rooms[run_id]

    def register(self, code: str, run_id: str) -> None:
        """Let ``code`` lead to this run."""
        self._run_ids[code] = run_id

    def new_code(self) -> str:
        """Return a random code that leads to no run yet."""
        while True:
            code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
            if code not in self._run_ids:
                return code

    def find(self, code: str) -> str | None:
        """Return the id of the run whose open class has this code, or None."""
        if len(code) != CODE_LENGTH or not set(code) <= set(ALPHABET):
            return None
        # after a restart, rooms are in memory only once somebody opened their run
        if code not in self._run_ids and time.monotonic() - self._scanned > RESCAN_INTERVAL:
            self._scanned = time.monotonic()
            for path in library.home().glob(f"[!.]*/{room.FILE}"):
                self.get(path.parent.name)
        run_id = self._run_ids.get(code)
        if run_id is None or not (library.home() / run_id / "run.json").is_file():
            return None
        return run_id if self.get(run_id).open else None

    def _drop_idle(self) -> None:
        """Make space for one more room by dropping the oldest without viewers; classes and polls are on disk."""
        idle = [run_id for run_id, room in self._rooms.items() if not room.attendance.count()]
        for run_id in idle[: max(0, len(self._rooms) - MAX_ROOMS + 1)]:
            del self._rooms[run_id]
