"""The Train page where a preset, or a run, trains in the viewer's own browser."""

from __future__ import annotations

from typing import Any

import streamlit as st

from gan_demo.boards import titles
from gan_demo.boards.lab import browser_training
from gan_demo.i18n import setting_words
from gan_demo.i18n.text import t
from gan_demo.lab import lab_settings
from gan_demo.runs.run_dir import RunDir
from gan_demo.ui import session, widgets

QUERY = "browser"  # in the address, the preset's name
_TRAINING = widgets.component(
    "browser_training/browser_training",
    ("shared/range.css", "vendor/uplot/uplot.css", "curves/curves.css", "browser_training/browser_training.css"),
)


def show(preset: str) -> None:
    """Draw the page of a preset."""
    _show(preset, t(f"browser.name.{preset}"), browser_training.data(preset), t("browser.back"))


def show_run(run: RunDir) -> None:
    """Draw the page of a run that goes on in the browser."""
    _show(run.id, titles.plain(titles.run_title(run)), browser_training.run_data(run), t("browser.back_to_run"))


def wants(run: RunDir) -> bool:
    """Return whether the address asks for a run to go on in the browser, and whether it can."""
    return session.query(QUERY) == run.id and browser_training.may_go_on(run)


def offer(run: RunDir) -> None:
    """Draw the button that lets a run go on in the browser, if it can."""
    if browser_training.may_go_on(run):
        st.button(
            t("browser.go_on_here"),
            icon=":material/laptop:",
            type="tertiary",
            key="go-on-here",
            help=t("browser.go_on_here.help"),
            on_click=session.set_query,
            args=(QUERY, run.id),
        )


def offer_lab(run: RunDir) -> None:
    """Draw the button with which a run goes on in the lab, if it can."""
    if why_not_in_lab(run):
        return
    help_words = t("end.lab.help", step=f"{run.newest_state():,}")
    if st.button(t("end.lab"), icon=":material/experiment:", key="go-on-in-lab", help=help_words):
        session.go_to("lab.py", run=run.id)


def say_what_the_lab_lacks(run: RunDir) -> None:
    """Say of a run of points why the lab can't go on with it, if it can't because of its settings."""
    if run.config.model.arch == "points" and lab_settings.missing(run.config):
        st.caption(why_not_in_lab(run))


def why_not_in_lab(run: RunDir) -> str:
    """Return why the lab can't go on with a run, and what to do; "" where it can."""
    if run.config.model.arch != "points":
        return t("end.lab.images")
    missing = lab_settings.missing(run.config)
    if missing:
        return t("end.lab.missing", settings=", ".join(map(setting_words.name, missing)))
    return "" if run.newest_state() is not None else t("end.lab.no_state")


def _show(key: str, name: str, data: dict[str, Any], back: str) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", key="heading"):
        st.title(t("browser.title", name=name))
        st.button(back, icon=":material/arrow_back:", key="browser-back", on_click=session.set_query, args=(QUERY, ""))
    st.markdown(t("browser.lead"))
    _TRAINING(key=f"browser-training-{key}", data=data)
