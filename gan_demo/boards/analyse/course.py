"""Charts of a training's course: precision against recall, and the classes over time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from gan_demo.boards.analyse import chart
from gan_demo.boards.analyse.chart import Figure, Palette
from gan_demo.i18n.text import t


def quality(path: Mapping[str, Sequence[Any]], is_points: bool, colours: Palette) -> Figure:
    """Return the path of a training, a point for each evaluation: what it draws well against what it covers.

    A point's ``customdata`` is its step. ``path`` is that of ``evaluations.quality_path``.
    """
    kind = ".points" if is_points else ""
    steps = path["steps"]
    trace = {
        "type": "scatter",
        "mode": "lines+markers+text",
        "x": path["recall"],
        "y": path["precision"],
        "customdata": steps,
        "text": _labels(steps),
        "textposition": "top center",
        "hovertext": [_hover(path, k, is_points) for k in range(len(steps))],
        "hoverinfo": "text",
        "line": {"color": colours.categories[5], "width": 1},
        "marker": {
            "size": 10,
            "color": [math.log10(max(1, step)) for step in steps],
            "colorscale": chart.scale(colours.sequential),
            "line": {"color": colours.categories[0], "width": 1},
        },
        "textfont": {"color": colours.text},
        "cliponaxis": False,
        "showlegend": False,
    }
    share = {"range": [-0.04, 1.08], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]}
    return chart.figure(
        [trace],
        x=chart.axis(t(f"analyse.quality.x{kind}"), **share),
        y=chart.axis(t(f"analyse.quality.y{kind}"), **share),
        height=460,
    )


def _labels(steps: Sequence[int]) -> list[str]:
    """Return the step beside the first point, the last, and one in between by the logarithm; "" beside the others."""
    middle = math.sqrt(max(1, steps[0]) * steps[-1])
    nearest = min(range(len(steps)), key=lambda k: abs(math.log(max(1, steps[k]) / middle)))
    named = {0, nearest, len(steps) - 1}
    return [t("analyse.step", step=chart.step_name(step)) if k in named else "" for k, step in enumerate(steps)]


def _hover(path: Mapping[str, Sequence[Any]], k: int, is_points: bool) -> str:
    lines = [
        t("analyse.step", step=chart.step_name(path["steps"][k])),
        t(f"analyse.quality.precision{'.points' if is_points else ''}", value=f"{path['precision'][k]:.0%}"),
        t(f"analyse.quality.recall{'.points' if is_points else ''}", value=f"{path['recall'][k]:.0%}"),
    ]
    if path["fcd"][k] is not None:
        lines.append(f"FCD {path['fcd'][k]:.3g}")
    return "<br>".join(lines)


def classes(shares: Mapping[str, Sequence[Any]], names: Sequence[str], colours: Palette) -> Figure:
    """Return a heat map of the share of samples in each class (row) at each evaluation (column)."""
    steps = list(shares["steps"])
    trace = {
        "type": "heatmap",
        "x": steps,
        "y": list(range(len(names))),
        "z": [[row[k] for row in shares["shares"]] for k in range(len(names))],
        "zmin": 0,
        "colorscale": chart.scale(colours.sequential),
        "colorbar": chart.colour_bar(t("analyse.classes.share"), tickformat=".0%"),
        "hoverinfo": "skip",
    }
    span = {"range": [steps[0], steps[-1]]} if steps[-1] > steps[0] else {}
    rows = {"tickmode": "array", "tickvals": list(range(len(names))), "ticktext": list(names)}
    return chart.figure(
        [trace, _cells(shares, names, colours)],
        x=chart.axis(t("analyse.step.axis"), tickformat=",", nticks=6, **span),
        y={"range": [len(names) - 0.5, -0.5], **rows},
        height=max(340, 150 + 20 * len(names)),
        **chart.HOVER,
    )


def _cells(shares: Mapping[str, Sequence[Any]], names: Sequence[str], colours: Palette) -> dict[str, Any]:
    """Return the cells of the heat map, whose ``customdata`` is the step of their evaluation."""
    cells = [
        (step, k, step, t("analyse.classes.hover", name=names[k], step=chart.step_name(step), share=f"{row[k]:.1%}"))
        for step, row in zip(shares["steps"], shares["shares"], strict=True)
        for k in range(len(names))
    ]
    return chart.cells(cells, colours)


def quality_table(path: Mapping[str, Sequence[Any]]) -> list[list[Any]]:
    """Return the rows of a CSV table, the head first."""
    columns = ("steps", "precision", "recall", "fcd")
    return [["step", *columns[1:]], *map(list, zip(*(path[name] for name in columns), strict=True))]


def classes_table(shares: Mapping[str, Sequence[Any]], names: Sequence[str]) -> list[list[Any]]:
    """Return the rows of a CSV table, the head first: a column for each class."""
    return [
        ["step", *names],
        *([step, *row] for step, row in zip(shares["steps"], shares["shares"], strict=True)),
    ]
