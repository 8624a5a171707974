"""Data of the live board component, which draws a run by itself while it follows the run's events."""

from __future__ import annotations

from typing import Any

from gan_demo import own_points
from gan_demo.boards import classroom, curves, film, findings, setting_choices, titles
from gan_demo.boards.classroom import Visit
from gan_demo.i18n import setting_words, text
from gan_demo.i18n.text import t
from gan_demo.runs import ownership, setting_changes
from gan_demo.runs.run_dir import RunDir
from gan_demo.service.run_state import RunState

_SENTENCES = (
    "more",
    "progress",
    "preparing",
    "reconnecting",
    "gone",
    "pace",
    "pace_begin",
    "pace_unknown",
    "turns_one",
    "turns",
    "was",
    "was_begin",
    "evaluation",
    "change",
    "changes",
    "forked",
    "fork",
    "fork_note",
    "fork_newest",
    "fork_before",
    "fork_first",
    "go_to",
    "effect_both",
    "effect_d",
    "effect_g",
    "now",
    "parent",
    "on",
    "off",
)
POINTS_WIDTH, IMAGES_WIDTH = 480, 760  # largest width of the film, CSS pixels


def data(run: RunDir, state: RunState, visit: Visit, step: int | None = None) -> dict[str, Any]:
    """Return ``LiveBoardData`` of live_board/types.d.ts, for a visitor; ``step`` is the one to begin at."""
    is_owner = ownership.owns(run, visit.owner)
    is_points = run.config.model.arch == "points"
    labels = run.config.model.labels
    classes = labels[0].values if len(labels) == 1 else ()
    has_modes = is_points and run.config.data.name != own_points.NAME  # nobody knows the modes of own points
    specs = curves.panel_specs(has_modes, classes)
    snapshot = state.job.snapshot if state.job is not None else None
    return {
        "run": run.id,
        "step": step,
        "status": state.status.value,
        "position": snapshot.position if snapshot is not None else 0,  # in the queue
        "crowded": is_owner and snapshot is not None and snapshot.is_crowded,
        "fitted": bool(run.config.model.shape),  # sizes and labels are unknown until the data has been read
        "mine": is_owner,
        "mayFork": ownership.may_see_images(run, visit.owner),
        "panels": [spec for spec in specs if spec["group"] == "main"],
        "more": [spec for spec in specs if spec["group"] == "more"],
        "film": film.run_data(run, max_width=POINTS_WIDTH if is_points else IMAGES_WIDTH),
        "curves": curves.texts(),
        "findings": findings.texts(),
        "texts": _texts(),
        "classroom": classroom.data(visit, run),
        "language": text.language(),
    }


def _texts() -> dict[str, Any]:
    return {
        **{name: t(f"live.{name}") for name in _SENTENCES},
        **titles.duration_words(),
        "loading": {phase: t(f"loading.{phase}") for phase in ("download", "prepare", "read")},
        "and": t("setting.and"),
        "changed_to": t("setting.changed"),
        "off_at_zero": list(setting_words.OFF_AT_ZERO),
        "changed": {name: setting_words.short_name(name) for name in setting_changes.FORKED},
        "choices": {
            name: {value: setting_words.choice(name, value) for value in values}
            for name, values in setting_choices.NAMED_VALUES.items()
        },
    }
