"""The live board of the Train page: what it needs to draw by itself, and what it may ask of the page.

The board follows the run by events (see ``gan_demo/live.py``). The script runs again only when the board says that the
page around it must change, or when its reader asks for something.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gan_demo.boards.live_board import data
from gan_demo.runs.run_dir import RunDir
from gan_demo.service.run_state import State
from gan_demo.ui import session, widgets
from gan_demo.ui.train_page import classroom

_BOARD = widgets.component(
    "live_board", "film/film.css", "curves/uplot.css", "curves/curves.css", "live_board.css", "class.css"
)


def board(run: RunDir, now: State, asked: Callable[[str, Any], None]) -> None:
    """Draw it. ``asked(name, value)`` is called, before the page is drawn again, with what the board wants of it.

    ("status", …): the run's has changed; ("remedy", key of a finding); ("fork", step);
    ("vote", {"vote": id, "index": answer}), to be applied, see ``train_class.decided``.
    """
    key = f"board-{run.id}"

    def heard(name: str) -> Callable[[], None]:
        return lambda: asked(name, getattr(session.get(key), name, None))

    _BOARD(
        key=key,
        data=data(run, now, session.owner(), classroom.reachable(classroom.app_address())[0]),
        on_status_change=heard("status"),
        on_remedy_change=heard("remedy"),
        on_fork_change=heard("fork"),
        on_vote_change=heard("vote"),
    )
