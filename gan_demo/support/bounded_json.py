"""Parser of JSON from strangers: one kind of error for anything wrong, however deeply it is nested.

Bytes are UTF-8, with or without a byte order mark. Callers check the number of bytes before they parse them, each with
its own refusal.
"""

from __future__ import annotations

import json
from typing import Any


class InvalidJsonError(Exception):
    """A text is not JSON, or not the kind of value that the caller reads; the argument says which."""


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
    return _object(_loads(text, object_pairs_hook=_distinct_keys, parse_constant=_refuse_constant))


def _loads(text: str | bytes, **options: Any) -> Any:
    try:
        return json.loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text, **options)
    except (ValueError, RecursionError) as failure:
        raise InvalidJsonError("not JSON") from failure


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
