"""Charts of real and generated samples: D's output as two histograms, and both kinds as points of one plane."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from gan_demo.boards.analyse import chart
from gan_demo.boards.analyse.chart import Figure, Palette
from gan_demo.i18n.text import t

KINDS = ("real", "fake")
POINTS_SIDE = 2.0  # of the plane of a 2-D set, to each side, as in its pictures
_COLOUR = {"real": 1, "fake": 0}
_SYMBOL = {"real": "circle-open", "fake": "diamond"}
NAMED_CLASSES = 12  # at most, whose names stand in the plane


def outputs(values: Mapping[str, Any], colours: Palette) -> Figure:
    """Return two histograms over each other; ``values`` are those of ``inside.outputs.compute``."""
    middle = values["threshold"]
    line = {"color": colours.categories[5], "width": 2, "dash": "dash"}
    words = {
        "text": t("analyse.outputs.undecided"),
        "font": {"color": colours.text},
        "showarrow": False,
        "xanchor": "left",
        "xshift": 6,
    }
    return chart.figure(
        [_histogram(values, kind, colours) for kind in KINDS],
        x=t("analyse.outputs.x"),
        y=chart.axis(t("analyse.outputs.y"), tickformat=".0%", rangemode="tozero"),
        barmode="overlay",
        bargap=0,
        shapes=[{"type": "line", "x0": middle, "x1": middle, "y0": 0, "y1": 1, "yref": "paper", "line": line}],
        annotations=[{"x": middle, "y": 0.98, "yref": "paper", **words}],
    )


def _histogram(values: Mapping[str, Any], kind: str, colours: Palette) -> dict[str, Any]:
    edges: Sequence[float] = values["edges"]
    word, counts = t(f"analyse.{kind}"), values[kind]
    hover = t("analyse.outputs.hover", name=word, logit="%{x:.2f}", share="%{y:.1%}")
    return {
        "type": "bar",
        "name": word,
        "x": [(left + right) / 2 for left, right in itertools.pairwise(edges)],
        "y": [count / max(1, sum(counts)) for count in counts],
        "width": edges[1] - edges[0],
        "opacity": 0.65,
        "marker": {
            "color": colours.categories[_COLOUR[kind]],
            "line": {"width": 0},
            "pattern": {"shape": "/" if kind == "fake" else "", "size": 6, "solidity": 0.2, "fillmode": "overlay"},
        },
        "hovertemplate": f"{hover}<extra></extra>",
    }


def outputs_table(values: Mapping[str, Any]) -> list[list[Any]]:
    """Return the rows of a CSV table, the head first: the bins, and how many samples are in each."""
    edges = values["edges"]
    return [["from", "to", *KINDS], *map(list, zip(edges, edges[1:], values["real"], values["fake"], strict=False))]


def plane(values: Mapping[str, Any], names: Sequence[Sequence[str]], colours: Palette) -> Figure:
    """Return a plane of features, or of a 2-D set, with a point for each sample.

    A point's ``customdata`` is [kind, index]. ``names`` are the values' words of each label field of the classifier.
    """
    is_points = "explained" not in values
    traces = [_surface(values["surface"], colours)] if "surface" in values else []
    traces += [_points(values, kind, names, colours) for kind in KINDS]
    if is_points:
        side = {"range": [-POINTS_SIDE, POINTS_SIDE], "constrain": "domain"}
        axes = chart.axis("x", **side), chart.axis("y", scaleanchor="x", **side)
    else:
        first, second = (f"{share:.0%}" for share in values["explained"])
        axes = (
            chart.axis(t("analyse.plane.first", share=first), zeroline=False),
            chart.axis(t("analyse.plane.second", share=second), zeroline=False),
        )
    words = {} if is_points else {"annotations": _class_names(values, names, colours)}
    return chart.figure(traces, x=axes[0], y=axes[1], height=440 if is_points else 520, **words)


def _points(values: Mapping[str, Any], kind: str, names: Sequence[Sequence[str]], colours: Palette) -> dict[str, Any]:
    classes = values.get(f"{kind}_classes") or []
    words = [
        ", ".join(names[field][value] for field, value in enumerate(sample) if field < len(names)) for sample in classes
    ]
    word = t(f"analyse.{kind}")
    return {
        "type": "scatter",
        "mode": "markers",
        "name": word,
        "x": [point[0] for point in values[kind]],
        "y": [point[1] for point in values[kind]],
        "customdata": [[kind, k] for k in range(len(values[kind]))],
        "hovertext": [f"{word}: {text}" for text in words] or word,
        "hoverinfo": "text",
        "marker": {
            "color": colours.categories[_COLOUR[kind]],
            "symbol": _SYMBOL[kind],
            "size": 6 if kind == "real" else 5,
            "opacity": 0.75,
        },
        "unselected": {"marker": {"opacity": 0.2}},
    }


def _class_names(values: Mapping[str, Any], names: Sequence[Sequence[str]], colours: Palette) -> list[dict[str, Any]]:
    """Return the name of each class at the middle of its real samples, where there is one field of few classes."""
    classes = values.get("real_classes") or []
    if len(names) != 1 or len(names[0]) > NAMED_CLASSES:
        return []
    labels: list[dict[str, Any]] = []
    font = {"size": 22, "color": colours.text}
    for value, name in enumerate(names[0]):
        members = [point for point, sample in zip(values["real"], classes, strict=False) if sample == [value]]
        if members:
            x, y = (sum(point[k] for point in members) / len(members) for k in (0, 1))
            labels.append({"x": x, "y": y, "text": f"<b>{name}</b>", "showarrow": False, "font": font})
    return labels


def _surface(surface: Mapping[str, Any], colours: Palette) -> dict[str, Any]:
    return {
        "type": "heatmap",
        "x": surface["axis"],
        "y": surface["axis"],
        "z": surface["shares"],
        "zmin": 0,
        "zmax": 1,
        "opacity": 0.45,
        "colorscale": chart.scale(colours.diverging[::-1]),
        "showscale": False,
        "hovertemplate": "D = %{z:.2f}<extra></extra>",
    }


def plane_table(values: Mapping[str, Any]) -> list[list[Any]]:
    """Return the rows of a CSV table, the head first: a sample's kind, index and coordinates, and its classes."""
    rows: list[list[Any]] = [["kind", "sample", "x", "y", "classes"]]
    for kind in KINDS:
        classes = values.get(f"{kind}_classes") or [[] for _ in values[kind]]
        rows += [
            [kind, k, x, y, " ".join(map(str, sample))]
            for k, ((x, y), sample) in enumerate(zip(values[kind], classes, strict=False))
        ]
    return rows
