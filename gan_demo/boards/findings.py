"""Sentences about the findings of the diagnosis, which the live board fills with a finding's numbers."""

from __future__ import annotations

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
