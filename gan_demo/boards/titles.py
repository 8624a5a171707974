"""Names, durations and sentences as people see them."""

from __future__ import annotations

from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir


def plain(sentence: str) -> str:
    """Values come from outside: none of them becomes Markdown."""
    for sign in "\\`*_[]<>$#:|":
        sentence = sentence.replace(sign, f"\\{sign}")
    return sentence


def duration(seconds: float) -> str:
    """Rounded to what one would say: seconds, minutes or hours."""
    if seconds < 60:
        return t("time.seconds", n=max(0, round(seconds)))
    if seconds < 3600:
        return t("time.minutes", m=int(seconds // 60), s=int(seconds % 60))
    return t("time.hours", h=int(seconds // 3600), m=int(seconds % 3600 // 60))


def run_title(run: RunDir, name: str) -> str:
    """A run's name as people see it: presets and data sets have names in both languages, a fork says where it began."""
    title = text.named("preset", name) if text.has(f"preset.{name}") else text.named("data", name)
    at = run.info.forked_at
    return title if at is None else t("run.forked", name=title, step=f"{at:,}")
