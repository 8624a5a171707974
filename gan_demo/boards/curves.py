"""Data of the curves component: the panels of a run, and their values from the run's metrics.

A panel's specification names columns; the live board fills in values as they stream, ``filled`` does the same here:
    {"id", "kind": "lines", "group": "main" | "more", "title", "note", "range", "log", "height", "optional",
     "whole", "from_zero", "measured", "series": [{"name", "tag", "color", "column"}]}, to which ``filled`` adds "x" and
    each series' "values", or
    {"id", "kind": "bars", "group", "title", "note", "optional", "measured", "column", "names"}, to which it
    adds "values".
``color`` is an index of the theme's chart colours: 0 is the generator's, 1 the discriminator's. ``tag`` is the short
name at the line's end, for readers who cannot tell the colours apart. An optional panel is hidden while it is empty.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from gan_demo.analysis.downsampling import thinned
from gan_demo.boards import titles
from gan_demo.i18n import setting_words
from gan_demo.i18n.text import has, t
from gan_demo.runs import library, setting_changes
from gan_demo.runs.run_dir import RunDir

CHART_BUCKETS = 250  # of two points each, about the pixels of a chart's width
Columns = dict[str, list[Any]]

_SENTENCES = (
    *("empty", "smooth", "scale", "scale.fit", "scale.log", "scale.linear", "reset", "help", "step", "chart"),
    *("measured", "measured.ago", "measured.before", "measured.old", "unmeasured"),
)


def texts() -> dict[str, str]:
    """Return ``data.texts`` of curves.mjs."""
    durations = {f"time.{unit}": words for unit, words in titles.duration_words().items()}
    return {name: t(f"curves.{name}") for name in _SENTENCES} | durations


def _lines(
    panel: str,
    group: str,
    names: Sequence[tuple[str, int]],
    *,
    value_range: tuple[float, float] | None = None,
    log: bool = False,
    height: int = 150,
    optional: bool = False,
    whole: bool = False,
    from_zero: bool = False,
    measured: bool = False,
) -> dict[str, Any]:
    series = [
        {
            "name": t(f"scalar.{name}"),
            "tag": t(f"tag.{name}") if has(f"tag.{name}") else "",
            "color": colour,
            "column": name,
        }
        for name, colour in names
    ]
    return {
        "id": panel,
        "kind": "lines",
        "group": group,
        "title": t(f"panel.{panel}"),
        "note": _note(panel),
        "range": value_range,
        "log": log,
        "height": height,
        "optional": optional,
        "whole": whole,
        "from_zero": from_zero,
        "measured": measured,
        "series": series,
    }


def _note(panel: str) -> str:
    return t(f"panel.{panel}.note") if has(f"panel.{panel}.note") else ""


def panel_specs(
    is_points: bool, classes: Sequence[str] = (), columns_present: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """Return the specifications of a run's panels, the main ones first.

    ``columns_present`` leaves out curves without such a column; None keeps every curve that a run may have.
    """
    share = (0.0, 1.0)
    specs = [
        _lines("verdicts", "main", [("d_fake", 0), ("d_real", 1)], value_range=share),
        _lines("losses", "main", [("g_loss", 0), ("d_loss", 1)]),
        _lines("modes", "main", [("modes", 2)], whole=True, from_zero=True, measured=True)
        if is_points
        else _lines("quality", "main", [("fcd", 2)], log=True, optional=True, measured=True),
        _lines("gradients", "more", [("g_grad", 0), ("d_grad", 1)], log=True),
    ]
    if is_points:
        good = [("high_quality", 2)]
        specs.append(_lines("high_quality", "more", good, value_range=share, optional=True, measured=True))
    else:
        shares = [("precision", 2), ("recall", 3), ("confident", 4)]
        specs.append(_lines("precision", "more", shares, value_range=share, optional=True, measured=True))
        specs.append(_lines("variety", "more", [("diversity", 2), ("novelty", 3)], optional=True, measured=True))
    specs += [
        _lines("rates", "more", [("g_lr", 0), ("d_lr", 1)], from_zero=True),
        _lines("speed", "more", [("images_per_second", 5)], from_zero=True),
        _class_bars(classes),
    ]
    if columns_present is None:
        return specs
    return [spec for spec in (_with_columns(spec, columns_present) for spec in specs) if spec]


def _class_bars(classes: Sequence[str]) -> dict[str, Any]:
    return {
        "id": "classes",
        "kind": "bars",
        "group": "more",
        "title": t("panel.classes"),
        "note": _note("classes"),
        "optional": True,
        "measured": True,
        "column": "histogram",
        "names": list(classes),
    }


def _with_columns(spec: dict[str, Any], present: Collection[str]) -> dict[str, Any] | None:
    """Return the panel with the curves that can be filled; None for an optional panel without any."""
    if spec["kind"] == "bars":
        return spec if spec["column"] in present else None
    series = [curve for curve in spec["series"] if curve["column"] in present]
    if not series:
        return None if spec["optional"] else spec
    return {**spec, "series": series}


def filled(spec: Mapping[str, Any], columns: Columns, buckets: int = CHART_BUCKETS) -> dict[str, Any]:
    """Return a panel with its values: rows that have any of its columns, in at most about ``2 * buckets`` points."""
    if spec["kind"] == "bars":
        return _filled_bars(spec, columns)
    names = [curve["column"] for curve in spec["series"] if curve["column"] in columns]
    rows = [
        row
        for row, values in enumerate(zip(*(columns[name] for name in names), strict=True))
        if any(map(_is_present, values))
    ]
    thin = thinned({name: [columns[name][row] for row in rows] for name in ("step", *names)} if names else {}, buckets)
    series = [{**curve, "values": thin.get(curve["column"], [None] * len(rows))} for curve in spec["series"]]
    return {**spec, "x": thin.get("step", []), "series": series}


def _is_present(value: Any) -> bool:
    return value is not None and value == value  # neither None nor NaN


def _filled_bars(spec: Mapping[str, Any], columns: Columns) -> dict[str, Any]:
    histogram = latest_histogram(columns)
    names = spec["names"] if len(spec["names"]) == len(histogram) else [str(k) for k in range(len(histogram))]
    total = sum(histogram) or 1
    return {**spec, "names": names, "values": [value / total for value in histogram]}


def setting_marks(run: RunDir) -> list[dict[str, Any]]:
    """Return the steps at which a run began as a fork or its settings changed: {"number", "step", "text"}.

    Of several changes at one step the text has all values, the one in effect last. The live board's are made in
    live_board/marks.mjs, in the language of each viewer.
    """
    changes, forked_at = library.changes_at_fork(run) + run.changes(), run.info.forked_at
    steps = sorted({*(change["step"] for change in changes), *(() if forked_at is None else (forked_at,))})
    marks = []
    for number, step in enumerate(steps, start=1):
        parts = [t("live.forked")] if step == forked_at else []
        parts += _changes_in_words([change for change in changes if change["step"] == step])
        marks.append({"number": number, "step": step, "text": t("setting.and").join(parts)})
    return marks


def _changes_in_words(changes: Sequence[setting_changes.Change]) -> list[str]:
    """Return "R1 = R2: off → 0.05 → 0.1" for each group of settings that changes alike."""
    values: dict[str, list[str]] = {}
    for change in changes:
        for name, value in change["now"].items():
            before = [setting_words.value(name, change["was"][name])] if name in change["was"] else []
            values[name] = [*values.get(name, before), setting_words.value(name, value)]
    alike: dict[str, list[str]] = {}
    for name, chain in values.items():
        alike.setdefault(" → ".join(chain), []).append(setting_words.short_name(name))
    return [t("setting.changed", setting=" = ".join(names), change=chain) for chain, names in alike.items()]


def main_panels(columns: Columns, is_points: bool) -> list[dict[str, Any]]:
    """Return the filled panels of losses, D's output and quality."""
    return _panels("main", columns, is_points, ())


def more_panels(columns: Columns, is_points: bool, classes: Sequence[str]) -> list[dict[str, Any]]:
    """Return the filled panels of gradients, speed, precision and recall, and of the classes' shares."""
    return _panels("more", columns, is_points, classes)


def _panels(group: str, columns: Columns, is_points: bool, classes: Sequence[str]) -> list[dict[str, Any]]:
    specs = panel_specs(is_points, classes, columns.keys())
    return [filled(spec, columns) for spec in specs if spec["group"] == group]


def latest_histogram(columns: Columns) -> list[float]:
    """Return the samples per class of the newest evaluation, as the classifier read them; [] without an evaluation."""
    for value in reversed(columns.get("histogram", [])):
        if isinstance(value, list):
            return [float(count) for count in value]
    return []


def newest(columns: Columns, name: str) -> float | None:
    """Return the last finite value of a column, or None."""
    for value in reversed(columns.get(name, [])):
        if isinstance(value, (int, float)) and math.isfinite(value):
            return float(value)
    return None
