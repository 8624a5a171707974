"""A board of small pictures to click, drawn sharp in the browser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from gan_demo import images
from gan_demo.images import Picture
from gan_demo.ui import session

HERE = Path(__file__).parent / "components/pick_board"
_BOARD = st.components.v2.component(
    "gan_demo_pick_board", css=(HERE / "pick_board.css").read_text(), js=(HERE / "pick_board.js").read_text()
)


def pick_board(
    key: str,
    pictures: Picture,
    columns: int,
    *,
    label: str,
    names: Sequence[str],
    on_pick: Callable[[int], None],
    selected: int = -1,
    marks: Sequence[str] = (),
) -> None:
    """Pictures uint8 (N, H, W, C), row by row; ``on_pick`` gets the index of the one that was clicked.

    ``names`` are what screen readers say and the mouse shows, ``marks`` short texts on the pictures.
    """
    count, height, width, _ = pictures.shape
    data = {
        "sheet": images.data_url(images.grid(pictures, columns, gap=0)),
        "count": count,
        "columns": columns,
        "width": width,
        "height": height,
        "label": label,
        "names": list(names),
        "marks": list(marks) or [""] * count,
        "selected": selected,
    }

    def picked() -> None:
        index = getattr(session.get(key), "picked", None)
        if isinstance(index, int) and 0 <= index < count:
            on_pick(index)

    _BOARD(key=key, data=data, on_picked_change=picked)
