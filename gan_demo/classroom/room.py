"""A teacher's class, and the file that restores it after a restart."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gan_demo.classroom import page_location
from gan_demo.classroom.attendance import Attendance
from gan_demo.classroom.offers import Offers
from gan_demo.classroom.page_location import PageLocation
from gan_demo.classroom.polls import Poll
from gan_demo.errors import ConfigError
from gan_demo.support import atomic_file, bounded_json
from gan_demo.support.bounded_json import InvalidJsonError

FOLDER = ".classes"  # in the folder of all runs: a file for each class
FORMER_FILE = "class"  # in a run's folder, where earlier versions kept the class of that run
MAX_TIME = 1e12  # seconds since 1970
MAX_FILE_BYTES = 2**20  # several times that of a poll with as many voters as there may be
CODE = re.compile("[A-Z0-9]{6}", re.ASCII)  # of any version
TICKET = re.compile("[A-Za-z0-9_-]{22}", re.ASCII)
_DIGEST = re.compile("[0-9a-f]{64}", re.ASCII)
_SECRET = re.compile("[0-9a-f]{32}", re.ASCII)
_versions = itertools.count(1)


class DamagedClassError(Exception):
    """A class file holds no class."""


@dataclass(frozen=True)
class Pointing:
    """What the teacher points at: a step (None: the newest), a sample of its sheet, and the id of the sending tab."""

    at: float | None = None
    highlight: int | None = None
    by: str = ""


@dataclass
class Room:
    """The class of one teacher. Version numbers are unique across all rooms."""

    teacher: str  # digest of the teacher's owner token
    code: str  # to be typed
    ticket: str  # in links: nobody can guess it
    secret: str  # signs the tokens of voters
    location: PageLocation
    open: bool = False
    ended: float = 0.0  # seconds since 1970
    poll: Poll | None = None
    pointing: Pointing = field(default_factory=Pointing)
    attendance: Attendance = field(default_factory=Attendance)
    offers: Offers = field(default_factory=Offers)  # in memory alone
    version: int = field(default_factory=lambda: next(_versions))

    def touch(self) -> None:
        """Take a new version number, after a change that viewers see."""
        self.version = next(_versions)

    def file_in(self, home: Path) -> Path:
        """Return the file of this class in the folder of all runs."""
        return home / FOLDER / f"{self.teacher[:32]}.json"

    def content(self) -> bytes:
        """Return what its file holds."""
        saved = {
            "format": 2,
            "teacher": self.teacher,
            "code": self.code,
            "ticket": self.ticket,
            "secret": self.secret,
            "place": self.location.to_dict(),
            "open": self.open,
            "ended": self.ended,
            "poll": self.poll.to_dict() if self.poll else None,
        }
        return json.dumps(saved).encode()


def is_ticket(code: str) -> bool:
    """Return whether this has the form of a ticket, not of a code to type."""
    return TICKET.fullmatch(code) is not None


def write(file: Path, content: bytes) -> None:
    """Write the file of a class. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    atomic_file.replace_file(file, content, sync=False)


def read(file: Path) -> Room:
    """Return the class in a file. Raises DamagedClassError, for a file that can't be read too."""
    saved = _read_object(file)
    try:
        room = Room(
            _matching(_DIGEST, saved["teacher"]),
            _matching(CODE, saved["code"]),
            _matching(TICKET, saved["ticket"]),
            _matching(_SECRET, saved["secret"]),
            page_location.from_dict(saved["place"]),
            _truth(saved["open"]),
            _time(saved["ended"]),
            _poll(saved["poll"]),
        )
    except (KeyError, ConfigError) as damage:
        raise DamagedClassError(file.name) from damage
    if room.file_in(file.parent).name != file.name:
        raise DamagedClassError(file.name)
    room.attendance = Attendance(len(room.poll.votes) if room.poll else 0)
    return room


def read_former(file: Path, ticket: str, secret: str) -> Room:
    """Return the class that an earlier version kept in a run's folder. Raises DamagedClassError."""
    saved = _read_object(file)
    try:
        return Room(
            _matching(_DIGEST, saved["teacher"]),
            _matching(CODE, saved["code"]),
            ticket,
            secret,
            page_location.from_dict(page_location.training(file.parent.name).to_dict()),
            _truth(saved["open"]),
            poll=_poll(saved["poll"]),
        )
    except (KeyError, ConfigError) as damage:
        raise DamagedClassError(file.name) from damage


def _read_object(file: Path) -> dict[str, Any]:
    try:
        saved = bounded_json.read(file, MAX_FILE_BYTES) if file.is_file() else None  # a pipe would never end
    except (OSError, InvalidJsonError) as damage:
        raise DamagedClassError(file.name) from damage
    if not isinstance(saved, dict):
        raise DamagedClassError(file.name)
    return saved


def _matching(form: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise DamagedClassError(form.pattern)
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise DamagedClassError("open")
    return value


def _time(value: object) -> float:
    if not bounded_json.is_number(value) or not 0 <= value <= MAX_TIME:
        raise DamagedClassError("ended")
    return float(value)


def _poll(raw: Any) -> Poll | None:
    if raw is None:
        return None
    try:
        return Poll.from_dict(raw)
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as damage:
        raise DamagedClassError("poll") from damage
