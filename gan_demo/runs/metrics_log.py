"""Rows of numbers on disk: one JSON object a line, appended while others read."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from gan_demo.support.atomic_file import replace_file


class Tail:
    """Rows of a growing file as columns; each call reads only what was added."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = 0  # which file it was: a resume puts another in its place
        self._offset = 0
        self._count = 0
        self._columns: dict[str, list[Any]] = {}
        self._lock = threading.Lock()
        self.generation = 0  # counts the files that were in this place

    def columns(self) -> dict[str, list[Any]]:
        with self._lock:
            if self._path.is_file():
                found = self._path.stat()
                if found.st_ino != self._file or found.st_size < self._offset:
                    self._file, self._offset, self._count, self._columns = found.st_ino, 0, 0, {}
                    self.generation += 1
                for row in self._new_rows():
                    self._add(row)
            return {name: list(column) for name, column in self._columns.items()}

    def _new_rows(self) -> Iterator[dict[str, Any]]:
        with open(self._path, "rb") as file:
            file.seek(self._offset)
            for line in file:
                if not line.endswith(b"\n"):  # still being written
                    return
                self._offset += len(line)
                yield from _parsed(line)

    def _add(self, row: Mapping[str, Any]) -> None:
        for name in row:
            self._columns.setdefault(name, [math.nan] * self._count)
        for name, column in self._columns.items():
            column.append(row.get(name, math.nan))
        self._count += 1


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """All whole rows of a file, which need not be there."""
    if path.is_file():
        for line in path.read_bytes().splitlines():
            yield from _parsed(line)


def append_row(path: Path, row: Mapping[str, Any]) -> None:
    """Add a row, on a line of its own even where a kill or a full disk left half of one."""
    with open(path, "a+b") as file:
        file.seek(-1 if file.tell() else 0, 2)
        file.write(_line(row) if file.read(1) in (b"", b"\n") else b"\n" + _line(row))


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Replace all rows."""
    replace_file(path, b"".join(map(_line, rows)))


def _line(row: Mapping[str, Any]) -> bytes:
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def _parsed(line: bytes) -> Iterator[dict[str, Any]]:
    """The row, or nothing for a line that a kill or a full disk tore."""
    try:
        row = json.loads(line)
    except ValueError:
        return
    if isinstance(row, dict) and isinstance(row.get("step"), int):
        yield row
