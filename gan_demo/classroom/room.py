"""What a class is made of, and the file in its run's folder that brings it back after a restart."""

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
from gan_demo.support import atomic_file

log = logging.getLogger(__name__)

FILE = "class"
_versions = itertools.count(1)


@dataclass(frozen=True)
class Pointing:
    """Where the teacher points: a step (None: the newest), a sample of its sheet, and which of their tabs said so."""

    at: int | None = None
    highlight: int | None = None
    by: str = ""


@dataclass
class Room:
    """One run's class. ``version`` is another one after each ``touch``, in whatever room."""

    code: str = ""  # "": there is no class
    teacher: str = ""  # a hash of the owner's token
    open: bool = False
    poll: Poll | None = None
    moved: str = ""  # the run to which the class went on
    pointing: Pointing = field(default_factory=Pointing)
    there: Attendance = field(default_factory=Attendance)  # browsers by a hash of their token
    version: int = field(default_factory=lambda: next(_versions))

    def touch(self) -> None:
        """It changed, for all to see."""
        self.version = next(_versions)


def read(run_id: str) -> Room:
    """The class that the run's folder tells of, or an empty room."""
    try:
        raw = json.loads((library.find(run_id).path / FILE).read_bytes())
        poll = Poll.from_dict(raw["poll"]) if raw["poll"] else None
        return Room(str(raw["code"]), str(raw["teacher"]), bool(raw["open"]), poll, str(raw.get("moved", "")))
    except (RunError, OSError, ValueError, TypeError, KeyError, AttributeError):
        return Room()  # there was no class, or its file is damaged: the run itself is none the worse


def keep(run: RunDir, room: Room) -> None:
    """Write that file. Raises OSError."""
    poll = room.poll.to_dict() if room.poll else None
    raw = {"code": room.code, "teacher": room.teacher, "open": room.open, "poll": poll, "moved": room.moved}
    atomic_file.replace_file(run.path / FILE, json.dumps(raw).encode(), sync=False)


def try_to_keep(run: RunDir, room: Room) -> None:
    """The same; where it fails the class goes on, and only a restart would not know of the change."""
    try:
        keep(run, room)
    except OSError:
        log.warning("the class of %s could not be saved", run.id)
