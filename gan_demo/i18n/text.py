"""The sentences of the interface by key, in the current language: ``t(key)``.

Each language has a folder with one JSON file per page or package (``en/train.json``, ``zh/train.json``). Errors of the
core come as English sentences; ``zh/errors.json`` translates them, the English sentence being the key.

The current language is that of the innermost ``use_language`` block, else the language provider's, else English.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TypeVar

from gan_demo.errors import Details, GanDemoError, joined, trimmed

T = TypeVar("T")
LANGUAGES = {"en": "English", "zh": "中文"}
DEFAULT_LANGUAGE = "en"
FOLDER = Path(__file__).parent
_FIELDS_OF_NAMES = ("file", "hub", "path", "start")  # whose values say what they are
_CLAUSES = ("this ", "own ", "there ", "data, ")  # that an error's problem begins with where it has its own subject
_NAMED_FIELDS = ("loss", "optimizer", "schedule", "arch", "data")  # whose values have names
ERRORS = "errors.json"  # translated errors of the core, apart from the sentences that have a key

_chosen: ContextVar[str | None] = ContextVar("language chosen by use_language", default=None)
_provider: Callable[[], str] | None = None


# ---- which language


def set_language_provider(provider: Callable[[], str]) -> None:
    """Set the function that returns the language wherever no ``use_language`` block does.

    The UI registers the session's language once. It is a function and not a value that each script run sets, because
    Streamlit runs callbacks and fragments without the body of the main script, each session in threads of its own.
    """
    global _provider
    _provider = provider


def language() -> str:
    """Return the current language, a key of LANGUAGES."""
    return _chosen.get() or (_provider() if _provider is not None else DEFAULT_LANGUAGE)


@contextmanager
def use_language(chosen: str) -> Iterator[None]:
    """Use this language within the block, in this thread (or asyncio task) only."""
    token = _chosen.set(chosen)
    try:
        yield
    finally:
        _chosen.reset(token)


def in_current_language(make: Callable[[], T]) -> Callable[[], T]:
    """Return ``make`` bound to the current language, to be called later by a thread that belongs to no session.

    Streamlit calls the function behind a download button in such a thread.
    """
    chosen = language()

    def bound() -> T:
        with use_language(chosen):
            return make()

    return bound


# ---- the sentences


@cache
def table(language: str) -> dict[str, str]:
    """Return all sentences of a language by key, sorted by key."""
    sentences: dict[str, str] = {}
    for file in (FOLDER / language).glob("*.json"):
        if file.name != ERRORS:
            sentences |= json.loads(file.read_text("utf-8"))
    return dict(sorted(sentences.items()))


@cache
def _error_translations(language: str) -> dict[str, str]:
    """Return the core's sentences in a language by the English sentence; empty for English."""
    file = FOLDER / language / ERRORS
    translations: dict[str, str] = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return translations


def t(key: str, **values: object) -> str:
    """Return the sentence of ``key`` with its ``{placeholders}`` filled. Raises KeyError for an unknown key."""
    text = table(language())[key]
    return text.format(**values) if values else text


def has(key: str) -> bool:
    """Return whether a sentence has this key; for keys built from data, such as a class or a preset."""
    return key in table(DEFAULT_LANGUAGE)


def keys(prefix: str) -> list[str]:
    """Return all keys that begin with ``prefix``, sorted."""
    return [key for key in table(DEFAULT_LANGUAGE) if key.startswith(prefix)]


def named(prefix: str, name: str) -> str:
    """Return the sentence of ``prefix.name``, or the name itself if there is none, as for names that people chose."""
    return t(f"{prefix}.{name}") if has(f"{prefix}.{name}") else name


def sentence(english: str) -> str:
    """Translate a sentence of the core; one without a translation stays English."""
    return _error_translations(language()).get(english, english)


def _value(field: str, value: str) -> str:
    """Return an error's value as people read it; an error of a saved run has it as text."""
    if value in ("True", "False"):
        return t("value.on") if value == "True" else t("value.off")
    return named(field, value) if field in _NAMED_FIELDS else value


def error_message(error: GanDemoError) -> tuple[str, str]:
    """Translate an error: (problem, remedy). The problem names the setting and its value; the remedy may be "".

    The core's problems are predicates ("is empty"), so the setting and its value are their subject.
    """
    details = Details(error.details)
    if "why" in details:
        details["why"] = sentence(str(details["why"]))
    problem = sentence(error.problem).format_map(details)
    remedy = sentence(error.remedy).format_map(details)
    subject = named("setting", error.field)
    value = _value(error.field, str(error.value))
    shown = f"{value[:79]}…" if len(value) > 80 else value
    is_name = bool(shown) and error.field in _FIELDS_OF_NAMES
    head = shown if is_name else t("error.subject_value", subject=subject, value=shown) if shown else subject
    kind = "clause" if error.problem.startswith(_CLAUSES) else "of_name" if is_name else "sentence"
    return t(f"error.{kind}", head=head, problem=trimmed(problem)), joined(remedy, stop=t("error.stop"))
