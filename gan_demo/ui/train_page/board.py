"""The live board of the Train page: the data it is given, and the events that it sends back to the page.

The board follows the run by server-sent events (gan_demo/server/live_channel.py). The page's script runs again only
when the board reports that the page around it must change, or when the viewer presses one of its buttons.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gan_demo.boards.live_board import data
from gan_demo.runs.run_dir import RunDir
from gan_demo.service.run_state import RunState
from gan_demo.ui import classroom, session, widgets

_BOARD = widgets.component(
    "live_board/live_board",
    (
        "shared/range.css",
        "film/film.css",
        "vendor/uplot/uplot.css",
        "curves/curves.css",
        "live_board/live_board.css",
        "shared/presenter.css",
        "classroom/class_strip.css",
    ),
)
EVENTS = ("status", "remedy", "fork", "vote", "control")


def show(run: RunDir, state: RunState, on_event: Callable[[str, Any], None]) -> None:
    """Draw the board. ``on_event(event, value)`` is called before the page is drawn again.

    Events and their values: "status", the run's new status; "remedy", the key of a finding; "fork", a step; "vote",
    {"vote": id, "index": answer}, the answer of a closed vote to apply; "control", "pause" or "resume".
    """
    key = f"board-{run.id}"
    session.put("class-strip", "board")

    def callback(event: str) -> Callable[[], None]:
        return lambda: on_event(event, getattr(session.get(key), event, None))

    _BOARD(
        key=key,
        data=data(run, state, classroom.visit(), session.linked_step()),
        **{f"on_{event}_change": callback(event) for event in EVENTS},
    )
