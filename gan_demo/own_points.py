"""Own points of the plane as text, as the settings of a run hold them: base64 of float32 (N, 2), little-endian."""

from __future__ import annotations

import base64
import binascii
import functools
import struct

from gan_demo.errors import ConfigError

NAME = "own_points"  # of the data set, in DataConfig.name
LEAST, MOST = 8, 20_000  # points
MAX_COORDINATE = 1_000.0
_POINT_BYTES = 8


def pack(values: bytes) -> str:
    """Return the text of points whose float32 bytes are ``values``."""
    return base64.b64encode(values).decode("ascii")


def unpack(text: str) -> bytes:
    """Return the float32 bytes of the points of a text that ``check`` accepted."""
    return base64.b64decode(text)


@functools.lru_cache(maxsize=8)
def check(text: str) -> None:
    """Raise ConfigError for a text that is not LEAST to MOST points with finite coordinates of a plain size."""
    longest = 4 * -(-_POINT_BYTES * MOST // 3)
    if len(text) > longest:
        raise ConfigError("points", "", "must be between {low} and {high}", low=LEAST, high=MOST)
    try:
        values = base64.b64decode(text, validate=True)
        numbers = struct.unpack(f"<{len(values) // 4}f", values)
    except (binascii.Error, ValueError, struct.error):
        raise ConfigError("points", "", "is not readable") from None
    if len(values) % _POINT_BYTES or not all(abs(number) <= MAX_COORDINATE for number in numbers):  # NaN is neither
        raise ConfigError("points", "", "is not readable")
    count = len(values) // _POINT_BYTES
    if not LEAST <= count <= MOST:
        raise ConfigError("points", count, "must be between {low} and {high}", low=LEAST, high=MOST)
