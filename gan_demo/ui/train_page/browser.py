"""The Train page where a preset trains in the viewer's own browser."""

from __future__ import annotations

import streamlit as st

from gan_demo.boards.lab import browser_training
from gan_demo.i18n.text import t
from gan_demo.ui import session, widgets

QUERY = "browser"  # in the address, the preset's name
PRESETS_HERE = ("digits", "faces", "tutorial")
_TRAINING = widgets.component(
    "browser_training/browser_training",
    ("vendor/uplot/uplot.css", "curves/curves.css", "browser_training/browser_training.css"),
)


def show(preset: str) -> None:
    """Draw the page."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", key="heading"):
        st.title(t("browser.title", name=t(f"browser.name.{preset}")))
        st.button(
            t("browser.back"),
            icon=":material/arrow_back:",
            key="browser-back",
            on_click=session.set_query,
            args=(QUERY, ""),
        )
    st.markdown(t("browser.lead"))
    _TRAINING(key=f"browser-training-{preset}", data=browser_training.data(preset))
