"""What ``diagnosis`` finds, in words: a title, a sentence that names the evidence, and the label of the way out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gan_demo.analysis.findings import Finding
from gan_demo.i18n import text
from gan_demo.i18n.text import t


def texts() -> dict[str, dict[str, str]]:
    """The words of every finding in the session's language, by its key.

    Each has ``title``, ``text``, perhaps ``remedy``, and a better sentence than ``text`` under some kinds of evidence.
    """
    found: dict[str, dict[str, str]] = {}
    for key in text.keys("finding."):
        _, name, part = key.split(".")
        found.setdefault(name, {})[part] = t(key)
    return found


def said(finding: Finding | Mapping[str, Any]) -> dict[str, str]:
    """``title``, ``text``, and ``remedy``: the label of a button that applies it, "" where there is nothing to apply.

    Takes a finding or its ``as_dict``.
    """
    one = finding.as_dict() if isinstance(finding, Finding) else finding
    words = texts()[one["key"]]
    numbers = {name: _told(value) for name, value in one["numbers"].items()}
    return {
        "title": words["title"],
        "text": words.get(one["evidence"], words["text"]).format(**numbers),
        "remedy": words.get("remedy", "") if one["remedy"] else "",
    }


def _told(value: float) -> str:
    """1,234; 99; 0.00012."""
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2g}"
