"""All classes: by teacher, code, ticket and run. They are read from their files once, and written in batches."""

from __future__ import annotations

import contextlib
import logging
import secrets
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from gan_demo.classroom import room
from gan_demo.classroom.door import CODE_LENGTH
from gan_demo.classroom.page_location import PageLocation
from gan_demo.classroom.room import DamagedClassError, Room
from gan_demo.errors import RunError
from gan_demo.runs import library, ownership

log = logging.getLogger(__name__)
ALPHABET = "34679CDFHJKMNPQRTWXY"  # legible from the last row, and spells no words; 64 million codes
TICKET_BYTES = 16
MAX_ROOMS = 1000  # beyond those that are open and have somebody in them
SAVE_INTERVAL = 1.0  # seconds in which all changes of a class, such as thirty votes, become one write of its file


class Rooms:
    """The classes of all teachers. The caller holds the lock, except to call ``save``."""

    def __init__(self, lock: threading.RLock) -> None:
        self._lock = lock
        self._home: Path | None = None  # the folder that was read
        self._by_teacher: dict[str, Room] = {}
        self._by_code: dict[str, Room] = {}
        self._by_ticket: dict[str, Room] = {}
        self._by_run: dict[str, Room] = {}  # open classes that are shown a training of their teacher's
        self._changed: set[str] = set()  # teachers whose files are to be written
        self._write_lock = threading.Lock()  # one write at a time, so that the newest is the last
        self._timer: threading.Timer | None = None

    # ---- finding

    def of_teacher(self, teacher: str) -> Room | None:
        """Return the class of the teacher with this digest."""
        self._load()
        return self._by_teacher.get(teacher)

    def with_ticket(self, ticket: str) -> Room | None:
        """Return the class with this ticket, open or not."""
        self._load()
        return self._by_ticket.get(ticket)

    def with_code(self, code: str) -> Room | None:
        """Return the open class with this code or ticket."""
        self._load()
        match = self._by_code.get(code) or self._by_ticket.get(code)
        return match if match is not None and match.open else None

    def shown(self, run_id: str) -> Room | None:
        """Return the open class that its teacher shows this training of theirs."""
        self._load()
        return self._by_run.get(run_id)

    def file(self, this_room: Room) -> Path:
        """Return the file of a class."""
        return this_room.file_in(self._home or library.home())

    def __iter__(self) -> Iterator[Room]:
        return iter(self._by_teacher.values())

    def __len__(self) -> int:
        return len(self._by_teacher)

    # ---- changing

    def new(self, teacher: str, location: PageLocation) -> Room:
        """Return a new class of a teacher, in place of any earlier one. Raises RunError if it can't be saved."""
        self._load()
        self._drop_idle()
        this_room = self._put(Room(teacher, self._new_code(), _new_ticket(), secrets.token_hex(16), location))
        try:
            room.write(self.file(this_room), this_room.content())
        except OSError as failure:
            raise RunError("run", location.run_id, "cannot be written", "Choose a folder you may write to") from failure
        return this_room

    def changed(self, this_room: Room) -> None:
        """Show a change to all viewers, and write the class's file soon."""
        this_room.touch()
        self._changed.add(this_room.teacher)
        if self._timer is None:
            self._timer = threading.Timer(SAVE_INTERVAL, self.save)
            self._timer.name, self._timer.daemon = "save-classes", True
            self._timer.start()

    def save(self) -> None:
        """Write the files of all classes that changed. A file that can't be written is only missed by a restart."""
        with self._write_lock:
            with self._lock:
                if self._timer is not None:
                    self._timer.cancel()
                self._timer = None
                changed = [each_room for each_room in map(self._by_teacher.get, self._changed) if each_room is not None]
                contents = [(self.file(each_room), each_room.content()) for each_room in changed]
                self._changed.clear()
            for file, content in contents:
                try:
                    room.write(file, content)
                except OSError:
                    log.warning("the class %s could not be saved", file.name)

    def _put(self, this_room: Room) -> Room:
        self._forget(self._by_teacher.get(this_room.teacher))
        self._by_teacher[this_room.teacher] = this_room
        self._by_code[this_room.code] = this_room
        self._by_ticket[this_room.ticket] = this_room
        return this_room

    def _forget(self, this_room: Room | None) -> None:
        if this_room is not None:
            del self._by_teacher[this_room.teacher]
            self._by_code.pop(this_room.code, None)
            self._by_ticket.pop(this_room.ticket, None)

    def moved(self) -> None:
        """Take note that a class was opened, ended or is shown something else."""
        self._by_run = {
            each_room.location.run_id: each_room
            for each_room in self._by_teacher.values()
            if each_room.open and _is_own(each_room)
        }

    def _new_code(self) -> str:
        while True:
            code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
            if code not in self._by_code:
                return code

    def _drop_idle(self) -> None:
        """Make space for one more class: those that ended go first, then those that nobody attends, oldest first."""
        idle = sorted(
            (
                each_room
                for each_room in self._by_teacher.values()
                if not (each_room.open and len(each_room.attendance))
            ),
            key=lambda each_room: (each_room.open, each_room.version),
        )
        for idle_room in idle[: max(0, len(self._by_teacher) - MAX_ROOMS + 1)]:
            self._forget(idle_room)
            with contextlib.suppress(OSError):
                self.file(idle_room).unlink(missing_ok=True)

    # ---- reading

    def _load(self) -> None:
        """Read all classes, at first use."""
        if self._home is not None:
            return
        self._home = home = library.home()
        for file in _newest(home.glob(f"{room.FOLDER}/*.json")):
            with contextlib.suppress(DamagedClassError):  # a damaged file only costs its own class
                saved_room = room.read(file)
                if saved_room.code not in self._by_code:
                    self._put(saved_room)
        for file in _newest(home.glob(f"[!.]*/{room.FORMER_FILE}")):
            self._take_over(file)
        self.moved()

    def _take_over(self, file: Path) -> None:
        """Take over the class of a run from a file of an earlier version, unless its teacher has one by now."""
        with contextlib.suppress(DamagedClassError):
            former_room = room.read_former(file, _new_ticket(), secrets.token_hex(16))
            if (
                former_room.open
                and former_room.teacher not in self._by_teacher
                and former_room.code not in self._by_code
            ):
                self._put(former_room)


def _newest(files: Iterable[Path]) -> list[Path]:
    """Return the MAX_ROOMS newest of the files, newest first."""
    return sorted(files, key=_modified, reverse=True)[:MAX_ROOMS]


def _modified(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _new_ticket() -> str:
    return secrets.token_urlsafe(TICKET_BYTES)


def _is_own(this_room: Room) -> bool:
    """Return whether the class is shown a training that belongs to its teacher."""
    run_id = this_room.location.run_id
    try:
        return bool(run_id) and ownership.owned_by(library.find(run_id), this_room.teacher)
    except RunError:
        return False
