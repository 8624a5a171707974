"""The charts of a comparison for those who want to look closer; plotly loads once they are opened."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from gan_demo.analysis import comparison
from gan_demo.analysis.comparison import BEST
from gan_demo.boards import titles
from gan_demo.boards.analyse import compared as drawings
from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir
from gan_demo.ui.analyse_page import charts

FEWEST = 3  # runs from which parallel coordinates say more than a table
_FILE = "comparison"


def show(chosen: Sequence[RunDir]) -> None:
    """Draw the switch that opens the charts, and below it the charts of two or more runs."""
    if len(chosen) < 2 or not st.toggle(
        t("analyse.compare.open"), key="compare-analyse", help=t("analyse.compare.help")
    ):
        return
    names = [titles.dated_title(run) for run in chosen]
    _parallel(chosen, names)
    for metric in BEST:
        _against_time(chosen, names, metric)


def _parallel(chosen: Sequence[RunDir], names: Sequence[str]) -> None:
    title, note = t("analyse.compare.parallel"), t("analyse.compare.parallel.note")
    st.subheader(title, anchor=False)
    if len(chosen) < FEWEST:
        st.info(t("analyse.compare.few"), icon=":material/add:")
        return
    differing = comparison.differing([run.config for run in chosen])
    axes = drawings.axes([comparison.result(run) for run in chosen], differing)
    charts.note(note)
    file = f"{_FILE}-settings"
    drawing = partial(drawings.parallel, axes, names)
    charts.show(drawing, "compare-parallel", title, file)
    if len(differing) > drawings.MOST_SETTINGS:
        st.caption(t("analyse.compare.more", shown=drawings.MOST_SETTINGS, n=len(differing)))
    charts.downloads(file, title, [note], [drawing], partial(drawings.parallel_table, axes, names))


def _against_time(chosen: Sequence[RunDir], names: Sequence[str], metric: str) -> None:
    """Draw the results of the runs that were measured by ``metric``; nothing where none was."""
    courses = [drawings.best_course(run.metrics(), metric) for run in chosen]
    if not any(course["best"] for course in courses):
        return
    title, note = t("analyse.compare.results"), t(f"analyse.compare.results.note.{metric}")
    st.subheader(title, anchor=False)
    charts.note(note)
    file = f"{_FILE}-{metric}"
    drawing = partial(drawings.against_time, courses, names, metric)
    charts.show(drawing, f"compare-{metric}", title, file)
    charts.downloads(file, title, [note], [drawing], partial(drawings.time_table, courses, names, metric))
