"""Instructions of a pickle, decoded from a view of its bytes; long strings of bytes are views, not copies."""

from __future__ import annotations

import pickletools
from collections.abc import Callable, Iterator
from typing import Any

_LONGEST_LINE = 2**16  # of the text protocols
_LONGEST_NUMBER = 2**10  # bytes of a whole number

_BYTES = {"SHORT_BINBYTES": 1, "BINBYTES": 4, "BINBYTES8": 8, "BYTEARRAY8": 8}  # bytes of the length before them
_TEXTS = {"SHORT_BINUNICODE": 1, "BINUNICODE": 4, "BINUNICODE8": 8}
_OLD_TEXTS = {"SHORT_BINSTRING": 1, "BINSTRING": 4}  # strings of Python 2: texts or bytes
_NUMBERS = {"LONG1": 1, "LONG4": 4}
_LENGTHS = _BYTES | _TEXTS | _OLD_TEXTS | _NUMBERS


class Cursor:
    """Place in a view of bytes, with what pickletools' readers of arguments need of a file."""

    def __init__(self, data: memoryview, position: int = 0) -> None:
        self.data = data
        self.position = position

    def view(self, count: int) -> memoryview:
        """Return the next ``count`` bytes as a view. Raises EOFError if there are fewer."""
        start, self.position = self.position, self.position + count
        if count < 0 or self.position > len(self.data):
            raise EOFError
        return self.data[start : self.position]

    def read(self, count: int) -> bytes:
        """Return a copy of the next ``count`` bytes. Raises EOFError if there are fewer."""
        return bytes(self.view(count))

    def readline(self) -> bytes:
        """Return a line with its end. Raises EOFError if there is none, or one of unusual length."""
        for length in (256, _LONGEST_LINE):
            line, end, _ = bytes(self.data[self.position : self.position + length]).partition(b"\n")
            if end:
                self.position += len(line) + 1
                return line + end
        raise EOFError


def instructions(cursor: Cursor) -> Iterator[tuple[str, Any]]:
    """Yield name and argument of each instruction, up to STOP. Raises EOFError, ValueError or KeyError for damage."""
    data = cursor.data
    while True:
        if cursor.position >= len(data):
            raise EOFError
        name, reader = _READERS[data[cursor.position]]
        cursor.position += 1
        yield name, reader(cursor) if reader else None
        if name == "STOP":
            return


def _counted(name: str) -> Callable[[Cursor], Any]:
    """Return a reader of an argument that begins with its length."""
    width = _LENGTHS[name]

    def read(cursor: Cursor) -> Any:
        length = int.from_bytes(cursor.view(width), "little")
        if name in _NUMBERS:
            if length > _LONGEST_NUMBER:
                raise ValueError(length)
            return int.from_bytes(cursor.view(length), "little", signed=True)
        value = cursor.view(length)
        if name in _BYTES:
            return value
        return str(value, "utf-8", "surrogatepass") if name in _TEXTS else old_text(bytes(value))

    return read


def old_text(value: bytes) -> str | bytes:
    """Return a string of Python 2 as text, or as bytes if it is none."""
    return value.decode("ascii") if value.isascii() else value


def _reader(info: pickletools.OpcodeInfo) -> Callable[[Cursor], Any] | None:
    if info.name in _LENGTHS:
        return _counted(info.name)
    return info.arg.reader if info.arg else None  # type: ignore[return-value]  # they read and readline, no more


_READERS: dict[int, tuple[str, Callable[[Cursor], Any] | None]] = {
    ord(info.code): (info.name, _reader(info)) for info in pickletools.opcodes
}
