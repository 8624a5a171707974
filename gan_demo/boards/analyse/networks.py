"""A picture of a network: a bar for each layer, as wide as its output is large, with its sizes and its weights."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from gan_demo.boards.analyse import chart
from gan_demo.boards.analyse.chart import Figure, Palette
from gan_demo.i18n.text import t

ROW = 78  # pixels
_NETWORKS = {"generator": 0, "discriminator": 1}  # and their colours


def picture(values: Mapping[str, Any], network: str, colours: Palette) -> Figure:
    """Return the layers of a network from its input, at the top, to its output."""
    labels = values["labels"]
    rows = [(_input_words(values[network]["input"], network, labels), values[network]["input"], 0)]
    rows += [(_words(layer), layer["shape"], layer["parameters"]) for layer in values[network]["layers"]]
    widths = [1 + math.log2(max(1, math.prod(shape))) for _, shape, _ in rows]
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(rows))),
        "x": widths,
        "base": [-width / 2 for width in widths],
        "width": 0.86,
        "marker": {"color": colours.categories[_NETWORKS[network]], "line": {"width": 0}},
        "opacity": 0.22,
        "hoverinfo": "skip",
    }
    texts = [
        {"x": 0, "y": k, "text": words, "showarrow": False, "font": {"size": 13, "color": colours.text}}
        for k, (words, _, _) in enumerate(rows)
    ]
    side = max(widths) / 2
    return chart.figure(
        [trace],
        x={"visible": False, "range": [-side, side], "fixedrange": True},
        y={"visible": False, "range": [len(rows) - 0.5, -0.5], "fixedrange": True},
        height=ROW * len(rows) + 50,
        margin={"l": 0, "r": 0, "t": 40, "b": 10},
        annotations=texts,
    )


def _input_words(shape: Sequence[int], network: str, labels: int) -> str:
    name = t(f"analyse.networks.input.{network}", shape=size(shape))
    return f"<b>{name}</b>" + (f"<br>{t('analyse.networks.labels', n=labels)}" if labels else "")


def _words(layer: Mapping[str, Any]) -> str:
    """Return what a bar says, in lines that fit on a phone."""
    kind = t("analyse.networks.projection") if layer["name"] == "label" else layer["kind"]
    count = f"{layer['parameters']:,}"
    weights = f" · {t('analyse.networks.weights', n=count)}" if layer["parameters"] else ""
    lines = [f"<b>{kind}</b> {layer['detail']}", f"→ {size(layer['shape'])}{weights}", " · ".join(layer["then"])]
    return "<br>".join(line for line in lines if line)


def size(shape: Sequence[int]) -> str:
    """Return a shape as people write it: "64 × 7 × 7"."""
    return " × ".join(f"{n:,}" for n in shape)


def table(values: Mapping[str, Any]) -> list[list[Any]]:
    """Return the rows of a CSV table, the head first: each layer with its output and its number of weights."""
    rows: list[list[Any]] = [["network", "layer", "kind", "sizes", "then", "output", "parameters"]]
    for network in _NETWORKS:
        rows += [
            [
                network,
                layer["name"],
                layer["kind"],
                layer["detail"],
                " ".join(layer["then"]),
                "x".join(map(str, layer["shape"])),
                layer["parameters"],
            ]
            for layer in values[network]["layers"]
        ]
    return rows
