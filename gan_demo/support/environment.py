"""Numbers in environment variables."""

from __future__ import annotations

import math
import os

from gan_demo.errors import ConfigError


def whole_number(name: str, usual: int, most: int) -> int:
    """Return the whole number from 1 to ``most`` in a variable, or ``usual`` if it is unset. Raises ConfigError."""
    text = os.environ.get(name, "").strip()
    if not text:
        return usual
    is_whole = text.isascii() and text.isdigit() and len(text) <= len(str(most))
    if not is_whole or not 1 <= int(text) <= most:
        problem, remedy = "must be a whole number from 1 to {most}", "Unset it for the usual limit"
        raise ConfigError(name, text, problem, remedy, most=most)
    return int(text)


def positive_number(name: str) -> float | None:
    """Return the number above 0 in a variable, or None if it is unset. Raises ConfigError."""
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise ConfigError(name, text, "must be a number above 0", "For example 20")
    return number
