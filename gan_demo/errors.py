"""Errors that tell a person what is wrong and what to do.

    GanDemoError
    ├── ConfigError   a setting is out of range, unknown, or does not fit another
    ├── DataError     a data set, an image or a weights file cannot be used
    ├── RunError      a run folder is missing, damaged or in use
    └── JobError      a job cannot be started or controlled

``problem`` and ``remedy`` are constant English sentences, perhaps with ``{name}`` placeholders, so that the interface
can look up their translation; what varies is in ``value`` and ``details``.
"""

from __future__ import annotations

import os

MOST_OF_A_VALUE = 120  # characters that an error shows of a value
MOST_OF_A_PATH = 1000  # whose end matters most
GET_AGAIN = "Copy or download the file again"  # the remedy for files that are cut short or damaged


class Details(dict[str, object]):
    """Values of an error's placeholders; "…" for those that are missing, as in a damaged run."""

    def __missing__(self, key: str) -> str:
        return "…"


def trimmed(sentence: str) -> str:
    """Return a sentence without its full stop: what it ends in may be empty, or bring a full stop along."""
    return sentence.rstrip(" .,;:。，；：")


def joined(*sentences: str, stop: str = ".") -> str:
    """Return sentences one after another, each with one end, without those that are empty."""
    parts = [part for sentence in sentences if (part := trimmed(sentence))]
    return " ".join(part if part.endswith(("?", "!", "？", "！")) else f"{part}{stop}" for part in parts)


class GanDemoError(Exception):
    """An error that names the field, its value, what is wrong and the remedy."""

    def __init__(self, field: str, value: object, problem: str, remedy: str = "", **details: object) -> None:
        self.field = field
        self.value = value
        self.problem = problem
        self.remedy = remedy
        self.details = details
        super().__init__(field, value, problem, remedy)

    def __str__(self) -> str:
        return self.message()

    def message(self, problem: str | None = None, remedy: str | None = None) -> str:
        """Format the error as ``field = value: problem. Remedy.``; the arguments replace the English sentences."""
        shown = str(self.value)
        if not shown.isprintable():  # a file's name may hold anything, and an error is one line
            shown = shown.encode("unicode_escape").decode()
        most = MOST_OF_A_PATH if os.sep in shown else MOST_OF_A_VALUE
        if len(shown) > most:
            shown = shown[: most - 3] + "..."
        subject = f"{self.field} = {shown}" if shown else self.field
        details = Details(self.details)
        sentence = (self.problem if problem is None else problem).format_map(details)
        hint = (self.remedy if remedy is None else remedy).format_map(details)
        return joined(f"{subject}: {trimmed(sentence)}", hint)


class ConfigError(GanDemoError):
    """A setting is out of range, unknown, or does not fit another."""


class DataError(GanDemoError):
    """A data set, an image or a weights file cannot be used."""


class RunError(GanDemoError):
    """A run folder is missing, damaged or in use."""


class JobError(GanDemoError):
    """A job cannot be started or controlled."""
