"""Whole numbers in ASCII digits, as addresses and file names hold them, and numbers in environment variables."""

from __future__ import annotations

import math
import os

from gan_demo.errors import ConfigError


def from_digits(text: str, most_digits: int) -> int | None:
    """Return the number that 1 to ``most_digits`` ASCII digits write, or None for any other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= most_digits else None


def whole_number(name: str, usual: int, most: int) -> int:
    """Return the whole number from 1 to ``most`` in a variable, or ``usual`` if it is unset. Raises ConfigError."""
    text = os.environ.get(name, "").strip()
    if not text:
        return usual
    number = from_digits(text, len(str(most)))
    if number is None or not 1 <= number <= most:
        problem, remedy = "must be a whole number from 1 to {most}", "Unset it for the usual limit"
        raise ConfigError(name, text, problem, remedy, most=most)
    return number


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
