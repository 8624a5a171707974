"""The Help page: diagnostics to copy into a bug report, and what is stored of a visitor."""

from __future__ import annotations

import streamlit as st

from gan_demo.boards import diagnostics
from gan_demo.errors import GanDemoError
from gan_demo.i18n.text import t
from gan_demo.runs.run_dir import RunDir
from gan_demo.ui import session, widgets

PRIVACY = ("stored", "images", "cookie", "browser", "others", "erase")  # sections in their order
_DIAGNOSTICS = widgets.component("help/diagnostics", ("help/diagnostics.css",))


def show() -> None:
    """Draw the page."""
    _, column, _ = st.columns([1, 6, 1])
    with column:
        st.title(t("help.title"))
        st.header(t("help.report.title"), anchor="report")
        st.markdown(t("help.report"))
        _DIAGNOSTICS(key="diagnostics", data=diagnostics.data(_linked_run()))
        st.header(t("help.privacy.title"), anchor="privacy")
        st.markdown(t("help.privacy"))
        for name in PRIVACY:
            st.markdown(f"**{t(f'help.{name}.title')}**\n\n{t(f'help.{name}')}")


def _linked_run() -> RunDir | None:
    """Return the run from whose page the visitor came, or None if there was none or it is gone."""
    run_id = session.linked_run()
    try:
        return session.run(run_id) if run_id else None
    except GanDemoError:
        return None


show()
