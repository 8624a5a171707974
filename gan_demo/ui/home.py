"""The home page: one click to a moving picture."""

from __future__ import annotations

import streamlit as st

from gan_demo.boards import titles
from gan_demo.i18n import text
from gan_demo.i18n.text import t
from gan_demo.runs import library
from gan_demo.runs.run_dir import RunDir
from gan_demo.service import run_state
from gan_demo.ui import session, widgets

FIRST = ("digits", "faces", "tutorial", "ring")  # the order in which shipped trainings are shown
CARDS = ("train", "explore", "learn")


def show() -> None:
    """Draw the page."""
    left, right = st.columns([1, 1.25], gap="medium", vertical_alignment="center")
    with left.container(key="hero"):
        st.markdown(f"# {t('home.title')}\n\n{t('home.lead')}")
        _buttons()
        st.caption(t("home.small"))
    with right:
        _moving_picture()
    st.space("medium")
    for column, name in zip(st.columns(3), CARDS, strict=True):
        with column.container(border=True, height="stretch", key=f"card-{name}"):
            st.markdown(f"#### {t(f'nav.{name}')}\n\n{t(f'home.{name}')}")
            st.page_link(f"{name}.py", label=t(f"home.{name}.go"), icon=":material/arrow_forward:")


def _buttons() -> None:
    job = run_state.own_job(session.owner())
    with st.container(horizontal=True):
        if job is not None and st.button(
            t("home.back", name=text.named("preset", job.name)),
            type="primary",
            key="back",
            icon=":material/monitoring:",
        ):
            st.switch_page("train.py", query_params={"run": job.id})
        if st.button(
            t("home.start"),
            key="start",
            icon=":material/play_arrow:",
            type="secondary" if job is not None else "primary",
        ):
            session.put("wanted-preset", "digits")
            st.switch_page("train.py")


def _moving_picture() -> None:
    """A shipped model's training, over and over."""
    shipped = sorted(((_place(run), run) for run in library.pretrained() if run.grids), key=lambda one: one[0])
    if not shipped:
        widgets.cover("digits")
        return
    names = {run.id: run for _, run in shipped}
    chosen = st.segmented_control(
        t("home.which"), list(names), default=shipped[0][1].id, required=True, label_visibility="collapsed",
        format_func=lambda run_id: text.named("shipped", run_id), key="home-film",
    )  # fmt: skip
    run = names[chosen]
    widgets.film(run, run.grids, "film-home", autoplay=True, most=640, compact=True)
    st.caption(t("home.film", time=titles.duration(run.info.seconds)))


def _place(run: RunDir) -> int:
    return next((k for k, name in enumerate(FIRST) if run.id.startswith(name)), len(FIRST))


show()
