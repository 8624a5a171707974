"""The metrics of a run on disk (metrics.jsonl): one JSON object a line, appended while others read.

Rows that hold anything but numbers, as a damaged file may, are skipped. ``append_row``, ``read_rows`` and
``write_rows`` serve every file of this form, such as changes.jsonl.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from weakref import WeakValueDictionary

from cachetools import LRUCache

from gan_demo.runs.parts.files import MAX_STEP
from gan_demo.support import bounded_json
from gan_demo.support.atomic_file import replace_file
from gan_demo.support.bounded_json import InvalidJsonError

LISTS = ("histogram",)  # the columns whose values are lists of numbers; all others hold numbers
MAX_LINE_BYTES = 100_000  # of a row; a longer line is skipped
MAX_VALUES = 1000  # of a row, and of a list in it
MAX_AMOUNT = 1e15  # of images and seconds
RECENT_LOGS = 32  # logs whose parsed rows stay in memory when nobody refers to them


class Rows(NamedTuple):
    """The rows of a log at one moment."""

    columns: dict[str, list[Any]]  # of equal length, NaN where a row lacks a value; a copy of the caller's own
    generation: int  # number of the file at the log's path, counted from 1 as it is replaced; 0: no file


class MetricsLog:
    """Reader of a growing file of rows: parses each row once, for all threads. ``shared_log`` returns a file's log."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._inode = 0  # of the file that was read, because a resume replaces it; 0: read from the beginning
        self._offset = 0  # bytes read
        self._count = 0  # rows read
        self._columns: dict[str, list[Any]] = {}
        self._generation = 0

    def columns(self) -> dict[str, list[Any]]:
        """Return all rows as columns of equal length, NaN where a row lacks a value; {} where there is no file."""
        return self.read().columns

    def read(self) -> Rows:
        """Read what was added to the file, and return all rows."""
        with self._lock:
            self._refresh()
            return Rows({name: list(column) for name, column in self._columns.items()}, self._generation)

    def restart(self) -> None:
        """Read the file from the beginning next time, for a writer who has replaced it: inode numbers are reused."""
        with self._lock:
            self._inode = 0

    def _refresh(self) -> None:
        try:
            status = os.stat(self._path)
            if (status.st_ino, status.st_size) != (self._inode, self._offset):
                with open(self._path, "rb") as file:
                    self._read_on(file)
        except OSError:  # there is none, or a folder in its place
            self._forget_rows(inode=0)

    def _read_on(self, file: BinaryIO) -> None:
        status = os.fstat(file.fileno())
        if status.st_ino != self._inode or status.st_size < self._offset:
            self._forget_rows(status.st_ino)
            self._generation += 1
        file.seek(self._offset)
        while line := file.readline(MAX_LINE_BYTES):
            if not line.endswith(b"\n") and len(line) < MAX_LINE_BYTES:  # still being written
                return
            self._offset += len(line)
            for row in _parsed(line):
                self._add(row)

    def _forget_rows(self, inode: int) -> None:
        self._inode, self._offset, self._count, self._columns = inode, 0, 0, {}

    def _add(self, row: Mapping[str, Any]) -> None:
        for name in row:
            if name not in self._columns:
                self._columns[name] = [math.nan] * self._count
        for name, column in self._columns.items():
            column.append(row.get(name, math.nan))
        self._count += 1


_logs: WeakValueDictionary[str, MetricsLog] = WeakValueDictionary()
_recent_logs: LRUCache[str, MetricsLog] = LRUCache(RECENT_LOGS)
_logs_lock = threading.Lock()


def shared_log(path: Path) -> MetricsLog:
    """Return the log of the file at ``path`` that this process shares; the file need not exist yet."""
    key = os.path.abspath(path)
    with _logs_lock:
        log = _logs.get(key)
        if log is None:
            log = _logs[key] = MetricsLog(Path(key))
        _recent_logs[key] = log
        return log


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield all whole rows of a file, whatever they hold beside a step; none if it can't be read."""
    try:
        with open(path, "rb") as file:
            while line := file.readline(MAX_LINE_BYTES):
                with contextlib.suppress(InvalidJsonError):
                    row = bounded_json.parse_object(line)
                    if bounded_json.is_whole(row.get("step"), MAX_STEP):
                        yield row
    except OSError:
        return


def append_row(path: Path, row: Mapping[str, Any]) -> None:
    """Append a row on its own line, even if a kill or a full disk left an incomplete line."""
    with open(path, "a+b") as file:
        file.seek(-1 if file.tell() else 0, 2)
        file.write(_line(row) if file.read(1) in (b"", b"\n") else b"\n" + _line(row))


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> bool:
    """Replace all rows of a file; return False if it holds these rows already, and is left as it is."""
    content = b"".join(map(_line, rows))
    if path.is_file() and path.read_bytes() == content:
        return False
    replace_file(path, content)
    return True


def _line(row: Mapping[str, Any]) -> bytes:
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def _parsed(line: bytes) -> Iterator[dict[str, Any]]:
    """Yield the row, or nothing for a line that a kill or a full disk left incomplete, or that is damaged."""
    try:
        row = bounded_json.parse_numbers(line)
    except InvalidJsonError:
        return
    if bounded_json.is_whole(row.get("step"), MAX_STEP) and len(row) <= MAX_VALUES and all(map(_is_usual, row.items())):
        yield row


def _is_usual(item: tuple[str, Any]) -> bool:
    """Return whether a column has a list where one belongs and nowhere else, and a position in range."""
    name, value = item
    if type(value) is list:
        return name in LISTS and len(value) <= MAX_VALUES
    return name not in LISTS and (name not in ("images", "seconds") or 0 <= value <= MAX_AMOUNT)
