"""The Train page: the run in the address, or else presets to start from."""

from __future__ import annotations

import streamlit as st

from gan_demo.boards.lab.browser_training import PRESETS_HERE
from gan_demo.errors import GanDemoError
from gan_demo.i18n.text import t
from gan_demo.presets import PRESETS, time_budget
from gan_demo.ui import classroom, session, widgets
from gan_demo.ui.train_page import browser, run_view, setup


def show() -> None:
    """Draw the page."""
    preset = session.pop("wanted-preset")  # set by buttons of other pages
    if preset in PRESETS:
        setup.start(PRESETS[preset], preset, time_budget(preset))
    run_id = session.linked_run()
    if not run_id and session.query("class") in classroom.ENTRANCES:
        classroom.show_entrance(session.query("class"))
        return
    if not run_id and session.query(browser.QUERY) in PRESETS_HERE:
        browser.show(session.query(browser.QUERY))
        return
    if not run_id:
        setup.show()
        return
    try:
        run = session.run(run_id)
    except GanDemoError as error:
        _show_unknown_run(error)
        return
    try:
        if browser.wants(run):
            browser.show_run(run)
            return
        run_view.show(run)
    except GanDemoError as error:  # deleted or damaged while it was drawn
        if not run.path.is_dir():
            st.rerun()
        widgets.show_error(error)


def _show_unknown_run(error: GanDemoError) -> None:
    st.title(t("unknown.title"))
    widgets.show_error(error)
    st.markdown(t("unknown.way"))
    st.button(
        t("unknown.start"),
        type="primary",
        icon=":material/play_arrow:",
        on_click=session.link_run,
        args=("",),
        key="unknown-start",
    )


show()
