"""Checks of the values of settings, and their types from text."""

from __future__ import annotations

import math
from typing import Any

from gan_demo.errors import ConfigError

_BOOLEANS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


def one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Raise ConfigError for a value that is not one of ``choices``."""
    if value not in choices:
        raise ConfigError(name, value, "is not known", "Known: {known}", known=", ".join(choices))


def between(name: str, value: float, low: float, high: float) -> None:
    """Raise ConfigError for a value outside of a range, to which both ends belong."""
    if not low <= value <= high:
        raise ConfigError(name, value, "must be between {low} and {high}", low=low, high=high)


def at_least(name: str, value: int, low: int) -> None:
    """Raise ConfigError for a value below ``low``."""
    if value < low:
        raise ConfigError(name, value, "must be at least {low}", low=low)


def finite(name: str, value: float) -> None:
    """Raise ConfigError for infinity and NaN."""
    if not math.isfinite(value):
        raise ConfigError(name, value, "must be a finite number")


def parsed(key: str, kind: Any, value: object) -> Any:
    """Convert a value, perhaps a text, to the type of its setting. Raises ConfigError."""
    if kind is bool:
        if isinstance(value, bool):
            return value
        if str(value).lower() not in _BOOLEANS:
            raise ConfigError(key, value, "must be true or false")
        return _BOOLEANS[str(value).lower()]
    if kind is str:
        if not isinstance(value, str):
            raise ConfigError(key, value, "must be text")
        return value
    try:
        number = float(value)  # type: ignore[arg-type]
        if kind is int and not number.is_integer():
            raise ValueError
        return int(str(value)) if kind is int and str(value).lstrip("-").isdigit() else kind(number)
    except (TypeError, ValueError, OverflowError):
        problem = "must be a whole number" if kind is int else "must be a number"
        raise ConfigError(key, value, problem) from None
