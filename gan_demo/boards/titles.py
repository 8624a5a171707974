"""Titles of runs, times and durations as people read them."""

from __future__ import annotations

from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir


def plain(sentence: str) -> str:
    """Return text with every Markdown sign escaped, for values that come from outside."""
    for sign in "\\`*_[]<>$#:|":
        sentence = sentence.replace(sign, f"\\{sign}")
    return sentence


def duration(seconds: float) -> str:
    """Return a duration in seconds, in minutes and seconds, or in hours and minutes, whichever suits its length."""
    if seconds < 60:
        return t("time.seconds", n=max(0, round(seconds)))
    if seconds < 3600:
        return t("time.minutes", m=int(seconds // 60), s=int(seconds % 60))
    return t("time.hours", h=int(seconds // 3600), m=int(seconds % 3600 // 60))


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


def creation_time(run: RunDir) -> str:
    """Return when a run was created, UTC: "11-28 22:30"."""
    return run.info.created[5:16].replace("T", " ")


def run_title(run: RunDir) -> str:
    """Return the title of a run: its preset or data set in the current language; a fork adds the step it began at."""
    name, step = run.info.name, run.info.forked_at
    title = text.named("preset", name) if text.has(f"preset.{name}") else text.named("data", name)
    return title if step is None else t("run.forked", name=title, step=f"{step:,}")


def dated_title(run: RunDir) -> str:
    """Return the name of a shipped model, and of any other run its title and when it was created."""
    if any(run.id == shipped.id for shipped in library.pretrained()):
        return text.named("shipped", run.id)
    return f"{run_title(run)} · {creation_time(run)}"
