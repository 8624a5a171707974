"""The menu of what is seldom needed of a run that is over: other settings, its name and note, its settings."""

from __future__ import annotations

import streamlit as st

from gan_demo.i18n.text import t
from gan_demo.presets import time_budget
from gan_demo.runs import ownership
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import run_actions
from gan_demo.ui import run_about, session
from gan_demo.ui.customise import form
from gan_demo.ui.train_page import browser, files, run_file


def show(run: RunDir, is_owner: bool, offers_browser: bool) -> None:
    """Draw the menu. ``offers_browser``: with the way to go on in this browser, which no other menu has."""
    with st.popover(t("end.more"), icon=":material/more_horiz:"), st.container(key="more"):
        if not run_file.lacks_images(run) and ownership.may_see_images(run, session.owner()):
            _again(run)
        if offers_browser:
            browser.offer(run)
        if is_owner:
            with st.expander(t("about.edit"), icon=":material/edit:"):
                run_about.edit(run)
        with st.expander(t("files.settings"), icon=":material/settings:"):
            files.settings_table(run)


def _again(run: RunDir) -> None:
    if st.button(t("end.again"), icon=":material/tune:", key="again", help=t("end.again.help"), width="stretch"):
        form.fill(run.info.name, run_actions.unfitted(run.config), time_budget(run.info.name) if run.info.plan else 0.0)
        session.put("wanted-settings", True)
        session.link_run("")
        st.rerun()
