"""Data of the diagnostics component: what the server knows, and the component's sentences."""

from __future__ import annotations

from typing import Any

from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import diagnostics

_SENTENCES = ("copy", "copied", "not_copied", "label")


def data(run: RunDir | None) -> dict[str, Any]:
    """Return what diagnostics.mjs describes; the browser adds what it knows of itself."""
    return {"report": diagnostics.report(run), "texts": {name: t(f"diagnostics.{name}") for name in _SENTENCES}}
