"""Checks of the values of settings."""

from __future__ import annotations

import math

from gan_demo.errors import ConfigError


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
