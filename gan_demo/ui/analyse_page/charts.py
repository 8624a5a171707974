"""A Plotly chart on the page: in the theme's colours, with how to read it, and as PNG, HTML and CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import streamlit as st

from gan_demo.boards.analyse import chart
from gan_demo.boards.analyse.chart import Figure, Palette
from gan_demo.export import analysis_files
from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.ui import session, widgets

Drawing = Callable[[Palette], Figure]
Points = list[dict[str, Any]]  # selected points of a chart, as Streamlit describes them
_MODES: Sequence[Literal["points", "box", "lasso"]] = ("points", "box", "lasso")
_BUTTONS = {  # plotly.js's words for its buttons, and ours
    "Download plot as a PNG": "png",
    "Box Select": "box",
    "Lasso Select": "lasso",
    "Zoom": "zoom",
    "Pan": "pan",
    "Zoom in": "zoom_in",
    "Zoom out": "zoom_out",
    "Autoscale": "autoscale",
    "Reset axes": "reset",
    "Double-click on legend to isolate one trace": "legend",
}


def note(sentence: str) -> None:
    """Draw how to read a chart."""
    st.markdown(sentence)


def show(
    drawing: Drawing,
    key: str,
    title: str,
    file: str,
    *,
    selects: bool = False,
    on_select: Callable[[Points], None] | None = None,
) -> Points:
    """Draw a chart; return the selected points, of a chart that ``selects``. ``file`` is the name of its PNG file.

    ``on_select`` is called with the points before the page is drawn again.
    """
    from plotly import graph_objects as go  # imported late, because plotly loads slowly

    figure, config = go.Figure(drawing(chart.PAGE)), _config(file)
    if on_select is not None:
        st.plotly_chart(
            figure,
            key=key,
            config=config,
            alt=title,
            on_select=lambda: on_select(list(session.get(key).selection.points)),
            selection_mode=_MODES,
        )
        return []
    if not selects:
        st.plotly_chart(figure, key=key, config=config, alt=title)
        return []
    state = st.plotly_chart(figure, key=key, config=config, alt=title, on_select="rerun", selection_mode=_MODES)
    points: Points = list(state.selection.points)
    return points


def _config(file: str) -> dict[str, Any]:
    """Return Plotly's configuration: its buttons always on show, for phones, and in the session's language."""
    words = {english: t(f"analyse.button.{name}") for english, name in _BUTTONS.items()}
    language = text.language()
    return {
        "displaylogo": False,
        "displayModeBar": True,
        "modeBarButtonsToRemove": ["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "autoScale2d"],
        "toImageButtonOptions": {"filename": file, "scale": 2},
        "locale": language,
        "locales": {language: {"dictionary": words, "format": {}}},
    }


def downloads(
    file: str, title: str, notes: Sequence[str], drawings: Sequence[Drawing], table: Callable[[], list[list[Any]]]
) -> None:
    """Draw the buttons that save charts as one web page, and their numbers as CSV; the PNG is each chart's own."""
    with st.container(horizontal=True, key=f"analyse-files-{file}"):
        widgets.download(
            t("analyse.html"),
            text.in_current_language(
                lambda: analysis_files.page([drawing(chart.FILE) for drawing in drawings], title, notes)
            ),
            f"{file}.html",
            "text/html",
            icon=":material/monitoring:",
            key=f"{file}-html",
            help=t("analyse.html.help"),
        )
        widgets.download(
            t("analyse.csv"),
            text.in_current_language(lambda: analysis_files.table(table())),
            f"{file}.csv",
            "text/csv",
            icon=":material/table:",
            key=f"{file}-csv",
            help=t("analyse.csv.help"),
        )
