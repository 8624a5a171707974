"""The app's main script, run before each page: navigation, language, style."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.service import app_state
from gan_demo.ui import classroom, session, widgets
from gan_demo.ui.page_frame import download_files, page_extras

ICON = str(Path(__file__).parent / "static" / "icon.png")  # one of the shipped pixel faces
PAGES = {
    "home": ":material/home:",
    "train": ":material/model_training:",
    "compare": ":material/compare:",
    "explore": ":material/explore:",
    "lab": ":material/experiment:",
    "learn": ":material/school:",
}


def show() -> None:
    """Draw the navigation, the choice of language, and the chosen page."""
    st.set_page_config(page_title=t("app.title"), page_icon=ICON, layout="wide")
    st.html(widgets.STYLE)
    download_files.keep_for_a_while()
    with st.container(key="language-bar"):
        st.segmented_control(
            t("app.language"),
            list(text.LANGUAGES),
            format_func=text.LANGUAGES.__getitem__,
            key="language",
            default=session.language(),
            required=True,
            label_visibility="collapsed",
        )
        session.keep_language()
        page_extras.draw()
    pages = [
        st.Page(f"{name}.py", title=t(f"nav.{name}"), icon=icon, url_path=name, default=name == "home")
        for name, icon in PAGES.items()
    ]
    class_bar = st.container(key="class-bar")
    hidden = [
        st.Page(f"{name}.py", title=t(f"nav.{name}"), url_path=name, visibility="hidden")
        for name in ("analyse", "help")
    ]
    page = st.navigation([*pages, *hidden], position="top")
    classroom.begin_page()
    page.run()
    classroom.end_page(class_bar)
    if page.url_path != "help":
        with st.container(horizontal=True, horizontal_alignment="center", key="footer"):
            widgets.help_link(session.linked_run())
    app_state.current().warm_up()


show()
