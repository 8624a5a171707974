"""Findings about a run, and the one-click remedy for one."""

from __future__ import annotations

from typing import Any

from gan_demo.analysis import diagnosis
from gan_demo.analysis.findings import Finding
from gan_demo.config import RunConfig
from gan_demo.errors import RunError
from gan_demo.i18n import setting_words, text
from gan_demo.runs import setting_changes
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import run_actions


def findings(run: RunDir) -> list[Finding]:
    """Return the findings of the diagnosis for the run's current metrics."""
    info = run.info
    return diagnosis.findings(run.metrics(), run.config, info.error.field if info.error else "")


def described(finding: Finding, config: RunConfig) -> dict[str, Any]:
    """Return the finding in JSON types; ``changes`` says what its remedy changes, by language."""
    was = setting_changes.comparable(config)
    changes: dict[str, str] = {}
    for language in text.LANGUAGES if finding.remedy else ():
        with text.use_language(language):
            changes[language] = setting_words.changes(was, finding.remedy)
    return finding.as_dict() | {"changes": changes}


def apply(run: RunDir, key: str, owner: str) -> str:
    """Apply the remedy of the finding ``key`` and return the new run's id.

    The new run is a fork from the last state before the evidence begins; without one, or if the remedy changes networks
    or data, a run from scratch. The owner's running training is stopped. Raises GanDemoError.
    """
    finding = next((finding for finding in findings(run) if finding.key == key and finding.remedy), None)
    if finding is None:
        raise RunError("finding", key, "no longer applies", "See what the board says now")
    return run_actions.apply_settings(run, finding.remedy, owner, before=min(finding.step, finding.begin))
