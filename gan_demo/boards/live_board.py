"""Data of the live board component: what it needs to draw a run by itself while it follows the run's events."""

from __future__ import annotations

from typing import Any

from gan_demo.boards import classroom, film, findings, panels
from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.runs import ownership, setting_changes
from gan_demo.runs.run_dir import RunDir
from gan_demo.service.run_state import State

_PLAIN = (
    "more", "progress", "preparing", "reconnecting", "gone", "pace", "was", "evaluation", "change", "forked", "fork",
    "fork_note", "parent",
)  # fmt: skip
POINTS_WIDTH, IMAGES_WIDTH = 480, 760  # pixels of the film at most


def data(run: RunDir, now: State, owner: str, app_address: str) -> dict[str, Any]:
    """Return what ``live_board.mjs`` describes, for the browser with the token ``owner``.

    ``app_address`` is where other devices reach the app, with a slash at its end.
    """
    mine = ownership.owns(run, owner)
    is_points = run.config.model.arch == "points"
    labels = run.config.model.labels
    classes = labels[0].values if len(labels) == 1 else ()
    specs = panels.panel_specs(is_points, classes)
    snapshot = now.job.snapshot if now.job is not None else None
    return {
        "run": run.id,
        "status": now.status.value,
        "position": snapshot.position if snapshot is not None else 0,
        "fitted": bool(run.config.model.shape),  # until the data is seen, nobody knows its sizes and labels
        "mine": mine,
        "mayFork": mine or not run.config.data.path,  # uploaded images are their owner's
        "panels": [one for one in specs if one["group"] == "main"],
        "more": [one for one in specs if one["group"] == "more"],
        "film": film.data(run, most=POINTS_WIDTH if is_points else IMAGES_WIDTH),
        "curves": panels.texts(),
        "findings": findings.texts(),
        "texts": _texts(),
        "classroom": classroom.data(run, owner, app_address),
        "language": text.language(),
    }


def _texts() -> dict[str, Any]:
    return {
        **{name: t(f"live.{name}") for name in _PLAIN},
        **{name: t(f"time.{name}") for name in ("seconds", "minutes", "hours")},
        "loading": {what: t(f"loading.{what}") for what in ("download", "prepare", "read")},
        "changed": {name: text.named("setting", name) for name in setting_changes.FORKED},
    }
