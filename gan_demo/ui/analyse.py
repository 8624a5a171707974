"""The Analyse page: a look inside one run that is over or paused, a part at a time."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from gan_demo.boards import titles
from gan_demo.errors import GanDemoError
from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir
from gan_demo.runs.status import Status
from gan_demo.service import analyses, run_state
from gan_demo.ui import classroom, session, widgets
from gan_demo.ui.analyse_page import course, entry, inside, samples

_PARTS: dict[str, Callable[[RunDir], None]] = {
    "quality": course.quality,
    "classes": course.classes,
    "outputs": samples.outputs,
    "plane": samples.plane,
    "weights": inside.weights,
    "gradients": inside.gradients,
    "networks": inside.networks,
}


def show() -> None:
    """Draw the page."""
    try:
        run = session.run(session.linked_run())
        _show_run(run)
    except GanDemoError as error:  # an old link, or a run that was deleted or damaged while it was drawn
        st.title(t("nav.analyse"))
        widgets.show_error(error)
        widgets.page_link("train.py", t("analyse.to_runs"), ":material/model_training:")


def _show_run(run: RunDir) -> None:
    state = run_state.state(run)
    st.title(t("analyse.title", name=titles.plain(titles.dated_title(run))))
    entry.back(run)
    if state.status in (Status.QUEUED, Status.RUNNING):
        st.info(t("analyse.running"), icon=":material/hourglass_top:")
        return
    widgets.damaged_checkpoints(run)
    part = _part()
    st.header(t(f"analyse.{part}.title"), anchor=False)
    obstacle = analyses.obstacle(run, part)
    if obstacle:
        st.info(t(f"analyse.obstacle.{obstacle}"), icon=":material/info:")
        return
    _PARTS[part](run)
    classroom.on_show("analyse", run=run.id, part=session.query("part"), step=session.query("step"))


def _part() -> str:
    """Draw the choice of the part, which the address keeps, and return it."""
    linked = session.query("part")
    part = st.segmented_control(
        t("analyse.parts"),
        analyses.PARTS,
        default=linked if linked in analyses.PARTS else analyses.PARTS[0],
        format_func=lambda name: t(f"analyse.{name}.short"),
        required=True,
        key="analyse-part",
        label_visibility="collapsed",
    )
    session.set_query("part", "" if part == analyses.PARTS[0] else str(part))
    return str(part)


show()
