"""A run's curves as one web page that needs neither this app nor a network, for homework or a talk."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from gan_demo.boards import curves, titles
from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir

PANEL_HEIGHT = 320  # pixels
LIST_STYLE = "font: 14px sans-serif; margin: 24px 80px 0"
CURVE_COLOURS = ("#c2410c", "#1d6fa5", "#3f7d4e", "#8a5fa8", "#a67c00", "#5b6472")  # generator, discriminator, others


def page(run: RunDir) -> bytes:
    """Return self-contained HTML with every panel of the run; plotly's charts zoom, and show values on hover."""
    from plotly import graph_objects as go  # imported late, because plotly loads slowly
    from plotly.subplots import make_subplots

    columns, is_points = run.metrics(), run.config.model.arch == "points"
    panels = curves.main_panels(columns, is_points) + curves.more_panels(columns, is_points, ())
    figure = make_subplots(rows=len(panels), cols=1, subplot_titles=[panel["title"] for panel in panels])
    for row, panel in enumerate(panels, start=1):
        for trace in _traces(panel, go):
            figure.add_trace(trace, row=row, col=1)
        if panel.get("log"):
            figure.update_yaxes(type="log", row=row, col=1)
    marks = curves.setting_marks(run)
    _draw_marks(figure, panels, marks)
    title = escape(f"{titles.run_title(run)} · {run.id}")  # plotly takes tags in it
    figure.update_layout(title=title, height=PANEL_HEIGHT * len(panels), template="plotly_white")
    page = str(figure.to_html(include_plotlyjs=True))
    return page.replace("<body>", f"<body>{_list_of_changes(marks)}", 1).encode()


def _draw_marks(figure: Any, panels: Sequence[dict[str, Any]], marks: Sequence[dict[str, Any]]) -> None:
    """Draw a line with its number at each mark, in every panel along the steps."""
    for row, panel in enumerate(panels, start=1):
        for mark in marks if panel["kind"] == "lines" and panel["x"] else ():
            text = str(mark["number"])
            figure.add_vline(mark["step"], line={"dash": "dot", "width": 1}, annotation_text=text, row=row, col=1)


def _list_of_changes(marks: Sequence[dict[str, Any]]) -> str:
    """Return the changes that the charts mark as HTML, "" without any."""
    if not marks:
        return ""
    steps = [t("film.step", step=f"{mark['step']:,}") for mark in marks]
    items = "".join(f"<li>{step}: {escape(mark['text'])}</li>" for step, mark in zip(steps, marks, strict=True))
    return f'<section style="{LIST_STYLE}"><h2>{t("live.changes")}</h2><ol>{items}</ol></section>'


def _traces(panel: dict[str, Any], go: Any) -> list[Any]:
    """Return plotly's traces of a panel; ``go`` is plotly.graph_objects."""
    if panel["kind"] == "bars":
        return [go.Bar(x=panel["names"], y=panel["values"], name=panel["title"], marker_color=CURVE_COLOURS[0])]
    colours = [CURVE_COLOURS[series["color"] % len(CURVE_COLOURS)] for series in panel["series"]]
    return [
        go.Scatter(x=panel["x"], y=series["values"], name=series["name"], line={"color": colour})
        for series, colour in zip(panel["series"], colours, strict=True)
    ]
