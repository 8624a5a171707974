"""The parts about a training's course: precision against recall, and the classes over time."""

from __future__ import annotations

from functools import partial

import streamlit as st

from gan_demo.analysis.inside import evaluations
from gan_demo.boards.analyse import chart
from gan_demo.boards.analyse import course as drawings
from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import analyses
from gan_demo.ui.analyse_page import charts, moment


def quality(run: RunDir) -> None:
    """Draw precision against recall; a selected point shows its picture and leads there."""
    is_points = run.config.model.arch == "points"
    path = evaluations.quality_path(run.metrics())
    title, note = t("analyse.quality.title"), t(f"analyse.quality.note{'.points' if is_points else ''}")
    charts.note(note)
    left, right = st.columns([5, 3], gap="medium")
    file = f"{run.id}-quality"
    with left:
        drawing = partial(drawings.quality, path, is_points)
        charts.show(drawing, "analyse-quality", title, file, on_select=moment.select)
        charts.downloads(file, title, [note], [drawing], partial(drawings.quality_table, path))
    with right:
        moment.show(run, "quality", path["steps"])


def classes(run: RunDir) -> None:
    """Draw the classes over time; a selected cell shows the picture of its step and leads there."""
    shares = evaluations.class_shares(run.metrics())
    names = chart.class_names(analyses.fields(run), len(shares["shares"][-1]))
    is_points = run.config.model.arch == "points"
    title, note = t("analyse.classes.title"), t(f"analyse.classes.note{'.points' if is_points else ''}")
    charts.note(note)
    file = f"{run.id}-classes"
    drawing = partial(drawings.classes, shares, names)
    left, right = st.columns([5, 3], gap="medium")
    with left:
        charts.show(drawing, "analyse-classes", title, file, on_select=moment.select)
        charts.downloads(file, title, [note], [drawing], partial(drawings.classes_table, shares, names))
    with right:
        moment.show(run, "classes", shares["steps"])
