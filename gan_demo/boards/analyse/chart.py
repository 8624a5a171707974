"""What the Plotly charts have in common: their colours on a page and in a file, their axes and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gan_demo.i18n import text
from gan_demo.i18n.text import t

Figure = dict[str, Any]  # a Plotly figure: {"data", "layout"}; plotly itself loads slowly and is not needed for it


HOVER: dict[str, Any] = {"hoverdistance": -1}  # of a figure with cells: anywhere in a cell counts as its middle


@dataclass(frozen=True)
class Palette:
    """Colours of a chart. Of the categories, 0 is the generator's and 1 the discriminator's and real samples'."""

    categories: tuple[str, ...]
    sequential: tuple[str, ...]  # ten, from next to the page's colour to the strongest
    diverging: tuple[str, ...]  # ten, from blue to orange
    text: str  # of words within a chart
    ground: str  # behind them


def _page_colours(first: int, count: int) -> tuple[str, ...]:
    return tuple(f"#{number:06d}" for number in range(first, first + count))


# Streamlit's own page replaces these by the theme's chart colours, in every theme (its streamlit_plotly_theme.py).
PAGE = Palette(_page_colours(1, 6), _page_colours(11, 10), _page_colours(21, 10), *_page_colours(37, 2))
# For files, on white: those of the light theme (.streamlit/config.toml).
FILE = Palette(
    ("#c43d0c", "#1368b3", "#124a2a", "#b8850a", "#79316e", "#868991"),
    (
        *("#fcecd9", "#f9d7b7", "#f6c195", "#f3aa75", "#ef9255"),
        *("#e17a3e", "#c86331", "#b04e24", "#973918", "#7f230b"),
    ),
    (
        *("#043264", "#1a5191", "#3072c1", "#7faadb", "#d0e0f2"),
        *("#f0d9c7", "#e89d71", "#db5612", "#a63c0c", "#742304"),
    ),
    "#211d1a",
    "#ffffff",
)


def scale(colours: Sequence[str]) -> list[list[Any]]:
    """Return a Plotly colour scale of evenly spaced colours."""
    return [[k / (len(colours) - 1), colour] for k, colour in enumerate(colours)]


def figure(traces: Sequence[dict[str, Any]], *, x: Any, y: Any, height: int = 420, **layout: Any) -> Figure:
    """Return a figure with these traces; ``x`` and ``y`` are axes, or their titles.

    A finger scrolls the page (``page/chart_touches.mjs``). Frames are drawn once their button is pressed: with a
    frame, Streamlit lets no single point be selected.
    """
    common: dict[str, Any] = {
        "xaxis": {"title": {"text": x}} if isinstance(x, str) else x,
        "yaxis": {"title": {"text": y}} if isinstance(y, str) else y,
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 40, "b": 8},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "dragmode": False,
    }
    return {"data": list(traces), "layout": common | layout}


def axis(title: str, **options: Any) -> dict[str, Any]:
    """Return an axis with a title and these options of Plotly's."""
    return {"title": {"text": title}, **options}


def colour_bar(title: str, **options: Any) -> dict[str, Any]:
    """Return the bar that explains a colour scale, narrow enough for a phone."""
    return {"title": {"text": title, "side": "right"}, "thickness": 12, "len": 0.9, **options}


def cells(values: Sequence[tuple[Any, Any, Any, str]], colours: Palette) -> dict[str, Any]:
    """Return a marker in each cell of a heat map, invisible until it is selected: Plotly selects points, but no cells.

    A value is (x, y, customdata, words on hovering). The heat map has ``hoverinfo`` "skip", the figure HOVER.
    """
    x, y, data, words = map(list, zip(*values, strict=True))
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "customdata": data,
        "hovertext": words,
        "hoverinfo": "text",
        "marker": {"symbol": "square-open", "size": 4, "color": colours.text, "line": {"width": 3}, "opacity": 0},
        "selected": {"marker": {"size": 12, "opacity": 1}},
        "unselected": {"marker": {"opacity": 0}},
        "cliponaxis": False,
        "showlegend": False,
    }


def step_name(step: int) -> str:
    """Return a step with its separators, as axes and tables say it."""
    return f"{step:,}"


def network_name(network: str) -> str:
    """Return the word for "generator" or "discriminator"."""
    return t(f"analyse.network.{network}")


def value_name(field: str, value: str) -> str:
    """Return the word for a label's value."""
    key = f"explore.value.{field}.{value}"
    return t(key) if text.has(key) else value


def class_names(fields: Sequence[tuple[str, Sequence[str]]], count: int) -> list[str]:
    """Return names for ``count`` classes: the values of label fields one after the other, or clusters by number."""
    if sum(len(values) for _, values in fields) != count:
        return [t("analyse.cluster", n=k + 1) for k in range(count)]
    if len(fields) == 1:
        return [value_name(fields[0][0], value) for value in fields[0][1]]
    return [
        t("analyse.class", field=text.named("explore.field", field), value=value_name(field, value))
        for field, values in fields
        for value in values
    ]
