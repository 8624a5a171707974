"""A run's curves as one web page that needs neither this app nor a network: for a homework or a talk."""

from __future__ import annotations

from typing import Any

from gan_demo.boards import curves, titles
from gan_demo.runs.run_dir import RunDir

HEIGHT = 320  # pixels a panel
COLOURS = ("#c2410c", "#1d6fa5", "#3f7d4e", "#8a5fa8", "#a67c00", "#5b6472")  # generator, discriminator, the others


def page(run: RunDir) -> bytes:
    """Self-contained HTML with every panel, to zoom and hover."""
    from plotly import graph_objects as go  # imported here: no page shall wait for it
    from plotly.subplots import make_subplots

    columns, points = run.metrics(), run.config.model.arch == "points"
    panels = curves.main_panels(columns, points) + curves.more_panels(columns, points, ())
    figure = make_subplots(rows=len(panels), cols=1, subplot_titles=[panel["title"] for panel in panels])
    for row, panel in enumerate(panels, start=1):
        for trace in _traces(panel, go):
            figure.add_trace(trace, row=row, col=1)
        if panel.get("log"):
            figure.update_yaxes(type="log", row=row, col=1)
    title = f"{titles.run_title(run)} · {run.id}"
    figure.update_layout(title=title, height=HEIGHT * len(panels), template="plotly_white")
    return str(figure.to_html(include_plotlyjs=True)).encode()


def _traces(panel: dict[str, Any], go: Any) -> list[Any]:
    if panel["kind"] == "bars":
        return [go.Bar(x=panel["names"], y=panel["values"], name=panel["title"], marker_color=COLOURS[0])]
    return [
        go.Scatter(
            x=panel["x"], y=one["values"], name=one["name"], line={"color": COLOURS[one["color"] % len(COLOURS)]}
        )
        for one in panel["series"]
    ]
