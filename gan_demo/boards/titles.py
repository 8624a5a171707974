"""Titles of runs, times and durations as people read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

from gan_demo.i18n import setting_words, text
from gan_demo.i18n.text import t
from gan_demo.runs import library
from gan_demo.runs.parts import about
from gan_demo.runs.run_dir import RunDir

CHANGES_IN_A_TITLE = 2  # at most; a run's page says all
DURATIONS = ("seconds", "minutes", "hours", "whole_minutes", "whole_hours")  # keys of their templates
_time_zone: Callable[[], tzinfo | None] | None = None


def plain(sentence: str) -> str:
    """Return text with every Markdown sign escaped, for values that come from outside."""
    for sign in "\\`*_[]<>$#:|":
        sentence = sentence.replace(sign, f"\\{sign}")
    return sentence


def duration(seconds: float) -> str:
    """Return a duration in seconds, in minutes and seconds, or in hours and minutes, whichever suits its length."""
    minutes, seconds = divmod(max(0, round(seconds)), 60)
    hours, minutes_left = divmod(minutes, 60)
    if hours:
        return t("time.hours", h=hours, m=minutes_left) if minutes_left else t("time.whole_hours", n=hours)
    if minutes:
        return t("time.minutes", m=minutes, s=seconds) if seconds else t("time.whole_minutes", n=minutes)
    return t("time.seconds", n=seconds)


def duration_words() -> dict[str, str]:
    """Return the templates of durations for ``duration`` in shared/format.mjs."""
    return {name: t(f"time.{name}") for name in DURATIONS}


def rough_duration(seconds: float) -> str:
    """Return an estimated duration with no more digits than an estimate has: 40 s, 7 min, 1 h 20 min."""
    if seconds < 50:
        return t("time.seconds", n=max(1, round(seconds) if seconds < 10 else 5 * round(seconds / 5)))
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return t("time.whole_minutes", n=minutes)
    if minutes < 600:
        minutes = 10 * round(minutes / 10)
        return t("time.hours", h=minutes // 60, m=minutes % 60)
    return t("time.whole_hours", n=round(seconds / 3600))


def file_size(count: int) -> str:
    """Return a file's size in bytes as people read it: 12 KB, 1.3 MB, 240 MB."""
    if count < 10**6:
        return f"{max(1, round(count / 1000))} KB"
    return f"{count / 1e6:.1f} MB" if count < 10**7 else f"{count / 1e6:.0f} MB"


def set_time_zone_provider(provider: Callable[[], tzinfo | None]) -> None:
    """Set the function that returns the reader's time zone, or None for the machine's own.

    The UI registers the session's, as it does with its language.
    """
    global _time_zone
    _time_zone = provider


def creation_time(run: RunDir) -> str:
    """Return when a run was created, in the reader's time zone: "11-28 22:30"."""
    zone = _time_zone() if _time_zone is not None else None
    return datetime.fromisoformat(run.info.created).astimezone(zone).strftime("%m-%d %H:%M")


def run_title(run: RunDir) -> str:
    """Return the title of a run: its owner's name for it, or else its preset or data set in the current language.

    A fork adds the step it began at; a run that changes settings of another adds what it changes.
    """
    return about.read(run.path).title or given_title(run)


def heading(run: RunDir) -> str:
    """Return the title of a run on its own page, which says elsewhere what the run changes."""
    known = about.read(run.path)
    return known.title or _unchanged_title(run, known)


def given_title(run: RunDir) -> str:
    """Return the title that a run has without its owner's name for it."""
    known = about.read(run.path)
    title = _unchanged_title(run, known)
    if known.after:
        changes = setting_words.changes(known.before, known.after, CHANGES_IN_A_TITLE)
        title = t("run.changed", name=title, changes=changes)
    return title


def _unchanged_title(run: RunDir, known: about.About) -> str:
    name, step = run.info.name, run.info.forked_at
    is_data = bool(known.after) and name == run.config.data.name  # a preset's name would promise the preset's settings
    title = text.named("data", name) if is_data or not text.has(f"preset.{name}") else text.named("preset", name)
    if step is not None:
        title = t("run.forked", name=title, step=f"{step:,}")
    return title


def run_note(run: RunDir) -> str:
    """Return its owner's note on a run, or ""."""
    return about.read(run.path).note


def changes_of(run: RunDir) -> str:
    """Return in words all settings that a run changes of the run it began from, or ""."""
    known = about.read(run.path)
    return setting_words.changes(known.before, known.after)


def dated_title(run: RunDir) -> str:
    """Return the name of a shipped model, and of any other run its title and when it was created."""
    if any(run.id == shipped.id for shipped in library.pretrained()):
        return text.named("shipped", run.id)
    return f"{run_title(run)} · {creation_time(run)}"


def number(value: float) -> str:
    """Return a result as people read it: three digits, and no powers of ten for large ones."""
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
