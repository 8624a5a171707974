"""A class's room, and the file in its run's folder that restores it after a restart."""

from __future__ import annotations

import itertools
import json
import logging
from dataclasses import dataclass, field

from gan_demo.classroom.attendance import Attendance
from gan_demo.classroom.polls import Poll
from gan_demo.errors import RunError
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir
from gan_demo.support import atomic_file, bounded_json
from gan_demo.support.bounded_json import InvalidJsonError

log = logging.getLogger(__name__)

FILE = "class"  # in the run's folder
_versions = itertools.count(1)


@dataclass(frozen=True)
class Pointing:
    """What the teacher points at: a step (None: the newest), a sample of its sheet, and the id of the sending tab."""

    at: int | None = None
    highlight: int | None = None
    by: str = ""


@dataclass
class Room:
    """The class of one run. Version numbers are unique across all rooms."""

    code: str = ""  # "": no class yet
    teacher: str = ""  # digest of the teacher's owner token
    open: bool = False
    poll: Poll | None = None
    moved_to: str = ""  # id of the run to which the class moved
    pointing: Pointing = field(default_factory=Pointing)
    attendance: Attendance = field(default_factory=Attendance)  # browsers by the digest of their token
    version: int = field(default_factory=lambda: next(_versions))

    def touch(self) -> None:
        """Take a new version number, after a change that viewers see."""
        self.version = next(_versions)


def read(run_id: str) -> Room:
    """Return the room saved in the run's folder; an empty one if there is none or its file is damaged."""
    try:
        saved = bounded_json.read(library.find(run_id).path / FILE)
        poll = Poll.from_dict(saved["poll"]) if saved["poll"] else None
        moved_to = str(saved.get("moved", ""))
        return Room(str(saved["code"]), str(saved["teacher"]), bool(saved["open"]), poll, moved_to)
    except (RunError, OSError, InvalidJsonError, ArithmeticError, ValueError, TypeError, KeyError, AttributeError):
        return Room()  # a damaged class file must not make its run unusable


def save(run: RunDir, room: Room) -> None:
    """Write the room's file. Raises OSError."""
    poll = room.poll.to_dict() if room.poll else None
    saved = {"code": room.code, "teacher": room.teacher, "open": room.open, "poll": poll, "moved": room.moved_to}
    atomic_file.replace_file(run.path / FILE, json.dumps(saved).encode(), sync=False)


def try_to_save(run: RunDir, room: Room) -> None:
    """Write the room's file; if that fails, log it and go on, as only a restart would lose the change."""
    try:
        save(run, room)
    except OSError:
        log.warning("the class of %s could not be saved", run.id)
