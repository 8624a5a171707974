"""The live board of the Train page: what it needs to draw by itself, and what it may ask of the page.

The board follows the run by events (see ``gan_demo/live.py``). The script runs again only when the board says that the
page around it must change, or when its reader asks for something.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gan_demo import changes
from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.runs import RunDir
from gan_demo.ui import advice, films, live_data, session, train_class, widgets
from gan_demo.ui.actions import State

_BOARD = widgets.component(
    "live_board", "film/film.css", "curves/uplot.css", "curves/curves.css", "live_board.css", "class.css"
)
_PLAIN = (
    "more", "progress", "preparing", "reconnecting", "gone", "pace", "was", "evaluation", "change", "forked", "fork",
    "fork_note", "parent",
)  # fmt: skip
POINTS_WIDTH, IMAGES_WIDTH = 480, 760  # pixels of the film at most


def board(run: RunDir, now: State, mine: bool, asked: Callable[[str, Any], None]) -> None:
    """Draw it. ``asked(name, value)`` is called, before the page is drawn again, with what the board wants of it.

    ("status", …): the run's has changed; ("remedy", key of a finding); ("fork", step);
    ("vote", {"vote": id, "index": answer}), to be applied, see ``train_class.decided``.
    """
    key = f"board-{run.id}"

    def heard(name: str) -> Callable[[], None]:
        return lambda: asked(name, getattr(session.get(key), name, None))

    _BOARD(
        key=key, data=_data(run, now, mine), on_status_change=heard("status"), on_remedy_change=heard("remedy"),
        on_fork_change=heard("fork"), on_vote_change=heard("vote"),
    )  # fmt: skip


def _data(run: RunDir, now: State, mine: bool) -> dict[str, Any]:
    is_points = run.config.model.arch == "points"
    labels = run.config.model.labels
    classes = labels[0].values if len(labels) == 1 else ()
    specs = live_data.panel_specs(is_points, classes)
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
        "film": films.data(run, most=POINTS_WIDTH if is_points else IMAGES_WIDTH),
        "curves": live_data.texts(),
        "findings": advice.texts(),
        "texts": _texts(),
        "classroom": train_class.board_data(run),
        "language": session.language(),
    }


def _texts() -> dict[str, Any]:
    return {
        **{name: t(f"live.{name}") for name in _PLAIN},
        **{name: t(f"time.{name}") for name in ("seconds", "minutes", "hours")},
        "loading": {what: t(f"loading.{what}") for what in ("download", "prepare", "read")},
        "changed": {name: text.named("setting", name) for name in changes.FORKED},
    }
