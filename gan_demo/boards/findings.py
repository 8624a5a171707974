"""Findings of the diagnosis in words: a title, a sentence with the evidence, and the label of the remedy's button."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gan_demo.analysis.findings import Finding
from gan_demo.i18n import text
from gan_demo.i18n.text import t


def texts() -> dict[str, dict[str, str]]:
    """Return the sentences of every finding in the current language, by the finding's key.

    Each has ``title``, ``text``, perhaps ``remedy``, and sentences for kinds of evidence that replace ``text``.
    """
    sentences: dict[str, dict[str, str]] = {}
    for key in text.keys("finding."):
        _, name, part = key.split(".")
        sentences.setdefault(name, {})[part] = t(key)
    return sentences


def in_words(finding: Finding | Mapping[str, Any]) -> dict[str, str]:
    """Return ``title``, ``text`` and ``remedy`` (the label of its button; "" without a remedy).

    Takes a finding or its ``as_dict``.
    """
    facts = finding.as_dict() if isinstance(finding, Finding) else finding
    sentences = texts()[facts["key"]]
    numbers = {name: _number_text(value) for name, value in facts["numbers"].items()}
    return {
        "title": sentences["title"],
        "text": sentences.get(facts["evidence"], sentences["text"]).format(**numbers),
        "remedy": sentences.get("remedy", "") if facts["remedy"] else "",
    }


def _number_text(value: float) -> str:
    """Write a number with at most two digits after the leading one: 1,234; 99; 0.00012."""
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2g}"
