"""The one reader of JSON: one kind of error for anything wrong, within bounds of size, nesting and numbers.

Every file of a run, every upload and every request body goes through it, since any of them may be damaged or come from
a stranger. Bytes are UTF-8, with or without a byte order mark.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, TypeGuard

MAX_BYTES = 16 * 2**20  # of a text; callers who expect less check it first, each with its own refusal
MAX_DEPTH = 32  # of lists and objects in each other
MAX_NUMBER = 2**64  # whole numbers beyond it overflow in most of what is computed with them
_LARGEST = 1e300  # of the numbers in a log, of which sums and squares are taken


class InvalidJsonError(Exception):
    """A text is not JSON, or not the kind of value that the caller reads; the argument says which."""


class OutOfBoundsError(InvalidJsonError):
    """A text is too large, nested too deep, or holds numbers beyond all use."""


def parse(text: str | bytes) -> Any:
    """Return the value that a text holds. Raises InvalidJsonError."""
    return _loads(text)


def parse_object(text: str | bytes) -> dict[str, Any]:
    """Return the object that a text holds. Raises InvalidJsonError for any other value too."""
    return _object(_loads(text))


def parse_strict_object(text: str | bytes) -> dict[str, Any]:
    """Return the object that a text holds, in which no key comes twice and no number is NaN or infinite.

    Raises InvalidJsonError for anything else.
    """
    hooks = {"object_pairs_hook": _distinct_keys, "parse_constant": _refuse_constant, "parse_float": _finite}
    return _object(_loads(text, **hooks))


def parse_numbers(text: str | bytes) -> dict[str, Any]:
    """Return the object that a text holds, of finite numbers and lists of them. Raises InvalidJsonError.

    It takes less than half the time of ``parse_object``: logs have tens of thousands of such rows.
    """
    value = _object(_decoded(text))
    for part in value.values():
        if type(part) not in (int, float):
            if type(part) is not list or not all(_is_in_range(number) for number in part):
                raise InvalidJsonError("must hold numbers and lists of numbers")
        elif not -_LARGEST < part < _LARGEST:
            raise InvalidJsonError("must hold numbers in range")
    return value


def read(path: Path, max_bytes: int = MAX_BYTES) -> Any:
    """Return the value in a file of at most ``max_bytes``. Raises InvalidJsonError, OSError if it can't be read."""
    with open(path, "rb") as file:
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise OutOfBoundsError("too large")
    return _loads(data)


def is_number(value: object) -> TypeGuard[int | float]:
    """Return whether a parsed value is a finite number; true and false are none."""
    return type(value) is int or (type(value) is float and math.isfinite(value))


def is_whole(value: object, most: int, least: int = 0) -> TypeGuard[int]:
    """Return whether a parsed value is a whole number from ``least`` to ``most``; true and false are none."""
    return type(value) is int and least <= value <= most


def _is_in_range(value: object) -> bool:
    return type(value) in (int, float) and -_LARGEST < value < _LARGEST  # type: ignore[operator]  # False for NaN


def _loads(text: str | bytes, **options: Any) -> Any:
    value = _decoded(text, **options)
    _check_bounds(value)
    return value


def _decoded(text: str | bytes, **options: Any) -> Any:
    if len(text) > MAX_BYTES:
        raise OutOfBoundsError("too large")
    try:
        return json.loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text, **options)
    except RecursionError as failure:
        raise OutOfBoundsError("not JSON of a usual depth") from failure
    except ValueError as failure:
        raise InvalidJsonError("not JSON") from failure


def _check_bounds(value: Any) -> None:
    """Raise InvalidJsonError for what is nested too deep, and for whole numbers of hundreds of digits."""
    level = [value]
    for _ in range(MAX_DEPTH):
        containers = []
        for item in level:
            values = item.values() if type(item) is dict else item if type(item) is list else (item,)
            for part in values:
                kind = type(part)
                if kind is int and not -MAX_NUMBER < part < MAX_NUMBER:
                    raise OutOfBoundsError("not JSON of numbers in range")
                if kind is dict or kind is list:
                    containers.append(part)
        if not containers:
            return
        level = containers
    raise OutOfBoundsError("not JSON of a usual depth")


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidJsonError("must be an object")
    return value


def _distinct_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _finite(text: str) -> float:
    """Return the number; one such as 1e999 would become infinite."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value
