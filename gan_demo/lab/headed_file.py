"""The form of all binary files of the lab: a uint32 L, little-endian, L bytes of JSON, then contents."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO


def joined(header: Mapping[str, Any], *contents: bytes) -> bytes:
    """Return a file; the JSON is padded with spaces, so that the contents begin at a multiple of 4."""
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    return struct.pack("<I", len(text)) + text + b"".join(contents)


def with_graphs(header: Mapping[str, Any], graphs: Mapping[str, bytes]) -> bytes:
    """Return a file of graphs, whose header has the (offset, length) of each among the contents."""
    ranges, offset = {}, 0
    for name, content in graphs.items():
        ranges[name] = (offset, len(content))
        offset += len(content)
    return joined({**header, "graphs": ranges}, *graphs.values())


def read_header(file: BinaryIO) -> dict[str, Any]:
    """Read the header of a file that we wrote, up to where its contents begin."""
    (length,) = struct.unpack("<I", file.read(4))
    header: dict[str, Any] = json.loads(file.read(length))
    return header
