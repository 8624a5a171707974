"""Charts of a network's layers: histograms of weights and gradients over the kept steps, and gradient norms."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from gan_demo.boards.analyse import chart
from gan_demo.boards.analyse.chart import Figure, Palette
from gan_demo.i18n.text import t

POWERS = {power: f"10<sup>{power}</sup>".replace("-", "−") for power in range(-10, 3, 2)}
SMALLEST = 1e-12  # a norm of zero is drawn as this


def histogram(layer: Mapping[str, Any], part: str, colours: Palette) -> Figure:
    """Return a layer's histograms as a heat map over its steps; with a single step, as bars.

    A cell's ``customdata`` is its step.
    ``part`` is "weights" or "gradients", whose bins are powers of ten.
    """
    centres = [(left + right) / 2 for left, right in zip(layer["edges"], layer["edges"][1:], strict=False)]
    value_axis = chart.axis(t(f"analyse.{part}.y"), zeroline=False)
    if part == "gradients":
        value_axis |= {"tickvals": list(POWERS), "ticktext": list(POWERS.values())}
    if len(layer["steps"]) == 1:
        return _bars(centres, layer["shares"][0], value_axis, colours)
    names = [chart.step_name(step) for step in layer["steps"]]
    cells = [
        (name, centre, step, t("analyse.layer.hover", step=name, value=f"{centre:.3g}", share=f"{share:.1%}"))
        for name, step, shares in zip(names, layer["steps"], layer["shares"], strict=True)
        for centre, share in zip(centres, shares, strict=True)
    ]
    trace = {
        "type": "heatmap",
        "x": names,
        "y": centres,
        "z": [list(column) for column in zip(*layer["shares"], strict=True)],
        "zmin": 0,
        "colorscale": chart.scale(colours.sequential),
        "colorbar": chart.colour_bar(t("analyse.layer.share"), tickformat=".0%"),
        "hoverinfo": "skip",
    }
    value_axis |= {"range": [layer["edges"][0], layer["edges"][-1]]}
    return chart.figure([trace, chart.cells(cells, colours)], x=_step_axis(len(names)), y=value_axis, **chart.HOVER)


def _step_axis(count: int) -> dict[str, Any]:
    return chart.axis(t("analyse.step.kept"), type="category", tickangle=-45, range=[-0.5, count - 0.5])


def _bars(centres: Sequence[float], shares: Sequence[float], value_axis: dict[str, Any], colours: Palette) -> Figure:
    trace = {
        "type": "bar",
        "x": centres,
        "y": shares,
        "marker": {"color": colours.categories[0], "line": {"width": 0}},
        "hovertemplate": "%{x:.3g}: %{y:.1%}<extra></extra>",
    }
    share_axis = chart.axis(t("analyse.layer.share"), tickformat=".0%")
    return chart.figure([trace], x=value_axis, y=share_axis, bargap=0.05)


def norms(layers: Sequence[Mapping[str, Any]], colours: Palette) -> Figure:
    """Return the norm of the gradient of each layer (row) at each kept step (column), on a logarithmic scale.

    A cell's ``customdata`` is [step, index of the layer].
    """
    powers = [[math.log10(max(SMALLEST, norm)) for norm in layer["norm"]] for layer in layers]
    low, high = math.floor(min(map(min, powers))), math.ceil(max(map(max, powers)))
    ticks = range(low, high + 1, max(1, (high - low) // 5))
    steps, rows = layers[0]["steps"], [short_name(layer) for layer in layers]
    names = [chart.step_name(step) for step in steps]
    cells = [
        (name, row, [step, k], t("analyse.gradients.hover", layer=row, step=name, norm=f"{norm:.2g}"))
        for k, row in enumerate(rows)
        for name, step, norm in zip(names, steps, layers[k]["norm"], strict=True)
    ]
    trace = {
        "type": "heatmap",
        "x": names,
        "y": rows,
        "z": powers,
        "zmin": low,
        "zmax": high,
        "xgap": 1,
        "ygap": 1,
        "colorscale": chart.scale(colours.sequential),
        "colorbar": chart.colour_bar(
            t("analyse.gradients.norm"), tickvals=list(ticks), ticktext=[_power(power) for power in ticks]
        ),
        "hoverinfo": "skip",
    }
    return chart.figure(
        [trace, chart.cells(cells, colours)],
        x=_step_axis(len(names)),
        y={"range": [len(rows) - 0.5, -0.5], "type": "category"},
        height=max(290, 160 + 32 * len(layers)),
        **chart.HOVER,
    )


def _power(power: int) -> str:
    return f"10<sup>{power}</sup>".replace("-", "−")


def short_name(layer: Mapping[str, Any]) -> str:
    """Return a layer's name in its network: "net.3"."""
    return str(layer["name"]).removesuffix(".weight")


def table(values: Mapping[str, Any], part: str) -> list[list[Any]]:
    """Return the rows of a CSV table, the head first: the share of each bin of each layer at each step."""
    summary = "spread" if part == "weights" else "norm"
    bounds = ("from", "to") if part == "weights" else ("from_power_of_ten", "to_power_of_ten")
    rows: list[list[Any]] = [["network", "layer", "step", summary, *bounds, "share"]]
    for network in ("generator", "discriminator"):
        for layer in values[network]:
            for step, amount, shares in zip(layer["steps"], layer[summary], layer["shares"], strict=True):
                bins = zip(layer["edges"], layer["edges"][1:], shares, strict=False)
                rows += [[network, layer["name"], step, amount, left, right, share] for left, right, share in bins]
    return rows
