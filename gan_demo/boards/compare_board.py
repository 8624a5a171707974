"""Data of the compare board component: runs beside each other, and one chart per metric."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gan_demo.boards import curves, titles
from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir

# One for each run, as many as there are colours that everyone can tell apart. D is the discriminator, G the generator.
LETTERS = "ABCEFH"
AXES = ("step", "seconds", "images")  # columns that can lie along the x axis
_SHARE = (0.0, 1.0)
_PLAIN = {"log": False, "range": None, "whole": False, "from_zero": False}
METRICS: dict[str, dict[str, Any]] = {
    "fcd": {"log": True},
    "modes": {"whole": True, "from_zero": True},
    "d_fake": {"range": _SHARE},
    "g_loss": {},
    "d_loss": {},
    "d_real": {"range": _SHARE},
    "precision": {"range": _SHARE},
    "recall": {"range": _SHARE},
    "diversity": {},
    "novelty": {},
    "high_quality": {"range": _SHARE},
    "g_grad": {"log": True},
    "d_grad": {"log": True},
    "images_per_second": {"from_zero": True},
}
DEFAULT_METRICS = ("fcd", "modes", "d_fake", "g_loss", "d_loss")
_SENTENCES = ("scrub", "play", "pause", "alt", "gone", "waiting")


def data(runs: Sequence[RunDir], axis: str, metrics: Sequence[str]) -> dict[str, Any]:
    """Return ``CompareData`` of compare_board/types.d.ts: at most len(LETTERS) runs, with charts of these METRICS."""
    return {
        "runs": [_run_data(run, index) for index, run in enumerate(runs)],
        "metrics": [_metric_data(name) for name in metrics],
        "axis": axis,
        "across": 2,  # charts in a row
        "texts": _texts(),
        "curves": curves.texts(),
        "language": text.language(),
    }


def _texts() -> dict[str, Any]:
    return {
        **{name: t(f"compare.{name}") for name in _SENTENCES},
        **{name: t(f"compare.at.{name}") for name in ("step", "images")},
        "duration": titles.duration_words(),
    }


def _run_data(run: RunDir, index: int) -> dict[str, Any]:
    return {
        "id": run.id,
        "letter": LETTERS[index],
        "color": index,
        "name": titles.dated_title(run),
        "pixelated": run.config.model.arch != "points",
        "link": f"train?run={run.id}",
    }


def _metric_data(name: str) -> dict[str, Any]:
    note = t(f"metric.{name}.note") if text.has(f"metric.{name}.note") else ""
    return {"column": name, "title": t(f"metric.{name}"), "note": note, **_PLAIN, **METRICS[name]}
