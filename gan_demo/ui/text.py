"""Every sentence a person reads, in the session's language: ``t(key)`` from en.json and zh.json.

Errors of the core come as English sentences; zh.json translates them under "errors", the English being the key.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from gan_demo.errors import GanDemoError
from gan_demo.ui import session

HERE = Path(__file__).parent
_other: ContextVar[str | None] = ContextVar("another language than the session's", default=None)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within the block ``t`` and its like speak that language, with or without a session."""
    before = _other.set(language)
    try:
        yield
    finally:
        _other.reset(before)


def _language() -> str:
    return _other.get() or session.language()


@cache
def table(language: str) -> dict[str, Any]:
    """All texts of a language by key; "errors" is a table of its own."""
    texts: dict[str, Any] = json.loads((HERE / f"{language}.json").read_text("utf-8"))
    return texts


def t(key: str, **values: object) -> str:
    """The text of ``key``, its ``{places}`` filled. An unknown key is a mistake of ours and raises KeyError."""
    text: str = table(_language())[key]
    return text.format(**values) if values else text


def has(key: str) -> bool:
    """Is there such a text? For names that come from data, such as a class or a preset."""
    return key in table("en")


def keys(prefix: str) -> list[str]:
    """All keys that begin so."""
    return [key for key in table("en") if key.startswith(prefix)]


def named(prefix: str, name: str) -> str:
    """The text of ``prefix.name``, or the name itself where there is none, as with names that people gave."""
    return t(f"{prefix}.{name}") if has(f"{prefix}.{name}") else name


def sentence(english: str) -> str:
    """A sentence of the core in the session's language."""
    if _language() == "en":
        return english
    translated: str = table(_language())["errors"].get(english, english)
    return translated


class _Places(dict[str, object]):
    """Details of an error that was read back from a run, where not all are kept."""

    def __missing__(self, key: str) -> str:
        return "…"


def said(error: GanDemoError) -> tuple[str, str]:
    """(what is wrong, what to do), translated; the first names the setting and its value."""
    details = _Places(error.details)
    if "why" in details:
        details["why"] = sentence(str(details["why"]))
    problem = sentence(error.problem).format_map(details)
    remedy = sentence(error.remedy).format_map(details)
    subject = named("setting", error.field)
    value = str(error.value)
    shown = f"{value[:79]}…" if len(value) > 80 else value
    head = t("error.subject_value", subject=subject, value=shown) if shown else subject
    return t(
        "error.sentence", head=head, problem=problem
    ), f"{remedy.rstrip('. 。')}{t('error.stop')}" if remedy else ""
