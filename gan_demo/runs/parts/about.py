"""about.json of a run: the name and the note that its owner gave it, and the settings that it changes from another run.

It is apart from the manifest, which the training writes. A damaged file counts as none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gan_demo.config import setting_names
from gan_demo.support import bounded_json
from gan_demo.support.atomic_file import json_bytes, replace_file
from gan_demo.support.bounded_json import InvalidJsonError

FILE = "about.json"
MAX_TITLE, MAX_NOTE = 80, 1_000  # characters
MAX_BYTES = 16_384
_MAX_VALUE = 200  # characters of a changed setting's value


@dataclass(frozen=True)
class About:
    """What people see of a run beside its results; ``before`` and ``after`` are settings it changed of another run."""

    title: str = ""
    note: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


def read(folder: Path) -> About:
    """Return what is known about the run in ``folder``; of a damaged or missing file nothing."""
    try:
        with open(folder / FILE, "rb") as file:
            return parse(file.read(MAX_BYTES + 1))
    except OSError:
        return About()


def parse(data: bytes) -> About:
    """Return what the content of the file says, within the limits of each part; of damaged content nothing."""
    try:
        raw = bounded_json.parse_object(data) if len(data) <= MAX_BYTES else {}
    except InvalidJsonError:
        return About()
    before, after = _settings(raw.get("was")), _settings(raw.get("now"))
    return About(
        tidy(raw.get("title"), MAX_TITLE),
        tidy(raw.get("note"), MAX_NOTE, lines=True),
        {name: value for name, value in before.items() if name in after},
        after,
    )


def write(folder: Path, about: About) -> None:
    """Replace the file of the run in ``folder``."""
    content = {"title": about.title, "note": about.note, "was": about.before, "now": about.after}
    replace_file(folder / FILE, json_bytes(content))


def tidy(text: object, most: int, lines: bool = False) -> str:
    """Return a text without control characters, at most ``most`` long; ``lines`` keeps its line ends."""
    if not isinstance(text, str):
        return ""
    printable = "".join(sign if sign.isprintable() or (lines and sign == "\n") else " " for sign in text[: 2 * most])
    return printable.strip()[:most]


def _settings(raw: object) -> dict[str, Any]:
    """Return the settings of known names with plain values."""
    if not isinstance(raw, dict):
        return {}
    known = set(setting_names()) - {"path", "root", "points"}
    return {name: value for name, value in raw.items() if name in known and _is_plain(value)}


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= _MAX_VALUE
    return isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 2**63)
